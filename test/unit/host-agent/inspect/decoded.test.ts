// SPDX-License-Identifier: Apache-2.0
// Bodies without their content codings, as the inspector shows them.

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { decoded, MAX_CODINGS } from '../../../../host-agent/inspect/decoded.ts';

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

describe('content codings in the inspector', () => {
  it('MAX_CODINGS: so many are undone, and no more', async () => {
    let bytes: Uint8Array = Buffer.from('text');
    for (let i = 0; i < MAX_CODINGS; i++) bytes = gzipSync(bytes);
    const coding = (count: number): string => Array.from({ length: count }, () => 'gzip').join(', ');
    const undone = await decoded(one(bytes), coding(MAX_CODINGS), 100);
    assert.deepEqual([undone.bytes.toString(), undone.trouble], ['text', null]);
    const more = await decoded(one(gzipSync(bytes)), coding(MAX_CODINGS + 1), 100_000);
    assert.match(more.trouble ?? '', /not known/);
    assert.ok(more.bytes.length > 4, 'as it came');
  });
});
