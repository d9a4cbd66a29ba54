// SPDX-License-Identifier: Apache-2.0
// Calls: runs the strategies of an introduction. The caller opens connections in the order of its policy; the callee follows.

import { asPortholeError, errorFromWire, PortholeError } from '../../proto/errors.ts';
import { endingOf } from '../../proto/frames.ts';
import { decodeMessage, encodeMessage, type Message, NoteKind, Role } from '../../proto/rendezvous.ts';
import type { Connection } from '../channel/connection.ts';
import { ReceiveQueue } from '../channel/receive-queue.ts';
import { type NatProfile, natFromWire } from '../nat/profile.ts';
import { attemptBy, type Failure, tryStrategies } from '../strategy/engine.ts';
import { headStartFor, type Policy } from '../strategy/policy.ts';
import type { Call, Strategy, StrategyInfo } from '../strategy/strategy.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import type { Rendezvous } from './client.ts';

/** Bytes of notes that may wait for a strategy to read them. */
const MAX_WAITING_NOTES_BYTES = 1024 * 1024;
/** How long a callee keeps a call, from the introduction, in milliseconds. */
const CALL_MS = 60_000;
/** How long the callee's attempts go on once the caller, which has a connection, has none under way any more, in milliseconds. */
const SETTLE_MS = 5000;
/** Attempts of all strategies in one call that a callee follows. */
export const MAX_ATTEMPTS = 16;
/** Calls a callee has under way at once; a suite that sends more is not believed. */
export const MAX_CALLS = 512;

interface OpenCall {
  /** This strategy's notes at this end. */
  readonly lines: Map<string, ReceiveQueue>;
  readonly abort: AbortController;
  note(note: Message<'Note'>): void;
}

export interface CallsOptions {
  readonly rendezvous: Pick<Rendezvous, 'tell' | 'greeting' | 'rttMs'>;
  readonly strategies: readonly Strategy[];
  readonly self: () => NatProfile;
  readonly clock?: Clock;
  /** The callee's side: a connection stands. Whether it is used is the caller's choice. */
  readonly onConnection?: (connection: Connection, call: string) => void;
  /** The callee's side: an attempt failed. */
  readonly onFailure?: (strategy: string, error: PortholeError, call: string) => void;
}

/** What a caller wants of one introduction. */
export interface Opening {
  readonly policy: Policy;
  /** Names of the strategies that are wanted. One that the other end does not have counts as failed. Left out: those that both have. */
  readonly names?: readonly string[];
  /** Stops what is under way; connections that stand are not touched. */
  readonly signal: AbortSignal;
  /** Called with each connection as it stands. From here on it is the receiver's to close. */
  readonly onPath: (connection: Connection) => void;
  readonly onAttempt?: (strategy: string) => void;
  /** In place of what follows from the round trip to the suite, in milliseconds. */
  readonly headStartMs?: number | undefined;
}

/** The calls of one end. Feed it the rendezvous' introductions, notes and hang-ups. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenCall>();
  #prepared = new AbortController();

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Calls under way. */
  get size(): number {
    return this.#open.size;
  }

  /** A call may come soon: the strategies that `uses` picks get ready for it. Until `close`, or the next time. */
  prepare(uses: (strategy: StrategyInfo) => boolean = () => true): void {
    if (!this.#options.rendezvous.greeting) return;
    this.#prepared.abort(new PortholeError('CANCELLED', 'it is prepared anew'));
    this.#prepared = new AbortController();
    this.#getReady(uses, this.#prepared.signal);
  }

  /**
   * The caller's side: opens connections to the peer of this introduction, as the policy orders them.
   * @returns when no further connection will come: what became of those that did not stand
   * @throws PortholeError NO_PATH when none stood, PATH_LOST (the peer hung up), or the signal's reason
   */
  async open(introduction: Message<'Introduction'>, opening: Opening): Promise<readonly Failure[]> {
    const { rendezvous } = this.#options;
    const { policy, signal, onAttempt, onPath, names = introduction.strategies, headStartMs = headStartFor(rendezvous.rttMs) } = opening;
    const abort = new AbortController();
    const strategies = names.flatMap((name) => this.#options.strategies.filter((strategy) => strategy.name === name));
    const failed = new Map<string, AbortController>();
    const open: OpenCall = {
      lines: new Map(),
      abort,
      note: (note) => {
        if (note.kind === NoteKind.FAILED) failed.get(note.strategy)?.abort(problemOf(note.payload));
        else this.#deliver(open, note);
      },
    };
    let stood = false;
    this.#open.set(introduction.call, open);
    try {
      return await tryStrategies({
        strategies,
        attempt: (strategy, call, stop) => {
          const peerFailed = new AbortController();
          failed.set(strategy.name, peerFailed);
          this.#note(introduction.call, strategy.name, NoteKind.ATTEMPT);
          return attemptBy(strategy, call, AbortSignal.any([stop, peerFailed.signal]));
        },
        policy,
        headStartMs,
        callFor: (strategy) => {
          if (introduction.strategies.includes(strategy.name)) return this.#callFor(introduction, strategy, open);
          throw new PortholeError('STRATEGY_UNFIT', 'the host does not have this strategy');
        },
        signal: AbortSignal.any([signal, abort.signal]),
        clock: this.#clock,
        onAttempt,
        onPath: (connection) => {
          stood = true;
          onPath(connection);
        },
      });
    } catch (error) {
      if (!stood) this.#hangUp(introduction.call, asPortholeError(error));
      throw error;
    } finally {
      // Not at once: the peer's half of what stands may stand a moment later than ours.
      if (stood)
        this.#clock.after(SETTLE_MS, () => this.#hangUp(introduction.call, new PortholeError('CANCELLED', 'no other path is needed')));
      this.#end(introduction.call);
    }
  }

  /** The callee's side: follows the caller through this introduction. */
  answer(introduction: Message<'Introduction'>): void {
    if (this.#open.size >= MAX_CALLS || this.#open.has(introduction.call)) return;
    const abort = new AbortController();
    const attempts = new Map<string, AbortController>();
    let begun = 0;
    const open: OpenCall = {
      lines: new Map(),
      abort,
      note: (note) => {
        if (note.kind !== NoteKind.ATTEMPT) return this.#deliver(open, note);
        if (++begun > MAX_ATTEMPTS)
          return this.hangUp(introduction.call, new PortholeError('RATE_LIMITED', 'too many attempts in one call'));
        const strategy = this.#options.strategies.find(({ name }) => name === note.strategy);
        if (!strategy)
          return this.#failed(introduction.call, note.strategy, new PortholeError('STRATEGY_UNFIT', 'it does not have this strategy'));
        attempts.get(strategy.name)?.abort(new PortholeError('CANCELLED', 'begun again'));
        const again = new AbortController();
        attempts.set(strategy.name, again);
        open.lines.set(strategy.name, new ReceiveQueue());
        void this.#follow(introduction, strategy, open, AbortSignal.any([again.signal, abort.signal]));
      },
    };
    this.#open.set(introduction.call, open);
    // The caller's first note is as far away as it takes to learn what has changed since.
    this.#getReady(({ name }) => introduction.strategies.includes(name), abort.signal);
    const cancel = this.#clock.after(CALL_MS, () =>
      this.hangUp(introduction.call, new PortholeError('TIMED_OUT', 'the call took too long')),
    );
    abort.signal.addEventListener('abort', cancel, { once: true });
  }

  /** A note came. */
  note(note: Message<'Note'>): void {
    this.#open.get(note.call)?.note(note);
  }

  /** The other end, or the suite, ended a call. */
  hangUp(call: string, reason: PortholeError): void {
    this.#open.get(call)?.abort.abort(reason);
    this.#end(call);
  }

  /** Ends all calls; connections that stand are not touched. */
  close(reason: PortholeError): void {
    this.#prepared.abort(reason);
    for (const call of [...this.#open.keys()]) this.hangUp(call, reason);
  }

  #getReady(uses: (strategy: StrategyInfo) => boolean, signal: AbortSignal): void {
    const { strategies, self } = this.#options;
    const call = { self: self(), offers: this.#offers(), clock: this.#clock };
    const ready = async (strategy: Strategy): Promise<void> => strategy.prepare?.(call, signal);
    // What is not ready is done in the call; a strategy of others may throw all the same.
    for (const strategy of strategies) if (uses(strategy)) ready(strategy).catch(() => {});
  }

  async #follow(introduction: Message<'Introduction'>, strategy: Strategy, open: OpenCall, signal: AbortSignal): Promise<void> {
    try {
      const connection = await attemptBy(strategy, this.#callFor(introduction, strategy, open), signal);
      this.#options.onConnection?.(connection, introduction.call);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = asPortholeError(thrown, 'NO_PATH');
      this.#failed(introduction.call, strategy.name, error);
      this.#options.onFailure?.(strategy.name, error, introduction.call);
    }
  }

  #callFor(introduction: Message<'Introduction'>, strategy: Strategy, open: OpenCall): Call {
    const { self } = this.#options;
    const inbox = open.lines.get(strategy.name) ?? new ReceiveQueue();
    open.lines.set(strategy.name, inbox);
    open.abort.signal.addEventListener('abort', () => inbox.fail(open.abort.signal.reason), { once: true });
    return {
      id: introduction.call,
      role: introduction.role === Role.CALLER ? 'caller' : 'callee',
      // What the exams find out counts from when it is known.
      get self() {
        return self();
      },
      peer: natFromWire(introduction.peerNat, introduction.peer, introduction.peerOther),
      line: {
        send: (payload) => this.#note(introduction.call, strategy.name, NoteKind.DATA, payload),
        receive: async (signal) => {
          const payload = await inbox.receive(signal);
          if (!payload) throw new PortholeError('CANCELLED', 'the call is over');
          return payload;
        },
      },
      offers: this.#offers(introduction.relay?.token),
      clock: this.#clock,
    };
  }

  #offers(token?: string): Call['offers'] {
    const { greeting } = this.#options.rendezvous;
    return {
      stun: greeting?.stun ?? [],
      stunTcp: greeting?.stunTcp ?? [],
      ...(token && greeting && { relay: { ...greeting.relay, token } }),
    };
  }

  #note(call: string, strategy: string, kind: number, payload?: Uint8Array): void {
    this.#options.rendezvous.tell('Note', { call, strategy, kind, payload });
  }

  /** Tells the caller that it need not wait for this end. */
  #failed(call: string, strategy: string, error: PortholeError): void {
    this.#note(call, strategy, NoteKind.FAILED, encodeMessage('Problem', endingOf(error)));
  }

  #hangUp(call: string, reason: PortholeError): void {
    this.#options.rendezvous.tell('Hangup', { call, ...endingOf(reason) });
  }

  /** Notes of a strategy that is not begun yet wait for it. */
  #deliver(open: OpenCall, note: Message<'Note'>): void {
    if (!this.#options.strategies.some(({ name }) => name === note.strategy)) return;
    const inbox = open.lines.get(note.strategy) ?? new ReceiveQueue();
    open.lines.set(note.strategy, inbox);
    if (inbox.bytes + note.payload.length > MAX_WAITING_NOTES_BYTES)
      inbox.fail(new PortholeError('MESSAGE_TOO_LONG', 'too many notes wait'));
    else inbox.push(note.payload);
  }

  #end(call: string): void {
    const open = this.#open.get(call);
    if (!open) return;
    this.#open.delete(call);
    for (const inbox of open.lines.values()) inbox.fail(new PortholeError('CANCELLED', 'the call is over'));
    if (!open.abort.signal.aborted) open.abort.abort(new PortholeError('CANCELLED', 'the call is over'));
  }
}

function problemOf(payload: Uint8Array): PortholeError {
  try {
    const { code, message } = decodeMessage('Problem', payload);
    const error = errorFromWire(code, message);
    return new PortholeError(error.code, `at the host: ${error.message}`);
  } catch (error) {
    return asPortholeError(error);
  }
}
