// SPDX-License-Identifier: Apache-2.0
// SEAL.md says the numbers that the code has.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_FRAME_BYTES, MAX_RECORD_BYTES } from '../../../proto/limits.ts';
import { KINDS, PROLOGUE } from '../../../transport/seal/handshake.ts';
import { GATHER_BYTES } from '../../../transport/seal/packer.ts';
import { MAX_RECORD_NUMBER, REKEY_RECORDS } from '../../../transport/seal/record-cipher.ts';
import { MAX_CONTENT_BYTES, MAX_SEALED_MESSAGE_BYTES, PAD_BELOW_BYTES, PAD_TO_BYTES } from '../../../transport/seal/records.ts';
import { RECEIVE_QUEUE_BYTES, SEAL_MS } from '../../../transport/seal/sealed.ts';

const page = readFileSync(join(import.meta.dirname, '../../../proto/SEAL.md'), 'utf8');

describe('SEAL.md', () => {
  it('has the limits of the code', () => {
    const said = [...page.matchAll(/^\| `([A-Z_]+)` \| ([\d,]+) \|/gm)].map(([, name, value]) => [
      name,
      Number(value?.replaceAll(',', '')),
    ]);
    assert.deepEqual(Object.fromEntries(said), {
      MAX_RECORD_BYTES,
      MAX_CONTENT_BYTES,
      MAX_SEALED_MESSAGE_BYTES,
      PAD_BELOW_BYTES,
      PAD_TO_BYTES,
      GATHER_BYTES,
      RECEIVE_QUEUE_BYTES,
      REKEY_RECORDS,
      MAX_RECORD_NUMBER,
      SEAL_MS,
    });
  });

  it('has the kinds and the prologue of the code', () => {
    const kinds = [...page.matchAll(/^\| `([\da-f]{2})` \| (?:visitor|host) → /gm)].map(([, kind]) => Number.parseInt(kind as string, 16));
    assert.deepEqual(kinds, KINDS);
    const [, length, prologue] = /^.*prologue is the (\d+) bytes `([^`]+)`/m.exec(page) ?? [];
    assert.deepEqual([Number(length), prologue], [PROLOGUE.length, new TextDecoder().decode(PROLOGUE)]);
  });

  it('leaves room in a record for a frame with its type', () => {
    assert.ok(1 + MAX_FRAME_BYTES <= MAX_SEALED_MESSAGE_BYTES);
  });
});
