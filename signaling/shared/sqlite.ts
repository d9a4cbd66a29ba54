// SPDX-License-Identifier: Apache-2.0
// The one file that knows node:sqlite: opens a database, runs statements, makes transactions.

import * as sqlite from 'node:sqlite';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';

/** What a column holds. */
export type Value = string | number | bigint | null | Uint8Array;
export type Row = Record<string, Value>;

// Newer Node calls the class Database and keeps DatabaseSync as a deprecated alias (DEP0210).
const Database = (sqlite as unknown as { Database?: typeof sqlite.DatabaseSync }).Database ?? sqlite.DatabaseSync;

/** A database file. Every failure is STORAGE_FAILED. */
export class SqliteFile {
  readonly #db: sqlite.DatabaseSync;
  readonly #statements = new Map<string, sqlite.StatementSync>();

  /**
   * Opens or makes the file, in write-ahead mode, so that readers and one writer do not wait for each other.
   * @throws PortholeError STORAGE_FAILED
   */
  constructor(file: string) {
    this.#db = guarded(() => new Database(file));
    try {
      this.run('PRAGMA busy_timeout = 2000');
      this.script('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    } catch (failure) {
      this.#db.close();
      throw failure;
    }
  }

  /** Runs statements without parameters. */
  script(sql: string): void {
    guarded(() => this.#db.exec(sql));
  }

  /** Runs one statement; how many rows it changed. */
  run(sql: string, ...values: Value[]): number {
    return guarded(() => Number(this.#statement(sql).run(...values).changes));
  }

  /** The rows of a query. */
  rows(sql: string, ...values: Value[]): Row[] {
    return guarded(() => this.#statement(sql).all(...values) as Row[]);
  }

  /** All or nothing: what `work` throws undoes it and is thrown on. */
  transaction<T>(work: () => T): T {
    this.script('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.script('COMMIT');
      return result;
    } catch (failure) {
      // A full disk may have ended the transaction already; then there is nothing to undo, and the failure is what matters.
      if (this.#db.isTransaction) this.script('ROLLBACK');
      throw failure;
    }
  }

  /** As `transaction`, and on the disk when this returns: no power cut takes it back. It waits for the disk. */
  durably<T>(work: () => T): T {
    this.script('PRAGMA synchronous = FULL');
    try {
      return this.transaction(work);
    } finally {
      this.script('PRAGMA synchronous = NORMAL');
    }
  }

  close(): void {
    this.#statements.clear();
    guarded(() => this.#db.close());
  }

  #statement(sql: string): sqlite.StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (failure) {
    throw failure instanceof PortholeError ? failure : asPortholeError(failure, 'STORAGE_FAILED');
  }
}
