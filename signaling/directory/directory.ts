// SPDX-License-Identifier: Apache-2.0
// The directory: which name belongs to which key, what each site says of itself, when it was last seen. Survives a restart.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { isSiteId } from '../../proto/rendezvous.ts';
import { plainTexts } from '../../proto/text.ts';
import { type Row, SqliteFile } from '../shared/sqlite.ts';

/** What a site says of itself. */
export interface Card {
  readonly title: string;
  readonly owner: string;
  readonly purpose: string;
  readonly contact: string;
  readonly keywords: readonly string[];
}

/** A site the suite knows. */
export interface SiteRecord {
  readonly id: string;
  /** Its current name; earlier ones lead to it too. */
  readonly name: string;
  readonly card: Card;
  /** Reachable by link only. */
  readonly unlisted: boolean;
  /** Milliseconds since 1970. */
  readonly lastSeen: number;
}

export interface DirectoryOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Names one key may hold. */
  readonly namesPerKey?: number;
  /** Whether to search by SQLite's FTS5; by default where this Node's SQLite has it. */
  readonly fullText?: boolean;
}

const SCHEMA_VERSION = 1;
const SCHEMA = `
CREATE TABLE IF NOT EXISTS sites (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  title TEXT NOT NULL, owner TEXT NOT NULL, purpose TEXT NOT NULL, contact TEXT NOT NULL, keywords TEXT NOT NULL,
  unlisted INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sites_by_last_seen ON sites (last_seen);
CREATE TABLE IF NOT EXISTS names (
  name TEXT PRIMARY KEY,
  site TEXT NOT NULL REFERENCES sites (id),
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS names_by_site ON names (site);
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** The directory in a folder: one SQLite file. */
export class Directory {
  readonly #store: SqliteFile;
  readonly #now: () => number;
  readonly #namesPerKey: number;
  readonly #fullText: boolean;

  /**
   * Opens the folder's directory, or begins it.
   * @throws PortholeError STORAGE_FAILED
   */
  constructor(folder: string, options: DirectoryOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#namesPerKey = options.namesPerKey ?? 16;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (failure) {
      throw asPortholeError(failure, 'STORAGE_FAILED');
    }
    this.#store = new SqliteFile(join(folder, 'directory.sqlite'));
    try {
      const version = Number(this.#store.rows('PRAGMA user_version')[0]?.user_version ?? 0);
      if (version > SCHEMA_VERSION) throw new PortholeError('STORAGE_FAILED', `${folder} was written by a newer Porthole`);
      this.#store.transaction(() => this.#store.script(SCHEMA));
      this.#fullText = options.fullText !== false && this.#openIndex();
    } catch (failure) {
      this.#store.close();
      throw failure;
    }
  }

  /** Whether search goes by FTS5 (words and their beginnings, without accents) or by LIKE (any part of the text). */
  get fullText(): boolean {
    return this.#fullText;
  }

  /**
   * Binds a name to a key, for good, and writes down what the site says of itself.
   * @param id the key, as a site id
   * @throws PortholeError NAME_TAKEN, RATE_LIMITED (this key holds as many names as it may), STORAGE_FAILED
   */
  claim(id: string, name: string, card: Card, unlisted: boolean): SiteRecord {
    return this.#store.transaction(() => {
      const holder = this.#store.rows('SELECT site FROM names WHERE name = ?', name)[0]?.site;
      if (holder !== undefined && holder !== id) throw new PortholeError('NAME_TAKEN', `another key holds the name "${name}"`);
      const now = this.#now();
      const keywords = JSON.stringify(card.keywords);
      this.#store.run(
        `INSERT INTO sites (id, name, title, owner, purpose, contact, keywords, unlisted, first_seen, last_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)
         ON CONFLICT (id) DO UPDATE SET name = ?2, title = ?3, owner = ?4, purpose = ?5, contact = ?6, keywords = ?7, unlisted = ?8, last_seen = ?9`,
        ...[id, name, card.title, card.owner, card.purpose, card.contact, keywords, unlisted ? 1 : 0, now],
      );
      if (holder === undefined) {
        const held = Number(this.#store.rows('SELECT count(*) AS held FROM names WHERE site = ?', id)[0]?.held);
        if (held >= this.#namesPerKey) throw new PortholeError('RATE_LIMITED', `one key may hold ${this.#namesPerKey} names`);
        this.#store.run('INSERT INTO names (name, site, since) VALUES (?, ?, ?)', name, id, now);
      }
      if (this.#fullText) this.#index(id);
      return { id, name, card, unlisted, lastSeen: now };
    });
  }

  /** The site of an id, or of a name, current or earlier. */
  find(label: string): SiteRecord | undefined {
    const sql = isSiteId(label)
      ? 'SELECT * FROM sites WHERE id = ?'
      : 'SELECT sites.* FROM names JOIN sites ON sites.id = names.site WHERE names.name = ?';
    const row = this.#store.rows(sql, label)[0];
    return row && record(row);
  }

  /** Writes down that these sites are here now. */
  seen(ids: Iterable<string>): void {
    this.#store.transaction(() => {
      for (const id of ids) this.#store.run('UPDATE sites SET last_seen = ? WHERE id = ?', this.#now(), id);
    });
  }

  /** The listed sites last seen, newest first. */
  recent(limit: number): SiteRecord[] {
    return this.#store.rows('SELECT * FROM sites WHERE unlisted = 0 ORDER BY last_seen DESC LIMIT ?', limit).map(record);
  }

  /** How many sites are listed. */
  count(): number {
    return Number(this.#store.rows('SELECT count(*) AS sites FROM sites WHERE unlisted = 0')[0]?.sites);
  }

  /** The listed sites that have all words of the query in name, title, owner, purpose or keywords; best first. */
  search(query: string, limit: number): SiteRecord[] {
    const words = query.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu);
    if (words === null) return [];
    if (this.#fullText) {
      return this.#store
        .rows(
          `SELECT sites.* FROM words JOIN sites ON sites.number = words.rowid
           WHERE words MATCH ? AND sites.unlisted = 0 ORDER BY bm25(words, 8, 4, 2, 1, 4), sites.last_seen DESC LIMIT ?`,
          words.map((word) => `"${word}"*`).join(' '),
          limit,
        )
        .map(record);
    }
    const text = "name || ' ' || title || ' ' || owner || ' ' || purpose || ' ' || keywords";
    const all = words.map(() => `${text} LIKE ?`).join(' AND ');
    const patterns = words.map((word) => `%${word}%`);
    return this.#store
      .rows(`SELECT * FROM sites WHERE unlisted = 0 AND ${all} ORDER BY last_seen DESC LIMIT ?`, ...patterns, limit)
      .map(record);
  }

  /**
   * Whether it can be read.
   * @throws PortholeError STORAGE_FAILED
   */
  check(): void {
    this.#store.rows('SELECT count(*) FROM names WHERE name = ?', '');
  }

  close(): void {
    this.#store.close();
  }

  /** Makes the search index, where SQLite can, and fills it with what was written where it could not. */
  #openIndex(): boolean {
    try {
      this.#store.script(
        `CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (name, title, owner, purpose, keywords, tokenize = 'unicode61 remove_diacritics 2')`,
      );
    } catch {
      return false;
    }
    for (const row of this.#store.rows('SELECT id FROM sites WHERE number NOT IN (SELECT rowid FROM words)')) this.#index(String(row.id));
    return true;
  }

  #index(id: string): void {
    this.#store.run('DELETE FROM words WHERE rowid = (SELECT number FROM sites WHERE id = ?)', id);
    this.#store.run(
      'INSERT INTO words (rowid, name, title, owner, purpose, keywords) SELECT number, name, title, owner, purpose, keywords FROM sites WHERE id = ?',
      id,
    );
  }
}

function record(row: Row): SiteRecord {
  return {
    id: String(row.id),
    name: String(row.name),
    // As the codec gives it; what an earlier version wrote down may not be so.
    card: plainTexts({
      title: String(row.title),
      owner: String(row.owner),
      purpose: String(row.purpose),
      contact: String(row.contact),
      keywords: JSON.parse(String(row.keywords)) as string[],
    }),
    unlisted: row.unlisted === 1,
    lastSeen: Number(row.last_seen),
  };
}
