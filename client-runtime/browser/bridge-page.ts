// SPDX-License-Identifier: Apache-2.0
// The shell's end of the bridge: takes requests from the service worker and has the visit answer them.

import { PortholeError } from '../../proto/errors.ts';
import { priorityFor } from '../../transport/session/priority.ts';
import type { Visit } from '../visit.ts';
import { BodyReceiver, BodySender, wireError } from './bodies.ts';
import {
  ALIVE_EVERY_MS,
  type AliveMessage,
  type AskMessage,
  BRIDGE_VERSION,
  HEAD_WITHIN_MS,
  type RequestHead,
  type ToShell,
  type ToWorker,
  type UnknownMessage,
  type WithHeld,
} from './bridge.ts';
import { decodable, decoded } from './decode.ts';

/** What the bridge needs of a visit: the answer to a request, whenever there is a way to get it. */
export type Fetcher = Pick<Visit, 'fetch'>;

/** The shell's end, once it stands. */
export interface PageBridge {
  /** The last navigation of a frame that was asked for here, and when (`performance.now()`). */
  readonly lastNavigation: Navigation | null;
}

export interface Navigation {
  readonly url: string;
  readonly at: number;
  /** Whether the answer was a document that a viewer of the browser's own may show, of which no page sees the inside. */
  viewed: boolean;
}

/** Types with a viewer that is not the site's: Firefox shows them as documents of its own. */
const VIEWED = /^(application\/pdf|application\/(\w+\+)?json|(application|text)\/xml)\b/i;

/** What is saved to a file comes after all that a page shows. */
const SAVED = 'u=6, i';
/** Statuses whose responses have no body, and which `new Response` refuses with one. */
const NULL_BODY = new Set([101, 204, 205, 304]);

/**
 * Answers the worker's requests for as long as the page lives.
 * @param onPage called when a frame's navigation got its head
 */
export function servePage(fetcher: Fetcher, onPage: () => void): PageBridge {
  const exchanges = new Map<string, Exchange>();
  const workers = new Map<ServiceWorker, Set<string>>();
  let lastNavigation: Navigation | null = null;

  const hear = (event: MessageEvent<AskMessage | UnknownMessage>): void => {
    const message = event.data;
    if (message?.porthole === 'unknown') {
      for (const id of message.ids) exchanges.get(id)?.stop(new PortholeError('CANCELLED', 'the service worker was stopped'));
    } else if (message?.porthole === 'ask' && event.ports[0]) {
      const navigates = message.request.destination === 'iframe';
      const worker = event.source as ServiceWorker;
      const ids = workers.get(worker) ?? new Set();
      workers.set(worker, ids.add(message.id));
      const navigation = { url: message.request.url, at: performance.now(), viewed: false };
      if (navigates) lastNavigation = navigation;
      const onHead = (response: Response): void => {
        navigation.viewed = response.ok && VIEWED.test(response.headers.get('content-type') ?? '');
        onPage();
      };
      exchanges.set(
        message.id,
        new Exchange(message, event.ports[0], fetcher, navigates ? onHead : () => undefined, () => {
          exchanges.delete(message.id);
          ids.delete(message.id);
          if (ids.size === 0) workers.delete(worker);
        }),
      );
    }
  };
  navigator.serviceWorker.addEventListener('message', hear);
  navigator.serviceWorker.startMessages();
  for (const event of (window as WithHeld).portholeHeld?.() ?? []) hear(event);

  setInterval(() => {
    for (const [worker, ids] of workers) worker.postMessage({ porthole: 'alive', ids: [...ids] } satisfies AliveMessage);
  }, ALIVE_EVERY_MS);
  window.addEventListener('pagehide', () => {
    for (const exchange of [...exchanges.values()]) exchange.leave();
  });

  return {
    get lastNavigation() {
      return lastNavigation;
    },
  };
}

/** One request and its response. */
class Exchange {
  readonly #port: MessagePort;
  readonly #abort = new AbortController();
  readonly #onHead: (response: Response) => void;
  readonly #onFinished: () => void;
  #requestBody: BodyReceiver | null = null;
  #responseBody: BodySender | null = null;
  #finished = false;

  constructor(ask: AskMessage, port: MessagePort, fetcher: Fetcher, onHead: (response: Response) => void, onFinished: () => void) {
    this.#port = port;
    this.#onHead = onHead;
    this.#onFinished = onFinished;
    port.onmessage = (event: MessageEvent<ToShell>) => this.#heard(event.data);
    // Where browsers tell it, at once; elsewhere the worker's next run says that it does not know the exchange.
    port.addEventListener('close', () => this.stop(new PortholeError('CANCELLED', 'the service worker was stopped')));
    if (ask.bridge !== BRIDGE_VERSION) {
      this.#fail(new PortholeError('VERSION_UNSUPPORTED', 'this page and its service worker are of different versions; reload the page'));
      return;
    }
    this.#post({ type: 'taken' });
    void this.#answer(ask.request, fetcher);
  }

  /** The worker or the page that asked is gone, or wants no more. */
  stop(reason: Error): void {
    if (this.#finished) return;
    this.#requestBody?.broken('CANCELLED', reason.message);
    this.#responseBody?.cancel(reason);
    this.#abort.abort(reason);
    this.#finish();
  }

  /** This page is closing: the worker may ask another one. */
  leave(): void {
    this.#post({ type: 'gone' });
    this.stop(new PortholeError('CANCELLED', 'the page was closed'));
  }

  async #answer(head: RequestHead, fetcher: Fetcher): Promise<void> {
    const late = setTimeout(() => this.#fail(new PortholeError('TIMED_OUT', 'the site did not answer in time')), HEAD_WITHIN_MS);
    try {
      const response = await fetcher.fetch(this.#request(head));
      if (this.#finished)
        response.body?.cancel().catch(() => undefined); // nobody waits for it any more
      else this.#respond(head, response);
    } catch (error) {
      this.#fail(error);
    } finally {
      clearTimeout(late);
    }
  }

  /**
   * The request for the visit. A page's own Request would drop Accept-Encoding, Referer and their like, and not every browser
   * lets it carry a stream; but this one goes to the host and never to the page's network, so both are laid over it. The
   * visit reads `method`, `url`, `headers`, `body` and `signal`, and makes no copy.
   */
  #request(head: RequestHead): Request {
    const headers = new Headers(head.headers);
    // Browsers add the field (RFC 9218) only behind the worker.
    const priority = head.identity ? SAVED : priorityFor(head.destination);
    if (priority && !headers.has('priority')) headers.set('priority', priority);
    if (!head.identity && !headers.has('range')) headers.set('accept-encoding', decodable().join(', ') || 'identity');
    if (head.hasBody) {
      this.#requestBody = new BodyReceiver(
        (message) => this.#post(message),
        () => undefined,
      );
    }
    const request = new Request(head.url, { method: head.method, signal: this.#abort.signal });
    return Object.defineProperties(request, { headers: { value: headers }, body: { value: this.#requestBody?.stream ?? null } });
  }

  #respond(head: RequestHead, response: Response): void {
    const { headers, body, identity } = decoded(response);
    const carries = body !== null && !NULL_BODY.has(response.status) && head.method !== 'HEAD';
    const { status, statusText } = response;
    this.#post({ type: 'head', head: { status, statusText, headers: [...headers], hasBody: carries, identity } });
    this.#onHead(response);
    if (carries) {
      this.#responseBody = new BodySender(
        (message, transfer) => this.#post(message, transfer),
        body,
        () => this.#finish(),
      );
    } else {
      body?.cancel().catch(() => undefined); // nobody reads it
      this.#finish();
    }
  }

  #heard(message: ToShell): void {
    switch (message.type) {
      case 'pull':
        this.#responseBody?.pull(message.bytes);
        break;
      case 'cancel':
      case 'stop':
        this.stop(new PortholeError('CANCELLED'));
        break;
      case 'data':
        this.#requestBody?.data(message.bytes);
        break;
      case 'end':
        this.#requestBody?.end();
        break;
      case 'broken':
        this.#requestBody?.broken(message.code, message.message);
        break;
    }
  }

  #fail(error: unknown): void {
    if (this.#finished) return;
    this.#post({ type: 'failed', ...wireError(error) });
    this.stop(error instanceof Error ? error : new PortholeError('INTERNAL'));
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    if (!this.#finished) this.#port.postMessage(message, transfer);
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#onFinished();
    this.#port.close(); // what was posted before still arrives
  }
}
