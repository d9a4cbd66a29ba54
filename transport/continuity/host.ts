// SPDX-License-Identifier: Apache-2.0
// The host's end of a session that outlives its paths: it follows the visitor's moves, and keeps the session for a while when it has no path.

import { PortholeError } from '../../proto/errors.ts';
import { MAX_PATHS } from '../../proto/limits.ts';
import type { Challenge, PathMessage, Proof } from '../../proto/path.ts';
import type { Clock } from '../time/clock.ts';
import { HOST_KEEP_MS, PROOF_MS } from './limits.ts';
import { toWire } from './numbers.ts';
import type { PathEnd } from './path-end.ts';
import { ResumableSession } from './resumable-session.ts';
import { SharedSendWindow } from './shared-send-window.ts';
import type { Uplink } from './uplink.ts';

export class ResumableHost extends ResumableSession {
  /** Its id, which a further path names. */
  readonly session: Uint8Array;
  /** The visitor's static key: only its paths may join. */
  readonly key: Uint8Array;
  /** When the visitor had something for the last time, in milliseconds. */
  progressAt: number;
  /** Bytes that came and are held by those who read this session. */
  heldAbove: () => number = () => 0;
  /** Called when it may hold more than before. */
  onGrown: () => void = () => {};
  #authorized = false;
  #proof: PromiseWithResolvers<Proof> | null = null;

  constructor(session: Uint8Array, key: Uint8Array, clock: Clock, uplink: Uplink) {
    super(clock, (pipe, wake) => new SharedSendWindow(pipe, uplink, wake));
    this.session = session;
    this.key = key;
    this.progressAt = clock.now();
  }

  protected override get patienceMs(): number {
    return HOST_KEEP_MS;
  }

  get authorized(): boolean {
    return this.#authorized;
  }

  /** Bytes that the host holds for it: sent and not acknowledged, and come and not read. */
  get held(): number {
    return this.unacked + this.receiveWindow.unread + this.heldAbove();
  }

  /** Takes the path that opens the session. Nothing is answered before it is authorized. */
  open(path: PathEnd): void {
    path.owner = this;
    path.phase = 'asked';
    this.ends.add(path);
  }

  /** Asks the visitor for a proof, on the path that opens the session. */
  async ask(path: PathEnd, challenge: Challenge): Promise<Proof> {
    if (path.phase !== 'asked') throw new PortholeError('PATH_LOST', 'the visitor has gone');
    const proof = Promise.withResolvers<Proof>();
    this.#proof = proof;
    const cancel = this.clock.after(PROOF_MS, () => proof.reject(new PortholeError('TIMED_OUT', 'the visitor did not answer')));
    path.say({ type: 'challenge', code: challenge.code, message: challenge.message, salt: challenge.salt, cost: challenge.cost });
    try {
      return await proof.promise;
    } finally {
      cancel();
      this.#proof = null;
    }
  }

  /** The visitor is let in: the path carries. */
  authorize(path: PathEnd): void {
    this.#authorized = true;
    this.receiveWindow.open();
    this.#agree(path, 'the visitor opened the session');
    this.#follow(path);
  }

  /**
   * Takes a further path of the same visitor.
   * @throws PortholeError PROTOCOL_VIOLATED when the visitor has what was never sent
   */
  join(path: PathEnd, received: number): void {
    path.owner = this;
    this.ends.add(path);
    this.#agree(path, 'the visitor added it');
    this.acknowledged(received, path);
    // A session that waited for nothing but this is over now, and takes its paths along.
    if (this.over) return;
    this.found();
    this.#makeRoom();
  }

  override send(head: Uint8Array, content?: Uint8Array, release?: () => void): void {
    super.send(head, content, release);
    this.onGrown();
  }

  override onNumbered(path: PathEnd, message: Uint8Array): void {
    super.onNumbered(path, message);
    this.onGrown();
  }

  protected override acknowledged(received: number, path: PathEnd): void {
    const { base } = this.sendWindow;
    super.acknowledged(received, path);
    if (this.sendWindow.base > base) this.progressAt = this.clock.now();
  }

  override onSaid(path: PathEnd, message: PathMessage): void {
    if (message.type !== 'proof') return super.onSaid(path, message);
    if (!this.#proof) throw new PortholeError('PROTOCOL_VIOLATED', 'a proof came that was not asked for');
    this.#proof.resolve({ password: message.password.slice() });
  }

  protected override onCarry(path: PathEnd): void {
    if (this.#authorized && !this.over) this.#follow(path);
  }

  protected override onGone(_path: PathEnd, error: PortholeError): void {
    this.#proof?.reject(error);
    if (!this.#authorized) return this.finish(error);
    if (this.sending) return;
    const best = this.live.sort((x, y) => y.move - x.move || y.heartbeat.heardAt - x.heartbeat.heardAt)[0];
    if (!best) return;
    this.carryOn(best);
    this.emit({ type: 'moved', path: best, reason: `the path in use was lost: ${error.message}` });
  }

  protected override finish(error: Error | null, word?: PathMessage): void {
    super.finish(error, word);
    this.#proof?.reject(error ?? new PortholeError('SESSION_CLOSED'));
  }

  #agree(path: PathEnd, reason: string): void {
    path.say({ type: 'joined', session: this.session, received: toWire(this.receiveWindow.taken) });
    this.stands(path, reason);
    path.heartbeat.ask();
  }

  /** Sends where the visitor decided. */
  #follow(path: PathEnd): void {
    if (path.move <= this.move || path.phase !== 'live') return;
    this.move = path.move;
    if (this.sending === path) return;
    this.carryOn(path, path.movedFromSound);
    this.emit({ type: 'moved', path, reason: 'the visitor chose it' });
  }

  /** A session has few paths. */
  #makeRoom(): void {
    const paths = this.live.filter((path) => path !== this.sending);
    if (paths.length < MAX_PATHS) return;
    const [oldest] = paths.sort((x, y) => x.heartbeat.heardAt - y.heartbeat.heardAt);
    oldest?.refuse(new PortholeError('RATE_LIMITED', `a session has at most ${MAX_PATHS} paths`));
  }
}
