// SPDX-License-Identifier: Apache-2.0
// Writes docs/lines.md out of what was measured on slow lines: for people, and the same from the same figures.

import { type FaultyResult, faultWords, faultyFaults } from './faulty.ts';
import { share, table } from './figures.ts';
import { faults, goodput, type LineResult, sentShare } from './lines.ts';
import { HTTP2, HTTP2_FORWARDED, isYardstick, type SmallResult, smallFaults } from './small.ts';

const seconds = (ms: number | null): string => (ms === null ? '–' : (ms / 1000).toFixed(1));

/** One row for each line, strategy and number of visitors. */
export function linesTable(results: readonly LineResult[]): string {
  return table(
    ['Mbit/s', 'queue, ms', 'strategy', 'visitors', 'seconds', 'curl', 'goodput', 'sent', 'silent', 'moves', 'not as it must be'],
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

/** One row for each strategy on each line. */
export function smallTable(results: readonly SmallResult[]): string {
  return table(
    ['Mbit/s', 'queue, ms', 'by', 'round trip, ms', 'p50, ms', 'p95, ms', 'requests', 'download', 'not as it must be'],
    results.map((one) => [
      String(one.mbit),
      String(one.queueMs),
      one.by,
      String(one.rttMs),
      one.p50.toFixed(0),
      one.p95.toFixed(0),
      String(one.samples),
      one.share.toFixed(2),
      smallFaults(one, results).join(', '),
    ]),
  );
}

/** One row for each strategy and fault. */
export function faultyTable(results: readonly FaultyResult[]): string {
  return table(
    ['the line', 'strategy', 'seconds', 'without it, curl', 'nothing came for', 'moves', 'at the end on', 'not as it must be'],
    results.map((one) => [
      faultWords(one.fault),
      one.via,
      seconds(one.ms),
      seconds(one.curlMs),
      seconds(one.pauseMs),
      String(one.moved),
      one.at ?? '–',
      faultyFaults(one).join(', '),
    ]),
  );
}

/** Conditions of a run. */
export interface LinesRun {
  readonly downloads: readonly LineResult[];
  readonly smalls: readonly SmallResult[];
  readonly faulty: readonly FaultyResult[];
  readonly rttMs: number;
  /** Seconds that the content takes on the line. */
  readonly seconds: number;
  readonly node: string;
  readonly processors: number;
  readonly load: number;
  /** How TCP's congestion control is called that the kernel has for all. */
  readonly congestion: string;
  readonly minutes: string;
}

/** The document. */
export function linesReport(run: LinesRun): string {
  const { downloads, smalls, faulty, rttMs, node, processors, load, congestion, minutes } = run;
  const right = <T>(results: readonly T[], amiss: (one: T) => readonly string[]): string =>
    share(results.filter((one) => amiss(one).length === 0).length, results.length);
  const ours = smalls.filter((one) => !isYardstick(one));
  const [first] = faulty;
  return `# Slow lines

What becomes of downloads and small requests when the host's uplink is slow and its queue is long, as at home. Written by \`npm run lab -- line --report docs/lines.md\` out of what was measured, not by hand.

Kernel namespaces: host and visitors each behind a home router's NAT, a round trip of ${rttMs} ms between any two of host, visitor and suite (by the relay it is ${2 * rttMs} ms), and on the host's way out a line of the kernel's (sch_tbf) with a rate and a queue. TCP's congestion control is the kernel's ${congestion}, for all.

## Downloads

All visitors download at once, together as much as the line carries in ${run.seconds} s. The yardstick is curl: as many of them, the same bytes from a plain HTTPS server in the host's place, on the same line just before.

- **goodput** is curl's time by ours: 1 is as fast, more is faster.
- **sent** is what crossed the uplink, heads of IP and all, by the content. curl's own is 1.04 to 1.06.
- **silent**: times that a path was doubted. **moves**: of all visitors together; \`fastest\` may make one each.

As it must be is a download that is whole, a goodput of at least 0.9 (a data channel 0.85), not more than 1.08 times the content and 100 KB sent (a data channel 1.15), nothing doubted, and no move but the one to the better path: ${right(downloads, faults)}.

${linesTable(downloads)}

## Small requests beside a download

One visitor downloads, and asks for 1 KB every second. \`${HTTP2}\` is node:http2 with its defaults over TLS, straight to the host: one session for both, on the same line, in the same run; \`${HTTP2_FORWARDED}\` is the same by a plain forwarder of TCP that is as far off as the relay, beside which the relay is judged. **download** is the share of the line's rate that the content of the download had meanwhile: HTTP/2's default window of 64 KB leaves a fast line idle. As it must be is a p50 and a p95 not above HTTP/2's up to 5 Mbit/s, and not above the round trip and 60 ms at 20: ${right(ours, (one) => smallFaults(one, smalls))}.

${smallTable(smalls)}

## Lines that stop, or get narrow

In the middle of a download of one visitor, on a line of ${first?.mbit} Mbit/s with a queue of ${first?.queueMs} ms: the host's router lets nothing through for a while, either way; or from then on its cable carries no packet of more than 1,280 bytes and no fragment, and says so by ICMP, or says nothing (a black hole). As it must be is whole, within what curl took without the fault, the stall and 3 s; on a narrow line nothing may fail to come for longer than 3 s (the relay alone is left out where nothing is said: its connections are the system's own TCP, which then carries nothing, and there is no other path): ${right(faulty, faultyFaults)}.

${faultyTable(faulty)}

Node ${node}, ${processors} processors, load ${load.toFixed(1)} at the end; all of it took ${minutes}. Times of one run each: a busy machine makes them worse.
`;
}
