// SPDX-License-Identifier: Apache-2.0
// What is learned ahead of a call: an outside port, whether the NAT keeps port numbers, and where low ports come out.

import type { Clock } from '../../time/clock.ts';
import { asItIs, type Learned, type LearnRequest, learn, lowRange } from './learn.ts';
import { FRESH_MS, HOLD_MS, NEARLY_MS } from './limits.ts';
import type { Outside, Range } from './notes.ts';

/** One program's knowledge of the network it is in: it begins anew with another outside address. */
export class Ahead {
  readonly #random: () => number;
  #outsideIp = '';
  #learning: Promise<void> | null = null;
  #looking: Promise<unknown> | null = null; // the part of it that shows a port
  #outside: Outside | null = null;
  #seenAt = Number.NEGATIVE_INFINITY; // of a series that nothing was made of since
  #kept = false; // whether the NAT keeps port numbers, as far as is known
  #rttMs = 0;
  #held: Learned | null = null;
  #range: Promise<Range | null> | null = null;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** How this network's ports were seen last; null when they were not. */
  seen(outsideIp: string | undefined): Outside | null {
    return this.#outsideIp === outsideIp ? this.#outside : null;
  }

  /** Waits a moment for what is being learned: a guess in its place costs more when it is wrong. Never rejects. */
  nearly(clock: Clock): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(NEARLY_MS, resolve);
      const done = (): void => {
        cancel();
        resolve();
      };
      Promise.resolve(this.#looking).then(done, done);
    });
  }

  /** Milliseconds of a round trip to the suite; 0 when none was measured in this network. */
  rttMs(outsideIp: string | undefined): number {
    return this.#outsideIp === outsideIp ? this.#rttMs : 0;
  }

  /** Learns what is not known yet. Its failures are nobody's: who needs it learns again. The signal lets go of what is held. */
  prepare(request: LearnRequest): void {
    this.#at(request.outsideIp);
    if (this.#held || this.#kept || this.#outside?.step === null) return;
    if (this.#learning) {
      // By an older signal, which may be over.
      void this.#learning.then(() => !request.signal.aborted && !this.#learning && this.prepare(request));
      return;
    }
    this.#learning = this.#learn(request)
      .catch(() => {})
      .finally(() => {
        this.#learning = null;
      });
  }

  /** A port of which the outside is known already, and belongs to who takes it; null when there is none. */
  async take(request: LearnRequest): Promise<Learned | null> {
    if (this.#outsideIp !== request.outsideIp) return null;
    await this.#learning;
    if (this.#kept) return asItIs({ ...request, rttMs: this.#rttMs });
    const held = this.#held;
    this.#held = null;
    return held;
  }

  /** Where a series is, if it was seen a moment ago: for one who waits for a window of it. It has no port to hold. */
  async series(request: LearnRequest): Promise<Learned | null> {
    if (this.#outsideIp !== request.outsideIp) return null;
    await this.#learning;
    const { outside, at } = { outside: this.#outside, at: this.#seenAt };
    this.#seenAt = Number.NEGATIVE_INFINITY; // what is made of it takes ports
    if (!outside?.step || request.clock.now() - at > FRESH_MS) return null;
    return { ...asItIs({ ...request, rttMs: this.#rttMs }), outside };
  }

  /** A port was learned, by one who goes on from it. */
  saw(request: LearnRequest, { local, outside, rttMs }: Learned): void {
    this.#at(request.outsideIp);
    this.#outside = outside;
    this.#seenAt = Number.NEGATIVE_INFINITY;
    this.#rttMs = rttMs;
    this.#kept = outside.step === 0 && outside.port === local.port;
  }

  /** Where low ports come out, of a network without a pattern; null: anywhere. */
  lowRange(request: LearnRequest): Promise<Range | null> {
    this.#at(request.outsideIp);
    this.#range ??= lowRange(request, this.#random).then((range) => {
      if (request.signal.aborted && range === null) this.#range = null; // that was no finding
      return range;
    });
    return this.#range;
  }

  #at(outsideIp: string): void {
    if (this.#outsideIp === outsideIp) return;
    this.#outsideIp = outsideIp;
    this.#outside = null;
    this.#seenAt = Number.NEGATIVE_INFINITY;
    this.#kept = false;
    this.#rttMs = 0;
    this.#held?.release();
    this.#held = null;
    this.#range = null;
  }

  async #learn(request: LearnRequest): Promise<void> {
    const { step, clock, signal, outsideIp } = request;
    const looking = learn({ ...request, probes: step === 0 ? 1 : 2 }).then((learned) => {
      if (this.#outsideIp === outsideIp) {
        this.saw(request, learned);
        this.#seenAt = clock.now();
      }
      return learned;
    });
    this.#looking = looking;
    const learned = await looking;
    if (this.#outsideIp !== outsideIp) return learned.release();
    // A kept number needs no holding; and of a series or none at all, this port is not the one that the next connection has.
    if (!this.#kept && learned.outside.step === 0) this.#hold(learned, clock, signal);
    else learned.release();
    if (learned.outside.step === null) await this.lowRange(request);
  }

  #hold(learned: Learned, clock: Clock, signal: AbortSignal): void {
    const over = (): void => {
      cancel();
      signal.removeEventListener('abort', over);
      if (this.#held !== learned) return; // taken
      this.#held = null;
      learned.release();
    };
    const cancel = clock.after(HOLD_MS, over);
    signal.addEventListener('abort', over, { once: true });
    this.#held = learned;
  }
}
