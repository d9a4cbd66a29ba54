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
  /** From the beginning of the visit until the direct path stood, in milliseconds; what joining the others took before, beside it. */
  readonly directMs: number | null;
  readonly joinMs: number;
}

/** What the bench writes. */
export interface Peers {
  readonly rttMs: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly pairs: readonly PeerPair[];
}

/** Reads what the bench wrote. Throws an Error in words when it is something else. */
export async function readPeers(file: string): Promise<Peers> {
  const found = JSON.parse(await readFile(file, 'utf8')) as Partial<Peers>;
  const { rttMs, versions = {}, pairs } = found;
  if (typeof rttMs !== 'number' || !Array.isArray(pairs) || !pairs.every((pair) => 'system' in pair && 'rung' in pair))
    throw new Error(`${file} is not what "npm run bench -- reach --out" writes`);
  return { rttMs, versions, pairs };
}

export function peersSection(peers: Peers | null): string {
  if (!peers) return 'Not measured for this file: `npm run bench -- reach --out FILE`, then `--peers FILE`.';
  const { rttMs, versions, pairs } = peers;
  const rows = [...groups(pairs, ({ system }) => system)].map(([system, some]) => {
    const on = (...rungs: string[]): number => some.filter(({ rung }) => rungs.includes(rung)).length;
    const direct = some.filter(({ directMs }) => directMs !== null);
    return [
      system,
      share(on('tcp', 'udp'), some.length),
      String(on('tcp')),
      String(on('udp')),
      String(on('relay')),
      String(on('none')),
      ...spread(direct.map(({ directMs }) => directMs as number)),
      spread(direct.map(({ directMs, joinMs }) => (directMs as number) + joinMs))[0],
    ];
  });
  const kinds = [...new Set(pairs.map(({ host }) => host))];
  const measured = Object.entries(versions).filter(([name]) =>
    rows.some(([system = '']) => name.includes(system) || system.includes(name)),
  );
  const head = ['program', 'direct', 'TCP', 'UDP', 'relay', 'nothing', 'to direct p50, ms', 'p95', 'with joining p50'];
  return `Each program as its own documents set it up, in the same lab at ${rttMs} ms of round trip, each pair in a lab of its own that knows nothing of others: ${kinds.join(', ')}, each with each (\`npm run bench -- reach\`; [what is measured how](../bench/README.md)). The others had joined what they meet at before the visit; Porthole joins in it.

${table(head, rows)}
${measured.length > 0 ? `\n${measured.map(([name, version]) => `${name} ${version}`).join(', ')}.` : ''}`.trimEnd();
}
