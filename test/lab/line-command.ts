// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- line` on the command line: which of the measurements, on which lines, and where their tables go.

import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { type Fault, faulty, faultyFaults } from './faulty.ts';
import { casesOf, coveringCases, faults, GRID, type LineCase, lines } from './lines.ts';
import { faultyTable, linesReport, linesTable, smallTable } from './lines-report.ts';
import { small, smallFaults } from './small.ts';

export const LINE_OPTIONS = {
  mbit: { type: 'string' },
  queue: { type: 'string' },
  via: { type: 'string' },
  visitors: { type: 'string' },
  seconds: { type: 'string' },
  small: { type: 'boolean' },
  stall: { type: 'boolean' },
  narrow: { type: 'boolean' },
  all: { type: 'boolean' },
  congestion: { type: 'string' },
} as const;

export const LINE_USAGE = `npm run lab -- line [--mbit 0.3,0.5,1,2,5,20] [--queue 50,300,1000] [--via relay,tcp-punch,data-channel,fastest] [--visitors 1,5,15]
                                    [--all] [--seconds S] [--rtt MS] [--congestion cubic] [--at-once N] [--json]
                                    downloads over a slow uplink with a queue, beside curl's on the same line; of the whole grid
                                    what covers it, unless told which or --all of it (an hour or two)
npm run lab -- line --small|--stall|--narrow [--mbit …] [--queue …] [--via …] [--seconds S]
                                    a small request every second beside a download, beside HTTP/2's; a line that stops for 2, 5 and
                                    20 s in the middle; one that is narrowed to packets of 1,280 bytes and loses fragments
npm run lab -- line --report FILE   all four, as a document: about 12 minutes`;

/** What is measured when nothing else is named. */
const COVER_SECONDS = 11;
const ALL_SECONDS = 20;
const AT_ONCE = 2;
const SMALL = { mbit: [1, 2, 5, 20], queueMs: [300], vias: ['relay', 'tcp-punch'], seconds: 20 };
const FAULTY = { line: { mbit: 2, queueMs: 300 }, seconds: 8, atOnce: 4 };
const STALLS: readonly Fault[] = [2, 5, 20].map((seconds) => ({ kind: 'stall', seconds }));
const NARROW: readonly Fault[] = [true, false].map((told) => ({ kind: 'narrow', told }));

export type LineWords = {
  readonly [K in 'mbit' | 'queue' | 'via' | 'visitors' | 'seconds' | 'congestion' | 'report' | 'at-once']?: string | undefined;
} & {
  readonly [K in 'small' | 'stall' | 'narrow' | 'all' | 'json']?: boolean | undefined;
} & {
  readonly rttMs: number;
  /** Reads a number from 0 to `most`, or ends the program. */
  readonly number: (text: string, name: string, most: number) => number;
  readonly say: (line: string) => void;
};

/** @returns the status: 1 when something is not as it must be */
export async function lineCommand(words: LineWords): Promise<number> {
  const { rttMs, say } = words;
  const congestion = await congestionOf(words.congestion);
  const list = (name: 'mbit' | 'queue' | 'visitors', otherwise: readonly number[], most: number): readonly number[] =>
    words[name]?.split(',').map((text) => words.number(text, name, most)) ?? otherwise;
  const vias = (otherwise: readonly string[]): readonly string[] => words.via?.split(',') ?? otherwise;
  const seconds = (otherwise: number): number => (words.seconds ? words.number(words.seconds, 'seconds', 600) : otherwise);
  const labs = (otherwise: number): number => (words['at-once'] ? words.number(words['at-once'], 'at-once', 64) : otherwise);
  const began = performance.now();
  const minutes = (): string => `${((performance.now() - began) / 60_000).toFixed(1)} min`;
  const told = (table: string): void => say(`${minutes()}: ${table.split('\n').at(-1)}`);
  const whole = words.report !== undefined;
  const some = words.small || words.stall || words.narrow;

  let cases: readonly LineCase[] = [];
  const named = words.mbit ?? words.queue ?? words.via ?? words.visitors;
  if (whole || !some) {
    const grid = words.all || (named !== undefined && !whole);
    const rates = list('mbit', GRID.mbit, 1000);
    cases = grid
      ? casesOf(rates, list('queue', GRID.queueMs, 60_000), vias(GRID.via), list('visitors', GRID.visitors, 64))
      : coveringCases();
  }
  const lasts = seconds(cases.length > coveringCases().length ? ALL_SECONDS : COVER_SECONDS);
  const about = (cases.length * (2 * lasts + 6)) / labs(AT_ONCE) / 60 + (whole ? 6 : 0);
  if (cases.length > 0) say(`${cases.length} cases of downloads; about ${Math.ceil(about)} minutes in all`);
  const downloads = await lines({
    cases,
    seconds: lasts,
    rttMs,
    congestion,
    atOnce: labs(AT_ONCE),
    onResult: (result, progress) => say(`${minutes()}, ${progress}: ${linesTable([result]).split('\n').at(-1)}`),
  });
  const smalls =
    whole || words.small
      ? await small({
          lines: list('mbit', SMALL.mbit, 1000).flatMap((mbit) =>
            list('queue', SMALL.queueMs, 60_000).map((queueMs) => ({ mbit, queueMs })),
          ),
          vias: vias(SMALL.vias),
          samples: seconds(SMALL.seconds),
          rttMs,
          congestion,
          atOnce: labs(AT_ONCE),
          onResult: (result) => told(smallTable([result]).replace(/[^|]*\|$/, '')),
        })
      : [];
  const kinds = [...(whole || words.stall ? STALLS : []), ...(whole || words.narrow ? NARROW : [])];
  const stopped =
    kinds.length > 0
      ? await faulty({
          line: {
            mbit: list('mbit', [FAULTY.line.mbit], 1000)[0] as number,
            queueMs: list('queue', [FAULTY.line.queueMs], 60_000)[0] as number,
          },
          vias: vias(GRID.via),
          faults: kinds,
          seconds: seconds(FAULTY.seconds),
          rttMs,
          congestion,
          atOnce: labs(FAULTY.atOnce),
          onResult: (result) => told(faultyTable([result])),
        })
      : [];
  const conditions = {
    node: process.version,
    processors: availableParallelism(),
    load: loadavg()[0] as number,
    congestion,
    minutes: minutes(),
  };
  const results = { downloads, smalls, faulty: stopped };
  if (words.report) await writeFile(words.report, linesReport({ ...results, rttMs, seconds: lasts, ...conditions }));
  const tables = [
    ...(downloads.length > 0 ? [linesTable(downloads)] : []),
    ...(smalls.length > 0 ? [smallTable(smalls)] : []),
    ...(stopped.length > 0 ? [faultyTable(stopped)] : []),
  ];
  console.log(words.json ? JSON.stringify(results) : tables.join('\n\n'));
  const amiss = [...downloads.map(faults), ...smalls.map((one) => smallFaults(one, smalls)), ...stopped.map(faultyFaults)].flat();
  return amiss.length === 0 ? 0 : 1;
}

/** The congestion control that is asked for, or else the one that the kernel gives to every connection. */
async function congestionOf(asked: string | undefined): Promise<string> {
  const setting = async (name: string): Promise<string> => (await readFile(`/proc/sys/net/ipv4/tcp_${name}`, 'utf8')).trim();
  if (!asked) return setting('congestion_control');
  const allowed = await setting('allowed_congestion_control');
  if (!allowed.split(' ').includes(asked)) {
    const all = `sysctl -w net.ipv4.tcp_allowed_congestion_control="${allowed} ${asked}"`;
    throw new Error(`"${asked}" is not among what namespaces may have (${allowed}); where the kernel has it: ${all}`);
  }
  return asked;
}
