// SPDX-License-Identifier: Apache-2.0
// A session that outlives its paths: what both ends of it have in common (SITE.md section 8).

import { asPortholeError, errorFromWire, PortholeError } from '../../proto/errors.ts';
import { MAX_FRAME_BYTES } from '../../proto/limits.ts';
import type { PathMessage } from '../../proto/path.ts';
import { endingOf } from '../../proto/site.ts';
import type { Receiver, SessionConnection } from '../channel/connection.ts';
import { LINGER_MS } from '../channel/framed.ts';
import { fromWire } from './numbers.ts';
import type { Path } from './path.ts';
import type { PathEnd, PathOwner } from './path-end.ts';
import { SessionPaths } from './session-paths.ts';

const NOTHING = new Uint8Array(0);

/** One end’s half of a session: a connection that goes from path to path. */
export abstract class ResumableSession extends SessionPaths implements SessionConnection, PathOwner {
  /** Bytes of the longest message: a frame of the site protocol. */
  readonly maxMessage = MAX_FRAME_BYTES;
  /** Milliseconds without a path after which the session is given up. */
  protected abstract get patienceMs(): number;
  #state: 'open' | 'closing' | 'over' = 'open';
  /** Why nothing can be sent any more. */
  protected refusal: Error | null = null;
  #closed = false; // this end has called `close`
  #stood = false; // a path has stood
  #cancelStranded: (() => void) | null = null;
  #cancelLinger: (() => void) | null = null;
  readonly #gone = Promise.withResolvers<void>();
  readonly #leaving: Promise<void>[] = [];

  /** Whether it has ended. */
  get over(): boolean {
    return this.#state === 'over';
  }
  /** Bytes that are kept until the other end has them. */
  get unacked(): number {
    return this.sendWindow.unacked;
  }

  /** Messages that wait for room. Without a path there is nothing to wait for while little has gathered. */
  get unsent(): number {
    return !this.sending && this.sendWindow.roomy ? 0 : this.sendWindow.unsent;
  }

  start(receiver: Pick<Receiver, 'message' | 'ended'>): void {
    this.receiveWindow.start(receiver);
  }

  pause(): void {
    this.receiveWindow.pause();
  }

  resume(): void {
    this.receiveWindow.resume();
  }

  send(head: Uint8Array, content?: Uint8Array, release?: () => void): void {
    if (this.refusal) throw this.refusal;
    const length = head.length + (content?.length ?? 0);
    if (length > this.maxMessage || length === 0) {
      throw new PortholeError('MESSAGE_TOO_LONG', `a message has 1 to ${this.maxMessage} bytes, not ${length}`);
    }
    this.push(head, content, release);
  }

  /** Ends one path; the session goes on over the others. The other end is told the reason. */
  drop(path: Path, reason: PortholeError): void {
    for (const end of this.ends) if (end === path) end.refuse(reason);
  }

  async close(): Promise<void> {
    if (!this.#closed && this.#state !== 'over') {
      this.#closed = true;
      this.#finishSending(new PortholeError('SESSION_CLOSED', 'the connection is closed'));
      this.receiveWindow.discard();
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
    if (path.receiveNext === this.receiveWindow.received) {
      path.heartbeat.news();
      this.receiveWindow.push(message);
      path.receiveNext++;
      if (this.receiveWindow.ended) this.#peerFinished();
    } else {
      path.receiveNext++;
      this.receiveWindow.repeated();
    }
  }

  onSaid(path: PathEnd, message: PathMessage): void {
    switch (message.type) {
      case 'ack':
        return this.acknowledged(message.received, path);
      case 'carry': {
        const next = fromWire(message.next, this.receiveWindow.received);
        if (next > this.receiveWindow.received || next < 0)
          throw new PortholeError('PROTOCOL_VIOLATED', 'a path began beyond what had come');
        path.receiveNext = next;
        path.move = message.move;
        path.movedFromSound = message.sound;
        this.acknowledged(message.received, path);
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
    if (this.draining === path) this.drained();
    if (wasLive) this.emit({ type: 'lost', path, reason: error.message, error });
    this.onGone(path, error);
    if (this.over || this.joined.size > 0) return;
    if (this.#state === 'closing' && this.#hasNothingToSay) return this.finish(null);
    this.strand();
  }

  // For the two ends:

  /** A Carry came on a path. */
  protected abstract onCarry(path: PathEnd): void;
  /** A path is gone; the end may move to another. */
  protected abstract onGone(path: PathEnd, error: PortholeError): void;

  /** The path may carry from now on. */
  protected stands(path: PathEnd, reason: string): void {
    path.phase = 'live';
    this.joined.add(path);
    this.#stood = true;
    this.emit({ type: 'joined', path, reason });
  }

  /** A path stands: the session waits no more. */
  protected found(): void {
    if (!this.#cancelStranded) return;
    this.#cancelStranded();
    this.#cancelStranded = null;
    if (this.#stood) this.emit({ type: 'found' });
  }

  /**
   * The other end has all before `received`, as was said on this path.
   * @throws PortholeError PROTOCOL_VIOLATED when it was never sent
   */
  protected acknowledged(received: number, path: PathEnd): void {
    this.turns.came();
    const now = this.clock.now();
    const carries = this.draining ?? this.sending;
    if (!this.sendWindow.acknowledge(received, now, path !== carries)) return;
    path.heartbeat.news();
    const { trip } = this.sendWindow;
    if (trip !== null) carries?.heartbeat.atMost(trip);
    if (this.draining) {
      // The news came on another path, and is a sign of this one's life.
      this.draining.heartbeat.heard();
      if (this.sendWindow.underWay === 0) this.drained();
    }
    if (this.#state === 'closing') this.#linger();
    if (this.sending) this.pump(this.sending);
    this.#settleClose();
  }

  /** Ends the session: the one door. `word` is said on every path. */
  protected finish(error: Error | null, word?: PathMessage): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.refusal = error ?? this.refusal ?? new PortholeError('SESSION_CLOSED');
    this.#cancelStranded?.();
    this.#cancelLinger?.();
    this.receiveWindow.stop();
    this.sendWindow.stop();
    this.sending = null;
    this.drained();
    for (const path of this.ends) this.#leaving.push(path.leave(word));
    this.ends.clear();
    this.joined.clear();
    this.#gone.resolve();
    if (error) this.receiveWindow.fail(error);
    this.emit({ type: 'over', error: error && asPortholeError(error) });
  }

  /** Whether a closing end without a path has nothing that is worth a wait for one. */
  get #hasNothingToSay(): boolean {
    return !this.#stood || this.receiveWindow.ended || this.sendWindow.length <= 1;
  }

  protected override acknowledge(): void {
    super.acknowledge();
    this.#settleClose();
  }

  /** There is no path: the session ends unless one is found in time. */
  protected strand(): void {
    if (this.#cancelStranded) return;
    if (!this.sending) this.sendWindow.rewind();
    const ms = this.patienceMs;
    const lost = (): void => this.finish(new PortholeError('SESSION_LOST', `there was no path for ${ms / 1000} s`));
    this.#cancelStranded = this.clock.after(ms, lost);
    if (this.#stood) this.emit({ type: 'stranded' });
    this.tellRoom();
  }

  #finishSending(reason: Error): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.refusal = reason;
    this.push(NOTHING);
    this.#linger();
    if (!this.sending && this.#hasNothingToSay) this.finish(null);
  }

  #peerFinished(): void {
    this.#finishSending(new PortholeError('SESSION_CLOSED', 'the peer has closed the connection'));
    this.#settleClose();
  }

  /** Both directions are over and both ends know: the paths can go. */
  #settleClose(): void {
    if (this.#state === 'closing' && this.receiveWindow.ended && this.sendWindow.length === 0) this.finish(null);
  }

  /** A closing end waits as long as something still gets through. */
  #linger(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = this.clock.after(LINGER_MS, () => {
      if (!this.draining)
        return this.finish(null, { type: 'over', ...endingOf(new PortholeError('SESSION_CLOSED', 'the session was closed')) });
      this.giveUpWait();
      this.#linger();
    });
  }
}
