// SPDX-License-Identifier: Apache-2.0
// What a Clear-Site-Data field says is to be cleared.

import assert from 'node:assert/strict';
import { toClear } from '../../../client-runtime/browser/session/site-storage.ts';

describe('Clear-Site-Data', () => {
  for (const [field, wanted] of [
    [null, []],
    ['', []],
    ['"cookies"', ['cookies']],
    ['"cache" , "storage"', ['cache', 'storage']],
    ['"*"', ['cache', 'cookies', 'storage']],
    ['"executionContexts", "clientHints"', []],
    ['cookies, *', []],
    ['"Cookies"', []],
    ['"cookies', []],
    ['"unknown", "cookies", "cookies"', ['cookies']],
  ] as const)
    it(`${field} clears ${wanted.join(', ') || 'nothing'}`, () => assert.deepEqual([...toClear(field)].sort(), wanted));
});
