// SPDX-License-Identifier: Apache-2.0
// The sending half of a session: puts numbered messages onto the path in use as it has room, and handles their acknowledgements.

import type { Clock } from '../time/clock.ts';
import { TurnMeter } from '../time/turn.ts';
import { ACK_ALONG_BYTES, DRAIN_MS, SUSPECT_BUSY_MS } from './limits.ts';
import { toWire } from './numbers.ts';
import type { PathEnd } from './path-end.ts';
import { Pipe } from './pipe.ts';
import { ReceiveWindow } from './receive-window.ts';
import { type Item, SendWindow } from './send-window.ts';
import { stuckOn } from './stuck.ts';

/** Bytes that a path may have no room for before more is held back to be chosen later. */
const CROWD_BYTES = 256 * 1024;
/** Messages on a path of whose rate nothing is known that are sent again rather than waited for. */
const FEW_MESSAGES = 2;
const NEVER = Number.POSITIVE_INFINITY;
const ignore = (): void => {};

export abstract class Sending {
  /** Bytes of the longest message. */
  abstract readonly maxMessage: number;
  protected readonly clock: Clock;
  protected readonly turns: TurnMeter;
  protected readonly sendWindow: SendWindow;
  protected readonly receiveWindow: ReceiveWindow;
  /** The path that carries what this end sends. */
  protected sending: PathEnd | null = null;
  /** The sound path that was left, while what is under way on it comes through. Nothing goes out on the new one until then. */
  protected draining: PathEnd | null = null;
  /** The visitor's newest decision. */
  protected move = 0;
  #onRoom: () => void = ignore;
  #paceDueAt = NEVER;
  #cancelPace: () => void = ignore;
  #cancelWait: () => void = ignore;

  /** @param newSendWindow makes one that calls `wake` when it may send what it could not */
  constructor(clock: Clock, newSendWindow: (pipe: Pipe, wake: () => void) => SendWindow = (pipe) => new SendWindow(pipe)) {
    this.clock = clock;
    this.turns = TurnMeter.of(clock);
    this.sendWindow = newSendWindow(new Pipe(clock.now()), () => {
      if (this.sending) this.pump(this.sending);
    });
    this.receiveWindow = new ReceiveWindow(clock, () => this.acknowledge());
  }

  /** Bytes of a message that takes the path in use a few hundredths of a second. */
  get fitBytes(): number {
    return this.sending ? this.sending.pipe.message : this.maxMessage;
  }
  /** When the path in use was first doubted, by the clock; null while it is not. */
  get doubtedAt(): number | null {
    return this.sending?.heartbeat.doubtedAt ?? null;
  }

  /** Whether what is sent now goes out now; there is a little more room for what is `urgent`. */
  roomy(urgent = false): boolean {
    const { sending } = this;
    if (!sending) return this.sendWindow.roomy;
    if (sending.crowded > CROWD_BYTES) return false;
    const now = this.clock.now();
    if (this.sendWindow.opens(urgent, now)) return true;
    this.#planPace(now);
    return false;
  }

  /** Goes on when the pace lets it. */
  #planPace(now: number): void {
    const ms = this.sendWindow.pauseMs(now);
    const dueAt = now + Math.max(1, ms);
    if (ms === 0 || this.#paceDueAt <= dueAt) return;
    this.#cancelPace();
    this.#paceDueAt = dueAt;
    this.#cancelPace = this.clock.after(dueAt - now, () => {
      this.#paceDueAt = NEVER;
      const { sending } = this;
      if (!sending) return;
      sending.pipe.woken(this.clock.now() - dueAt);
      this.pump(sending);
    });
  }

  /** Calls back whenever there may be room again. One listener. */
  onRoom(run: () => void): void {
    this.#onRoom = run;
  }

  /** Milliseconds that what is under way on this path takes it, as far as is known; 0 where it does not carry. */
  backlogMs(path: PathEnd): number {
    return path === (this.draining ?? this.sending) ? path.pipe.takes(this.sendWindow.underWay) : 0;
  }

  /**
   * Sends on this path from now on, beginning with what is not acknowledged.
   * @param heard whether the other end hears the path that is left
   */
  protected carryOn(path: PathEnd, heard = true): void {
    const left = this.draining ?? this.sending;
    this.sending = path;
    path.heartbeat.hurry();
    if (path === this.draining) return this.#takeBack(path);
    this.sayCarry(path, this.sendWindow.base, left !== null && this.#isSound(left));
    if (!left || left === path || !heard || !this.#comesThrough(left)) return this.#leave(left);
    this.draining = left;
    this.sendWindow.hold();
    left.heartbeat.hurry();
    this.#waitFor(left);
  }

  /** What is under way on the path that was left is sent again: it goes out no more if it is stuck there. */
  #leave(left: PathEnd | null): void {
    const isLeft = left !== null && left !== this.sending && left.phase === 'live';
    const stuck = isLeft ? stuckOn(left, this.sendWindow.underWay, this.clock.now()) : null;
    this.drained();
    if (stuck) left?.lose(stuck);
  }

  /** The path that was left carries again, with what is under way on it. */
  #takeBack(path: PathEnd): void {
    this.#forgetWait();
    this.sendWindow.release();
    this.sayCarry(path, this.sendWindow.next, true);
    this.pump(path);
  }

  #isSound({ phase, heartbeat }: PathEnd): boolean {
    return phase === 'live' && !heartbeat.suspect && heartbeat.doubtedAt === null && heartbeat.rttMs > 0;
  }

  /** Whether what is under way on a path that is left need not be sent again, and is too much to send it twice over one line. */
  #comesThrough(left: PathEnd): boolean {
    const { underWay } = this.sendWindow;
    const { pipe } = left;
    if (!this.#isSound(left) || stuckOn(left, underWay, this.clock.now())) return false;
    return pipe.rate === 0 ? underWay > FEW_MESSAGES * pipe.message : pipe.takes(underWay) > DRAIN_MS;
  }

  /** Waits for what is under way on the path that was left, but no longer than that is heard. */
  #waitFor(left: PathEnd): void {
    const { heartbeat, pipe } = left;
    const dueAt = heartbeat.heardAt + Math.max(SUSPECT_BUSY_MS, 2 * heartbeat.loadedMs) + pipe.takes(this.sendWindow.underWay);
    const ms = dueAt - this.clock.now();
    if (ms <= 0) return this.#leave(left);
    this.#cancelWait = this.clock.after(ms, () => this.#waitFor(left));
  }

  #forgetWait(): void {
    this.#cancelWait();
    this.#cancelWait = ignore;
    this.draining = null;
  }

  /** The path that was left is suspect. */
  protected giveUpWait(): void {
    this.#leave(this.draining);
  }

  /** What was under way on the path that was left came through, or will not: the new one carries. */
  protected drained(): void {
    this.#forgetWait();
    const { sending } = this;
    if (!sending) return;
    this.sendWindow.rewind(sending.pipe);
    this.pump(sending);
  }

  /** Tells the other end what was taken. */
  protected acknowledge(): void {
    this.sending?.acknowledge(() => this.received());
  }

  protected tellRoom(): void {
    this.#onRoom();
  }

  protected push(head: Uint8Array, content?: Uint8Array, release?: () => void): void {
    const item = this.sendWindow.push(head, content, release);
    const { sending } = this;
    // What had to wait before goes first. What is large asks for room before it is pushed (`roomy`); heads do not.
    if (sending && this.sendWindow.next === item.number) {
      const next = this.sendWindow.take(this.clock.now(), true);
      if (next) this.#transmit(sending, next);
    }
  }

  /** Returns whether there is room for the next. */
  #transmit(path: PathEnd, item: Item): boolean {
    // Another path may have brought what stood between: the numbers on this one go on behind it.
    if (path.sendNext !== item.number) this.sayCarry(path, item.number);
    path.sendNext++;
    if (this.receiveWindow.untold >= ACK_ALONG_BYTES) this.acknowledge(); // in front, so that both go in one record
    return path.carry(item);
  }

  /** A path has room again. */
  onDrained(path: PathEnd): void {
    if (path === this.sending) this.pump(path);
  }

  /** Sends what has gathered, as the path has room. */
  protected pump(path: PathEnd): void {
    while (this.sending === path && path.crowded === 0) {
      const now = this.clock.now();
      const item = this.sendWindow.take(now);
      if (!item && this.sendWindow.next < this.sendWindow.end) this.#planPace(now);
      if (!item || !this.#transmit(path, item)) break;
    }
    this.tellRoom();
  }

  protected sayCarry(path: PathEnd, next: number, sound = false): void {
    path.sendNext = next;
    path.say({ type: 'carry', move: this.move, next: toWire(next), received: toWire(this.receiveWindow.taken), sound });
    this.receiveWindow.told();
  }

  /** What the reader has taken, which the other end is about to be told. */
  protected received(): number {
    this.receiveWindow.told();
    return toWire(this.receiveWindow.taken);
  }
}
