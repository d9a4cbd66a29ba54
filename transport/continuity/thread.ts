// SPDX-License-Identifier: Apache-2.0
// A connection that outlives its paths: what both ends of a session do alike (SITE.md section 8).

import { asPortholeError, errorFromWire, PortholeError } from '../../proto/errors.ts';
import { MAX_FRAME_BYTES } from '../../proto/limits.ts';
import type { PathMessage } from '../../proto/path.ts';
import { endingOf } from '../../proto/site.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../connection.ts';
import { LINGER_MS } from '../framed.ts';
import type { Watch } from './heartbeat.ts';
import { Intake } from './intake.ts';
import { ACK_ALONG_BYTES, ASK_BUSY_MS, DOUBTS_MS, MAX_PATIENCE } from './limits.ts';
import { fromWire, toWire } from './numbers.ts';
import { type Item, Outbox, settle } from './outbox.ts';
import type { Path, PathEnd, PathOwner } from './path.ts';
import { Pipe } from './pipe.ts';

/** What happens to the paths of a session; `reason` is in words. */
export type ThreadEvent =
  | { readonly type: 'joined' | 'moved' | 'doubted' | 'suspect' | 'recovered'; readonly path: Path; readonly reason: string }
  | { readonly type: 'lost'; readonly path: Path; readonly reason: string; readonly error: PortholeError }
  /** No path is left; the session waits for another, until one is found. */
  | { readonly type: 'stranded' | 'found' }
  /** The session has ended; null after an orderly end. */
  | { readonly type: 'over'; readonly error: PortholeError | null };

const NOTHING = new Uint8Array(0);
/** Bytes that a path may have no room for before more is held back to be chosen later. */
const CROWD_BYTES = 256 * 1024;
/** Quiet in milliseconds after which what is under way on a path that is left is stuck there. */
const STUCK_MS = 2 * ASK_BUSY_MS;
const ignore = (): void => {};

export abstract class Thread implements Connection, PathOwner {
  readonly maxMessage = MAX_FRAME_BYTES;
  protected readonly clock: Clock;
  protected readonly outbox: Outbox;
  protected readonly intake: Intake;
  /** Every path that is not gone, in the order they came. */
  protected readonly ends = new Set<PathEnd>();
  /** The path that carries what this end sends. */
  protected sending: PathEnd | null = null;
  /** The visitor's newest decision. */
  protected move = 0;
  /** Milliseconds without a path after which the session is given up. */
  protected abstract get patienceMs(): number;
  #state: 'open' | 'closing' | 'over' = 'open';
  /** Why nothing can be sent any more. */
  protected refusal: Error | null = null;
  #closed = false; // this end has called `close`
  #attended = false;
  #pathCount = 0;
  #stood = false; // a path has stood
  readonly #listeners = new Set<(event: ThreadEvent) => void>();
  #cancelStranded: (() => void) | null = null;
  #cancelLinger: (() => void) | null = null;
  #patience = 1;
  #fellAt = Number.NEGATIVE_INFINITY; // when a path in use fell silent last
  #onRoom: () => void = ignore;
  readonly #gone = Promise.withResolvers<void>();
  readonly #leaving: Promise<void>[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
    this.outbox = new Outbox(new Pipe(clock.now()));
    this.intake = new Intake(clock, () => this.#acknowledge());
  }

  /** The way of the path in use; '' while there is none. */
  get via(): string {
    return this.#inUse?.via ?? '';
  }
  /** The round trip of the path in use, in milliseconds; 0 while there is none, or it is not known. */
  get rttMs(): number {
    return this.#inUse?.rttMs ?? 0;
  }
  /** The live paths, in the order they came. */
  get paths(): readonly Path[] {
    return this.live;
  }
  get over(): boolean {
    return this.#state === 'over';
  }
  get fitBytes(): number {
    return this.sending ? this.sending.pipe.message : this.maxMessage;
  }
  get patience(): number {
    return this.clock.now() - this.#fellAt < DOUBTS_MS ? this.#patience : 1;
  }
  get doubtedAt(): number | null {
    return this.sending?.heartbeat.doubtedAt ?? null;
  }
  /** Bytes that are kept until the other end has them. */
  get retained(): number {
    return this.outbox.retained;
  }

  /** Calls the listener at each event; returns what stops that. */
  onEvent(listener: (event: ThreadEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(message: Uint8Array): Promise<void> {
    return this.sendPieces(message);
  }

  sendPieces(head: Uint8Array, content?: Uint8Array, release?: () => void): Promise<void> {
    if (this.refusal) return Promise.reject(this.refusal);
    const length = head.length + (content?.length ?? 0);
    if (length > this.maxMessage || length === 0) {
      return Promise.reject(new PortholeError('MESSAGE_TOO_LONG', `a message has 1 to ${this.maxMessage} bytes, not ${length}`));
    }
    const item = this.#push(head, content, release);
    // Without a path there is nothing to wait for but room.
    if (!this.sending && this.outbox.roomy) return Promise.resolve();
    return new Promise((resolve, reject) => {
      item.waiter = { resolve, reject };
    });
  }

  roomy(): boolean {
    const { sending } = this;
    return sending ? sending.crowded <= CROWD_BYTES && this.outbox.opens() : this.outbox.roomy;
  }

  onRoom(run: () => void): void {
    this.#onRoom = run;
  }

  receive(): Promise<Uint8Array | null> {
    return this.intake.receive();
  }

  attend(closely: boolean): void {
    this.#attended = closely;
    if (!closely) return;
    this.sending?.heartbeat.freshen();
    this.sending?.heartbeat.hurry();
  }

  probe(withinMs: number): void {
    for (const path of this.live) path.heartbeat.probe(withinMs);
  }

  /** Ends one path; the session goes on over the others. The other end is told the reason. */
  drop(path: Path, reason: PortholeError): void {
    for (const end of this.ends) if (end === path) end.refuse(reason);
  }

  async close(): Promise<void> {
    if (!this.#closed && this.#state !== 'over') {
      this.#closed = true;
      this.#finishSending(new PortholeError('SESSION_CLOSED', 'the connection is closed'));
      this.intake.discard();
      this.#settleClose();
    }
    await this.#gone.promise;
    await Promise.all(this.#leaving);
  }

  abort(reason: Error): void {
    // The words of an error that is none of ours are not for the other end.
    const told = reason instanceof PortholeError ? reason : new PortholeError('PATH_LOST');
    this.finish(reason, { type: 'over', ...endingOf(told) });
  }

  // What the paths tell:

  onNumbered(path: PathEnd, message: Uint8Array): void {
    if (path.receiveNext === null) throw new PortholeError('PROTOCOL_VIOLATED', 'a numbered message came before its number');
    // A Carry begins at most with the next message, so there are no gaps: it is the next one, or came on another path already.
    if (path.receiveNext === this.intake.received) {
      this.intake.push(message);
      path.receiveNext++;
      if (this.intake.ended) this.#peerFinished();
    } else {
      path.receiveNext++;
      this.intake.repeated();
    }
  }

  onSaid(path: PathEnd, message: PathMessage): void {
    switch (message.type) {
      case 'ack':
        return this.acknowledged(message.received);
      case 'carry': {
        const next = fromWire(message.next, this.intake.received);
        if (next > this.intake.received || next < 0) throw new PortholeError('PROTOCOL_VIOLATED', 'a path began beyond what had come');
        path.receiveNext = next;
        path.move = message.move;
        this.acknowledged(message.received);
        return this.onCarry(path);
      }
      case 'over':
        return this.finish(errorFromWire(message.code, message.message));
      case 'refused': {
        void path.leave();
        return this.onLost(path, errorFromWire(message.code, message.message));
      }
    }
  }

  onLost(path: PathEnd, error: PortholeError): void {
    const wasLive = this.joined.has(path);
    this.ends.delete(path);
    this.joined.delete(path);
    if (this.sending === path) this.sending = null;
    if (this.#state === 'over') return;
    if (wasLive) this.emit({ type: 'lost', path, reason: error.message, error });
    this.onGone(path, error);
    if (this.over || this.joined.size > 0) return;
    if (this.#state === 'closing' && this.#hasNothingToSay) return this.finish(null);
    this.#strand();
  }

  onSuspect(path: PathEnd, reason: string | null): void {
    if (!this.joined.has(path)) return;
    if (reason === null) this.emit({ type: 'recovered', path, reason: 'it gives signs of life again' });
    else {
      if (path === this.sending) this.#fell();
      this.emit({ type: 'suspect', path, reason });
    }
    this.onDoubtful(path);
  }

  #fell(): void {
    this.#patience = Math.min(MAX_PATIENCE, 2 * this.patience);
    this.#fellAt = this.clock.now();
  }

  onDoubt(path: PathEnd): void {
    if (path !== this.sending) return;
    for (const other of this.live) if (other !== path) other.heartbeat.ask();
    if (this.joined.has(path)) this.emit({ type: 'doubted', path, reason: 'a question went unanswered' });
  }

  onAnswered(path: PathEnd): void {
    // It answers while the path in use does not: that is what a move waits for.
    if (path !== this.sending && this.sending?.heartbeat.suspect) this.onDoubtful(path);
  }

  onSpeechless(path: PathEnd): void {
    path.acknowledge(() => this.#received());
  }

  backlogMs(path: PathEnd): number {
    return path === this.sending ? path.pipe.takes(this.outbox.underWay) : 0;
  }

  watch(path: PathEnd): Watch {
    if (path !== this.sending) return 'standby';
    return this.#attended || this.outbox.length > 0 ? 'busy' : 'idle';
  }

  // For the two ends:

  /** A Carry came on a path. */
  protected abstract onCarry(path: PathEnd): void;
  /** A path is gone; the end may move to another. */
  protected abstract onGone(path: PathEnd, error: PortholeError): void;
  /** A path became suspect, or is no longer. */
  protected abstract onDoubtful(path: PathEnd): void;

  /** The paths on which the other end has agreed. */
  protected readonly joined = new Set<PathEnd>();
  protected get live(): PathEnd[] {
    return [...this.joined];
  }

  protected nextId(): number {
    return ++this.#pathCount;
  }

  protected emit(event: ThreadEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** The path may carry from now on. */
  protected stands(path: PathEnd, reason: string): void {
    path.phase = 'live';
    this.joined.add(path);
    this.#stood = true;
    this.emit({ type: 'joined', path, reason });
  }

  /** A path stands that is the other end's for certain: the session waits no more. */
  protected found(): void {
    if (!this.#cancelStranded) return;
    this.#cancelStranded();
    this.#cancelStranded = null;
    if (this.#stood) this.emit({ type: 'found' });
  }

  /** Sends on this path from now on, beginning with what is not acknowledged. */
  protected carryOn(path: PathEnd): void {
    const left = this.sending;
    const stuck = this.outbox.underWay;
    this.sending = path;
    this.outbox.rewind(path.pipe);
    this.#sayCarry(path, this.outbox.base);
    path.heartbeat.hurry();
    void this.#pump(path);
    this.#leave(left, stuck);
  }

  /** What a silent path still holds would go out when it comes to life, beside the same on the next one: it is given up. */
  #leave(left: PathEnd | null, stuck: number): void {
    if (!left || left === this.sending || stuck === 0 || !this.joined.has(left)) return;
    const quiet = this.clock.now() - left.heartbeat.heardAt;
    if (quiet < STUCK_MS) return;
    left.lose(new PortholeError('PATH_SILENT', `${stuck} bytes were stuck on it for ${(quiet / 1000).toFixed(1)} s`));
  }

  /** @throws PortholeError PROTOCOL_VIOLATED when it was never sent */
  protected acknowledged(received: number): void {
    const now = this.clock.now();
    if (!this.outbox.acknowledge(received, now)) return;
    const { trip } = this.outbox;
    if (trip !== null) this.sending?.heartbeat.atMost(trip);
    if (this.#state === 'closing') this.#linger();
    if (this.sending) void this.#pump(this.sending);
    this.#settleClose();
  }

  /** Ends the session: the one door. `word` is said on every path. */
  protected finish(error: Error | null, word?: PathMessage): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.refusal = error ?? this.refusal ?? new PortholeError('SESSION_CLOSED');
    this.#cancelStranded?.();
    this.#cancelLinger?.();
    this.intake.stop();
    this.outbox.fail(this.refusal);
    if (error) this.intake.fail(error);
    this.sending = null;
    for (const path of this.ends) this.#leaving.push(path.leave(word));
    this.ends.clear();
    this.joined.clear();
    this.#gone.resolve();
    this.emit({ type: 'over', error: error && asPortholeError(error) });
  }

  get #inUse(): PathEnd | null {
    return this.sending?.phase === 'live' ? this.sending : null;
  }

  /** Whether a closing end without a path has nothing that is worth a wait for one. */
  get #hasNothingToSay(): boolean {
    return !this.#stood || this.intake.ended || this.outbox.length <= 1;
  }

  #push(head: Uint8Array, content?: Uint8Array, release?: () => void): Item {
    const item = this.outbox.push(head, content, release);
    const { sending } = this;
    // What had to wait before goes first.
    if (sending && !sending.pumping && this.outbox.next === item.number) {
      const next = this.outbox.take(this.clock.now());
      if (next) this.#transmit(sending, next).catch(ignore);
    }
    return item;
  }

  #transmit(path: PathEnd, item: Item): Promise<void> {
    // Another path may have brought what stood between: the numbers on this one go on behind it.
    if (path.sendNext !== item.number) this.#sayCarry(path, item.number);
    path.sendNext++;
    if (this.intake.untold >= ACK_ALONG_BYTES) this.#acknowledge(); // in front, so that both go in one record
    const sent = path.carry(item);
    sent.then(() => {
      settle(item);
      this.#onRoom();
    }, ignore);
    return sent;
  }

  /** Sends what has gathered, as the path has room. A path that breaks shows in what is received. */
  async #pump(path: PathEnd): Promise<void> {
    if (path.pumping) return;
    path.pumping = true;
    try {
      while (this.sending === path) {
        const item = this.outbox.take(this.clock.now());
        if (!item) break;
        await this.#transmit(path, item);
      }
    } catch {
      // The path's reading loop tells why.
    } finally {
      path.pumping = false;
    }
    this.#onRoom();
  }

  #sayCarry(path: PathEnd, next: number): void {
    path.sendNext = next;
    path.say({ type: 'carry', move: this.move, next: toWire(next), received: toWire(this.intake.taken) });
    this.intake.told();
  }

  #acknowledge(): void {
    this.sending?.acknowledge(() => this.#received());
    this.#settleClose();
  }

  /** What the reader has taken, which the other end is about to be told. */
  #received(): number {
    this.intake.told();
    return toWire(this.intake.taken);
  }

  #strand(): void {
    if (this.#cancelStranded) return;
    this.outbox.rewind();
    const ms = this.patienceMs;
    const lost = (): void => this.finish(new PortholeError('SESSION_LOST', `there was no path for ${ms / 1000} s`));
    this.#cancelStranded = this.clock.after(ms, lost);
    if (this.#stood) this.emit({ type: 'stranded' });
    this.#onRoom();
  }

  #finishSending(reason: Error): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.refusal = reason;
    this.#push(NOTHING);
    this.#linger();
    if (!this.sending && this.#hasNothingToSay) this.finish(null);
  }

  #peerFinished(): void {
    this.#finishSending(new PortholeError('SESSION_CLOSED', 'the peer has closed the connection'));
    this.#settleClose();
  }

  /** Both directions are over and both ends know: the paths can go. */
  #settleClose(): void {
    if (this.#state === 'closing' && this.intake.ended && this.outbox.length === 0) this.finish(null);
  }

  /** A closing end waits as long as something still gets through. */
  #linger(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = this.clock.after(LINGER_MS, () =>
      this.finish(null, { type: 'over', ...endingOf(new PortholeError('SESSION_CLOSED', 'the session was closed')) }),
    );
  }
}
