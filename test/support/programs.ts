// SPDX-License-Identifier: Apache-2.0
// Which file to start for a program of ours: its bundle, where the run of the tests has made one (bundle-programs.ts), else its source.

import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '..', '..');
/** The variable that says where this run's bundles are. */
export const PROGRAMS_FOLDER = 'PORTHOLE_TEST_PROGRAMS';

/** @param source the program's path in the sources */
export function programOf(source: string): string {
  const folder = process.env[PROGRAMS_FOLDER];
  const bundle = folder && join(folder, relative(ROOT, source).replace(/\.ts$/, '.mjs'));
  return bundle && existsSync(bundle) ? bundle : source;
}
