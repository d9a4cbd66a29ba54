// SPDX-License-Identifier: Apache-2.0
// Some thousands of hurt and false messages to both ends of sessions at every run; `npm run fuzz` does a million.

import assert from 'node:assert/strict';
import { fuzzResumable } from '../../../fuzz/resumable.ts';

describe('resumable session: hurt messages', () => {
  it('end in a code, or in nothing, always', async () => {
    const { mutations, codes } = await fuzzResumable(20_261, 5000);
    assert.equal(mutations, 5000);
    for (const code of ['harmless', 'PROTOCOL_VIOLATED', 'FRAME_MALFORMED', 'PATH_LOST', 'SESSION_LOST', 'CREDIT_EXCEEDED']) {
      assert.ok((codes[code] ?? 0) > 0, code);
    }
  }).timeout(20_000);
});
