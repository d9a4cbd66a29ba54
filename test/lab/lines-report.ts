// SPDX-License-Identifier: Apache-2.0
// Writes docs/lines.md out of what was measured on slow lines: for people, and the same from the same figures.

import { share, table } from './figures.ts';
import { faults, goodput, type LineResult, sentShare } from './lines.ts';

/** One row for each line, way and number of visitors. */
export function linesTable(results: readonly LineResult[]): string {
  const seconds = (ms: number | null): string => (ms === null ? '–' : (ms / 1000).toFixed(1));
  return table(
    ['Mbit/s', 'queue, ms', 'way', 'visitors', 'seconds', 'curl', 'goodput', 'sent', 'silent', 'moves', 'not as it must be'],
    results.map((one) => [
      String(one.mbit),
      String(one.queueMs),
      one.via,
      String(one.visitors),
      seconds(one.ms),
      seconds(one.curlMs),
      goodput(one).toFixed(2),
      sentShare(one).toFixed(2),
      String(one.silent),
      String(one.moved),
      faults(one).join(', '),
    ]),
  );
}

/** Conditions of a run. */
export interface LinesRun {
  readonly results: readonly LineResult[];
  readonly rttMs: number;
  readonly seconds: number;
  readonly node: string;
  readonly processors: number;
  readonly load: number;
}

/** The document. */
export function linesReport({ results, rttMs, seconds, node, processors, load }: LinesRun): string {
  const right = results.filter((one) => faults(one).length === 0).length;
  return `# Slow lines

What becomes of downloads when the host's uplink is slow and its queue is long, as at home. Written by \`npm run lab -- line --report docs/lines.md\` out of what was measured, not by hand.

Kernel namespaces: host and visitors each behind a home router's NAT, a round trip of ${rttMs} ms, and on the host's way out a line of the kernel's (sch_tbf) with a rate and a queue. All visitors download at once, together as much as the line carries in ${seconds} s. The yardstick is curl: as many of them, the same bytes from a plain HTTP server in the host's place, on the same line just before.

- **goodput** is curl's time by ours: 1 is as fast, more is faster.
- **sent** is what crossed the uplink, heads of IP and all, by the content. curl's own is 1.04 to 1.06.
- **silent**: times that a path was doubted. **moves**: of all visitors together; \`fastest\` may make one each.

As it must be is a download that is whole, a goodput of at least 0.9 (a data channel 0.85), not more than 1.08 times the content and 100 KB sent (a data channel 1.15), nothing doubted, and no move but the one to the better way: ${share(right, results.length)}.

${linesTable(results)}

Node ${node}, ${processors} processors, load ${load.toFixed(1)}. Times of one run each: a busy machine makes them worse.
`;
}
