// SPDX-License-Identifier: Apache-2.0
// The service worker's end of the bridge: hands one request to a session, or to the next one if that ends, while the asking page is there.

import { errorFromWire, PortholeError } from '../../../proto/errors.ts';
import { BodyReceiver, BodySender } from '../shared/bodies.ts';
import {
  CHECK_EVERY_MS,
  type Insert,
  mayRepeat,
  type Post,
  type RequestHead,
  type ResponseHead,
  TAKEN_WITHIN_MS,
  type ToSession,
  type ToWorker,
} from '../shared/bridge.ts';
import { UPLOAD_FIELD } from '../shared/upload-messages.ts';
import { scope } from './scope.ts';
import { lives, lookForSessions, type Session, session } from './sessions.ts';
import { shells } from './shells.ts';

/** Milliseconds below which a page to come that is not found means that the browser does not look for such pages. */
const COMING_FOR_MS = 50;
/** Times that a session is looked for where no page of this origin could bring one. */
const MOST_LOOKS = 2;

/** No page of this origin can carry a request. */
export class NoShell extends Error {}

/** A session ended before it answered, or did not take a request. */
class SessionGone extends Error {}

/** What a session answered. */
export interface Answer {
  readonly head: ResponseHead;
  readonly body: ReadableStream<Uint8Array> | null;
  /** The whole body, in place of `body`. */
  readonly bytes?: ArrayBuffer;
  /** What is to be put into it, told before its first byte. */
  insert?: Insert;
}

/** What to carry. */
export interface Errand {
  readonly head: RequestHead;
  readonly body: ReadableStream<Uint8Array> | null;
  /** The page that asks, or (`coming`) the one that a navigation makes: when it is gone before the answer the request is cancelled. */
  readonly client: { readonly id: string; readonly coming: boolean } | null;
  readonly signal: AbortSignal;
}

const carried = new Set<Exchange>();
let watch: ReturnType<typeof setInterval> | undefined;

/**
 * Has a session answer a request.
 * @throws NoShell when there is no page that has one; PortholeError as the session reported it, or SESSION_CLOSED when it ended
 * after it took a request that cannot be made twice
 */
export async function carry(errand: Errand): Promise<Answer> {
  await lives;
  const asker = new Asker(errand);
  const mark = errand.head.headers.find(([name]) => name === UPLOAD_FIELD)?.[1]; // names the session that sends its content
  const slow = new Set<string>(); // sessions that did not take it: a browser may have frozen their page
  for (;;) {
    const found = session(slow, mark) ?? session(new Set()) ?? (await find(asker));
    // Also one that was slow before: it may only have been busy, and the one that is asked now be frozen for good.
    const exchange = new Exchange(found, errand, asker, () => session(new Set([found.id])) !== null);
    try {
      return await exchange.answer;
    } catch (error) {
      if (!(error instanceof SessionGone)) throw error;
      if (exchange.taken && !mayRepeat(errand.head)) {
        throw new PortholeError('SESSION_CLOSED', 'what carried this request has ended, and it may not be made twice');
      }
      if (slow.has(found.id)) slow.clear();
      slow.add(found.id);
    }
  }
}

/** Waits for a session, for as long as there is a page to bring one and somebody who asks. */
async function find(asker: Asker): Promise<Session> {
  for (let looks = 0; ; ) {
    await lookForSessions(CHECK_EVERY_MS);
    const found = session(new Set());
    if (found) return found;
    if (asker.errand.signal.aborted || (await asker.gone())) throw new PortholeError('CANCELLED');
    if (await shells.any()) looks = 0;
    else if (++looks >= MOST_LOOKS) throw new NoShell();
  }
}

/** Whether the pages that ask for what is carried were ever there, by their ids. */
const clients = new Map<string, Promise<boolean>>();
/** Looks for a page that are under way: one finds it for all that it asked. */
const looks = new Map<string, Promise<boolean>>();

/** Whether a page is there. */
function isThere(id: string): Promise<boolean> {
  let looked = looks.get(id);
  if (!looked) {
    looked = scope.clients.get(id).then((one) => one !== undefined);
    looks.set(id, looked);
    void looked.finally(() => looks.delete(id));
  }
  return looked;
}

/** Whoever waits for an answer. */
class Asker {
  readonly errand: Errand;
  /** A page to come is found when it is there, and undefined when another navigation overtook this one, or it is a download. */
  readonly overtaken: Promise<boolean>;

  constructor(errand: Errand) {
    this.errand = errand;
    const { client } = errand;
    const since = performance.now();
    this.overtaken = client?.coming
      ? isThere(client.id).then((there) => !there && performance.now() - since > COMING_FOR_MS)
      : Promise.resolve(false);
    // Some browsers do not list every kind of client: only one that was there can be gone. A page to come is found when it is answered.
    if (client && !client.coming && !clients.has(client.id)) clients.set(client.id, isThere(client.id));
  }

  async gone(): Promise<boolean> {
    const { client } = this.errand;
    return client !== null && !client.coming && (await clients.get(client.id)) === true && !(await isThere(client.id));
  }
}

/** One request at one session. */
class Exchange {
  readonly answer: Promise<Answer>;
  taken = false;
  readonly #id = crypto.randomUUID();
  readonly #session: Session;
  readonly #errand: Errand;
  readonly #asker: Asker;
  readonly #post: Post<ToSession>;
  readonly #late: ReturnType<typeof setInterval>;
  readonly #onAbort = () => this.stop();
  #settle!: { resolve(answer: Answer): void; reject(error: Error): void };
  #requestBody: BodySender | null = null;
  #answer: Answer | null = null;
  #responseBody: BodyReceiver | null = null;

  /** @param another whether there is another session to ask */
  constructor(at: Session, errand: Errand, asker: Asker, another: () => boolean) {
    this.#session = at;
    this.#errand = errand;
    this.#asker = asker;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#post = at.open(this.#id, { heard: (message) => this.#heard(message), lost: () => this.#end(new SessionGone()) });
    this.#late = setInterval(() => another() && this.#untaken(), TAKEN_WITHIN_MS);
    errand.signal.addEventListener('abort', this.#onAbort);
    carried.add(this);
    watch ??= setInterval(() => void look(), CHECK_EVERY_MS);
    this.#post({ type: 'ask', request: errand.head });
    void asker.overtaken.then((overtaken) => overtaken && !this.#responseBody && this.stop());
    if (errand.signal.aborted) this.stop();
  }

  /** Whoever asked wants no more. */
  stop(): void {
    if (!carried.has(this)) return;
    this.#post({ type: 'stop' });
    this.#end(new PortholeError('CANCELLED'));
  }

  /** Ends the exchange if the page that asked is no more: Chromium does not abort its request's signal; a cancelled body it does tell. */
  async check(): Promise<void> {
    if (!this.#responseBody && (await this.#asker.gone())) this.stop();
  }

  #heard(message: ToWorker): void {
    switch (message.type) {
      case 'taken':
        this.#taken();
        break;
      case 'head':
        if (!this.taken) this.#taken();
        this.#answered(message.head, message.bytes);
        break;
      case 'insert':
        if (this.#answer) this.#answer.insert = message.insert;
        break;
      case 'failed':
        this.#end(errorFromWire(message.code, message.message));
        break;
      case 'gone':
        this.#end(new SessionGone());
        break;
      case 'pull':
        this.#requestBody?.pull(message.bytes);
        break;
      case 'cancel':
        this.#requestBody?.cancel(new PortholeError('CANCELLED'));
        break;
      case 'data':
        this.#responseBody?.data(message.bytes, message.last);
        break;
      case 'end':
        this.#responseBody?.end();
        break;
      case 'broken':
        this.#responseBody?.broken(message.code, message.message);
        break;
    }
  }

  #taken(): void {
    this.taken = true;
    clearInterval(this.#late);
    const { head, body } = this.#errand;
    if (!mayRepeat(head)) this.#post({ type: 'go' });
    if (body) this.#requestBody = new BodySender(this.#post, body, () => undefined);
  }

  #answered(head: ResponseHead, bytes?: ArrayBuffer): void {
    if (head.hasBody && !bytes) {
      this.#responseBody = new BodyReceiver(this.#post, () => this.#end(new PortholeError('CANCELLED')));
      this.#answer = { head, body: this.#responseBody.stream };
      this.#settle.resolve(this.#answer);
    } else {
      this.#settle.resolve({ head, body: null, bytes });
      this.#end(new PortholeError('CANCELLED'));
    }
  }

  #untaken(): void {
    this.#post({ type: 'stop' });
    this.#end(new SessionGone());
  }

  #end(error: Error): void {
    if (!carried.delete(this)) return;
    clearInterval(this.#late);
    this.#session.close(this.#id);
    this.#errand.signal.removeEventListener('abort', this.#onAbort);
    this.#settle.reject(error);
    this.#requestBody?.cancel(error);
    const { code, message } = error instanceof PortholeError ? error : new PortholeError('SESSION_CLOSED');
    this.#responseBody?.broken(code, message);
    if (carried.size === 0) {
      clearInterval(watch);
      watch = undefined;
      clients.clear();
    }
  }
}

async function look(): Promise<void> {
  await Promise.all([...carried].map((exchange) => exchange.check()));
}
