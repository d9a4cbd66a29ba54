// SPDX-License-Identifier: Apache-2.0
// The session worker's end of the bridge: takes requests from service workers, by port or BroadcastChannel, and lets the visit answer them.

import { PortholeError } from '../../../proto/errors.ts';
import { type Addressed, ALIVE_EVERY_MS, ALIVE_PATH, BRIDGE_NAME, type Post, type ToSession, type ToWorker } from '../shared/bridge.ts';
import { gathered } from '../shared/gather.ts';
import { onEnd } from '../shared/lives.ts';
import { Exchange } from './exchange.ts';
import type { Fetcher } from './fetcher.ts';

export interface DeskEvents {
  /** A service worker that was not known: it runs anew. */
  met(): void;
  /** It carries something, must not be stopped, and cannot be told so from here. */
  awake(): void;
}

/** Says something about a request. */
type Reply = (id: string, say: ToWorker, transfer?: Transferable[]) => void;

/** A head, and all of its body behind it. */
function whole(before: ToWorker, next: ToWorker): ToWorker | undefined {
  return before.type === 'head' && next.type === 'data' && next.last ? { ...before, bytes: next.bytes } : undefined;
}

export class Desk {
  readonly #session: string;
  readonly #lives: Promise<void>;
  readonly #fetcher: Fetcher;
  readonly #events: DeskEvents;
  readonly #air = new BroadcastChannel(BRIDGE_NAME);
  #isOpen = false;
  /** Exchanges by their ids, by their workers'. */
  readonly #workers = new Map<string, Map<string, Exchange>>();

  /**
   * @param session its id
   * @param lives resolves when others may hear of it: they wait for its end
   */
  constructor(session: string, lives: Promise<void>, fetcher: Fetcher, events: DeskEvents) {
    this.#session = session;
    this.#lives = lives;
    this.#fetcher = fetcher;
    this.#events = events;
    this.#air.onmessage = ({ data }: MessageEvent<Addressed>) => this.#heard(data, (message) => this.#air.postMessage(message));
    setInterval(() => void this.#keepAwake(), ALIVE_EVERY_MS);
  }

  /**
   * From now on requests are wanted. Not before a window has come: what is asked where none ever comes waits for ever.
   */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    void this.announce();
  }

  /** Tells the service worker that this session is there, and the one to ask. */
  async announce(): Promise<void> {
    if (!this.#isOpen) return;
    await this.#lives;
    this.#air.postMessage({ to: 'workers', session: this.#session } satisfies Addressed);
  }

  /** A port that leads to a service worker. */
  line(port: MessagePort): void {
    const post: Post<Addressed> = (message, transfer = []) => port.postMessage(message, transfer);
    let reply: Reply | undefined;
    const listed = (worker: string): Reply => {
      reply ??= gathered((said, transfer) => post({ to: 'worker', worker, said }, transfer), whole);
      return reply;
    };
    port.onmessage = ({ data }: MessageEvent<Addressed>) => this.#heard(data, post, listed);
    post({ to: 'workers', session: this.#session, lists: true });
  }

  /** There is nobody left for whom to carry: what is under way may be asked of another session. */
  leave(): void {
    for (const exchanges of this.#workers.values()) for (const exchange of [...exchanges.values()]) exchange.leave();
  }

  /** @param listed answers a service worker that asks with lists */
  #heard(message: Addressed, post: Post<Addressed>, listed?: (worker: string) => Reply): void {
    if (message.to === 'sessions') {
      this.#meet(message.worker);
      void this.announce();
    } else if (message.to === 'session' && message.session === this.#session) {
      const { worker } = message;
      const exchanges = this.#meet(worker);
      if ('id' in message) {
        this.#said(exchanges, message.id, message.say, (id, say, transfer) => post({ to: 'worker', worker, id, say }, transfer));
      } else if (listed) for (const [id, say] of message.said) this.#said(exchanges, id, say, listed(worker));
    }
  }

  #said(exchanges: Map<string, Exchange>, id: string, say: ToSession, reply: Reply): void {
    if (say.type !== 'ask') exchanges.get(id)?.heard(say);
    else if (!exchanges.has(id)) {
      const answer = new Exchange(
        say.request,
        this.#fetcher,
        (said, transfer) => reply(id, said, transfer),
        () => exchanges.delete(id),
      );
      exchanges.set(id, answer);
    }
  }

  /** The exchanges of a service worker. What it asked for ends with it. */
  #meet(worker: string): Map<string, Exchange> {
    const known = this.#workers.get(worker);
    if (known) return known;
    const exchanges = new Map<string, Exchange>();
    this.#workers.set(worker, exchanges);
    const stop = (): void => {
      this.#workers.delete(worker);
      for (const exchange of [...exchanges.values()]) exchange.stop(new PortholeError('CANCELLED', 'the service worker was stopped'));
    };
    onEnd(worker, stop, new AbortController().signal);
    this.#events.met();
    return exchanges;
  }

  /** A request of this worker's own is an event for the service worker, if that controls it. */
  async #keepAwake(): Promise<void> {
    if (![...this.#workers.values()].some(({ size }) => size > 0)) return;
    const answer = await fetch(ALIVE_PATH, { method: 'HEAD', cache: 'no-store' }).catch(() => null);
    if (answer?.status !== 204) this.#events.awake();
  }
}
