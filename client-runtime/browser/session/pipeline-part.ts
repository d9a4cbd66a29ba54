// SPDX-License-Identifier: Apache-2.0
// The cookie jar, the HTTP cache and the injected script, in the way of requests and answers. Loaded beside the first answer.

import { decoded } from '../../../transport/http/content-codings.ts';
import { announcedLength } from '../../../transport/session/http.ts';
import { insertionPoint, LOOKED_THROUGH } from '../inject/insertion.ts';
import { allowScript } from '../inject/policy.ts';
import { type RequestHead, SAY_PATH } from '../shared/bridge.ts';
import type { PageGift } from '../shared/cookie-messages.ts';
import { loadPart } from '../shared/parts.ts';
import type { PageMessage } from '../shared/session-messages.ts';
import type { FromSocket, SocketPort, SocketWish } from '../shared/socket-messages.ts';
import { UPLOAD_FIELD } from '../shared/upload-messages.ts';
import { readShort } from './cache/bodies.ts';
import type { Came } from './cache/came.ts';
import { HttpCache } from './cache/http-cache.ts';
import type { Ask, Fetcher } from './fetcher.ts';
import { Jar } from './jar.ts';
import { beginningOf, CHARSET_WITHIN, charsetIsSettled, charsetOf, encoded, type Rewritten, scriptElement } from './rewriting.ts';
import { inScript } from './script-beginning.ts';
import { SiteStorage, toClear } from './site-storage.ts';
import type { SiteSocket } from './socket.ts';
import { onceChosen } from './socket-choice.ts';
import type { Uploads } from './uploads-part.ts';

/** Filled in by the build: the script, and its hash as a Content-Security-Policy names it. */
declare const PORTHOLE_INJECTED: string;
declare const PORTHOLE_INJECTED_HASH: string;

/** Parts of a page that are of use only when all of them is there: nobody asks for their heads before. */
const PARTS = /^(image|script|style|font)$/;
/** Bytes of a part that is read whole before it is passed on. */
const SHORT_BYTES = 64 * 1024;

/**
 * Opens it for this origin.
 * @param restarted the browser was started anew
 * @param signOut forgets who signed in
 */
export async function openPipeline(host: string, restarted: boolean, signOut: () => void): Promise<Pipeline> {
  return new Pipeline(await Jar.open(host, restarted), signOut);
}

export class Pipeline {
  readonly #jar: Jar;
  readonly #cache = new HttpCache(decoded);
  readonly #stored = new SiteStorage();
  readonly #signOut: () => void;
  /** WebSockets that are open, or are to be, by their wishes' ids. */
  readonly #wished = new Map<string, SiteSocket>();
  #uploads: Promise<Uploads> | null = null;

  constructor(jar: Jar, signOut: () => void) {
    this.#jar = jar;
    this.#signOut = signOut;
  }

  /** Answers a request, which is given its cookies: a part of the answer's cookies may be taken already. */
  async answer(head: RequestHead, sent: Headers, fetcher: Fetcher, asks: Ask): Promise<Came> {
    const { pathname } = new URL(head.url);
    if (pathname === SAY_PATH) return this.#said(head, fetcher);
    const field = head.cookies && this.#jar.fieldFor(pathname, head.cookies);
    if (field) sent.set('cookie', field);
    const mark = sent.get(UPLOAD_FIELD);
    sent.delete(UPLOAD_FIELD);
    const uploads = mayStandForContent(head, mark, sent);
    const ask = (fields: Headers): Promise<Came> =>
      uploads ? asks(fields, async (...asked) => (await this.#handedOver(fetcher)).answer(head, mark, ...asked)) : asks(fields);
    return this.#cache.answer({ head, sent, site: fetcher.site(), ask, take: (headers) => this.take(head, headers) });
  }

  /** What answers requests whose content was handed over. */
  #handedOver(fetcher: Fetcher): Promise<Uploads> {
    this.#uploads ??= loadPart(() => import('./uploads-part.ts')).then(
      (part) => new part.Uploads(fetcher),
      (error) => {
        this.#uploads = null;
        throw error;
      },
    );
    return this.#uploads;
  }

  /** Keeps an answer, where it may be. @returns its body, to be read in place of the one that it came with */
  keep(head: RequestHead, site: string | undefined, sent: Headers, came: Omit<Came, 'statusText'>): Came['body'] {
    return this.#cache.keep(head, site, sent, came, came.body);
  }

  /** The same for what is no document. A short part of a page is read whole first, so that head and body cross the bridge together. */
  async pass(head: RequestHead, site: string | undefined, sent: Headers, came: Omit<Came, 'statusText'>): Promise<Came['body']> {
    const { body, headers } = came;
    const length = announcedLength(headers);
    const short = PARTS.test(head.destination) && length !== null && length <= SHORT_BYTES;
    if (!body || !short || this.#cache.isClosed(head)) return this.keep(head, site, sent, came);
    return this.keep(head, site, sent, { ...came, body: await readShort(body, length) });
  }

  /** A script of the site says something by a request: it sets a cookie, or (a worker) wants a WebSocket. */
  #said({ method, destination, url }: RequestHead, fetcher: Fetcher): Response {
    if (method !== 'HEAD' || destination !== '') return new Response(null, { status: 405 });
    const { searchParams } = new URL(url);
    const socket = searchParams.get('socket');
    const param = (name: string): string => searchParams.get(name) ?? '';
    if (socket === null) {
      const taken = this.#jar.write(param('set'), param('path'), param('by'));
      return new Response(null, { status: taken ? 204 : 403 });
    }
    const wish = JSON.parse(socket) as SocketWish;
    onceChosen(param('channel'), fetcher.session, (port) => void this.#socket(wish, port, fetcher));
    return new Response(null, { status: 204 });
  }

  /** Takes out of an answer what it says of the site's data: what is to be cleared, and cookies. */
  async take({ url, cookies, destination, client }: RequestHead, headers: Headers): Promise<void> {
    const fields = headers.getSetCookie();
    const clears = toClear(headers.get('clear-site-data'));
    for (const name of ['set-cookie', 'clear-site-data']) headers.delete(name);
    if (!cookies) return; // what is asked for without credentials changes nothing, as in Chromium
    // A page to come is told what there is when it has come.
    const asker = isDocument(destination) ? '' : client;
    if (clears.has('cookies')) this.#signOut();
    await Promise.all([
      // Those that the same answer sets go as well, as in Chromium.
      clears.has('cookies') ? this.#jar.clear(asker) : this.#jar.take(fields, new URL(url).pathname, cookies, asker),
      clears.has('cache') && this.#cache.clear(),
      clears.has('storage') && this.#stored.clear(asker),
    ]);
  }

  /** Looks for the place of our script in a document, or in a worker's script. */
  async rewrite({ client, destination }: RequestHead, headers: Headers, body: ReadableStream<Uint8Array>): Promise<Rewritten> {
    if (destination.endsWith('worker')) return inScript(body, PORTHOLE_INJECTED);
    const type = headers.get('content-type') ?? '';
    const kind = /^\s*text\/html\b/i.test(type) ? 'html' : 'xml';
    const asksText = kind === 'html' && !/charset/i.test(type);
    const enough = (text: string, whole: boolean): number | null =>
      asksText && !charsetIsSettled(text) ? null : insertionPoint(text, kind, whole);
    const { text, unit, skipped, rest } = await beginningOf(body, type, enough, LOOKED_THROUGH);
    const at = insertionPoint(text, kind, true);
    if (at === null) return { body: rest, insert: { at: 0, bytes: new Uint8Array(0) } };
    const charset = asksText ? charsetOf(text.slice(0, CHARSET_WITHIN)) : null;
    if (charset) headers.set('content-type', `text/html; charset=${charset}`);
    const guarded = isGuarded(headers);
    for (const name of ['content-security-policy', 'content-security-policy-report-only']) {
      const policies = headers.get(name);
      if (policies) headers.set(name, allowScript(policies, PORTHOLE_INJECTED_HASH));
    }
    // A page's own requests show that they are its own by where they come from: that much is said to the site itself.
    if (/(^|,)\s*no-referrer\s*$/i.test(headers.get('referrer-policy') ?? '')) headers.set('referrer-policy', 'same-origin');
    const gift: PageGift = { client, guarded, cleared: this.#stored.cleared, ...this.#jar.seen };
    const element = scriptElement(PORTHOLE_INJECTED, JSON.stringify(gift), kind);
    return { body: rest, insert: { at: skipped + at * Math.abs(unit), bytes: encoded(element, unit) } };
  }

  /** A page of the site says something. */
  heard(message: PageMessage, port: MessagePort | undefined, fetcher: Fetcher): void {
    if (message.is === 'cookie') this.#jar.write(message.text, message.path, message.by);
    else if (port) {
      port.postMessage({ is: 'here', session: fetcher.session } satisfies FromSocket);
      void this.#socket(message.wish, port, fetcher);
    }
  }

  /** A page or worker of the site wants a WebSocket, and knows that it was heard. */
  async #socket(wish: SocketWish, port: SocketPort, { visit }: Fetcher): Promise<void> {
    const { SiteSocket } = await loadPart(() => import('./socket-part.ts'));
    if (this.#wished.has(wish.id)) this.#wished.get(wish.id)?.drop();
    const socket = new SiteSocket(port, wish, {
      connect: async (request) => (await visit()).connect(request),
      cookieFor: (path) => this.#jar.fieldFor(path, 'all'),
      cookiesFrom: (fields, path) => void this.#jar.take(fields, path, 'all', ''),
      over: () => this.#wished.delete(wish.id),
    });
    this.#wished.set(wish.id, socket);
  }
}

/** Whether an answer says that no other site's page may have it in a frame. */
function isGuarded(headers: Headers): boolean {
  const said = [...(headers.get('content-security-policy') ?? '').matchAll(/(?:^|[;,])\s*frame-ancestors(?=[\s;,]|$)([^;,]*)/gi)];
  if (said.length === 0) return headers.has('x-frame-options');
  // It goes before the older field (CSP3 section 6.4.2.2). Whose frames are allowed by name, the page itself cannot tell.
  return said.some(([, sources = '']) => /^(\s*'(self|none)')*\s*$/i.test(sources));
}

/** Whether a request may stand for content that a page holds: by its mark, or as a form that has it as its one field. */
function mayStandForContent({ method, destination, hasBody }: RequestHead, mark: string | null, sent: Headers): boolean {
  if (method === 'GET' || method === 'HEAD') return false; // behind a redirection
  return mark !== null || (hasBody && isDocument(destination) && /^multipart\/form-data\b/i.test(sent.get('content-type') ?? ''));
}

/** Whether what was asked for is to be a document. */
function isDocument(destination: string): boolean {
  return /frame|document|object|embed/.test(destination);
}
