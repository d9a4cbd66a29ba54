// SPDX-License-Identifier: Apache-2.0
// A few thousand hurt messages at every run; test/fuzz/seal.ts does as many as are asked for.

import assert from 'node:assert/strict';
import { fuzzSeal } from '../../fuzz/seal.ts';

describe('Seal: hurt messages', () => {
  it('end in a code, always, and the same seed does the same again', async () => {
    const { mutations, codes } = await fuzzSeal(20_240, 4000);
    assert.equal(mutations, 4000);
    assert.equal(
      Object.values(codes).reduce((sum, count) => sum + count, 0),
      mutations,
    );
    for (const code of ['SEAL_BROKEN', 'PATH_LOST', 'FRAME_MALFORMED', 'MESSAGE_TOO_LONG']) assert.ok((codes[code] ?? 0) > 0, code);
    assert.deepEqual(await fuzzSeal(7, 300), await fuzzSeal(7, 300));
  });
});
