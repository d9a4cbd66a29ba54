// SPDX-License-Identifier: Apache-2.0
// The peer's half of the rendezvous protocol: a connection to the suite that comes back by itself (RENDEZVOUS.md).

import { io, type Socket } from 'socket.io-client';
import { errorFromWire, PortholeError } from '../../proto/errors.ts';
import { MAX_STUN_ADDRESSES } from '../../proto/limits.ts';
import { decodeMessage, encodeMessage, type Message, type MessageName } from '../../proto/rendezvous.ts';
import type { SocketAddress } from '../nat/profile.ts';
import { abortable, type Clock, systemClock } from '../time/clock.ts';
import { ComingBack } from './reconnect.ts';
import { originOf } from './suite-url.ts';

/** How long the suite may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** How long a connection that was given up is kept beside a new one, in milliseconds: until the suite knows that one for the same end's. */
const LEAVE_MS = 3000;

/** What the suite tells of itself on each connection. */
export interface Greeting {
  readonly nonce: Uint8Array;
  readonly observed: { readonly ip: string; readonly port: number };
  /** The suite's name as dialled, as `URL.hostname` spells it: for the challenge text. */
  readonly suiteHost: string;
  readonly stun: readonly string[];
  /** STUN over TCP and over UDP for the exams; empty where the suite has none. An `ip` may be the name that was dialled. */
  readonly stunTcp: readonly SocketAddress[];
  readonly stunUdp: readonly SocketAddress[];
  readonly relay: { readonly webSocket: string; readonly tcp?: { readonly host: string; readonly port: number } };
}

export interface RendezvousEvents {
  /** Connected, and welcomed: at the start and after each break. */
  welcome?(greeting: Greeting): void;
  /** The connection is gone; it is being tried again. */
  gone?(reason: string): void;
  introduction?(introduction: Message<'Introduction'>): void;
  note?(note: Message<'Note'>): void;
  hangup?(hangup: Message<'Hangup'>): void;
  status?(status: Message<'SiteStatus'>): void;
  /** The suite ends what this end asked for. */
  problem?(error: PortholeError): void;
}

/** What the suite answers a request with, by the request's event. */
const RESULTS = { register: 'registered', find: 'status', introduce: 'introduction', exam: 'examination', inboxtake: 'inbox' } as const;
type Answers = typeof RESULTS;
const REQUESTS = { register: 'Register', find: 'Find', introduce: 'Introduce', exam: 'Exam', inboxtake: 'InboxTake' } as const;

export class Rendezvous {
  readonly #url: URL;
  #socket: Socket;
  #left: Socket | null = null; // gives no sign of life; closed once another is welcome
  readonly #events: RendezvousEvents;
  readonly #clock: Clock;
  #greeting: Greeting | null = null;
  #rttMs: number | null = null;
  #welcome = Promise.withResolvers<Greeting>(); // the next
  #refusal = ''; // why the last try failed, in words; empty since a welcome
  #given = new AbortController(); // up, the connection in use
  #closed = false;
  readonly #comingBack: ComingBack;

  /** @param address any URL on the suite. Tries to connect until `close`. */
  constructor(address: string, events: RendezvousEvents, clock: Clock = systemClock) {
    const url = originOf(address);
    if (!url) throw new PortholeError('LINK_INVALID', `"${address}" is not an http or https URL`);
    this.#url = url;
    this.#events = events;
    this.#clock = clock;
    this.#comingBack = new ComingBack({
      clock,
      socket: () => this.#socket,
      renew: () => this.#renew(),
      // What the answer says does not matter: nothing is asked for.
      ask: (withinMs) => this.#socket.timeout(withinMs).emitWithAck('find', encodeMessage('Find', { link: '' })),
      rttMs: () => this.#rttMs,
    });
    this.#socket = this.#dial();
  }

  /** The suite's last greeting; null while there is no connection. */
  get greeting(): Greeting | null {
    return this.#greeting;
  }

  /** The round trip to the suite in milliseconds: the quickest answer on this connection; null before the first. */
  get rttMs(): number | null {
    return this.#rttMs;
  }

  /** Resolves with the greeting once connected; rejects with SUITE_UNREACHABLE after `waitMs`, or the signal's reason. */
  async ready(waitMs: number, signal?: AbortSignal): Promise<Greeting> {
    if (this.#greeting) return this.#greeting;
    const late = new AbortController();
    const timer = setTimeout(() => {
      const words = `the suite at ${this.#url.origin} does not answer${this.#refusal && ` (${this.#refusal})`}`;
      late.abort(new PortholeError('SUITE_UNREACHABLE', words));
    }, waitMs);
    try {
      return await abortable(this.#welcome.promise, AbortSignal.any([late.signal, ...(signal ? [signal] : [])]));
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Asks the suite.
   * @throws PortholeError with the suite's code, SUITE_UNREACHABLE, TIMED_OUT
   */
  async ask<E extends keyof Answers>(
    event: E,
    fields: Parameters<typeof encodeMessage<(typeof REQUESTS)[E]>>[1],
  ): Promise<NonNullable<Message<'Answer'>[Answers[E]]>> {
    const socket = this.#socket;
    if (!socket.connected) throw new PortholeError('SUITE_UNREACHABLE');
    let bytes: unknown;
    const asked = this.#clock.now();
    try {
      bytes = await abortable(socket.timeout(ANSWER_MS).emitWithAck(event, encodeMessage(REQUESTS[event], fields)), this.#given.signal);
    } catch (cause) {
      if (cause instanceof PortholeError) throw cause;
      throw new PortholeError(socket.connected ? 'TIMED_OUT' : 'SUITE_UNREACHABLE', 'the suite did not answer', { cause });
    }
    const took = this.#clock.now() - asked;
    this.#rttMs = Math.min(this.#rttMs ?? took, took);
    const answer = decodeMessage('Answer', bytes);
    if (answer.problem) throw errorFromWire(answer.problem.code, answer.problem.message);
    const result = answer[RESULTS[event]];
    if (!result) throw new PortholeError('PROTOCOL_VIOLATED', `the suite answered ${event} with something else`);
    return result as NonNullable<Message<'Answer'>[Answers[E]]>;
  }

  /** Tells the suite; lost when there is no connection. */
  tell<K extends 'Note' | 'Hangup' | 'Examined'>(name: K, fields: Parameters<typeof encodeMessage<K>>[1]): void {
    if (this.#socket.connected) this.#socket.emit(name.toLowerCase(), encodeMessage(name, fields));
  }

  /**
   * Something hangs on the suite that shows signs of trouble, a path that went silent, say: makes sure of the connection. One
   * that gives no sign of life in time is opened anew; while there is none, it is tried without long waits.
   * @param changed the network is another one: what is under way began in the one before
   */
  check(changed = false): void {
    if (!this.#closed) this.#comingBack.check(changed);
  }

  /** Ends the connection for good. */
  close(): void {
    this.#closed = true;
    this.#greeting = null;
    this.#comingBack.stop();
    this.#leave();
    this.#socket.off('disconnect'); // nothing is gone that was given up
    this.#socket.disconnect();
  }

  #dial(): Socket {
    const socket = io(this.#url.origin, {
      path: '/.porthole/rendezvous',
      transports: ['websocket'],
      ...this.#comingBack.pace,
      forceNew: true,
    });
    this.#comingBack.dialled(socket);
    this.#listen(socket);
    return socket;
  }

  /** Puts another connection in the place of one that is dead, or is not to be had. */
  #renew(): void {
    const old = this.#socket;
    old.off();
    old.io.reconnection(false);
    // Its goodbye may come through after all, and before the other's first word: the suite would take this end for gone.
    if (old.connected) this.#leave(old);
    else old.disconnect();
    this.#socket = this.#dial();
    this.#given.abort(new PortholeError('SUITE_UNREACHABLE', 'the suite gives no sign of life'));
    this.#given = new AbortController();
    if (!this.#greeting) return;
    this.#greeting = null;
    this.#events.gone?.('the suite gives no sign of life');
  }

  /** Closes the connection that was given up last; then this one will be. */
  #leave(next: Socket | null = null): void {
    this.#left?.disconnect();
    this.#left = next;
  }

  #listen(socket: Socket): void {
    const on = <K extends MessageName>(name: K, take: (message: Message<K>) => void): void => {
      socket.on(name.toLowerCase(), (bytes: unknown) => {
        // A message of the suite that cannot be read is dropped: nothing of ours hangs on it.
        let message: Message<K>;
        try {
          message = decodeMessage(name, bytes);
        } catch {
          return;
        }
        take(message);
      });
    };
    on('Welcome', (welcome) => {
      this.#greeting = this.#greetingOf(welcome);
      this.#rttMs = null;
      this.#refusal = '';
      const left = this.#left;
      if (left) this.#clock.after(LEAVE_MS, () => left === this.#left && this.#leave()); // another has its own time
      this.#welcome.resolve(this.#greeting);
      this.#welcome = Promise.withResolvers();
      this.#events.welcome?.(this.#greeting);
    });
    on('Introduction', (message) => this.#events.introduction?.(message));
    on('Note', (message) => this.#events.note?.(message));
    on('Hangup', (message) => this.#events.hangup?.(message));
    on('SiteStatus', (message) => this.#events.status?.(message));
    on('Problem', ({ code, message }) => this.#events.problem?.(errorFromWire(code, message)));
    socket.on('connect_error', ({ message }) => {
      this.#refusal = message;
    });
    socket.on('disconnect', (reason) => {
      this.#greeting = null;
      if (this.#closed) return;
      this.#events.gone?.(reason);
      if (reason === 'io server disconnect') this.#comingBack.dismissed(socket);
    });
  }

  #greetingOf(welcome: Message<'Welcome'>): Greeting {
    const host = this.#url.hostname;
    const secure = this.#url.protocol === 'https:';
    const bare = host.replace(/^\[|\]$/g, '');
    const listed = (addresses: Message<'Welcome'>['stunTcp']): SocketAddress[] =>
      addresses
        .slice(0, MAX_STUN_ADDRESSES)
        .filter(({ port }) => port > 0 && port <= 65_535)
        .map(({ ip, port }) => ({ ip: ip || bare, port }));
    return {
      nonce: welcome.nonce,
      observed: { ip: welcome.observed?.ip ?? '', port: welcome.observed?.port ?? 0 },
      suiteHost: host,
      stun: welcome.stunPort > 0 ? [`stun:${host}:${welcome.stunPort}`] : [],
      stunTcp: listed(welcome.stunTcp),
      stunUdp: listed(welcome.stunUdp),
      relay: {
        webSocket: `${secure ? 'wss' : 'ws'}://${this.#url.host}/.porthole/relay`,
        // The TCP port is not encrypted, and behind the proxy that makes the suite https it may not be reachable at all.
        ...(welcome.relayPort > 0 && !secure && { tcp: { host: bare, port: welcome.relayPort } }),
      },
    };
  }
}
