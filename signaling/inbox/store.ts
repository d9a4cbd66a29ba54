// SPDX-License-Identifier: Apache-2.0
// What inboxes keep on disk: which paths a site wants sealed, and its boxes in order, bounded in number, bytes and time.

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import type { SuiteLimits } from '../shared/limits.ts';
import { SqliteFile } from '../shared/sqlite.ts';

/** What a host wishes of its site's inbox. */
export interface InboxWish {
  /** Of paths; none: nothing new is taken in. */
  readonly patterns: readonly string[];
  /** Kept at the most; 0: as many as the suite keeps. */
  readonly messages: number;
  /** How long each is kept at the most, in seconds; 0: as long as the suite keeps them. */
  readonly seconds: number;
}

/** A box, or a part of one. */
export interface InboxItem {
  readonly number: number;
  /** Bytes of the whole box. */
  readonly size: number;
  readonly box: Uint8Array;
}

/** The limits that the store holds. */
export type InboxLimits = Pick<SuiteLimits, 'inboxes' | 'inboxRequests' | 'inboxBytes' | 'inboxBytesInAll' | 'inboxMs' | 'inboxIdleMs'>;

interface Held {
  wish: InboxWish;
  readonly series: Uint8Array;
  last: number;
  count: number;
  bytes: number;
  /** The file's `last` may be behind what was given out before this process began. */
  mayLag: boolean;
}

/**
 * How far numbers jump at a site's first box after a start. A power cut takes back the last commits, `last` of `inboxes` among them,
 * but not what a host has noted as done: a number that is given twice would be deleted undelivered. What the write-ahead log can lose
 * is what came since its last checkpoint, 1000 pages: far fewer boxes than this. Gaps harm nobody.
 */
export const NUMBER_STEP = 65_536;
/** Milliseconds between two looks for inboxes that nobody uses. */
const SWEEP_MS = 3600 * 1000;
const SERIES_BYTES = 8;
/** The highest number that the wire carries. */
const LAST_NUMBER = 2 ** 32 - 1;
const SCHEMA_VERSION = 1;
const SCHEMA = `
CREATE TABLE IF NOT EXISTS inboxes (
  site TEXT PRIMARY KEY,
  series BLOB NOT NULL,
  last INTEGER NOT NULL,
  wish TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS boxes (
  site TEXT NOT NULL REFERENCES inboxes (site),
  number INTEGER NOT NULL,
  until INTEGER NOT NULL,
  size INTEGER NOT NULL,
  box BLOB NOT NULL,
  PRIMARY KEY (site, number)
) STRICT;
CREATE INDEX IF NOT EXISTS boxes_by_until ON boxes (until);
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** The inboxes of one suite: one SQLite file. Nothing in it is plain but sites' ids, patterns, numbers, times and sizes. */
export class InboxStore {
  readonly #file: SqliteFile;
  readonly #limits: InboxLimits;
  readonly #now: () => number;
  readonly #held = new Map<string, Held>();
  #bytes = 0;
  #swept: number;

  /** @throws PortholeError STORAGE_FAILED */
  constructor(folder: string, limits: InboxLimits, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
    this.#swept = now();
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (failure) {
      throw asPortholeError(failure, 'STORAGE_FAILED');
    }
    this.#file = new SqliteFile(join(folder, 'inbox.sqlite'));
    try {
      const version = Number(this.#file.rows('PRAGMA user_version')[0]?.user_version ?? 0);
      if (version > SCHEMA_VERSION) throw new PortholeError('STORAGE_FAILED', `${folder} was written by a newer Porthole`);
      this.#file.transaction(() => this.#file.script(SCHEMA));
      this.#load();
    } catch (failure) {
      this.#file.close();
      throw failure;
    }
  }

  /** What a site wishes; undefined when it has no inbox. */
  wish(site: string): InboxWish | undefined {
    return this.#held.get(site)?.wish;
  }

  /** How many boxes wait for a site. */
  waiting(site: string): number {
    return this.#held.get(site)?.count ?? 0;
  }

  /** Which numbering a site's boxes have: none has it again. */
  series(site: string): Uint8Array {
    return this.#held.get(site)?.series ?? new Uint8Array();
  }

  /**
   * Keeps what a site wishes. Boxes that wait stay, whatever it is.
   * @returns false when there are as many inboxes as may be, and this site has none
   * @throws PortholeError STORAGE_FAILED
   */
  setWish(site: string, wish: InboxWish): boolean {
    const held = this.#held.get(site);
    if (held === undefined && wish.patterns.length === 0) return true;
    if (held === undefined && this.#held.size >= this.#limits.inboxes) return false;
    if (held?.count === 0 && wish.patterns.length === 0) {
      this.#remove(site);
      return true;
    }
    if (held && isDeepStrictEqual(held.wish, wish)) return true;
    const series = held?.series ?? new Uint8Array(randomBytes(SERIES_BYTES));
    this.#file.run(
      'INSERT INTO inboxes (site, series, last, wish) VALUES (?1, ?2, 0, ?3) ON CONFLICT (site) DO UPDATE SET wish = ?3',
      ...[site, series, JSON.stringify(wish)],
    );
    if (held) held.wish = wish;
    else this.#held.set(site, { wish, series, last: 0, count: 0, bytes: 0, mayLag: false });
    return true;
  }

  /**
   * Now and then: drops the empty inboxes of hosts that were not online for `inboxIdleMs`.
   * @param lastSeen when a site was online last, in milliseconds since 1970
   * @throws PortholeError STORAGE_FAILED
   */
  sweep(lastSeen: (site: string) => number): void {
    const now = this.#now();
    if (now - this.#swept < SWEEP_MS) return;
    this.#swept = now;
    this.#dropOld();
    for (const [site, { count }] of this.#held) {
      if (count === 0 && now - lastSeen(site) > this.#limits.inboxIdleMs) this.#remove(site);
    }
  }

  /**
   * Whether there is room for one more box.
   * @param size bytes of the box
   * @throws PortholeError RATE_LIMITED when there is none, HOST_OFFLINE when the inbox is gone, STORAGE_FAILED
   */
  checkRoom(site: string, size: number): void {
    this.#dropOld();
    const held = this.#held.get(site);
    if (held === undefined) throw new PortholeError('HOST_OFFLINE', 'this site has no inbox any more');
    const { inboxRequests, inboxBytes, inboxBytesInAll } = this.#limits;
    const most = Math.min(inboxRequests, held.wish.messages || inboxRequests);
    if (held.count >= most || nextNumber(held) > LAST_NUMBER)
      throw new PortholeError('RATE_LIMITED', `the inbox of this site is full: ${most} requests wait`);
    if (held.bytes + size > inboxBytes)
      throw new PortholeError('RATE_LIMITED', `the inbox of this site is full: at most ${inboxBytes} bytes wait`);
    if (this.#bytes + size > inboxBytesInAll) throw new PortholeError('RATE_LIMITED', 'the inboxes of this suite are full');
  }

  /**
   * Keeps one more box.
   * @param seal makes it, for the number that it gets
   * @returns its number, and until when it is kept, in milliseconds since 1970
   * @throws PortholeError RATE_LIMITED when there is no room, HOST_OFFLINE when the inbox is gone, STORAGE_FAILED
   */
  put(site: string, size: number, seal: (series: Uint8Array, number: number) => Uint8Array): { number: number; until: number } {
    this.checkRoom(site, size);
    const held = this.#held.get(site) as Held; // there is room in it
    const number = nextNumber(held);
    const box = seal(held.series, number);
    const until = this.#now() + Math.min(this.#limits.inboxMs, held.wish.seconds * 1000 || this.#limits.inboxMs);
    const keep = (): void => {
      this.#file.run('UPDATE inboxes SET last = ? WHERE site = ?', number, site);
      this.#file.run('INSERT INTO boxes (site, number, until, size, box) VALUES (?, ?, ?, ?, ?)', site, number, until, box.length, box);
    };
    // The jump must not be taken back: a second cut would lead to the same numbers.
    if (held.mayLag) this.#file.durably(keep);
    else this.#file.transaction(keep);
    held.mayLag = false;
    held.last = number;
    held.count++;
    held.bytes += box.length;
    this.#bytes += box.length;
    return { number, until };
  }

  /** Forgets a site's boxes up to a number. */
  drop(site: string, upTo: number): void {
    this.#forget('site = ?1 AND number <= ?2', site, upTo);
  }

  /**
   * The first boxes of a site, in order.
   * @param most bytes of them; a first one that is longer comes in parts
   * @param offset where the part of the first one begins
   */
  first(site: string, most: number, offset: number): InboxItem[] {
    this.#dropOld();
    const items: InboxItem[] = [];
    let room = most;
    let after = 0;
    while (room > 0) {
      const part = items.length === 0 ? offset : 0;
      const [row] = this.#file.rows(
        'SELECT number, size, substr(box, ?1, ?2) AS part FROM boxes WHERE site = ?3 AND number > ?4 ORDER BY number LIMIT 1',
        ...[part + 1, room, site, after],
      );
      if (row === undefined) break;
      const [number, size, box] = [Number(row.number), Number(row.size), row.part as Uint8Array];
      const isWhole = part + box.length >= size;
      if (isWhole || items.length === 0) items.push({ number, size, box });
      if (!isWhole) break;
      room -= box.length;
      after = number;
    }
    return items;
  }

  /** Whether it can be read. @throws PortholeError STORAGE_FAILED */
  check(): void {
    this.#file.rows('SELECT count(*) FROM inboxes WHERE site = ?', '');
  }

  close(): void {
    this.#file.close();
  }

  #load(): void {
    for (const row of this.#file.rows('SELECT * FROM inboxes')) {
      const wish = JSON.parse(String(row.wish)) as InboxWish;
      const [series, last] = [row.series as Uint8Array, Number(row.last)];
      this.#held.set(String(row.site), { wish, series, last, count: 0, bytes: 0, mayLag: true });
    }
    for (const { site, count, bytes } of this.#sums('TRUE')) this.#count(site, count, bytes);
    for (const site of this.#held.keys()) this.#removeUnused(site);
  }

  #dropOld(): void {
    this.#forget('until <= ?1', this.#now());
  }

  #forget(where: string, ...values: (string | number)[]): void {
    const gone = this.#sums(where, ...values);
    if (gone.length === 0) return;
    this.#file.run(`DELETE FROM boxes WHERE ${where}`, ...values);
    for (const { site, count, bytes } of gone) {
      this.#count(site, -count, -bytes);
      this.#removeUnused(site);
    }
  }

  /** An inbox that takes nothing and holds nothing is none. */
  #removeUnused(site: string): void {
    const held = this.#held.get(site);
    if (held?.count === 0 && held.wish.patterns.length === 0) this.#remove(site);
  }

  #remove(site: string): void {
    this.#file.run('DELETE FROM inboxes WHERE site = ?', site);
    this.#held.delete(site);
  }

  #sums(where: string, ...values: (string | number)[]): { site: string; count: number; bytes: number }[] {
    return this.#file
      .rows(`SELECT site, count(*) AS count, sum(size) AS bytes FROM boxes WHERE ${where} GROUP BY site`, ...values)
      .map(({ site, count, bytes }) => ({ site: String(site), count: Number(count), bytes: Number(bytes) }));
  }

  #count(site: string, count: number, bytes: number): void {
    const held = this.#held.get(site);
    if (held === undefined) return;
    held.count += count;
    held.bytes += bytes;
    this.#bytes += bytes;
  }
}

function nextNumber({ last, mayLag }: Held): number {
  return last + (mayLag ? NUMBER_STEP : 0) + 1;
}
