// SPDX-License-Identifier: Apache-2.0
// What `npm run bench -- reach` measured of other programs in the same lab, as a section of docs/reach.md.

import { readFile } from 'node:fs/promises';
import { groups, share, spread, table } from './figures.ts';

/** One visit of one program, as the bench writes it. */
export interface PeerPair {
  readonly host: string;
  readonly visitor: string;
  readonly system: string;
  /** What carried in the end. */
  readonly rung: 'tcp' | 'udp' | 'relay' | 'none';
  readonly directMs: number | null;
}

/** Reads what the bench wrote. Throws an Error in words when it is something else. */
export async function readPeers(file: string): Promise<readonly PeerPair[]> {
  const { pairs } = JSON.parse(await readFile(file, 'utf8')) as { pairs?: readonly PeerPair[] };
  if (!Array.isArray(pairs) || !pairs.every(({ system, rung }) => typeof system === 'string' && typeof rung === 'string'))
    throw new Error(`${file} is not what "npm run bench -- reach --out" writes`);
  return pairs;
}

export function peersSection(pairs: readonly PeerPair[] | null): string {
  if (!pairs) return 'Not measured for this file: `npm run bench -- reach --out FILE`, then `--peers FILE`.';
  const rows = [...groups(pairs, ({ system }) => system)].map(([system, some]) => {
    const on = (...rungs: string[]): number => some.filter(({ rung }) => rungs.includes(rung)).length;
    return [
      system,
      share(on('tcp', 'udp'), some.length),
      share(on('tcp'), some.length),
      share(on('udp'), some.length),
      String(on('relay')),
      String(on('none')),
      ...spread(some.flatMap(({ directMs }) => directMs ?? [])),
    ];
  });
  const kinds = [...new Set(pairs.map(({ host }) => host))];
  const head = ['program', 'direct', 'by TCP', 'by UDP', 'relay', 'nothing', 'to direct p50, ms', 'p95'];
  return `Each program as its own documents set it up, on the same pairs in the same lab, each of ${kinds.join(', ')} with each (\`npm run bench -- reach\`):\n\n${table(head, rows)}`;
}
