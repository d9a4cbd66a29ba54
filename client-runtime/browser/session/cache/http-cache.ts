// SPDX-License-Identifier: Apache-2.0
// The HTTP cache of the site (RFC 9111), for all its pages: what Chromium's own would be, if answers of a service worker went there.

import { announcedLength } from '../../../../transport/session/http.ts';
import type { RequestHead } from '../../shared/bridge.ts';
import { Keeping, keptBody } from './bodies.ts';
import type { Came } from './came.ts';
import { type Span, spanOf, wholeLength } from './fields.ts';
import {
  changes,
  concerns,
  conditionsOf,
  directivesOf,
  type Kept,
  keptFields,
  mayKeep,
  updatedFields,
  useOf,
  variesBy,
  type Wish,
} from './rules.ts';
import { CacheStore, MAX_KEPT_BODY_BYTES } from './store.ts';

/** Milliseconds that a request waits for the store: then it goes to the site. */
export const LOOKED_WITHIN_MS = 1_500;
/** Milliseconds for which no request waits for a store that was too slow for one. */
const SLOW_FOR_MS = 10_000;
/** Milliseconds for which a stale answer is used while it is asked for anew, as in Chromium. */
export const REFRESHED_WITHIN_MS = 60_000;
/** URLs of which it is remembered when they were changed. */
const MOST_CHANGES = 1000;

/** What is asked, and how. */
export interface Asked {
  readonly head: RequestHead;
  /** The fields as they are sent, cookies with them. */
  readonly sent: Headers;
  /** The site whose answers these are, where that is known. */
  readonly site: string | undefined;
  /** Asks the site. */
  ask(sent: Headers): Promise<Came>;
  /** Takes the cookies of an answer that no page gets. */
  take(headers: Headers): Promise<void>;
}

/** Undoes an answer's content coding. */
export type Decode = (came: Came) => { readonly headers: Headers; readonly body: Came['body'] };

/** An answer that may be kept: what it was asked with, and when. */
interface Open {
  readonly sent: Headers;
  readonly askedAt: number;
}

export class HttpCache {
  readonly #store = CacheStore.open().then(
    (store) => {
      this.#opened = store;
      return store;
    },
    () => null, // storage is off: nothing is kept
  );
  #opened: CacheStore | null = null;
  readonly #decode: Decode;
  /** Requests whose answers may be kept. */
  readonly #open = new WeakMap<RequestHead, Open>();
  /** Requests whose answers are not to be kept. */
  readonly #closed = new WeakSet<RequestHead>();
  /** Until then the store is taken for slow (`performance.now()`). */
  #slowUntil = 0;
  #clearedAt = 0;
  readonly #refreshing = new Map<string, number>();
  readonly #changed = new Map<string, number>();

  constructor(decode: Decode) {
    this.#decode = decode;
  }

  /** Answers out of what is kept, or by the site. */
  async answer(asked: Asked): Promise<Came> {
    const { head, sent } = asked;
    const wish = wishOf(head, sent);
    const concern = concerns(wish);
    const found = concern === 'yes' ? await this.#find(asked) : undefined;
    const span = found?.span(wish);
    const use = found && span ? useOf(found.kept, wish, Date.now()) : 'ask';
    const since = this.#refreshing.get(head.url) ?? Date.now();
    if (found && span && (use === 'use' || (use === 'refresh' && Date.now() - since < REFRESHED_WITHIN_MS))) {
      this.#closed.add(head);
      found.store.note(head.url);
      if (use === 'refresh' && !this.#refreshing.has(head.url)) void this.#refresh(asked, found, wish);
      return found.answer(wish, span, found.kept, null);
    }
    if (head.cache === 'only-if-cached') {
      this.#closed.add(head);
      return { status: 0, statusText: '', headers: new Headers(), body: null };
    }
    if (concern === 'no') return this.#past(asked, wish);
    return this.#ask(asked, found, wish);
  }

  /** Whether a request's answer is not to be kept: it was kept before, most often. */
  isClosed(head: RequestHead): boolean {
    return this.#closed.has(head);
  }

  /**
   * An answer's body, which is kept beside where it may be.
   * @param sent what it was asked with
   * @param body with its content coding undone
   */
  keep(
    head: RequestHead,
    site: string | undefined,
    sent: Headers,
    came: Omit<Came, 'body' | 'statusText'>,
    body: ReadableStream<Uint8Array> | null,
  ): ReadableStream<Uint8Array> | null {
    if (this.#closed.has(head) || concerns(wishOf(head, sent)) === 'no' || head.method !== 'GET') return body;
    const now = Date.now();
    const { askedAt } = this.#open.get(head) ?? { askedAt: now };
    const { status, headers } = came;
    // What is kept is another one now, also where a range of it came.
    const ready = this.#ready(site);
    void ready.then((store) => store?.forget(head.url));
    const announced = announcedLength(headers);
    const changedAt = Math.max(this.#changed.get(head.url) ?? 0, this.#clearedAt + 1);
    if ((announced ?? 0) > MAX_KEPT_BODY_BYTES || changedAt > askedAt || !mayKeep(status, headers)) return body;
    const whole = status === 206 ? wholeLength(headers.get('content-range')) : announced;
    const kept = {
      url: head.url,
      status: status === 206 ? 200 : status,
      fields: keptFields(headers).filter(([name]) => status !== 206 || name !== 'content-range'),
      varies: variesBy(headers.get('vary'), sent),
      askedAt,
      cameAt: now,
    };
    const keeping = new Keeping(ready, kept, whole);
    if (!body) void keeping.end();
    return body && keeping.beside(body);
  }

  /** Nothing of what was asked for until now is kept. Resolves when that is so, or the store takes too long. */
  async clear(): Promise<void> {
    this.#clearedAt = Date.now();
    await this.#inTime(this.#store.then((store) => store?.clear()));
  }

  /** What the cache has nothing to do with, but that it may change something. */
  async #past({ head, sent, site, ask }: Asked, wish: Wish): Promise<Came> {
    this.#closed.add(head);
    const came = await ask(withFields(sent, directivesOf(wish)));
    if (changes(head.method, came.status)) {
      if (this.#changed.size >= MOST_CHANGES) this.#changed.clear();
      this.#changed.set(head.url, Date.now());
      const store = await this.#ready(site);
      store?.flush(); // apart from puts, for which there may be no room
      store?.forget(head.url);
      store?.flush(); // other workers are not to find it any longer
    }
    return came;
  }

  async #ask({ head, sent, ask }: Asked, found: Found | undefined, wish: Wish): Promise<Came> {
    const span = found?.span(wish);
    const conditions = found && span ? conditionsOf(found.kept, wish) : [];
    const askedAt = Date.now();
    const came = await ask(withFields(sent, [...directivesOf(wish), ...conditions]));
    if (found && span && came.status === 304 && conditions.length > 0) {
      this.#closed.add(head);
      await came.body?.cancel();
      return found.answer(wish, span, this.#freshened(found, sent, askedAt, came.headers), came.headers);
    }
    this.#open.set(head, { sent, askedAt });
    return came;
  }

  /** Asks for an answer anew that is used meanwhile. */
  async #refresh({ head, sent, site, ask, take }: Asked, found: Found, wish: Wish): Promise<void> {
    this.#refreshing.set(head.url, Date.now());
    try {
      const anew: RequestHead = { ...head };
      const came = await this.#ask({ head: anew, sent, site, ask, take }, found, wish);
      await take(came.headers);
      const { headers, body } = this.#decode(came);
      const kept = this.keep(anew, site, sent, { status: came.status, headers }, body);
      await kept?.pipeTo(new WritableStream());
    } catch {
      // Whoever asks next asks the site.
    } finally {
      this.#refreshing.delete(head.url);
    }
  }

  /** A kept answer after a 304. */
  #freshened({ store, kept }: Found, sent: Headers, askedAt: number, headers: Headers): Kept {
    const fields = updatedFields(kept.fields, headers);
    const all = new Headers(fields.map(([name, value]) => [name, value] as [string, string]));
    const fresh = { ...kept, fields, varies: variesBy(all.get('vary'), sent), askedAt, cameAt: Date.now() };
    if (mayKeep(kept.status, all)) {
      store.freshen(fresh);
      store.note(kept.url);
    } else store.forget(kept.url);
    return fresh;
  }

  /** The store, once what is in it is of this site; null where there is none, or it takes too long. */
  #ready(site: string | undefined): Promise<CacheStore | null> {
    if (site === undefined) return Promise.resolve(null);
    if (this.#opened?.isOf(site)) return Promise.resolve(this.#opened);
    const ready = this.#store.then(async (store) => {
      await store?.belongsTo(site);
      return store;
    });
    return this.#inTime(ready);
  }

  /** What the store says, in time; null when it is late, or has failed. */
  async #inTime<T>(said: Promise<T>): Promise<T | null> {
    let late: ReturnType<typeof setTimeout> | undefined;
    const gone = new Promise<null>((resolve) => {
      const slow = (): void => {
        this.#slowUntil = performance.now() + SLOW_FOR_MS;
        resolve(null);
      };
      if (performance.now() < this.#slowUntil) late = setTimeout(() => resolve(null), 0);
      else late = setTimeout(slow, LOOKED_WITHIN_MS);
    });
    try {
      return await Promise.race([said, gone]);
    } catch {
      return null;
    } finally {
      clearTimeout(late);
    }
  }

  async #find({ head, site }: Asked): Promise<Found | undefined> {
    const store = await this.#ready(site);
    if (!store?.has(head.url)) return undefined;
    const found = store.held(head.url) ?? (await this.#inTime(store.find(head.url)));
    return found ? new Found(store, found.kept, found.piece) : undefined;
  }
}

/** A kept answer that was found. */
class Found {
  readonly store: CacheStore;
  readonly kept: Kept;
  readonly #piece: Uint8Array | undefined;

  constructor(store: CacheStore, kept: Kept, piece: Uint8Array | undefined) {
    this.store = store;
    this.kept = kept;
    this.#piece = piece;
  }

  /** What of the body answers a request; null where it has no range that was asked for. */
  span({ method, fields }: Wish): Span | null {
    const range = method === 'GET' ? fields.get('range') : null;
    if (range === null) return { first: 0, last: this.kept.length - 1 };
    return this.kept.status === 200 ? spanOf(range, this.kept.length) : null;
  }

  /**
   * The answer to a request.
   * @param kept its head now
   * @param said what the site said at last: its cookies are for whoever asked
   */
  answer({ method, fields }: Wish, span: Span, kept: Kept, said: Headers | null): Came {
    const headers = new Headers(kept.fields.map(([name, value]) => [name, value] as [string, string]));
    for (const cookie of said?.getSetCookie() ?? []) headers.append('set-cookie', cookie);
    const part = method === 'GET' && fields.has('range');
    if (part) {
      headers.set('content-range', `bytes ${span.first}-${span.last}/${kept.length}`);
      headers.set('content-length', String(span.last - span.first + 1));
    }
    const body = method === 'HEAD' || kept.length === 0 ? null : keptBody(this.store, kept, span, this.#piece);
    return { status: part ? 206 : kept.status, statusText: '', headers, body };
  }
}

function wishOf({ method, cache = 'default', destination }: RequestHead, fields: Headers): Wish {
  return { method, mode: cache, fields, subresource: !/^$|frame|document|object|embed/.test(destination) };
}

function withFields(sent: Headers, fields: readonly (readonly [string, string])[]): Headers {
  const headers = new Headers(sent);
  for (const [name, value] of fields) headers.set(name, value);
  return headers;
}
