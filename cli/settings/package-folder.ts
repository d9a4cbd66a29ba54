// SPDX-License-Identifier: Apache-2.0
// Where this package is: the same for the source and for the built files in dist/.

import { basename, dirname } from 'node:path';

const root = dirname(dirname(import.meta.dirname));

/** Whether this runs from the source, not from the published files. */
export const fromSource = import.meta.filename.endsWith('.ts');
/** The folder that holds package.json. */
export const packageFolder = basename(root) === 'dist' ? dirname(root) : root;
