// SPDX-License-Identifier: Apache-2.0
// One path of a session, at one end: its sealed connection, which messages are allowed on it in which state, and its signs of life.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { decodePathMessage, encodePathMessage, type PathMessage } from '../../proto/path.ts';
import { endingOf } from '../../proto/site.ts';
import type { Sealed } from '../seal/sealed.ts';
import type { Clock } from '../time/clock.ts';
import { TurnMeter } from '../time/turn.ts';
import { Heartbeat } from './heartbeat.ts';
import { ECHO_MS, MAX_UNSAID } from './limits.ts';
import type { Path } from './path.ts';
import { Pipe } from './pipe.ts';
import type { Item } from './send-window.ts';
import type { Watch } from './watch.ts';

/**
 * Where a path stands. fresh: at the host, nothing was said. joining: the visitor waits for the host's answer.
 * asked: at the host, whether a new session is authorized is not decided. live: it may carry. gone: it is over.
 */
export type Phase = 'fresh' | 'joining' | 'asked' | 'live' | 'gone';

/** What may be said to an end, by where its path stands there. `none`, of a newer version, always may. */
export const MAY_BE_SAID: Readonly<Record<Phase, ReadonlySet<PathMessage['type']>>> = {
  fresh: new Set(['join']),
  joining: new Set(['joined', 'refused', 'challenge', 'ping', 'over']),
  asked: new Set(['proof', 'carry', 'ack', 'ping', 'refused', 'over']),
  live: new Set(['carry', 'ack', 'ping', 'refused', 'over']),
  gone: new Set(),
};

/** Whom a path belongs to. What the first two throw ends the path, and is told to the other end. */
export interface PathOwner {
  /** A numbered message, without its type. */
  onNumbered(path: PathEnd, message: Uint8Array): void;
  /** Everything but pings. */
  onSaid(path: PathEnd, message: PathMessage): void;
  /** The path is over, not by `leave`. Called once. */
  onLost(path: PathEnd, error: PortholeError): void;
  /** The path is suspect, with why in words; or, with null, no longer. */
  onSuspect(path: PathEnd, reason: string | null): void;
  /** A question went unanswered: a good time to see how the other paths are. */
  onDoubt(path: PathEnd): void;
  /** A question was answered. */
  onAnswered(path: PathEnd): void;
  /** It has room again. */
  onDrained(path: PathEnd): void;
  /** This end hears the other on it, and has said nothing for a while. */
  onSpeechless(path: PathEnd): void;
  /** How closely the path is to be watched. */
  watch(path: PathEnd): Watch;
  /** Milliseconds that what this end has under way on the path takes it, as far as is known. */
  backlogMs(path: PathEnd): number;
  /** How many times as long as usual to wait before a path is suspect. */
  readonly patience: number;
  /** Whether another path has answered, and soon, since this one was doubted. */
  answersBeside(path: PathEnd): boolean;
  /** When the path in use was first doubted; null while it is not. */
  readonly doubtedAt: number | null;
}

const NUMBERED = 0x00;
const ABOUT_PATH = 0x01;
/** The type of a numbered message. Connections do not change what they are given. */
const NUMBERED_TYPE = Uint8Array.of(NUMBERED);

/** A piece of a message with its type in front. */
function ofType(type: number, piece: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(piece.length + 1);
  bytes[0] = type;
  bytes.set(piece, 1);
  return bytes;
}

export class PathEnd implements Path {
  readonly id: number;
  readonly sealed: Sealed;
  readonly heartbeat: Heartbeat;
  /** What it carries, as far as this end has measured it. */
  readonly pipe: Pipe;
  /** Bytes that it was given since it had no room; 0 while it has. */
  crowded = 0;
  owner: PathOwner;
  phase: Phase;
  /** The number of the next numbered message that comes; null before the first Carry. */
  receiveNext: number | null = null;
  /** The number that the other end takes the next numbered message for. */
  sendNext = -1;
  /** The `move` of the last Carry that came, and whether the other end then heard the path that it left. */
  move = 0;
  movedFromSound = false;
  readonly #clock: Clock;
  #cancelDeadline: () => void = () => {};
  #full = false; // the connection has no room
  #unsaid = 0;
  #spokeAt: number;
  #ackDue: (() => number) | null = null;

  constructor(id: number, sealed: Sealed, phase: Phase, owner: PathOwner, clock: Clock) {
    this.id = id;
    this.sealed = sealed;
    this.phase = phase;
    this.owner = owner;
    this.#clock = clock;
    this.#spokeAt = clock.now();
    const turns = TurnMeter.of(clock);
    this.pipe = new Pipe(clock.now(), { packet: sealed.packetBytes, turnMs: () => turns.ms, resent: () => sealed.resent });
    this.heartbeat = new Heartbeat(clock, () => this.owner.watch(this), {
      ask: (id, suspect) => this.say({ type: 'ping', id, answer: false, suspect }),
      backlogMs: () => this.owner.backlogMs(this),
      patience: () => this.owner.patience,
      alone: () => this.owner.answersBeside(this),
      measured: (rttMs) => this.pipe.trip(rttMs),
      doubt: () => this.owner.onDoubt(this),
      suspect: (reason) => this.owner.onSuspect(this, reason),
      dead: (quietMs) => this.lose(new PortholeError('PATH_SILENT', `nothing has come on this path for ${Math.round(quietMs / 1000)} s`)),
    });
  }

  get via(): string {
    return this.sealed.via;
  }

  get how(): string | undefined {
    return this.sealed.how;
  }
  get rttMs(): number {
    return this.heartbeat.rttMs;
  }
  get state(): 'standby' | 'in-use' | 'suspect' {
    if (this.heartbeat.suspect) return 'suspect';
    return this.owner.watch(this) === 'standby' ? 'standby' : 'in-use';
  }

  get proven(): boolean {
    const { doubtedAt } = this.owner;
    return doubtedAt === null || this.heartbeat.quickAt >= doubtedAt;
  }

  start(): void {
    this.heartbeat.start();
    this.sealed.start({
      message: (message) => this.#came(message),
      ended: (reason) => this.#ended(reason),
      heard: () => this.#heard(),
      drained: () => this.#drained(),
    });
  }

  /** Runs `late` unless `expectNothing` comes within `ms`, or the path ends. */
  expect(ms: number, late: () => void): void {
    this.#cancelDeadline();
    this.#cancelDeadline = this.#clock.after(ms, late);
  }

  expectNothing(): void {
    this.#cancelDeadline();
  }

  /** Says something about the path. What cannot be said any more shows in what is received. */
  say(message: PathMessage): void {
    if (this.phase === 'gone') return;
    if (this.#unsaid >= MAX_UNSAID) return this.lose(new PortholeError('PROTOCOL_VIOLATED', 'the other end asks and does not read'));
    if (!this.#sayNow(message)) this.#unsaid++;
  }

  /** Acknowledges; without room, when there is some, and what was taken by then. */
  acknowledge(received: () => number): void {
    if (this.#full) this.#ackDue = received;
    else this.#put(ofType(ABOUT_PATH, encodePathMessage({ type: 'ack', received: received() })));
  }

  /** Sends a numbered message. Returns whether there is room for the next. */
  carry({ head, content, cost }: Item): boolean {
    this.sealed.gather(this.pipe.message);
    const roomy = content ? this.#put(ofType(NUMBERED, head), content) : this.#put(NUMBERED_TYPE, head);
    if (!roomy) this.crowded += cost;
    return roomy;
  }

  /** The path broke, or is broken now. */
  lose(error: PortholeError): void {
    if (!this.#gone()) return;
    this.sealed.abort(error);
    this.owner.onLost(this, error);
  }

  /** Ends the path and says why; its owner is told, too. */
  refuse(error: PortholeError): void {
    this.end(error, 'refused');
  }

  /** Ends the path with a word, which is its own or the session's; its owner is told, too. */
  end(error: PortholeError, word: 'refused' | 'over'): void {
    if (this.phase === 'gone') return;
    void this.leave({ type: word, ...endingOf(error) });
    this.owner.onLost(this, error);
  }

  /** Ends the path in good order, after a last word. Resolves when it is closed. */
  leave(word?: PathMessage): Promise<void> {
    if (!this.#gone()) return Promise.resolve();
    if (word) this.#sayNow(word);
    return this.sealed.close();
  }

  #gone(): boolean {
    if (this.phase === 'gone') return false;
    this.phase = 'gone';
    this.#cancelDeadline();
    this.heartbeat.stop();
    return true;
  }

  #sayNow(message: PathMessage): boolean {
    return this.#put(ofType(ABOUT_PATH, encodePathMessage(message)));
  }

  #put(head: Uint8Array, content?: Uint8Array): boolean {
    this.#spokeAt = this.#clock.now();
    const roomy = this.sealed.send(head, content);
    this.#full = !roomy;
    return roomy;
  }

  #drained(): void {
    if (this.phase === 'gone') return;
    this.#full = false;
    this.#unsaid = 0;
    this.crowded = 0;
    const due = this.#ackDue;
    this.#ackDue = null;
    if (due) this.acknowledge(due);
    this.owner.onDrained(this);
  }

  #heard(): void {
    if (this.phase === 'gone') return;
    this.heartbeat.heard();
    // The other end, too, waits for a sign of life: in the middle of a long message as well.
    const quietMs = this.#clock.now() - this.#spokeAt;
    if (this.phase === 'live' && quietMs >= Math.max(ECHO_MS, this.heartbeat.newsMs)) this.owner.onSpeechless(this);
  }

  #came(message: Uint8Array): void {
    if (this.phase === 'gone') return;
    this.#heard();
    try {
      this.#take(message);
    } catch (thrown) {
      this.refuse(asPortholeError(thrown));
    }
  }

  #ended(reason: Error | null): void {
    if (reason) return this.lose(asPortholeError(reason, 'PATH_LOST'));
    if (this.phase === 'gone') return;
    void this.leave();
    this.owner.onLost(this, new PortholeError('PATH_LOST', 'the other end has closed this path'));
  }

  #take(message: Uint8Array): void {
    const type = message[0];
    if (type === NUMBERED) this.owner.onNumbered(this, message.subarray(1));
    else if (type === ABOUT_PATH) this.#said(decodePathMessage(message.subarray(1)));
    // Other types are of a newer version.
  }

  #said(message: PathMessage): void {
    if (message.type === 'none') return;
    if (!MAY_BE_SAID[this.phase].has(message.type)) {
      throw new PortholeError('PROTOCOL_VIOLATED', `${message.type} was said when it could not be`);
    }
    if (message.type !== 'ping') this.owner.onSaid(this, message);
    else if (message.answer) {
      this.heartbeat.answered(message.id);
      this.owner.onAnswered(this);
    } else {
      this.say({ type: 'ping', id: message.id, answer: true, suspect: false });
      this.heartbeat.questioned(message.suspect);
    }
  }
}
