// SPDX-License-Identifier: Apache-2.0
// The processes of one way: started in turn, ordered about, and gone in the end whatever happens.

import { type ChildProcess, fork } from 'node:child_process';
import type { Usage } from './meter.ts';
import type { Answers, Order, Reply, Timing } from './orders.ts';
import { type Certificate, CLIENT, type Stage, type Task, type Way } from './workload.ts';

/** How long one order may take, in milliseconds. */
const ORDER_MS = 300_000;

/** What one run of a task by one way gave. */
export interface Run {
  readonly timing: Timing;
  /** By role. */
  readonly usage: Readonly<Record<string, Usage>>;
}

/** One process. */
class End {
  readonly role: string;
  readonly #child: ChildProcess;
  #waiting: { resolve(value: unknown): void; reject(reason: Error): void } | null = null;
  readonly #gone: Promise<void>;

  constructor(role: string, program: string, signal: AbortSignal) {
    this.role = role;
    this.#child = fork(program, { execArgv: [], signal, killSignal: 'SIGKILL' });
    this.#child.on('message', (reply: Reply) => {
      if ('error' in reply) this.#settle(new Error(`${role}: ${reply.error}`));
      else this.#settle(null, reply.value);
    });
    this.#child.on('error', (error) => this.#settle(signal.aborted ? signal.reason : error));
    this.#gone = new Promise((resolve) => {
      this.#child.on('exit', (code, by) => {
        this.#settle(signal.aborted ? signal.reason : new Error(`${role} ended with ${by ?? code}`));
        resolve();
      });
    });
  }

  /** Carries an order out. Rejects with the end's error, or when the end is gone or too slow. */
  async order<K extends Order['do']>(order: Extract<Order, { do: K }>): Promise<Answers[K]> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Answers[K]>((resolve, reject) => {
        this.#waiting = { resolve: resolve as (value: unknown) => void, reject };
        timer = setTimeout(() => this.#settle(new Error(`${this.role}: ${order.do} took over ${ORDER_MS / 1000} s`)), ORDER_MS);
        if (!this.#child.connected) this.#settle(new Error(`${this.role} is gone`));
        else this.#child.send(order);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  #settle(error: Error | null, value?: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (error) waiting?.reject(error);
    else waiting?.resolve(value);
  }
}

export interface Place {
  /** The program of each process: end.ts, or what was made of it. */
  readonly program: string;
  readonly workload: string;
  readonly stage: Stage;
  readonly folder: string;
  readonly certificate: Certificate | null;
  readonly signal: AbortSignal;
}

/** Runs a task by a way, in new processes. `profile`: where CPU profiles go, without the role that ends their names; or null. */
export function measure(place: Place, way: Way, task: Task, profile: string | null): Promise<Run> {
  return withEnds(place, way, task, async (ends, client) => {
    await client.order<'warm'>({ do: 'warm', task });
    for (const end of ends) {
      await end.order<'meter'>({
        do: 'meter',
        profile: profile && `${profile}-${end.role}.cpuprofile`,
      });
    }
    const timing = await client.order<'fetch'>({ do: 'fetch', task });
    const usage: Record<string, Usage> = {};
    for (const end of ends) usage[end.role] = await end.order<'usage'>({ do: 'usage' });
    return { timing, usage };
  });
}

/** SHA-256, in hex, of what a way delivers. */
export function digestOf(place: Place, way: Way, task: Task): Promise<string> {
  return withEnds(place, way, task, (_, client) => client.order<'digest'>({ do: 'digest', task }));
}

/** Where a way is found by the process of an end. */
export type WayPlace = Omit<Place, 'certificate'>;

/**
 * Starts the ends of a way that some other program is the client of.
 * @returns what they told, by role
 */
export async function startEnds(place: WayPlace, way: Way): Promise<{ told: Readonly<Record<string, unknown>>; close(): Promise<void> }> {
  const ends: End[] = [];
  const told: Record<string, unknown> = {};
  const close = async (): Promise<void> => {
    for (const end of ends) await end.kill();
  };
  try {
    for (const role of Object.keys(way.ends)) await startEnd({ ...place, certificate: null }, way, role, 1, ends, told);
  } catch (error) {
    await close();
    throw error;
  }
  return { told, close };
}

/** Starts one end more. */
async function startEnd(place: Place, way: Way, role: string, inFlight: number, ends: End[], told: Record<string, unknown>): Promise<void> {
  const { program, workload, stage, folder, certificate, signal } = place;
  const end = new End(role, program, signal);
  ends.push(end);
  const setting = { folder, certificate, inFlight, told };
  told[role] = await end.order<'start'>({ do: 'start', workload, stage: stage.name, way: way.name, role, setting });
}

async function withEnds<T>(place: Place, way: Way, task: Task, run: (ends: End[], client: End) => Promise<T>): Promise<T> {
  place.signal.throwIfAborted();
  const ends: End[] = [];
  const told: Record<string, unknown> = {};
  try {
    for (const role of [...Object.keys(way.ends), CLIENT]) await startEnd(place, way, role, task.inFlight, ends, told);
    const result = await run(ends, ends.at(-1) as End);
    // The client first: who serves then sees it go.
    for (const end of ends.toReversed()) await end.order<'close'>({ do: 'close' });
    return result;
  } catch (error) {
    if (place.signal.aborted) throw error;
    throw new Error(`${way.name}, ${task.name}: ${(error as Error).message}`, { cause: error });
  } finally {
    for (const end of ends) await end.kill();
  }
}
