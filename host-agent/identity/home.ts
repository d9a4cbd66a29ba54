// SPDX-License-Identifier: Apache-2.0
// Where this machine keeps the keys of the sites it hosts, unless told otherwise: the same place for the program and for libraries.

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { PortholeError } from '../../proto/errors.ts';

/** The folder for keys and data of whoever runs this. @throws PortholeError STORAGE_FAILED when they have no folder of their own */
export function defaultHome(): string {
  let home = '';
  let cause: unknown;
  try {
    home = homedir();
  } catch (thrown) {
    cause = thrown; // HOME is not set, and the system does not know this user
  }
  if (home === '') throw new PortholeError('STORAGE_FAILED', 'there is no home folder to keep keys in; name one', { cause });
  return resolve(home, '.porthole');
}

/** What the files of a site that was given a name begin with: `.pem` after it is its key. */
export function siteFiles(home: string, name: string): string {
  return join(home, 'sites', name);
}
