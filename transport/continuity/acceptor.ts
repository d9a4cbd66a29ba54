// SPDX-License-Identifier: Apache-2.0
// The host's acceptor: takes each sealed path, and finds or makes the session it belongs to.

import { PortholeError } from '../../proto/errors.ts';
import { SESSION_ID_BYTES } from '../../proto/limits.ts';
import type { PathMessage } from '../../proto/path.ts';
import type { Proved, Sealed } from '../seal/sealed.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import type { Authorization, Gate } from './gate.ts';
import { Holdings } from './holdings.ts';
import { ResumableHost } from './host.ts';
import { Judging } from './judging.ts';
import { JOIN_MS, MAX_FRESH_PATHS, MAX_WAITING_SESSIONS } from './limits.ts';
import { PathEnd, type PathOwner } from './path-end.ts';
import { Uplink } from './uplink.ts';
import type { Watch } from './watch.ts';

/** Whom an acceptor lets in, and whom it tells. */
export interface AcceptorOptions {
  /** Who is let in; everybody when left out. */
  readonly gate?: Gate;
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
  /** Fills memory with chance; the platform's own when left out. */
  readonly random?: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** A new session was authorized. Its first frames wait in it. */
  readonly onSession: (resumable: ResumableHost, authorization: Authorization) => void;
  /** A path was turned away. */
  readonly onRefused?: (error: PortholeError) => void;
}

const ANYONE: Authorization = { who: 'anyone' };

type Join = PathMessage & { readonly type: 'join' };

/** The acceptor of one host: it takes each path that visitors open, and knows their sessions. */
export class SessionAcceptor implements PathOwner {
  readonly #options: AcceptorOptions;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, ResumableHost>();
  readonly #holdings = new Holdings();
  readonly #uplink: Uplink;
  readonly #judging: Judging | null;
  /** Paths on which nothing was said, the oldest first, and who is told that it is decided what becomes of them. */
  readonly #fresh = new Map<PathEnd, () => void>();
  #waiting = 0; // sessions that are not authorized
  #pathCount = 0;
  #closed: PortholeError | null = null;

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#uplink = new Uplink(this.#clock);
    this.#judging = Judging.of(options.gate, this.#clock);
  }

  /** Sessions that are not over. */
  get sessions(): number {
    return this.#sessions.size;
  }
  /** Those of them without a path. */
  get kept(): number {
    return this.#holdings.kept;
  }

  /**
   * Takes a path on which nothing was read. Resolves when it has found its session, or was turned away; never rejects.
   * The connection is the acceptor's, and then the session's, to close.
   */
  take(sealed: Sealed): Promise<void> {
    if (this.#closed) {
      sealed.abort(this.#closed);
      return Promise.resolve();
    }
    if (this.#fresh.size >= MAX_FRESH_PATHS) this.#makeRoom();
    return new Promise((resolve) => {
      const path = new PathEnd(++this.#pathCount, sealed, 'fresh', this, this.#clock);
      path.expect(JOIN_MS, () => path.lose(new PortholeError('TIMED_OUT', 'nothing was said on a path')));
      this.#fresh.set(path, resolve);
      path.start();
    });
  }

  /** Ends every session in good order, and takes no more paths. */
  async close(): Promise<void> {
    this.#stop(new PortholeError('SESSION_CLOSED', 'the host is stopping'));
    await Promise.all([...this.#sessions.values()].map((resumable) => resumable.close()));
  }

  /** Ends every session now. */
  abort(reason: PortholeError): void {
    this.#stop(reason);
    for (const resumable of [...this.#sessions.values()]) resumable.abort(reason);
  }

  // What a path tells before its session is known:

  onSaid(path: PathEnd, message: PathMessage): void {
    if (message.type !== 'join') return;
    this.#decided(path);
    if (message.session.length === 0) this.#open(path, message);
    else this.#resume(path, message);
  }

  onNumbered(): void {
    throw new PortholeError('PROTOCOL_VIOLATED', 'a path began with a numbered message');
  }

  onLost(path: PathEnd, error: PortholeError): void {
    this.#decided(path);
    this.#options.onRefused?.(error);
  }

  onSuspect(): void {}
  onDoubt(): void {}
  onAnswered(): void {}
  onDrained(): void {}
  onSpeechless(): void {}
  answersBeside(): boolean {
    return false;
  }
  backlogMs(): number {
    return 0;
  }
  readonly patience = 1;
  readonly doubtedAt = null;
  watch(): Watch {
    return 'standby';
  }

  /**
   * Drops one of those that have said nothing for longest, by chance: were it the oldest, whoever opens paths faster than a slow line
   * carries a handshake would keep all from it who come by that line.
   */
  #makeRoom(): void {
    const [low = 0, high = 0] = this.#chance(2);
    let left = ((high << 8) | low) % (MAX_FRESH_PATHS / 2);
    for (const path of this.#fresh.keys()) {
      if (left-- === 0) return path.lose(new PortholeError('RATE_LIMITED', 'too many paths have said nothing yet'));
    }
  }

  #chance(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    (this.#options.random ?? ((memory) => crypto.getRandomValues(memory)))(bytes);
    return bytes;
  }

  #decided(path: PathEnd): void {
    path.expectNothing();
    this.#fresh.get(path)?.();
    this.#fresh.delete(path);
  }

  #open(path: PathEnd, { token }: Join): void {
    if (this.#waiting >= MAX_WAITING_SESSIONS) throw new PortholeError('RATE_LIMITED', 'too many visitors wait to be let in');
    const session = this.#chance(SESSION_ID_BYTES);
    const resumable = new ResumableHost(session, provedOn(path).key, this.#clock, this.#uplink);
    this.#sessions.set(nameOf(session), resumable);
    this.#holdings.add(resumable);
    resumable.onEvent((event) => event.type === 'over' && this.#forget(resumable, event.error));
    resumable.open(path);
    const { gate } = this.#options;
    if (gate) void this.#ask(gate, resumable, path, token);
    else this.#authorize(resumable, path, ANYONE);
  }

  #authorize(resumable: ResumableHost, path: PathEnd, authorization: Authorization): void {
    resumable.authorize(path);
    this.#judging?.add(resumable, authorization);
    this.#options.onSession(resumable, authorization);
  }

  async #ask(gate: Gate, resumable: ResumableHost, path: PathEnd, token: Uint8Array): Promise<void> {
    this.#waiting++;
    try {
      const { hash } = provedOn(path);
      const applicant = { key: resumable.key, hash, token };
      const authorization = await gate.authorize(applicant, (challenge) => resumable.ask(path, challenge));
      if (!resumable.over) this.#authorize(resumable, path, authorization);
    } catch (thrown) {
      // The words of an error that is none of ours are not for visitors.
      path.refuse(thrown instanceof PortholeError ? thrown : new PortholeError('INTERNAL', undefined, { cause: thrown }));
    } finally {
      this.#waiting--;
    }
  }

  #resume(path: PathEnd, { session, received }: Join): void {
    const resumable = this.#sessions.get(nameOf(session));
    if (!resumable?.authorized) throw new PortholeError('SESSION_LOST', 'the host does not know this session any more');
    if (!isSame(resumable.key, provedOn(path).key)) throw new PortholeError('NOT_ALLOWED', 'the session is another visitor’s');
    const refusal = this.#judging?.refusal(resumable);
    if (refusal) {
      resumable.abort(refusal);
      return path.end(refusal, 'over'); // the session is, and not this path alone
    }
    resumable.join(path, received);
  }

  #forget(resumable: ResumableHost, error: PortholeError | null): void {
    if (!resumable.authorized && error) this.#options.onRefused?.(error);
    this.#sessions.delete(nameOf(resumable.session));
  }

  #stop(reason: PortholeError): void {
    this.#closed = reason;
    for (const path of [...this.#fresh.keys()]) path.refuse(reason);
  }
}

/** What the visitor has proved, before anything that it says. */
function provedOn(path: PathEnd): Proved {
  return path.sealed.proved as Proved;
}

function nameOf(session: Uint8Array): string {
  return String.fromCharCode(...session);
}

/** Compares without telling by its time where they differ. */
function isSame(x: Uint8Array, y: Uint8Array): boolean {
  let differ = x.length ^ y.length;
  for (let at = 0; at < x.length; at++) differ |= (x[at] as number) ^ (y[at] ?? 0);
  return differ === 0;
}
