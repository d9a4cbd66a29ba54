// SPDX-License-Identifier: Apache-2.0
// Properties of the rendezvous codec, of ids and of names.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_NAME_CHARS } from '../../../proto/limits.ts';
import {
  challengeText,
  decodeMessage,
  encodeMessage,
  isSiteId,
  isSiteName,
  type MessageName,
  siteId,
  siteKey,
} from '../../../proto/rendezvous.ts';
import { plainText } from '../../../proto/text.ts';
import { bytesOf, decodedOrCode, edits, type Hex, hexOf, holds, hurt, readable, vectors } from './helper.ts';

const { messages } = vectors<{ messages: { message: MessageName; hex: Hex }[] }>('rendezvous.json');
const NAMES = [...new Set(messages.map(({ message }) => message))];

describe('rendezvous codec', () => {
  it('gives texts as plain text, whoever wrote them, and leaves bytes alone', () => {
    const text = fc.string({ unit: 'binary' }).map((words) => `${words}\u001b[31m\u202e${words}`);
    holds(300, [text, text], (one, other) => {
      const payload = Buffer.from(one);
      const registered = decodeMessage(
        'Register',
        encodeMessage('Register', { card: { title: one, keywords: [other, one] }, publicKey: payload }),
      );
      assert.equal(registered.card?.title, plainText(one));
      assert.deepEqual(registered.card?.keywords, [plainText(other), plainText(one)]);
      assert.deepEqual([...registered.publicKey], [...payload]);
      const { problem } = decodeMessage('Answer', encodeMessage('Answer', { problem: { code: 'NO_PATH', message: other } }));
      assert.equal(problem?.message, plainText(other));
    });
  });

  it('refuses bytes at random with a code, or reads a message that encodes again', () => {
    holds(2000, [fc.constantFrom(...NAMES), fc.uint8Array({ maxLength: 200 })], againOrCode);
  });

  it('refuses a hurt message with a code, or reads a message that encodes again', () => {
    holds(4000, [fc.constantFrom(...messages), edits], ({ message, hex }, list) => againOrCode(message, hurt(bytesOf(hex), list)));
  });

  it('takes one message for another without harm', () => {
    holds(500, [fc.constantFrom(...NAMES), fc.constantFrom(...messages)], (name, { hex }) => againOrCode(name, bytesOf(hex)));
  });

  it('gives back every note', () => {
    const note = fc.record({
      call: fc.string({ unit: 'binary' }),
      strategy: fc.string({ unit: 'binary' }),
      kind: fc.integer({ min: 0, max: 9 }),
      payload: fc.uint8Array({ maxLength: 500 }),
    });
    holds(300, [note], (fields) => {
      const wanted = { ...fields, call: plainText(fields.call), strategy: plainText(fields.strategy) };
      assert.deepEqual(readable(decodeMessage('Note', encodeMessage('Note', fields))), readable(wanted));
    });
  });
});

function againOrCode(name: MessageName, bytes: Uint8Array): void {
  const result = decodedOrCode(() => decodeMessage(name, bytes));
  if (!('value' in result)) return;
  const fields = result.value as Parameters<typeof encodeMessage>[1];
  assert.deepEqual(readable(decodeMessage(name, encodeMessage(name, fields))), readable(result.value));
}

describe('ids and names of sites', () => {
  it('an id has 52 characters, is its key and no other, and is no name', () => {
    const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
    holds(300, [key, key], (one, other) => {
      const id = siteId(one);
      assert.equal(hexOf(siteKey(id)), hexOf(one));
      assert.ok(isSiteId(id) && !isSiteName(id), id);
      assert.deepEqual([...keyOf(id)], [...one]);
      assert.equal(siteId(other) === id, Buffer.compare(one, other) === 0);
    });
  });

  it('a name is a DNS label in lower case', () => {
    const good = ['a', '7', 'my-site', 'a--b', '0-0', 'xn--bcher-kva', 'a'.repeat(MAX_NAME_CHARS), 'a'.repeat(51), '1'.repeat(52)];
    const bad = ['', '-', '-a', 'a-', 'A', 'a.b', 'a_b', 'ä', 'a b', 'a\n', '\na', 'a/b', 'a'.repeat(MAX_NAME_CHARS + 1), 'a'.repeat(52)];
    for (const name of good) assert.ok(isSiteName(name), name);
    for (const name of bad) assert.ok(!isSiteName(name), JSON.stringify(name));
  });

  it('an id is 52 letters and digits of base32, in lower case', () => {
    for (const label of ['', 'a'.repeat(51), 'a'.repeat(53), 'A'.repeat(52), `${'a'.repeat(51)}1`, `${'a'.repeat(52)}\n`]) {
      assert.ok(!isSiteId(label), JSON.stringify(label));
    }
  });

  it('two challenges are the same only for the same suite, name and nonce', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/);
    const nonce = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const challenge = fc.tuple(label, nonce, label);
    holds(300, [challenge, challenge], (one, other) => {
      const same = Buffer.compare(challengeText(...one), challengeText(...other)) === 0;
      assert.equal(same, one[0] === other[0] && one[2] === other[2] && Buffer.compare(one[1], other[1]) === 0);
    });
  });
});

/** The first 32 bytes of a base32 text (RFC 4648 section 6), read by arithmetic. */
function keyOf(id: string): Uint8Array {
  let bits = 0n;
  for (const letter of id) bits = bits * 32n + BigInt('abcdefghijklmnopqrstuvwxyz234567'.indexOf(letter));
  return Uint8Array.from((bits >> 4n).toString(16).padStart(64, '0').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
