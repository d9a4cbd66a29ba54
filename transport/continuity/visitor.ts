// SPDX-License-Identifier: Apache-2.0
// The visitor's end of a session that outlives its paths: it adds paths, and uses the one that the path manager chooses.

import { asPortholeError, errorFromWire, PortholeError } from '../../proto/errors.ts';
import { MAX_PATHS, SESSION_ID_BYTES } from '../../proto/limits.ts';
import type { Challenge, PathMessage } from '../../proto/path.ts';
import type { Proved, Sealed } from '../seal/sealed.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import type { Credentials } from './gate.ts';
import { FIRST_PATH_MS, JOIN_MS, VISITOR_RESUME_MS } from './limits.ts';
import { toWire } from './numbers.ts';
import type { Path } from './path.ts';
import { PathEnd } from './path-end.ts';
import { ResumableSession } from './resumable-session.ts';

/** What a visitor’s session may be told. */
export interface VisitorOptions {
  /** What to show a host that does not let in everybody; nothing when left out. */
  readonly credentials?: Credentials;
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
}

/**
 * Begins a session at the visitor. It has no path until one is added, and keeps what is sent meanwhile. When a path in use breaks
 * another one carries; to leave one that is silent, or worse than another, is for a PathManager to decide.
 */
export function beginResumable(options: VisitorOptions = {}): ResumableVisitor {
  return new ResumableVisitor(options);
}

/** Who waits for a path to be joined. */
interface Joining {
  readonly path: PathEnd;
  readonly since: number;
  readonly done: PromiseWithResolvers<Path>;
  /** Whether the host has answered, with a challenge. */
  challenged: boolean;
  /** Whether that is being answered. */
  answering: boolean;
}

const NONE = new Uint8Array(0);

/** The visitor’s half of a session. */
export class ResumableVisitor extends ResumableSession {
  readonly #credentials: Credentials;
  readonly #joining = new Map<PathEnd, Joining>();
  #session: Uint8Array = NONE;
  /** The path that opens the session, until the host has answered. */
  #first: Joining | null = null;
  #waiting: (() => void)[] = [];

  constructor(options: VisitorOptions) {
    super(options.clock ?? systemClock);
    this.#credentials = options.credentials ?? {};
  }

  protected override get patienceMs(): number {
    return VISITOR_RESUME_MS;
  }

  /**
   * Adds a path, once it is sealed. The first one opens the session and carries at once; so does any that comes when there is none.
   * Resolves when the host has agreed.
   * @param sealed a connection on which nothing was sent; the resumable session closes it in the end
   * @throws PortholeError the host's refusal, KEY_WRONG and the like of the seal, PATH_LOST, TIMED_OUT, RATE_LIMITED for more than
   *   MAX_PATHS at once, or why the session is over
   */
  async add(sealed: Sealed): Promise<Path> {
    await this.#sealing(sealed);
    // The first path has a little while for itself; one that hangs is not waited for.
    while (this.#first && !this.over) await this.#firstTried(this.#first);
    const obstacle = this.#obstacle();
    if (obstacle) {
      sealed.abort(obstacle);
      throw obstacle;
    }
    const path = new PathEnd(this.nextId(), sealed, 'joining', this, this.clock);
    const joining: Joining = { path, since: this.clock.now(), done: Promise.withResolvers(), challenged: false, answering: false };
    this.ends.add(path);
    this.#joining.set(path, joining);
    this.#expectAnswer(path);
    const opens = this.#session.length === 0;
    if (opens) this.#first = joining;
    path.say({
      type: 'join',
      session: this.#session,
      received: toWire(this.receiveWindow.taken),
      token: opens ? (this.#credentials.token ?? NONE) : NONE,
    });
    path.heartbeat.ask();
    if (!this.sending) this.#moveTo(path);
    path.start();
    return joining.done.promise;
  }

  /** Has this path carry from now on. Nothing happens when it does, or is gone. */
  use(path: Path, reason: string): void {
    for (const end of this.live) {
      if (end !== path || end === this.sending) continue;
      this.#moveTo(end);
      if (end === this.sending) this.emit({ type: 'moved', path, reason }); // it may have broken at once
    }
  }

  override onSaid(path: PathEnd, message: PathMessage): void {
    const joining = this.#joining.get(path);
    switch (message.type) {
      case 'joined':
        return this.#agreed(joining as Joining, message.session, message.received);
      case 'challenge':
        return this.#answer(joining as Joining, message);
      case 'refused': {
        if (!joining) return super.onSaid(path, message);
        const error = errorFromWire(message.code, message.message);
        void path.leave();
        this.onLost(path, error);
        // A session that the host does not open, or does not know any more, is over.
        if (this.#session.length === 0 || error.code === 'SESSION_LOST') this.finish(error);
        return;
      }
      default:
        return super.onSaid(path, message);
    }
  }

  protected override onCarry(): void {
    // The host answers the visitor's decision, or moved by itself: what it sends is read on every path.
  }

  protected override onGone(path: PathEnd, error: PortholeError): void {
    const joining = this.#joining.get(path);
    if (joining) this.#settle(joining).done.reject(error);
    if (this.sending) return;
    // Nobody knew of a better one: any is better than none. One that is still joining may carry, too: nothing is lost if it does not stand.
    const [any] = this.live;
    const [hope] = this.#joining.keys();
    if (any) this.use(any, `the path in use was lost: ${error.message}`);
    else if (hope) this.#moveTo(hope);
  }

  protected override finish(error: Error | null, word?: PathMessage): void {
    if (this.over) return;
    super.finish(error, word);
    const reason = error ?? new PortholeError('SESSION_CLOSED');
    for (const joining of [...this.#joining.values()]) this.#settle(joining).done.reject(reason);
  }

  #moveTo(path: PathEnd): void {
    this.move++;
    this.carryOn(path);
  }

  #agreed(joining: Joining, session: Uint8Array, received: number): void {
    const { path } = joining;
    if (this.#session.length === 0) this.#session = session.slice();
    else if (!this.#isOurs(session)) throw new PortholeError('PROTOCOL_VIOLATED', 'the host named another session');
    this.receiveWindow.open();
    this.acknowledged(received, path);
    if (this.over) return;
    this.#settle(joining);
    this.found();
    this.stands(path, 'the host agreed');
    // A path that carries before it stands carries in hope; one that stands is better.
    if (this.sending && this.sending.phase !== 'live') this.use(path, 'it was the first path to stand');
    else if (this.sending === path) {
      this.emit({ type: 'moved', path, reason: this.move === 1 ? 'it was the first path to stand' : 'there was no other' });
    }
    joining.done.resolve(path);
  }

  #isOurs(session: Uint8Array): boolean {
    return session.length === SESSION_ID_BYTES && session.every((byte, at) => byte === this.#session[at]);
  }

  #answer(joining: Joining, challenge: Challenge): void {
    const { path } = joining;
    if (joining.answering) throw new PortholeError('PROTOCOL_VIOLATED', 'a challenge came before the last one was answered');
    path.expectNothing();
    joining.challenged = true;
    joining.answering = true;
    void this.#prove(joining, challenge);
  }

  async #prove(joining: Joining, challenge: Challenge): Promise<void> {
    const { path } = joining;
    try {
      if (!this.#credentials.answer) throw errorFromWire(challenge.code, challenge.message);
      const { hash } = path.sealed.proved as Proved;
      const { password } = await this.#credentials.answer(challenge, hash);
      joining.answering = false;
      if (path.phase !== 'joining') return;
      path.say({ type: 'proof', password });
      this.#expectAnswer(path);
    } catch (thrown) {
      const error = asPortholeError(thrown);
      path.refuse(error);
      this.finish(error);
    }
  }

  #expectAnswer(path: PathEnd): void {
    path.expect(JOIN_MS, () => path.lose(new PortholeError('TIMED_OUT', 'the host did not take up this path')));
  }

  /** Why no path can be added now. */
  #obstacle(): PortholeError | null {
    if (this.over) return asPortholeError(this.refusal);
    return this.ends.size < MAX_PATHS ? null : new PortholeError('RATE_LIMITED', `a session has at most ${MAX_PATHS} paths`);
  }

  /** Resolves when a path is sealed; it is closed when the session is over before. */
  async #sealing(sealed: Sealed): Promise<void> {
    const stop = (): void => {
      if (this.over) sealed.abort(asPortholeError(this.refusal));
    };
    const forget = this.onEvent(stop);
    stop();
    try {
      await sealed.ready;
    } finally {
      forget();
    }
  }

  /** Resolves when it is decided what becomes of the path that opens the session; one that is not answered has its time. */
  async #firstTried(first: Joining): Promise<void> {
    const late = first.since + FIRST_PATH_MS - this.clock.now();
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(Math.max(0, late), () => {
        // If the host has made a session of it after all, nobody will come back for that.
        if (!first.challenged) first.path.end(new PortholeError('PATH_SILENT', 'another path came before this one was answered'), 'over');
      });
      this.#waiting.push(() => {
        cancel();
        resolve();
      });
    });
  }

  /** It is decided what becomes of a path. */
  #settle(joining: Joining): Joining {
    joining.path.expectNothing();
    this.#joining.delete(joining.path);
    if (this.#first === joining) {
      this.#first = null;
      for (const wake of this.#waiting.splice(0)) wake();
    }
    return joining;
  }
}
