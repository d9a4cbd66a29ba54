// SPDX-License-Identifier: Apache-2.0
// From ways to paths: each way that stands is taken into a session, and a try ends when all of them are in or have failed.

import { asPortholeError, type PortholeError } from '../../proto/errors.ts';
import type { Connection } from '../channel/connection.ts';
import { type Failure, failuresOf, noPath } from '../strategy/engine.ts';

/** Errors that another way may not have; all else is of the other end, not of the way. */
const OF_THE_WAY: ReadonlySet<string> = new Set(['PATH_LOST', 'PATH_SILENT', 'TIMED_OUT', 'CANCELLED']);

/**
 * Opens ways and adds each to a session as it stands: what a PathManager's `open` does.
 * @param open opens ways and hands over each (`Calls.open`)
 * @param add takes a way in; resolves when the other end has agreed, and closes the way when it rejects
 * @returns when no further path will come: what became of the ways that are not in
 * @throws PortholeError what the other end refused all of them with; NO_PATH naming each; or what `open` rejects with
 */
export async function openInto(
  open: (onPath: (connection: Connection) => void) => Promise<readonly Failure[]>,
  add: (connection: Connection) => Promise<unknown>,
): Promise<readonly Failure[]> {
  const adding: Promise<void>[] = [];
  const failures: Failure[] = [];
  let added = false;
  let refusal: PortholeError | null = null;
  const take = async (connection: Connection): Promise<void> => {
    try {
      await add(connection);
      added = true;
    } catch (thrown) {
      const error = asPortholeError(thrown, 'PATH_LOST');
      failures.push({ strategy: connection.via, error });
      if (!OF_THE_WAY.has(error.code)) refusal ??= error;
    }
  };
  let ended: unknown = null;
  try {
    failures.push(...(await open((connection) => adding.push(take(connection)))));
  } catch (thrown) {
    ended = thrown;
  }
  await Promise.all(adding);
  if (added) return [...failures, ...failuresOf(asPortholeError(ended))];
  throw refusal ?? ended ?? noPath(failures);
}
