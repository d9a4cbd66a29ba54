// SPDX-License-Identifier: Apache-2.0
// Examines a Node end's network in the background, once for each network it has been in: a file keeps what was found.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { asPortholeError, ERRORS } from '../../../proto/errors.ts';
import type { NetworkWatch } from '../../system/network.ts';
import { addressesNow } from '../../system/network-node.ts';
import { replaceFile } from '../../system/private-file.ts';
import { abortable, type Clock, sleep, systemClock } from '../../time/clock.ts';
import { type NatProfile, natFromWire, natToWire } from '../profile.ts';
import { openSockets } from '../sockets/ffi.ts';
import { takeExam } from './exam.ts';
import type { Examination, Examiner } from './own-nat.ts';

/** Networks that are remembered: the last ones. */
export const MAX_NETWORKS = 32;
/** How long a finding holds, in milliseconds: routers are restarted, and change. */
export const HOLDS_MS = 24 * 3600 * 1000;

interface Entry {
  readonly network: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As a message: what cannot be read as one is not believed. */
  readonly nat: ReturnType<typeof natToWire>;
}

/**
 * A network's name in the file: who is in it, and how the suite sees that.
 * @param addresses this machine's own
 * @param observed its outside address, without the port
 */
export function networkName(addresses: readonly string[], observed: string): string {
  return createHash('sha256')
    .update([...addresses].sort().join('\n'))
    .update(`\n\n${observed}`)
    .digest('hex')
    .slice(0, 32);
}

/** What is known of a network; null when nothing is that still holds. */
export async function recall(file: string, network: string, now: number): Promise<NatProfile | null> {
  const entry = (await entries(file)).find((one) => one.network === network);
  return entry && now - entry.at < HOLDS_MS && entry.at <= now ? natFromWire(entry.nat) : null;
}

/** Verdicts what was found. @throws the system's error */
export async function remember(file: string, network: string, now: number, nat: NatProfile): Promise<void> {
  const others = (await entries(file)).filter((one) => one.network !== network && now - one.at < HOLDS_MS);
  const all: Entry[] = [{ network, at: now, nat: natToWire(nat) }, ...others].slice(0, MAX_NETWORKS);
  await replaceFile(file, `${JSON.stringify(all, null, 1)}\n`);
}

/** The file's entries; none where it is not there, or is not what it should be: it is made again from what is found next. */
async function entries(file: string): Promise<Entry[]> {
  try {
    const all = JSON.parse(await readFile(file, 'utf8')) as unknown;
    return Array.isArray(all) ? all.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(one: unknown): one is Entry {
  const { network, at, nat } = (one ?? {}) as Partial<Entry>;
  return typeof network === 'string' && typeof at === 'number' && typeof nat === 'object' && nat !== null;
}

/** A suite that is busy with this address, or a machine that is short of sockets, is asked again so often, after a wait from the first to the second, in milliseconds. */
const BUSY_TRIES = 5;
const BUSY_MS = [2000, 8000] as const;
/** The exit status of errors that are this machine's own: it is short of something, which passes. */
const LOCAL = 7;
/** After a change of the network the suite's connection shows first whether it is another one, in milliseconds. */
const SETTLE_MS = 1000;

export interface BackgroundOptions {
  /** Where findings are kept; null: nowhere. */
  readonly file: string | null;
  readonly network: NetworkWatch;
  /** Takes the exams; a run at the suite when left out. */
  readonly take?: (examination: Examination, signal: AbortSignal) => Promise<NatProfile>;
  readonly addresses?: () => readonly string[];
  readonly clock?: Clock;
  /** Milliseconds since 1970. */
  readonly wall?: () => number;
  readonly random?: () => number;
}

/** This machine's addresses that lead somewhere. */
export function ownAddresses(): string[] {
  return addressesNow()
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);
}

/** An examiner that remembers. Its failures are nobody's: what is not known is not examined. */
export function backgroundExaminer(options: BackgroundOptions): Examiner {
  const { file, network, addresses = ownAddresses, clock = systemClock, wall = Date.now, random = Math.random } = options;
  const take = options.take ?? ((examination, signal) => examine(examination, addresses(), signal));
  return (examination) => {
    const { greeting, learned, due, calls, failed } = examination;
    if (greeting.stunTcp.length === 0) return () => {};
    const stop = new AbortController();
    const { signal } = stop;
    let current = '';
    const look = async (): Promise<void> => {
      const name = networkName(addresses(), greeting.observed.ip);
      if (name === current) return;
      current = name;
      const before = file === null ? null : await recall(file, name, wall());
      if (signal.aborted || current !== name) return;
      if (before) return learned(before);
      await abortable(due, signal).catch(() => {});
      if (signal.aborted || current !== name) return;
      for (let tries = 0; tries < BUSY_TRIES; tries++) {
        try {
          const before = calls();
          const found = await abortable(take(examination, signal), signal);
          if (current !== name) return;
          learned(found);
          // What a call did beside it is not the network's: good enough for now, and not for a day.
          const alone = before.open === 0 && calls().come === before.come;
          if (alone && file !== null) await remember(file, name, wall(), found).catch(() => {}); // then it is found again
          return;
        } catch (thrown) {
          const error = asPortholeError(thrown);
          const short = ERRORS[error.code].exit === LOCAL;
          if (signal.aborted) return;
          if (short) failed(error);
          else if (error.code !== 'RATE_LIMITED') return;
          await sleep(clock, BUSY_MS[0] + random() * (BUSY_MS[1] - BUSY_MS[0]), signal).catch(() => {});
        }
      }
    };
    void look();
    let cancel: () => void = () => {};
    const unwatch = network(() => {
      cancel();
      cancel = clock.after(SETTLE_MS, () => void look());
    });
    return () => {
      unwatch();
      cancel();
      stop.abort();
    };
  };
}

async function examine(examination: Examination, localAddresses: readonly string[], signal: AbortSignal): Promise<NatProfile> {
  return takeExam(examination, { sockets: await openSockets(), localAddresses, signal });
}
