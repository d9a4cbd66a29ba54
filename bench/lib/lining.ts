// SPDX-License-Identifier: Apache-2.0
// The workload "line": downloads over a slow uplink with a queue, in the lab, beside curl from an HTTPS server on the same line.

import { casesOf, type LineCase, type LineResult, lines } from '../../test/lab/lines.ts';
import { spread } from './metrics.ts';

/** What is measured. */
export interface LineWorkload {
  /** Megabits a second of the host's uplink. */
  readonly mbits: readonly number[];
  /** Milliseconds of that line that its queue holds. */
  readonly queueMs: number;
  /** As `--via`. */
  readonly vias: readonly string[];
  readonly rttMs: number;
  /** Seconds that a download takes on the line. */
  readonly seconds: number;
  /** The least ratio to the peer, by way. */
  readonly least: Readonly<Record<string, number>>;
}

/** One line, one way: `ratio` is curl's time by ours, over 1 is better. */
export interface LineRow extends LineCase {
  readonly seconds: number;
  readonly curlSeconds: number;
  readonly ratio: number;
  readonly ratioRange: readonly [number, number];
  /** Bytes that crossed the line by the content; the same for curl. */
  readonly sent: number;
  readonly curlSent: number;
  readonly least: number;
}

/** Measures each line and way so many times, in turn. */
export async function measureLines(workload: LineWorkload, pairs: number, log: (line: string) => void): Promise<LineRow[]> {
  const { mbits, queueMs, vias, rttMs, seconds, least } = workload;
  const cases = casesOf(mbits, [queueMs], vias, [1]);
  const found = new Map<string, LineResult[]>();
  for (let pair = 0; pair < pairs; pair++) {
    await lines({
      cases,
      seconds,
      rttMs,
      onResult(result, progress) {
        const { mbit, via, ms, errors } = result;
        if (ms === null) throw new Error(`${via} at ${mbit} Mbit/s: ${errors[0] ?? 'not whole'}`);
        const name = `${mbit} ${via}`;
        found.set(name, [...(found.get(name) ?? []), result]);
        log(`line: run ${pair + 1} of ${pairs}, ${progress}: ${via} at ${mbit} Mbit/s, ${(result.curlMs / ms).toFixed(2)} of curl`);
      },
    });
  }
  return cases.map((one) => {
    const runs = found.get(`${one.mbit} ${one.via}`) as LineResult[];
    const median = (of: (run: LineResult) => number): number => spread(runs.map(of)).median;
    const ratios = runs.map(({ ms, curlMs }) => curlMs / (ms as number));
    return {
      ...one,
      seconds: median(({ ms }) => (ms as number) / 1000),
      curlSeconds: median(({ curlMs }) => curlMs / 1000),
      ratio: spread(ratios).median,
      ratioRange: [Math.min(...ratios), Math.max(...ratios)],
      sent: median(({ sent, content }) => sent / content),
      curlSent: median(({ curlSent, content }) => curlSent / content),
      least: least[one.via] ?? 0,
    };
  });
}

/** The rows for people. */
export function linesTable(rows: readonly LineRow[], { queueMs, rttMs }: LineWorkload): string {
  return [
    `Downloads over a slow uplink with a queue of ${queueMs} ms, round trip ${rttMs} ms; curl takes HTTPS from the host's place`,
    ...rows.map(({ mbit, via, seconds, curlSeconds, ratio, ratioRange: [low, high], sent, curlSent, least }) => {
      const mark = ratio >= least ? 'holds ' : 'MISSED';
      const of = (value: number): string => value.toFixed(2);
      return `  ${mark}  ${mbit} Mbit/s, ${via}: ${of(seconds)} s beside ${of(curlSeconds)}, ratio ${of(ratio)} (${of(low)} to ${of(high)}) of at least ${of(least)}; sent ${of(sent)} of the content beside ${of(curlSent)}`;
    }),
    '',
  ].join('\n');
}
