// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- matrix`: every kind of host with every kind of visitor, each pair by a real transfer.

import { type LabOptions, openLab } from './lab.ts';
import { openStage } from './stage.ts';
import { type Outcome, visit } from './visit.ts';

/** Bytes that every pair carries. */
const FILE_BYTES = 1_000_000;

export interface Pair extends Outcome {
  readonly host: string;
  readonly visitor: string;
}

export interface MatrixOptions extends Pick<LabOptions, 'rttMs' | 'loss' | 'rateMbit'> {
  readonly kinds: readonly string[];
  /** How long a visit waits for a direct way, in milliseconds. */
  readonly settleMs: number;
  /** Labs at once. */
  readonly labs: number;
  /** Visits at once in each. */
  readonly visits: number;
  readonly onPair?: (pair: Pair) => void;
}

const NOTHING: Omit<Outcome, 'error'> = { whole: false, via: null, technique: null, firstByteMs: null, directMs: null, wholeMs: null };

/** Does the work on each of the things, so many at once. */
async function each<T>(things: readonly T[], atOnce: number, work: (thing: T) => Promise<void>): Promise<void> {
  const left = [...things];
  const worker = async (): Promise<void> => {
    for (let thing = left.shift(); thing !== undefined; thing = left.shift()) await work(thing);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** One host of a kind, and visitors of all: they share its suite and its NAT, as visitors do. */
async function row(host: string, options: MatrixOptions): Promise<Pair[]> {
  const { kinds, settleMs, visits, onPair, ...wire } = options;
  const places = kinds.map((kind) => ({ kind, place: `from-${kind}` }));
  const others = Object.fromEntries(places.map(({ kind, place }) => [place, kind]));
  const lab = await openLab({ host, visitor: 'open', others, ...wire });
  const pairs: Pair[] = [];
  try {
    const stage = await openStage(lab, FILE_BYTES);
    await each(places, visits, async ({ kind, place }) => {
      const pair = { host, visitor: kind, ...(await visit(lab, stage, place, settleMs)) };
      pairs.push(pair);
      onPair?.(pair);
    });
    await stage.close();
  } finally {
    await lab.close();
  }
  return pairs;
}

/** All pairs, in the order of the kinds. A host that does not come online fails with every visitor. */
export async function matrix(options: MatrixOptions): Promise<Pair[]> {
  const { kinds } = options;
  const pairs: Pair[] = [];
  await each(kinds, options.labs, async (host) => {
    try {
      pairs.push(...(await row(host, options)));
    } catch (error) {
      for (const visitor of kinds) pairs.push({ host, visitor, ...NOTHING, error: (error as Error).message });
    }
  });
  const place = ({ host, visitor }: Pair): number => kinds.indexOf(host) * kinds.length + kinds.indexOf(visitor);
  return pairs.sort((a, b) => place(a) - place(b));
}

/** The middle one. */
const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const LETTERS: Readonly<Record<string, string>> = { 'tcp-punch': 'T', 'data-channel': 'D', relay: 'R' };

/** The pairs as a table: hosts down, visitors across, and what the letters mean. */
export function tableOf(pairs: readonly Pair[]): string {
  const kinds = [...new Set(pairs.map(({ host }) => host))];
  const cell = ({ whole, via, directMs, firstByteMs }: Pair): string =>
    whole ? `${LETTERS[via ?? ''] ?? via} ${directMs ?? firstByteMs}` : 'failed';
  const found = (host: string, visitor: string): Pair => pairs.find((pair) => pair.host === host && pair.visitor === visitor) as Pair;
  const rows = [['host \\ visitor', ...kinds], ...kinds.map((host) => [host, ...kinds.map((visitor) => cell(found(host, visitor)))])];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((words) => words[column]?.length ?? 0))) ?? [];
  const lines = rows.map((words) =>
    words
      .map((word, column) => word.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const ways = [...new Set(pairs.map(({ via }) => via))].filter((via) => via !== null);
  const share = (some: readonly Pair[]): string =>
    `${some.length} of ${pairs.length} (${Math.round((some.length / pairs.length) * 100)} %)`;
  const times = (name: 'firstByteMs' | 'directMs', some: readonly Pair[]): string => {
    const numbers = some.flatMap((pair) => pair[name] ?? []);
    return numbers.length ? `median ${median(numbers)} ms, most ${Math.max(...numbers)} ms` : 'none';
  };
  return [
    ...lines,
    '',
    'T tcp-punch, D data-channel: milliseconds from opening the link to this way. R relay: to the first byte.',
    `transferred whole: ${share(pairs.filter(({ whole }) => whole))}`,
    ...ways.map((via) => `ended on ${via}: ${share(pairs.filter((pair) => pair.via === via))}`),
    `first byte: ${times('firstByteMs', pairs)}`,
    ...ways
      .map(
        (via) =>
          `direct by ${via}: ${times(
            'directMs',
            pairs.filter((pair) => pair.via === via),
          )}`,
      )
      .filter((line) => !line.includes('relay')),
    ...pairs.filter(({ whole }) => !whole).map(({ host, visitor, error }) => `failed: ${host} × ${visitor}: ${error}`),
  ].join('\n');
}
