// SPDX-License-Identifier: Apache-2.0
// A long transfer leaves little behind where its records are collected as it goes.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COLLECT_BYTES, collectedPrimitives, nodePrimitives } from '../../../transport/seal/node.ts';
import { openSsl } from '../../../transport/seal/openssl.ts';
import { RecordCipher } from '../../../transport/seal/record-cipher.ts';

const run = promisify(execFile);
/** In a process of its own, since a collection concerns all that lives in one. */
const PROGRAM = join(import.meta.dirname, '../../support/long-seal.ts');
const MIB = 1024 * 1024;
const RECORD_BYTES = 64 * 1000;
const pieces = [new Uint8Array(1000), new Uint8Array(RECORD_BYTES - 1000)];

describe('Seal: collection', () => {
  for (const [name, direct] of Object.entries({ 'node:crypto': null, 'OpenSSL itself': openSsl() })) {
    it(`COLLECT_BYTES: is asked for after so many bytes that leave their memory behind, under whatever keys: ${name}`, () => {
      let collections = 0;
      const primitives = collectedPrimitives(() => {
        collections++;
      }, direct);
      const key = new Uint8Array(32);
      const [one, other] = [new RecordCipher(primitives, key), new RecordCipher(primitives, key)];
      const count = Math.ceil(COLLECT_BYTES / RECORD_BYTES);
      for (let i = 0; i < count; i++) void other.open(one.seal(pieces) as Uint8Array);
      assert.equal(collections, direct ? 1 : 2);
      const more = new RecordCipher(primitives, new Uint8Array(32).fill(1));
      for (let i = 0; i < count; i++) void more.seal(pieces);
      assert.equal(collections, direct ? 1 : 3);
    });
  }

  it('what OpenSSL itself encrypts leaves nothing behind', () => {
    const sealing = new RecordCipher(nodePrimitives, new Uint8Array(32));
    const [first, second] = [sealing.seal(pieces) as Uint8Array, sealing.seal(pieces) as Uint8Array];
    assert.ok(openSsl() !== null);
    assert.equal(first.buffer, second.buffer);
  });

  it('keeps the memory of records within bounds', async () => {
    const most = async (how: string): Promise<number> => Number((await run(process.execPath, [PROGRAM, how])).stdout);
    const [collected, left] = [await most('collected'), await most('left')];
    assert.ok(collected < 3 * COLLECT_BYTES, `${Math.round(collected / MIB)} MiB`);
    assert.ok(left > 2 * collected, `${Math.round(left / MIB)} MiB without`);
  });
});
