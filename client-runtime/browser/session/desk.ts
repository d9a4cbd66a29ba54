// SPDX-License-Identifier: Apache-2.0
// The session worker's end of the bridge: takes requests from service workers, by port or BroadcastChannel, and lets the visit answer them.

import { PortholeError } from '../../../proto/errors.ts';
import { type Addressed, ALIVE_EVERY_MS, ALIVE_PATH, BRIDGE_NAME, type Post } from '../shared/bridge.ts';
import { onEnd } from '../shared/lives.ts';
import { Exchange } from './exchange.ts';
import type { Fetcher } from './fetcher.ts';

export interface DeskEvents {
  /** A service worker that was not known: it runs anew. */
  met(): void;
  /** It carries something, must not be stopped, and cannot be told so from here. */
  awake(): void;
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
    port.onmessage = ({ data }: MessageEvent<Addressed>) => this.#heard(data, post);
    post({ to: 'workers', session: this.#session });
  }

  /** There is nobody left for whom to carry: what is under way may be asked of another session. */
  leave(): void {
    for (const exchanges of this.#workers.values()) for (const exchange of [...exchanges.values()]) exchange.leave();
  }

  #heard(message: Addressed, post: Post<Addressed>): void {
    if (message.to === 'sessions') {
      this.#meet(message.worker);
      void this.announce();
    } else if (message.to === 'session' && message.session === this.#session) {
      const { worker, id, say } = message;
      const exchanges = this.#meet(worker);
      if (say.type !== 'ask') exchanges.get(id)?.heard(say);
      else if (!exchanges.has(id)) {
        const answer = new Exchange(
          say.request,
          this.#fetcher,
          (said, transfer) => post({ to: 'worker', worker, id, say: said }, transfer),
          () => exchanges.delete(id),
        );
        exchanges.set(id, answer);
      }
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
