// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- line`: downloads over a slow uplink of the host's with a queue, beside curl's on the same line in the same run.

import { doerIn } from './acting.ts';
import { atOnce } from './at-once.ts';
import type { Downloaded } from './downloading.ts';
import type { EndDeeds } from './end.ts';
import { groups } from './figures.ts';
import { openLab } from './lab.ts';
import { bytesPerSecond, type Uplink } from './shaping.ts';
import { openStage } from './stage.ts';
import { yardstick } from './yardstick.ts';

/** One line, one strategy, so many visitors. */
export interface LineCase extends Uplink {
  /** As `--via`. */
  readonly via: string;
  readonly visitors: number;
}

export interface LineResult extends LineCase {
  /** Bytes that all visitors together were to get. */
  readonly content: number;
  /** Milliseconds until the last was whole; null when not all were. */
  readonly ms: number | null;
  /** The same by as many curls. */
  readonly curlMs: number;
  /** Bytes that crossed the uplink, without Ethernet's; by curl as well. */
  readonly sent: number;
  readonly curlSent: number;
  readonly silent: number;
  readonly moved: number;
  readonly lost: number;
  /** Why downloads failed. */
  readonly errors: readonly string[];
}

export interface LinesOptions {
  readonly cases: readonly LineCase[];
  /** Seconds that the content takes on the line. */
  readonly seconds: number;
  readonly rttMs: number;
  /** TCP's congestion control; the machine's own when left out. */
  readonly congestion?: string | undefined;
  /** Labs at a time; one unless told. */
  readonly atOnce?: number;
  readonly onResult?: (result: LineResult, progress: string) => void;
}

/** The least share of curl's goodput, and the most that may be sent, in shares of the content and bytes beside it, by strategy. */
const GOALS = { stream: { goodput: 0.9, sent: 1.08 }, 'data-channel': { goodput: 0.85, sent: 1.15 } };
const SENT_BESIDE = 100_000;
/** The least content of one visitor. */
const LEAST_BYTES = 64 * 1024;
/** A download is given up after so many times what curl took, and so many milliseconds more. */
const PATIENCE = { times: 6, ms: 30_000 };
const SETTLE_MS = 2000;
/** Bytes of an Ethernet head, which belongs to the cable and not to the line. */
const ETHERNET_BYTES = 14;

/** Goodput beside curl's. */
export const goodput = ({ ms, curlMs }: LineResult): number => (ms === null ? 0 : curlMs / ms);
export const sentShare = ({ sent, content }: LineResult): number => sent / content;

/** What is not as it must be, in words; empty when all is. */
export function faults(result: LineResult): string[] {
  const goal = result.via === 'data-channel' ? GOALS['data-channel'] : GOALS.stream;
  return [
    ...(result.ms === null ? [result.errors[0] ?? 'not whole'] : []),
    ...(goodput(result) < goal.goodput ? [`goodput ${goodput(result).toFixed(2)}`] : []),
    ...(result.sent > goal.sent * result.content + SENT_BESIDE ? [`sent ${sentShare(result).toFixed(2)}`] : []),
    ...(result.silent > 0 ? [`${result.silent} silent`] : []),
    ...(result.moved > (result.via === 'fastest' ? result.visitors : 0) ? [`${result.moved} moves`] : []),
  ];
}

/** All of these, crossed. */
export function casesOf(
  mbits: readonly number[],
  queues: readonly number[],
  vias: readonly string[],
  visitors: readonly number[],
): LineCase[] {
  return mbits.flatMap((mbit) =>
    queues.flatMap((queueMs) => vias.flatMap((via) => visitors.map((number) => ({ mbit, queueMs, via, visitors: number })))),
  );
}

/** The rates, queues, strategies and numbers of visitors that are measured. */
export const GRID = {
  mbit: [0.3, 0.5, 1, 2, 5, 20],
  queueMs: [50, 300, 1000],
  via: ['relay', 'tcp-punch', 'data-channel', 'fastest'],
  visitors: [1, 5, 15],
} as const;

/** A part of the grid in which any two values of two kinds meet. */
export function coveringCases(): LineCase[] {
  const { mbit, queueMs, via, visitors } = GRID;
  const at = (list: readonly number[], place: number): number => list[place % list.length] as number;
  return mbit.flatMap((rate, r) =>
    via.map((strategy, w) => ({ mbit: rate, queueMs: at(queueMs, r + w), via: strategy, visitors: at(visitors, r + 2 * w) })),
  );
}

/** Measures all cases, in one lab for each rate, queue and number of visitors. */
export async function lines({ cases, seconds, rttMs, congestion, atOnce: most = 1, onResult }: LinesOptions): Promise<LineResult[]> {
  const results = new Map<LineCase, LineResult>();
  const size = (one: LineCase): number => Math.max(LEAST_BYTES, Math.round((bytesPerSecond(one) * seconds) / one.visitors));
  const duration = (one: LineCase): number => (size(one) * one.visitors) / bytesPerSecond(one);
  const labs = groups(cases, ({ mbit, visitors, queueMs }) => `${mbit} ${visitors} ${queueMs}`);
  // Those that take longest begin first: the least contents are more than their lines carry in the time.
  const inOrder = [...labs.values()].sort((x, y) => duration(y[0] as LineCase) - duration(x[0] as LineCase));
  await atOnce(most, inOrder, async (some) => {
    const each = size(some[0] as LineCase);
    const lab = await openLab({ host: 'home', visitor: 'home', rttMs, congestion });
    try {
      const stage = await openStage(lab, each);
      const plain = await yardstick(lab);
      for (const one of some) {
        await lab.slow('host', one);
        const { result: curlMs, sent: curlSent } = await counted(() => plain.fetch(each, one.visitors));
        const result = await measure(one, each, { ms: curlMs, sent: curlSent });
        results.set(one, result);
        onResult?.(result, `${results.size} of ${cases.length}`);
      }
      await stage.close();

      /** Bytes that cross the line while something is done. */
      async function counted<T>(work: () => Promise<T>): Promise<{ result: T; sent: number }> {
        const before = await lab.crossed('host');
        const result = await work();
        const after = await lab.crossed('host');
        return { result, sent: after.bytes - before.bytes - ETHERNET_BYTES * (after.packets - before.packets) };
      }

      async function measure(one: LineCase, bytes: number, curl: { ms: number; sent: number }): Promise<LineResult> {
        const visitor = doerIn<EndDeeds>(lab, 'visitor', 'end.ts');
        const order = {
          file: stage.file,
          via: [one.via],
          visitors: one.visitors,
          settleMs: SETTLE_MS,
          mostMs: Math.ceil(PATIENCE.times * curl.ms) + PATIENCE.ms,
        };
        try {
          const stand = await visitor.standing(order);
          const { result: got, sent } = await counted<Downloaded[]>(() => visitor.downloads(order));
          await visitor.leave();
          const sum = (of: (one: Downloaded) => number): number => got.reduce((total, single) => total + of(single), 0);
          const whole =
            stand === one.visitors && got.length === stand && got.every((single) => single.bytes === bytes && single.ms !== null);
          return {
            ...one,
            content: bytes * one.visitors,
            ms: whole ? Math.max(...got.map(({ ms }) => ms as number)) : null,
            curlMs: curl.ms,
            sent,
            curlSent: curl.sent,
            silent: sum(({ silent }) => silent),
            moved: sum(({ moved }) => moved),
            lost: sum(({ lost }) => lost),
            errors: stand < one.visitors ? [`${one.visitors - stand} did not stand`] : got.flatMap(({ error }) => error ?? []),
          };
        } finally {
          await visitor.stop();
        }
      }
    } finally {
      await lab.close();
    }
  });
  return cases.flatMap((one) => results.get(one) ?? []);
}
