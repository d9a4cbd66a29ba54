// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- first`: how soon a page that asks at once has its first byte, and a download its next after its path was cut, by each strategy.

import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { doerIn } from './acting.ts';
import { type EndDeeds, FILE } from './end.ts';
import { percentile, table } from './figures.ts';
import type { FirstVisit } from './first-visit.ts';
import { openLab } from './lab.ts';
import { startSuite, suiteUrlOf } from './stage.ts';

/** The round trips between any two, in milliseconds, when none are named. */
export const FIRST_RTT_MS = [20, 50, 150];
/** The strategies, each by itself. By the relay a round trip is two of those between any two. */
const VIAS = ['relay', 'tcp-punch'];
/** Bytes of the file: more than comes until a path is cut. */
const FILE_BYTES = 400_000_000;

export interface FirstOptions {
  readonly rttMs: readonly number[];
  /** Visits of each kind. */
  readonly runs: number;
  readonly onProgress?: (line: string) => void;
}

/** Visits by one strategy at one round trip, and those of them whose path was cut. */
interface Firsts {
  readonly rttMs: number;
  readonly via: string;
  readonly visits: readonly FirstVisit[];
  readonly cut: readonly FirstVisit[];
}

/** Visits one after the other, a lab for each round trip. What fails is told, and left out. */
export async function first({ rttMs: all, runs, onProgress = () => {} }: FirstOptions): Promise<readonly Firsts[]> {
  const found: Firsts[] = [];
  for (const rttMs of all) {
    const lab = await openLab({ host: 'open', visitor: 'home', rttMs });
    try {
      const folder = join(lab.folder, 'site');
      await mkdir(folder);
      await writeFile(join(folder, FILE), randomBytes(FILE_BYTES));
      await startSuite(lab);
      const suite = suiteUrlOf(lab);
      const file = await doerIn<EndDeeds>(lab, 'host', 'end.ts').serve({ suite, name: 'lab', folder, home: null });
      const visitor = doerIn<EndDeeds>(lab, 'visitor', 'end.ts');
      await visitor.first({ file, via: 'relay', cut: false }); // so that all is loaded
      for (const via of VIAS) {
        onProgress(`${rttMs} ms, ${via}`);
        const visits = async (cut: boolean): Promise<FirstVisit[]> => {
          const some: FirstVisit[] = [];
          for (let run = 0; run < runs; run++) {
            await visitor.first({ file, via, cut }).then(
              (visit) => some.push(visit),
              (error: Error) => onProgress(`${rttMs} ms, ${via}: ${error.message}`),
            );
          }
          return some;
        };
        found.push({ rttMs, via, visits: await visits(false), cut: await visits(true) });
      }
    } finally {
      await lab.close();
    }
  }
  return found;
}

/** A row for each round trip and strategy, in milliseconds: the least, for a busy machine makes all others longer, and the median. */
export function firstTable(all: readonly Firsts[]): string {
  const words = (visits: readonly FirstVisit[], of: (visit: FirstVisit) => number): string => {
    const times = visits.map(of).filter((ms) => !Number.isNaN(ms));
    return times.length === 0 ? '–' : `${Math.round(Math.min(...times))} (${Math.round(percentile(times, 0.5))})`;
  };
  const columns: readonly ((visit: FirstVisit) => number)[] = [
    ({ begunMs }) => begunMs,
    ({ stoodMs }) => stoodMs,
    ({ byteMs }) => byteMs,
    ({ stoodMs, byteMs }) => byteMs - stoodMs,
  ];
  return table(
    [
      'round trip',
      'strategy',
      'introduced',
      'path',
      'first byte',
      'from the path on',
      'cut: introduced',
      'path',
      'next byte',
      'from the path on',
    ],
    all.map(({ rttMs, via, visits, cut }) => [
      String(rttMs),
      via,
      ...columns.map((of) => words(visits, of)),
      ...columns.map((of) => words(cut, of)),
    ]),
  );
}
