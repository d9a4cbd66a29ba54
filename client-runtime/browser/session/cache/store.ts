// SPDX-License-Identifier: Apache-2.0
// Answers kept in this origin's IndexedDB: heads by their URLs, bodies in pieces, so that a range needs no more than its own. Bounded,
// and whoever was not used for longest goes first.

import { CACHE_NAME } from '../../shared/cookie-messages.ts';
import { asked } from './database.ts';
import { type Held, Memory } from './memory.ts';
import type { Kept } from './rules.ts';
import { type Write, Writes } from './writes.ts';

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
  /** Heads that are newer than those in the store. */
  readonly #fresh = new Map<string, Kept>();
  readonly #memory = new Memory(new BroadcastChannel(CACHE_NAME));
  readonly #writes: Writes;
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
    // Nothing is lost with it that the site has not: no wait for the disk itself.
    this.#writes = new Writes(
      () => database.transaction(STORES, 'readwrite', { durability: 'relaxed' }),
      (error) => this.#failed(error),
    );
    // All of the site is being removed.
    database.onversionchange = () => {
      this.#memory.clear();
      database.close();
    };
    database.onclose = () => this.#memory.clear();
    for (const { bytes } of uses.values()) this.#bytes += bytes;
  }

  /** Whether what is kept is known to be of this site. */
  isOf(site: string): boolean {
    return this.#site === site;
  }

  /** What is kept is of this site: of another one that was at this origin before, nothing is. */
  async belongsTo(site: string): Promise<void> {
    if (this.#site === site) return;
    this.#site = site;
    this.#uses.clear();
    this.#fresh.clear();
    this.#memory.clear();
    this.#bytes = 0;
    this.#writes.flush(); // apart from puts, for which there may be no room
    const cleared = this.#write((transaction) => {
      for (const name of STORES) transaction.objectStore(name).clear();
      transaction.objectStore('site').put(site, '');
    });
    this.#writes.flush();
    this.#tellAfter(cleared, null);
    await cleared;
  }

  /** Nothing is kept any longer, of no session, nor what is on its way here. */
  async clear(): Promise<void> {
    this.#clearedAt = Date.now();
    this.#uses.clear();
    this.#noted.clear();
    this.#fresh.clear();
    this.#memory.clear();
    this.#bytes = 0;
    this.#writes.flush(); // apart from puts, for which there may be no room
    const cleared = this.#write((transaction) => {
      const looked = transaction.objectStore('uses').getAll() as IDBRequest<Use[]>;
      looked.onsuccess = () => {
        for (const name of ['answers', 'uses']) transaction.objectStore(name).clear();
        for (const { id } of looked.result) this.#dropIn(transaction, id);
      };
    });
    this.#writes.flush();
    this.#tellAfter(cleared, null);
    await cleared;
  }

  /** Whether something could be stored now. */
  get isOpen(): boolean {
    return this.waiting <= MAX_UNSTORED_BYTES && performance.now() >= this.#fullUntil;
  }

  /** Whether an answer may be there. */
  has(url: string): boolean {
    return this.#uses.has(url);
  }

  /** The answer that is kept for a URL, where it is held in memory. */
  held(url: string): Held | undefined {
    const held = this.#memory.get(url);
    return held && held.kept.id === this.#uses.get(url)?.id ? held : undefined;
  }

  /** The answer that is kept for a URL, with the first piece of its body. */
  async find(url: string): Promise<Held | undefined> {
    const use = this.#uses.get(url);
    if (!use) return undefined;
    this.#writes.flush();
    const transaction = this.#database.transaction(['answers', 'pieces']);
    const [kept, piece] = await Promise.all([
      asked(transaction.objectStore('answers').get(url) as IDBRequest<Kept | undefined>),
      asked(transaction.objectStore('pieces').get([use.id, 0]) as IDBRequest<Uint8Array | undefined>),
    ]);
    if (!kept) this.#forgotten(url); // another session's worker has dropped it
    if (kept?.id !== use.id) return kept && { kept, piece: undefined };
    const newest = this.#fresh.get(url) ?? kept;
    if (this.#uses.get(url)?.id === use.id) this.#memory.hold(newest, piece);
    return { kept: newest, piece };
  }

  /** A piece of a body. */
  piece(id: string, at: number): Promise<Uint8Array | undefined> {
    this.#writes.flush();
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
  putPiece(id: string, at: number, piece: Uint8Array): Promise<void> {
    const stored = this.#write((transaction) => {
      if (at === 0) transaction.objectStore('unfinished').put(0, id);
      transaction.objectStore('pieces').put(piece, [id, at]);
    }, piece.length);
    this.#writes.flush(); // long enough by itself, and not to wait in memory
    return stored;
  }

  /** Stores an answer and the last piece of its body, in place of what was kept for its URL, and makes room. */
  async put(kept: Kept, at: number, piece: Uint8Array): Promise<void> {
    if (kept.askedAt <= this.#clearedAt) return this.drop(kept.id);
    const bytes = kept.length + sizeOf(kept);
    const before = this.#uses.get(kept.url);
    const use: Use = { id: kept.id, bytes, used: Date.now() };
    const stored = this.#write((transaction) => {
      if (piece.length > 0) transaction.objectStore('pieces').put(piece, [kept.id, at]);
      if (at > 0) transaction.objectStore('unfinished').delete(kept.id);
      transaction.objectStore('answers').put(kept);
      transaction.objectStore('uses').put(use, kept.url);
      if (before) this.#dropIn(transaction, before.id);
    }, piece.length);
    this.#forgotten(kept.url);
    this.#uses.set(kept.url, use);
    this.#bytes += bytes;
    this.#makeRoom();
    this.#tellAfter(stored, kept.url);
    try {
      await stored;
    } catch (error) {
      if (this.#uses.get(kept.url)?.id === kept.id) this.#forgotten(kept.url);
      if (before) void this.#write((transaction) => this.#forgetIn(transaction, kept.url, before.id));
      throw error;
    }
    // Not before: what this worker answers with is there for the next one, too.
    if (at === 0 && this.#uses.get(kept.url)?.id === kept.id && !this.#fresh.has(kept.url))
      this.#memory.hold(kept, piece.length > 0 ? piece : undefined);
  }

  /**
   * The head of a kept answer is another one now; where it is no longer kept nothing changes. It is stored with the uses: what is lost of
   * it costs a question more.
   */
  freshen(kept: Kept): void {
    if (this.#uses.get(kept.url)?.id !== kept.id) return;
    this.#fresh.set(kept.url, kept);
    const held = this.held(kept.url);
    if (held) this.#memory.hold(kept, held.piece);
  }

  /** What is kept for a URL no longer holds. */
  forget(url: string): void {
    const use = this.#uses.get(url);
    if (!use) return;
    this.#forgotten(url);
    const written = this.#write((transaction) => this.#forgetIn(transaction, url, use.id));
    this.#tellAfter(written, url);
  }

  /** Begins to write what is to be written. */
  flush(): void {
    this.#writes.flush();
  }

  /** Other workers hear of a change once they can read it. */
  #tellAfter(written: Promise<void>, url: string | null): void {
    written.then(
      () => this.#memory.tell(url),
      () => undefined,
    );
  }

  /** Pieces of a body that is not to be kept. */
  drop(id: string): void {
    void this.#write((transaction) => this.#dropIn(transaction, id));
  }

  /** Writes. What was dropped with it, or is not there because the database was closed, nobody misses: not all wait for it. */
  #write(write: Write, bytes = 0): Promise<void> {
    this.waiting += bytes;
    const written = this.#writes.add(write, bytes);
    const over = (): void => {
      this.waiting -= bytes;
    };
    written.then(over, over);
    return written;
  }

  /** Where there was no room, there is to be less from now on. */
  #failed(error: unknown): void {
    if ((error as DOMException | null)?.name !== 'QuotaExceededError' || performance.now() < this.#fullUntil) return;
    this.#fullUntil = performance.now() + FULL_FOR_MS;
    this.#limit = Math.max(LEAST_BYTES, this.#bytes / 2);
    this.#makeRoom();
  }

  #makeRoom(): void {
    if (this.#bytes <= this.#limit && this.#uses.size <= MAX_KEPT_ANSWERS) return;
    for (const [url, { id }] of this.#uses) {
      if (this.#bytes <= this.#limit * LEFT && this.#uses.size <= MAX_KEPT_ANSWERS * LEFT) break;
      this.#forgotten(url);
      void this.#write((transaction) => this.#forgetIn(transaction, url, id));
    }
  }

  /** Another worker may have put another answer into its place. */
  #freshenIn(transaction: IDBTransaction, kept: Kept): void {
    const answers = transaction.objectStore('answers');
    const looked = answers.get(kept.url) as IDBRequest<Kept | undefined>;
    looked.onsuccess = () => looked.result?.id === kept.id && answers.put(kept);
  }

  #forgotten(url: string): void {
    this.#bytes -= this.#uses.get(url)?.bytes ?? 0;
    this.#uses.delete(url);
    this.#noted.delete(url);
    this.#fresh.delete(url);
    this.#memory.drop(url);
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
    const uses = [...this.#noted].map((url) => [url, this.#uses.get(url)] as const);
    const heads = [...this.#fresh.values()];
    this.#noted.clear();
    this.#fresh.clear();
    void this.#write((transaction) => {
      for (const [url, use] of uses) if (use) transaction.objectStore('uses').put(use, url);
      for (const head of heads) this.#freshenIn(transaction, head);
    });
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
  return asked(request);
}
