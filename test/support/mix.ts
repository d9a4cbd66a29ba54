// SPDX-License-Identifier: Apache-2.0
// One session under a random mix of cuts, stalls and moves, in virtual time: everything comes, once, in order, and nothing is left.

import assert from 'node:assert/strict';
import { PortholeError } from '../../proto/errors.ts';
import { memoryPair, type Wire } from '../../transport/channel/memory.ts';
import type { ResumableSession } from '../../transport/continuity/resumable-session.ts';
import { asked } from './asked.ts';
import { quickTurns } from './quick-turns.ts';
import { Resumables, settled } from './resumables.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

export const HAPPENS = ['move', 'add', 'cut', 'stall', 'drop', 'wait'] as const;
type Happens = (typeof HAPPENS)[number];

const MOST_STEPS = 12;
/** Milliseconds between two steps, and of a stall: together less than a session waits for a path. */
const MOST_PAUSE_MS = 2000;
const MOST_STALL_MS = 12_000;
const MOST_PATHS = 4;
const MOST_MESSAGES = 40;
/** Milliseconds that a wire takes. */
const MOST_DELAY_MS = 200;
/** How often a session without a path tries again, in milliseconds. */
const AGAIN_MS = 2500;
/** Milliseconds within which all has to come once nothing happens any more. */
const MOST_MS = 60_000;

/** What happened in a mix. */
export interface Mixed {
  readonly steps: readonly Happens[];
  readonly moves: number;
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Plays one mix.
 * @throws AssertionError when something is lost, comes twice, or is left
 */
export async function playMix(seed: number): Promise<Mixed> {
  const clock = virtualTime(3);
  const resumables = new Resumables({ clock });
  const mix = new Mix(seeded(seed), clock, resumables);
  try {
    return await mix.play();
  } finally {
    resumables.end();
  }
}

/**
 * Plays mixes one after the other, with the seeds from `first` on.
 * @throws AssertionError as `playMix`, with the seed
 */
export async function playMixes(first: number, count: number): Promise<{ happened: ReadonlySet<Happens>; moves: number }> {
  const happened = new Set<Happens>();
  let moves = 0;
  let seed = first;
  const undo = quickTurns();
  // Paths fail all the time here, and where an error came from is a tenth of the work to note. `playMix` of a seed tells it.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (; seed < first + count; seed++) {
      const mixed = await playMix(seed);
      for (const step of mixed.steps) happened.add(step);
      moves += mixed.moves;
    }
  } catch (error) {
    (error as Error).message = `mix ${seed}: ${(error as Error).message}`;
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    undo();
  }
  return { happened, moves };
}

class Mix {
  readonly #random: () => number;
  readonly #clock: VirtualTime;
  readonly #resumables: Resumables;
  readonly #wires: Wire[] = [];
  #moves = 0;

  constructor(random: () => number, clock: VirtualTime, resumables: Resumables) {
    this.#random = random;
    this.#clock = clock;
    this.#resumables = resumables;
  }

  async play(): Promise<Mixed> {
    const { visitor } = this.#resumables;
    visitor.onEvent(({ type }) => {
      if (type === 'moved') this.#moves++;
      if (type === 'stranded') this.#clock.after(this.#random() * 500, () => this.#lookForPath());
    });
    this.#add();
    await this.#until(() => this.#resumables.hosts.length > 0 && visitor.paths.length > 0);
    const [host] = this.#resumables.hosts as [ResumableSession];
    const [there, back] = [this.#sizes(), this.#sizes()];
    const received = { host: 0, visitor: 0 };
    void this.#send(visitor, there);
    void this.#send(host, back);
    const read = Promise.all([
      readAll(host, there.length, (count) => (received.host = count)),
      readAll(visitor, back.length, (count) => (received.visitor = count)),
    ]);
    let failure: unknown = null;
    read.catch((error) => {
      failure = error;
    });

    const steps = Array.from({ length: 1 + this.#below(MOST_STEPS) }, () =>
      this.#random() < 0.3 ? 'move' : (HAPPENS[this.#below(HAPPENS.length)] as Happens),
    );
    for (const step of steps) {
      this.#happen(step);
      await this.#clock.run(() => failure !== null, this.#random() < 0.5 ? this.#random() * 300 : this.#random() * MOST_PAUSE_MS);
    }
    for (const wire of this.#wires) wire.release();
    const whole = (): boolean => received.host === there.length && received.visitor === back.length;
    await this.#until(() => whole() || failure !== null);
    if (failure) throw failure;
    assert.ok(whole(), `of ${there.length} and ${back.length} messages came ${received.host} and ${received.visitor}`);

    let closed = false;
    void Promise.all([visitor.close(), host.close()]).then(() => {
      closed = true;
    });
    await this.#until(() => closed);
    assert.ok(closed, 'it does not close');
    await settled();
    assert.deepEqual([this.#resumables.acceptor.sessions, this.#resumables.acceptor.kept, visitor.unacked, host.unacked], [0, 0, 0, 0]);
    return { steps, moves: this.#moves };
  }

  #happen(step: Happens): void {
    const { visitor } = this.#resumables;
    const wire = this.#wires[this.#below(this.#wires.length)] as Wire;
    const path = visitor.paths[this.#below(Math.max(1, visitor.paths.length))];
    switch (step) {
      case 'move':
        if (path) visitor.use(path, 'the mix says so');
        break;
      case 'add':
        if (visitor.paths.length < MOST_PATHS) this.#add();
        break;
      case 'cut':
        wire.cut();
        break;
      case 'stall':
        wire.hold();
        this.#clock.after(this.#random() * MOST_STALL_MS, () => wire.release());
        break;
      case 'drop':
        if (path) visitor.drop(path, new PortholeError('PATH_LOST'));
        break;
      case 'wait':
        break;
    }
  }

  /** A session that has lost all its paths tries until one stands. */
  #lookForPath(): void {
    const { over, paths } = this.#resumables.visitor;
    if (over || paths.length > 0) return;
    this.#add();
    this.#clock.after(AGAIN_MS, () => this.#lookForPath());
  }

  #add(): void {
    const { a, b, wire } = memoryPair('memory', this.#delay());
    this.#wires.push(wire);
    this.#resumables.join(a, b);
  }

  async #send(from: ResumableSession, sizes: readonly number[]): Promise<void> {
    try {
      for (const [index, size] of sizes.entries()) {
        await from.send(numbered(index, size));
        if (this.#random() < 0.15) await new Promise<void>((resolve) => this.#clock.after(this.#random() * 1000, resolve));
      }
    } catch {
      // What is not received tells it.
    }
  }

  #sizes(): number[] {
    return Array.from({ length: 1 + this.#below(MOST_MESSAGES) }, () =>
      this.#random() < 0.5 ? 4 + this.#below(200) : this.#below(20_000),
    );
  }

  /** Half of the wires take no time. */
  #delay(): (run: () => void) => void {
    const ms = Math.max(0, this.#random() * 2 - 1) * MOST_DELAY_MS;
    return ms === 0 ? queueMicrotask : (run) => void this.#clock.after(ms, run);
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #until(done: () => boolean): Promise<void> {
    return this.#clock.run(done, MOST_MS);
  }
}

/** A message that tells its place. */
function numbered(index: number, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(4, size)).fill(index);
  new DataView(bytes.buffer).setUint32(0, index);
  return bytes;
}

async function readAll(from: ResumableSession, count: number, got: (count: number) => void): Promise<void> {
  for (let index = 0; index < count; index++) {
    const message = (await asked(from).receive()) ?? new Uint8Array(4);
    const place = new DataView(message.buffer, message.byteOffset).getUint32(0);
    assert.equal(place, index, `message ${place} came in place of ${index}`);
    assert.equal(message.at(-1), message.length > 4 ? index : index & 0xff);
    got(index + 1);
  }
}
