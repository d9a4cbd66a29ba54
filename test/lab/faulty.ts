// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- line --stall` and `--narrow`: what becomes of a download when the line stops for a while, or carries only short packets.

import { setTimeout as pause } from 'node:timers/promises';
import { doerIn } from './acting.ts';
import { atOnce } from './at-once.ts';
import type { Downloaded } from './downloading.ts';
import type { EndDeeds } from './end.ts';
import { type Lab, openLab } from './lab.ts';
import { bytesPerSecond, type Uplink } from './shaping.ts';
import { openStage, type Stage } from './stage.ts';
import { yardstick } from './yardstick.ts';

/** What happens to the line in the middle of a download. */
export type Fault =
  | { readonly kind: 'stall'; readonly seconds: number }
  /** Whether who sends longer packets is told. */
  | { readonly kind: 'narrow'; readonly told: boolean };

export interface FaultyResult extends Uplink {
  readonly via: string;
  readonly fault: Fault;
  /** Milliseconds until it was whole; null when it was not. */
  readonly ms: number | null;
  /** The same by curl, on the same line without a fault: the ideal. */
  readonly curlMs: number;
  /** The longest time in which nothing came. */
  readonly pauseMs: number;
  readonly moved: number;
  /** The way in use at the end. */
  readonly at: string | null;
  readonly error: string | null;
  /** What happened to its paths. */
  readonly story: readonly string[];
}

export interface FaultyOptions {
  readonly line: Uplink;
  readonly vias: readonly string[];
  readonly faults: readonly Fault[];
  /** Seconds that the content takes on the line. */
  readonly seconds: number;
  readonly rttMs: number;
  /** TCP's congestion control; the machine's own when left out. */
  readonly congestion?: string | undefined;
  /** Labs at a time. */
  readonly atOnce: number;
  readonly onResult?: (result: FaultyResult) => void;
}

/** Bytes of the longest packet on a narrow line: the least that IPv6 allows (RFC 8200 section 5). */
const NARROW_MTU = 1280;
/** What a download may take beyond the ideal and the stall, and how long nothing may come on a narrow line, in milliseconds. */
const LATE_MS = 3000;
/** The share of the ideal after which the fault comes. */
const MIDDLE = 0.4;
const SETTLE_MS = 4000;
const PATIENCE_MS = 60_000;

export const faultWords = (fault: Fault): string =>
  fault.kind === 'stall' ? `stalls for ${fault.seconds} s` : `narrow, ${fault.told ? 'and says so' : 'and says nothing'}`;

/** What is not as it must be, in words; empty when all is. */
export function faultyFaults({ fault, ms, curlMs, pauseMs, error }: FaultyResult): string[] {
  if (ms === null) return [error ?? 'not whole'];
  if (fault.kind === 'narrow') return pauseMs > LATE_MS ? [`nothing for ${(pauseMs / 1000).toFixed(1)} s`] : [];
  const late = ms - curlMs - fault.seconds * 1000;
  return late > LATE_MS ? [`${(late / 1000).toFixed(1)} s late`] : [];
}

/** By the relay alone: its connections are the system's own, which nothing tells to send less, and there is no other path to move to. */
const isHopeless = (fault: Fault, via: string): boolean => fault.kind === 'narrow' && !fault.told && via === 'relay';

/** Faults that one lab can have one after the other: what is narrow stays so, and is remembered by those who were told. */
function groups(faults: readonly Fault[]): Fault[][] {
  const stalls = faults.filter(({ kind }) => kind === 'stall');
  const narrow = faults.filter(({ kind }) => kind === 'narrow').map((fault) => [fault]);
  return stalls.length > 0 ? [stalls, ...narrow] : narrow;
}

/** Measures each strategy with each fault, on a new visit each; so many at a time, in labs of their own. */
export async function faulty(options: FaultyOptions): Promise<FaultyResult[]> {
  const { line, vias, seconds, rttMs, congestion, onResult } = options;
  const bytes = Math.round(bytesPerSecond(line) * seconds);
  const tasks = groups(options.faults)
    .flatMap((faults) => vias.map((via) => ({ via, faults })))
    .filter((task) => !task.faults.every((fault) => isHopeless(fault, task.via)));
  const done = await atOnce(options.atOnce, tasks, async ({ via, faults }) => {
    const results: FaultyResult[] = [];
    const lab = await openLab({ host: 'home', visitor: 'home', rttMs, congestion });
    try {
      const stage = await openStage(lab, bytes);
      await lab.slow('host', line);
      const curlMs = await (await yardstick(lab)).fetch(bytes, 1);
      for (const fault of faults) {
        const got = await download(lab, stage, via, fault, curlMs);
        const whole = got.ms !== null && got.bytes === bytes;
        const result: FaultyResult = {
          ...line,
          via,
          fault,
          ms: whole ? got.ms : null,
          curlMs,
          pauseMs: got.pauseMs,
          moved: got.moved,
          at: got.via,
          error: got.error,
          story: got.story,
        };
        results.push(result);
        onResult?.(result);
      }
      await stage.close();
    } finally {
      await lab.close();
    }
    return results;
  });
  return done.flat();
}

async function download(lab: Lab, { file }: Stage, via: string, fault: Fault, curlMs: number): Promise<Downloaded> {
  const visitor = doerIn<EndDeeds>(lab, 'visitor', 'end.ts');
  const mostMs = Math.ceil(curlMs) + PATIENCE_MS;
  const order = { file, via: [via], visitors: 1, settleMs: SETTLE_MS, mostMs };
  try {
    const stand = await visitor.standing(order);
    if (stand !== 1)
      return { bytes: 0, ms: null, pauseMs: 0, via: null, silent: 0, moved: 0, lost: 0, story: [], error: 'no visit stands' };
    const downloading = visitor.downloads(order);
    await pause(curlMs * MIDDLE);
    if (fault.kind === 'narrow') await lab.narrow('host', { mtu: NARROW_MTU, told: fault.told });
    else {
      await lab.stalls('host');
      await pause(fault.seconds * 1000);
      await lab.flows('host');
    }
    const [got] = await downloading;
    await visitor.leave();
    return got as Downloaded;
  } finally {
    await visitor.stop();
  }
}
