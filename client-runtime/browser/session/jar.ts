// SPDX-License-Identifier: Apache-2.0
// The cookie jar: the site's cookies in this origin's IndexedDB, one record each, so that sessions of several tabs keep each other's changes.

import { COOKIES_CHANNEL, type CookieMessage, JAR_NAME } from '../shared/cookie-messages.ts';
import { type Cookie, CookieSet, type CookieSource, cookieText, hasEnded, isSendable, keyOf, parseCookie } from '../shared/cookies.ts';

const STORE = 'cookies';
/** Milliseconds within which the page that asked says that it knows of a change; after them it is answered all the same. */
const KNOWN_WITHIN_MS = 150;

/** Which cookies may go with a request: by what it is, and who caused it. */
export type Context = 'all' | 'lax' | 'none';

const FITS: Record<Context, readonly Cookie['sameSite'][]> = { all: ['strict', 'lax', 'none'], lax: ['lax', 'none'], none: ['none'] };

export class Jar {
  #cookies: CookieSet;
  readonly #database: IDBDatabase | null;
  readonly #host: string;
  readonly #channel = new BroadcastChannel(COOKIES_CHANNEL);
  /** By this a page knows whether it missed a change: this jar's run, and how many there were. */
  readonly #run = crypto.randomUUID();
  #changes = 0;
  #acknowledged = new Map<string, () => void>();

  /**
   * Opens the jar of this origin.
   * @param restarted the browser was started anew: what lives as long as it is gone
   */
  static async open(host: string, restarted: boolean): Promise<Jar> {
    const database = await opened().catch(() => null); // storage is off: cookies live as long as this worker
    const kept = database ? await all(database).catch(() => []) : [];
    const now = Date.now();
    const over = kept.filter((cookie) => hasEnded(cookie, now) || !isSendable(cookie) || (restarted && cookie.expires === null));
    const jar = new Jar(host, new CookieSet(kept.filter((cookie) => !over.includes(cookie))), database);
    jar.#told(over.map((cookie) => ({ ...cookie, expires: 0 })));
    return jar;
  }

  private constructor(host: string, cookies: CookieSet, database: IDBDatabase | null) {
    this.#host = host;
    this.#cookies = cookies;
    this.#database = database;
    this.#channel.onmessage = ({ data }: MessageEvent<CookieMessage>) => this.#heard(data);
  }

  /** The Cookie field for a request; empty for none. */
  fieldFor(path: string, context: Context): string {
    const fits = (cookie: Cookie): boolean => FITS[context].includes(cookie.sameSite);
    return cookieText(this.#cookies.for(path, Date.now(), fits));
  }

  /**
   * Keeps what a response sets. Resolves when the page that asked knows of it, or is too busy to say so: what it reads
   * from then on is right.
   * @param client the page that asked
   */
  async take(fields: readonly string[], path: string, context: Context, client: string): Promise<void> {
    const before = this.#read;
    const changed = fields.flatMap((field) => {
      const cookie = this.#parsed(field, path, false);
      return cookie && FITS[context === 'lax' ? 'all' : context].includes(cookie.sameSite) ? this.#keep(cookie, false) : [];
    });
    await this.#known(changed, before, client);
  }

  /** Drops all cookies. Resolves as `take` does. */
  async clear(client: string): Promise<void> {
    const before = this.#read;
    const over = this.#cookies.all.map((cookie) => ({ ...cookie, expires: 0 }));
    this.#cookies = new CookieSet();
    await this.#known(over, before, client);
  }

  /** Tells of changes, and waits for the page that asked. @param before what scripts could read */
  async #known(changed: readonly Cookie[], before: string, client: string): Promise<void> {
    if (changed.length === 0) return;
    const known = this.#told(changed);
    // What no script sees, and what is as it was (many apps set a cookie anew with each answer), no page has to know at once.
    if (client === '' || this.#read === before) return;
    await new Promise<void>((resolve) => {
      this.#acknowledged.set(`${client} ${known}`, resolve);
      setTimeout(resolve, KNOWN_WITHIN_MS);
    });
    this.#acknowledged.delete(`${client} ${known}`);
  }

  /**
   * A script of a page sets a cookie.
   * @param by what the page calls this
   * @returns whether scripts may: not in place of what they do not see
   */
  write(text: string, path: string, by: string): boolean {
    const cookie = this.#parsed(text, path, true);
    const hidden = this.#cookies.all.some((one) => one.httpOnly && cookie && keyOf(one) === keyOf(cookie));
    const changed = cookie ? this.#keep(cookie, true) : [];
    if (changed.length > 0) this.#told(changed, by);
    else this.#say({ to: 'pages', ...this.seen, whole: true, by }); // the page took it for set
    return !hidden;
  }

  /** What a page may know: all that no script is kept from. */
  get seen(): { readonly version: string; readonly cookies: readonly Cookie[] } {
    const now = Date.now();
    const cookies = this.#cookies.all.filter((cookie) => !cookie.httpOnly && !hasEnded(cookie, now));
    return { version: this.#version, cookies };
  }

  /** What scripts may read, of all paths. */
  get #read(): string {
    return JSON.stringify(this.seen.cookies.map(({ path, name, value }) => [path, name, value]).sort());
  }

  get #version(): string {
    return `${this.#run} ${this.#changes}`;
  }

  #parsed(text: string, path: string, script: boolean): Cookie | null {
    return parseCookie(text, { host: this.#host, path, now: Date.now(), script } satisfies CookieSource);
  }

  #keep(cookie: Cookie, script: boolean): readonly Cookie[] {
    return this.#cookies.keep(cookie, Date.now(), script);
  }

  /** Stores changes, and tells pages and the other sessions of them. */
  #told(changed: readonly Cookie[], by?: string): string {
    if (changed.length === 0) return this.#version;
    this.#changes++;
    this.#store(changed);
    // What scripts do not see is gone for them.
    const cookies = changed.map((cookie) => (cookie.httpOnly ? { ...cookie, value: '', expires: 0 } : cookie));
    this.#say({ to: 'pages', version: this.#version, cookies, whole: false, by });
    return this.#version;
  }

  #say(message: CookieMessage): void {
    this.#channel.postMessage(message);
  }

  #heard(message: CookieMessage): void {
    if (message.to === 'jars') void this.#reread();
    else if (message.to === 'jar' && message.version !== this.#version) this.#say({ to: 'pages', ...this.seen, whole: true });
    if (message.to === 'jar') this.#acknowledged.get(`${message.client} ${message.version}`)?.();
  }

  /** Another session has stored something. What this one has not stored yet is stored before this reads. */
  async #reread(): Promise<void> {
    const before = this.#changes;
    const kept = this.#database && (await all(this.#database).catch(() => null));
    if (kept && before !== this.#changes) return this.#reread();
    if (kept) this.#cookies = new CookieSet(kept.filter(isSendable));
  }

  #store(changed: readonly Cookie[]): void {
    const now = Date.now();
    try {
      const transaction = this.#database?.transaction(STORE, 'readwrite');
      const store = transaction?.objectStore(STORE);
      for (const cookie of changed) {
        if (hasEnded(cookie, now)) store?.delete(keyOf(cookie));
        else store?.put(cookie, keyOf(cookie));
      }
      transaction?.addEventListener('complete', () => this.#say({ to: 'jars' }));
    } catch {
      // The store is gone, or full: the cookies live as long as this worker.
    }
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(JAR_NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close(); // all of the site is being removed
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
}

function all(database: IDBDatabase): Promise<Cookie[]> {
  return new Promise((resolve, reject) => {
    const asked = database.transaction(STORE).objectStore(STORE).getAll();
    asked.onsuccess = () => resolve(asked.result as Cookie[]);
    asked.onerror = () => reject(asked.error);
  });
}
