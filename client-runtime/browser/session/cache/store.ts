// SPDX-License-Identifier: Apache-2.0
// Answers kept in this origin's IndexedDB: heads by their URLs, bodies in pieces, so that a range needs no more than its own. Bounded,
// and whoever was not used for longest goes first.

import { CACHE_NAME } from '../../shared/cookie-messages.ts';
import { asked, committed } from './database.ts';
import type { KeptHead } from './rules.ts';

/** Bytes that all kept answers may have together. */
export const MAX_KEPT_BYTES = 256 * 1024 * 1024;
/** The part of what the browser lets the origin have that they may take: the rest is the site's own. */
const QUOTA_PART = 1 / 4;
/** Answers that may be kept. */
export const MAX_KEPT_ANSWERS = 5_000;
/** Bytes that the body of one may have: an eighth, so that one large file does not drive out all others. */
export const MAX_KEPT_BODY_BYTES = MAX_KEPT_BYTES / 8;
/** Bytes that may wait for the disk. Beyond them answers are not kept, rather than held back. */
export const MAX_UNSTORED_BYTES = 8 * 1024 * 1024;
/** Bytes of a piece of a body: what is read of it at once. */
export const PIECE_BYTES = 256 * 1024;
/** Milliseconds for which uses are only remembered. */
const NOTED_AFTER_MS = 5_000;
/** Milliseconds for which nothing is stored after there was no room: what was dropped takes a while to make some. */
export const FULL_FOR_MS = 5_000;
/** Bytes that are tried for again and again, however full the disk was. */
const LEAST_BYTES = 1024 * 1024;
/** What is left when there is too much. */
const LEFT = 0.9;
/** Bytes that an answer takes beside its body and its fields. */
const HEAD_BYTES = 512;

/** A kept answer. */
export interface Kept extends KeptHead {
  readonly url: string;
  /** Of its body's pieces. */
  readonly id: string;
  /** Bytes of its body. */
  readonly length: number;
}

/** What is known of each without a look at its head: enough to say which goes. */
interface Use {
  readonly id: string;
  readonly bytes: number;
  readonly used: number;
}

const STORES = ['answers', 'uses', 'pieces', 'unfinished', 'site'] as const;
const all = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

export class CacheStore {
  readonly #database: IDBDatabase;
  /** The one that was not used for longest is the first. */
  readonly #uses: Map<string, Use>;
  readonly #noted = new Set<string>();
  /** Bodies that are being read, and how often: their pieces stay until they are. */
  readonly #read = new Map<string, number>();
  readonly #dropped = new Set<string>();
  #bytes = 0;
  #limit: number;
  /** When there may be room again (`performance.now()`). */
  #fullUntil = 0;
  #site: string | null;
  /** What was asked for until then is not kept (`Date.now()`). */
  #clearedAt = 0;
  /** Bytes that are on their way to the disk. */
  waiting = 0;

  /** Opens the store of this origin. Rejects where the browser has none. */
  static async open(): Promise<CacheStore> {
    const database = await opened();
    const transaction = database.transaction(['uses', 'site']);
    const uses = transaction.objectStore('uses');
    const [urls, known, site] = await Promise.all([
      asked(uses.getAllKeys()),
      asked(uses.getAll() as IDBRequest<Use[]>),
      asked(transaction.objectStore('site').get('')),
    ]);
    const list = urls.map((url, at) => [url as string, known[at] as Use] as const).sort(([, a], [, b]) => a.used - b.used);
    const room = await quota().catch(() => undefined); // not every browser says
    const store = new CacheStore(
      database,
      new Map(list),
      (site as string | undefined) ?? null,
      Math.min(MAX_KEPT_BYTES, (room ?? Number.POSITIVE_INFINITY) * QUOTA_PART),
    );
    void store.#tidy();
    return store;
  }

  private constructor(database: IDBDatabase, uses: Map<string, Use>, site: string | null, limit: number) {
    this.#database = database;
    this.#uses = uses;
    this.#site = site;
    this.#limit = limit;
    for (const { bytes } of uses.values()) this.#bytes += bytes;
  }

  /** What is kept is of this site: of another one that was at this origin before, nothing is. */
  async belongsTo(site: string): Promise<void> {
    if (this.#site === site) return;
    this.#site = site;
    this.#uses.clear();
    this.#bytes = 0;
    const transaction = this.#writing();
    for (const name of STORES) transaction.objectStore(name).clear();
    transaction.objectStore('site').put(site, '');
    await committed(transaction);
  }

  /** Nothing is kept any longer, of no session, nor what is on its way here. */
  async clear(): Promise<void> {
    this.#clearedAt = Date.now();
    this.#uses.clear();
    this.#noted.clear();
    this.#bytes = 0;
    const transaction = this.#writing();
    const kept = (await asked(transaction.objectStore('uses').getAll())) as Use[];
    for (const name of ['answers', 'uses']) transaction.objectStore(name).clear();
    for (const { id } of kept) this.#dropIn(transaction, id);
    await committed(transaction);
  }

  /** Whether something could be stored now. */
  get isOpen(): boolean {
    return this.waiting <= MAX_UNSTORED_BYTES && performance.now() >= this.#fullUntil;
  }

  /** Whether an answer may be there. */
  has(url: string): boolean {
    return this.#uses.has(url);
  }

  /** The answer that is kept for a URL, with the first piece of its body. */
  async find(url: string): Promise<{ readonly kept: Kept; readonly piece: Uint8Array | undefined } | undefined> {
    const use = this.#uses.get(url);
    if (!use) return undefined;
    const transaction = this.#database.transaction(['answers', 'pieces']);
    const [kept, piece] = await Promise.all([
      asked(transaction.objectStore('answers').get(url) as IDBRequest<Kept | undefined>),
      asked(transaction.objectStore('pieces').get([use.id, 0]) as IDBRequest<Uint8Array | undefined>),
    ]);
    if (!kept) this.#forgotten(url); // another session's worker has dropped it
    return kept && { kept, piece: kept.id === use.id ? piece : undefined };
  }

  /** A piece of a body. */
  piece(id: string, at: number): Promise<Uint8Array | undefined> {
    return asked(this.#database.transaction('pieces').objectStore('pieces').get([id, at]));
  }

  /** A body is read: until the function that this returns is called, its pieces stay. */
  reading(id: string): () => void {
    this.#read.set(id, (this.#read.get(id) ?? 0) + 1);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const left = (this.#read.get(id) ?? 1) - 1;
      if (left > 0) this.#read.set(id, left);
      else this.#read.delete(id);
      if (left === 0 && this.#dropped.delete(id)) this.drop(id);
    };
  }

  /** It was used. */
  note(url: string): void {
    const use = this.#uses.get(url);
    if (!use) return;
    this.#uses.delete(url);
    this.#uses.set(url, { ...use, used: Date.now() });
    if (this.#noted.size === 0) setTimeout(() => this.#tellNoted(), NOTED_AFTER_MS);
    this.#noted.add(url);
  }

  /** Stores a piece that is not the last one. Rejects when there is no room. */
  async putPiece(id: string, at: number, piece: Uint8Array): Promise<void> {
    const transaction = this.#writing();
    if (at === 0) transaction.objectStore('unfinished').put(0, id);
    transaction.objectStore('pieces').put(piece, [id, at]);
    await this.#done(transaction, piece.length);
  }

  /** Stores an answer and the last piece of its body, in place of what was kept for its URL, and makes room. */
  async put(kept: Kept, at: number, piece: Uint8Array): Promise<void> {
    if (kept.askedAt <= this.#clearedAt) return this.drop(kept.id);
    const bytes = kept.length + sizeOf(kept);
    const before = this.#uses.get(kept.url);
    const transaction = this.#writing();
    if (piece.length > 0) transaction.objectStore('pieces').put(piece, [kept.id, at]);
    transaction.objectStore('unfinished').delete(kept.id);
    transaction.objectStore('answers').put(kept);
    const use: Use = { id: kept.id, bytes, used: Date.now() };
    transaction.objectStore('uses').put(use, kept.url);
    if (before) this.#dropIn(transaction, before.id);
    this.#forgotten(kept.url);
    this.#uses.set(kept.url, use);
    this.#bytes += bytes;
    this.#makeRoom(transaction);
    await this.#done(transaction, piece.length);
  }

  /** The head of a kept answer is another one now; where it is no longer kept nothing changes. */
  async freshen(kept: Kept): Promise<void> {
    const transaction = this.#writing();
    const answers = transaction.objectStore('answers');
    const there = (await asked(answers.get(kept.url))) as Kept | undefined;
    if (there?.id === kept.id) answers.put(kept);
    await this.#done(transaction, 0);
  }

  /** What is kept for a URL no longer holds. */
  forget(url: string): void {
    const use = this.#uses.get(url);
    if (!use) return;
    this.#forgotten(url);
    this.#quietly((transaction) => this.#forgetIn(transaction, url, use.id));
  }

  /** Pieces of a body that is not to be kept. */
  drop(id: string): void {
    this.#quietly((transaction) => this.#dropIn(transaction, id));
  }

  #writing(): IDBTransaction {
    // Nothing is lost with it that the site has not: no wait for the disk itself.
    return this.#database.transaction(STORES, 'readwrite', { durability: 'relaxed' });
  }

  /** Waits for a transaction. Where there is no room for it, there is to be less from now on. */
  async #done(transaction: IDBTransaction, bytes: number): Promise<void> {
    this.waiting += bytes;
    try {
      await committed(transaction);
    } catch (error) {
      if ((error as DOMException | null)?.name === 'QuotaExceededError' && performance.now() >= this.#fullUntil) {
        this.#fullUntil = performance.now() + FULL_FOR_MS;
        this.#limit = Math.max(LEAST_BYTES, this.#bytes / 2);
        this.#quietly((smaller) => this.#makeRoom(smaller));
      }
      throw error;
    } finally {
      this.waiting -= bytes;
    }
  }

  #quietly(write: (transaction: IDBTransaction) => void): void {
    try {
      write(this.#writing());
    } catch {
      // The database was closed: all of the site is being removed.
    }
  }

  #makeRoom(transaction: IDBTransaction): void {
    if (this.#bytes <= this.#limit && this.#uses.size <= MAX_KEPT_ANSWERS) return;
    for (const [url, { id }] of this.#uses) {
      if (this.#bytes <= this.#limit * LEFT && this.#uses.size <= MAX_KEPT_ANSWERS * LEFT) break;
      this.#forgotten(url);
      this.#forgetIn(transaction, url, id);
    }
  }

  #forgotten(url: string): void {
    this.#bytes -= this.#uses.get(url)?.bytes ?? 0;
    this.#uses.delete(url);
    this.#noted.delete(url);
  }

  #forgetIn(transaction: IDBTransaction, url: string, id: string): void {
    transaction.objectStore('answers').delete(url);
    transaction.objectStore('uses').delete(url);
    this.#dropIn(transaction, id);
  }

  #dropIn(transaction: IDBTransaction, id: string): void {
    if (this.#read.has(id)) {
      this.#dropped.add(id);
      transaction.objectStore('unfinished').put(0, id);
    } else {
      transaction.objectStore('unfinished').delete(id);
      transaction.objectStore('pieces').delete(all(id));
    }
  }

  #tellNoted(): void {
    this.#quietly((transaction) => {
      for (const url of this.#noted) transaction.objectStore('uses').put(this.#uses.get(url), url);
    });
    this.#noted.clear();
  }

  /** Drops what a worker that has ended left unfinished. While there is another one, who knows whose it is. */
  async #tidy(): Promise<void> {
    const life = new Promise<never>(() => {});
    await navigator.locks.request(CACHE_NAME, { ifAvailable: true }, async (alone) => {
      if (!alone) return;
      const ids = await asked(this.#database.transaction('unfinished').objectStore('unfinished').getAllKeys());
      for (const id of ids) this.drop(id as string);
    });
    void navigator.locks.request(CACHE_NAME, { mode: 'shared' }, () => life);
  }
}

async function quota(): Promise<number | undefined> {
  return (await navigator.storage.estimate()).quota;
}

function sizeOf({ url, fields, varies }: Kept): number {
  return HEAD_BYTES + JSON.stringify([url, fields, varies]).length;
}

async function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(CACHE_NAME, 1);
  request.onupgradeneeded = () => {
    const { result } = request;
    result.createObjectStore('answers', { keyPath: 'url' });
    for (const name of STORES) if (name !== 'answers') result.createObjectStore(name);
  };
  const database = await asked(request);
  database.onversionchange = () => database.close(); // all of the site is being removed
  return database;
}
