// SPDX-License-Identifier: Apache-2.0
// The worker's end of the bridge: one request handed to a shell page, and to the next one if that does not answer.

import { errorFromWire, PortholeError } from '../../proto/errors.ts';
import { BodyReceiver, BodySender } from './bodies.ts';
import {
  type AskMessage,
  BRIDGE_VERSION,
  CHECK_EVERY_MS,
  type RequestHead,
  type ResponseHead,
  TAKEN_WITHIN_MS,
  type ToShell,
  type ToWorker,
} from './bridge.ts';
import { type PageClient, scope } from './worker-scope.ts';

/** Milliseconds that a shell which did not answer comes last in the choice. */
const AVOID_MS = 10_000;
/** Milliseconds below which a page to come that is not found means that the browser does not look for such pages. */
const COMING_FOR_MS = 50;

/** No page of this origin can carry a request. */
export class NoShell extends Error {}

/** A shell page closed before it answered. */
class ShellGone extends Error {}

/** What a shell answered. */
export interface Answer {
  /** The shell is itself in a frame, of somebody else's page. */
  readonly embedded: boolean;
  readonly head: ResponseHead;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** What to carry. */
export interface Errand {
  readonly head: RequestHead;
  readonly body: ReadableStream<Uint8Array> | null;
  /** The page that asks, or (`coming`) the one that a navigation makes: when it is gone before the answer the request is cancelled. */
  readonly client: { readonly id: string; readonly coming: boolean } | null;
  readonly signal: AbortSignal;
}

const carried = new Map<string, Exchange>();
const proven = new Set<string>();
const avoided = new Map<string, number>();
let watch: ReturnType<typeof setInterval> | undefined;

/** Whether an exchange of this id is under way in this run of the worker. */
export function isCarried(id: string): boolean {
  return carried.has(id);
}

/** A page said that it is a shell. A nested page that never said so is most likely a page of the site. */
export function knowShell(id: string): void {
  proven.add(id);
}

/**
 * Has a shell answer a request.
 * @throws NoShell when there is none; PortholeError as the shell reported it, or SESSION_CLOSED when the shell closed
 * after it took a request that cannot be asked twice
 */
export async function carry(errand: Errand): Promise<Answer> {
  const tried = new Set<string>();
  for (;;) {
    const shell = (await shells()).find((candidate) => !tried.has(candidate.id));
    if (!shell) throw new NoShell();
    tried.add(shell.id);
    const exchange = new Exchange(shell, errand);
    try {
      return await exchange.answer;
    } catch (error) {
      if (!(error instanceof ShellGone)) throw error;
      if (exchange.taken && errand.head.method !== 'GET' && errand.head.method !== 'HEAD') {
        throw new PortholeError('SESSION_CLOSED', 'the page that carried this request was closed');
      }
    }
  }
}

/** Pages that may be shells, the likeliest first: matchAll lists the one used last first. */
async function shells(): Promise<PageClient[]> {
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const now = Date.now();
  const rank = (page: PageClient): number =>
    ((avoided.get(page.id) ?? 0) > now ? 8 : 0) +
    (page.frameType === 'nested' && !proven.has(page.id) ? 4 : 0) +
    (page.focused ? 0 : page.visibilityState === 'visible' ? 1 : 2);
  return pages
    .map((page) => [rank(page), page] as const)
    .sort(([a], [b]) => a - b)
    .map(([, page]) => page);
}

/** One request at one shell. */
class Exchange {
  readonly id = crypto.randomUUID();
  readonly answer: Promise<Answer>;
  taken = false;
  #clientSeen = false;
  readonly #shell: PageClient;
  readonly #errand: Errand;
  readonly #port: MessagePort;
  readonly #late: ReturnType<typeof setTimeout>;
  readonly #onAbort = () => this.stop();
  #settle!: { resolve(answer: Answer): void; reject(error: Error): void };
  #requestBody: BodySender | null = null;
  #responseBody: BodyReceiver | null = null;

  constructor(shell: PageClient, errand: Errand) {
    this.#shell = shell;
    this.#errand = errand;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = (event: MessageEvent<ToWorker>) => this.#heard(event.data);
    this.#late = setTimeout(() => this.#untaken(), TAKEN_WITHIN_MS);
    errand.signal.addEventListener('abort', this.#onAbort);
    carried.set(this.id, this);
    watch ??= setInterval(() => void look(), CHECK_EVERY_MS);
    const ask: AskMessage = { porthole: 'ask', bridge: BRIDGE_VERSION, id: this.id, request: errand.head };
    shell.postMessage(ask, [port2]);
    if (errand.client) void this.#watchClient(errand.client);
    if (errand.signal.aborted) this.stop();
  }

  /** Whoever asked wants no more. */
  stop(): void {
    this.#post({ type: 'stop' });
    this.#end(new PortholeError('CANCELLED'));
  }

  /** Ends the exchange if the shell, or the page that asked, is no more. */
  async check(): Promise<void> {
    if (!(await scope.clients.get(this.#shell.id))) return this.#end(new ShellGone());
    // Some browsers do not list every kind of client: only one that was there can be gone.
    if (this.#clientSeen && !this.#responseBody && !(await scope.clients.get(this.#errand.client?.id ?? ''))) this.stop();
  }

  /** Chromium does not abort the request's signal when its page is left; a cancelled body it does tell. */
  async #watchClient({ id, coming }: { readonly id: string; readonly coming: boolean }): Promise<void> {
    const since = performance.now();
    const client = await scope.clients.get(id);
    if (!coming) this.#clientSeen = client !== undefined;
    // A page to come is found when it is there, and undefined when another navigation overtook this one, or it is a download.
    else if (!client && !this.#responseBody && performance.now() - since > COMING_FOR_MS) this.stop();
  }

  #heard(message: ToWorker): void {
    switch (message.type) {
      case 'taken':
        this.taken = true;
        proven.add(this.#shell.id);
        clearTimeout(this.#late);
        if (this.#errand.body) {
          this.#requestBody = new BodySender(
            (out, transfer) => this.#post(out, transfer),
            this.#errand.body,
            () => undefined,
          );
        }
        return;
      case 'head':
        this.#answered(message.head);
        break;
      case 'failed':
        this.#end(errorFromWire(message.code, message.message));
        break;
      case 'gone':
        this.#end(new ShellGone());
        break;
      case 'pull':
        this.#requestBody?.pull(message.bytes);
        break;
      case 'cancel':
        this.#requestBody?.cancel(new PortholeError('CANCELLED'));
        break;
      case 'data':
        this.#responseBody?.data(message.bytes);
        break;
      case 'end':
        this.#responseBody?.end();
        break;
      case 'broken':
        this.#responseBody?.broken(message.code, message.message);
        break;
    }
  }

  #answered(head: ResponseHead): void {
    const embedded = this.#shell.frameType === 'nested';
    if (head.hasBody) {
      this.#responseBody = new BodyReceiver(
        (message) => this.#post(message),
        () => this.#end(new PortholeError('CANCELLED')),
      );
      this.#settle.resolve({ head, embedded, body: this.#responseBody.stream });
    } else {
      this.#settle.resolve({ head, embedded, body: null });
      this.#end(new PortholeError('CANCELLED'));
    }
  }

  #untaken(): void {
    avoided.set(this.#shell.id, Date.now() + AVOID_MS);
    this.#post({ type: 'stop' });
    this.#end(new ShellGone());
  }

  #end(error: Error): void {
    if (!carried.delete(this.id)) return;
    clearTimeout(this.#late);
    this.#errand.signal.removeEventListener('abort', this.#onAbort);
    this.#settle.reject(error);
    this.#requestBody?.cancel(error);
    const { code, message } = error instanceof PortholeError ? error : new PortholeError('SESSION_CLOSED');
    this.#responseBody?.broken(code, message);
    this.#port.close();
    if (carried.size === 0) {
      clearInterval(watch);
      watch = undefined;
    }
  }

  #post(message: ToShell, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

async function look(): Promise<void> {
  const now = Date.now();
  for (const id of proven) if (!(await scope.clients.get(id))) proven.delete(id);
  for (const [id, until] of avoided) if (until <= now) avoided.delete(id);
  for (const exchange of [...carried.values()]) await exchange.check();
}
