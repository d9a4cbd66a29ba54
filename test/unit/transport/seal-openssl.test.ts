// SPDX-License-Identifier: Apache-2.0
// OpenSSL called directly makes what node:crypto makes, refuses what it refuses, and is left out where it cannot be had or is wrong.

import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { MAX_RECORD_BYTES } from '../../../proto/limits.ts';
import { load, type OpenSsl, openSsl } from '../../../transport/seal/openssl.ts';

type Koffi = typeof import('koffi');
const koffi = createRequire(import.meta.url)('koffi') as Koffi;

describe('OpenSSL, called directly', () => {
  const direct = openSsl() as OpenSsl;

  it('is there, where koffi is', () => {
    assert.ok(direct !== null);
  });

  it('makes what node:crypto opens, and opens what that makes, in however many pieces', () => {
    for (const sizes of [[], [0], [1], [15, 1], [16], [2, 700, 60_000], [MAX_RECORD_BYTES - 16]]) {
      const [key, nonce] = [randomBytes(32), randomBytes(12)];
      const pieces = sizes.map((size) => new Uint8Array(randomBytes(size)));
      const text = Buffer.concat(pieces);
      const sealed = Buffer.from(direct.seal(key, nonce, pieces));
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const theirs = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
      assert.deepEqual(sealed, theirs);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAuthTag(sealed.subarray(text.length));
      assert.deepEqual(Buffer.concat([decipher.update(sealed.subarray(0, text.length)), decipher.final()]), text);
      assert.deepEqual(Buffer.from(direct.open(key, nonce, theirs)), text);
    }
  });

  it('refuses what was altered anywhere, and goes on', () => {
    const [key, nonce] = [randomBytes(32), randomBytes(12)];
    const sealed = Buffer.from(direct.seal(key, nonce, [Uint8Array.of(1, 2, 3, 4)]));
    for (let at = 0; at < sealed.length; at++) {
      const hurt = Buffer.from(sealed);
      hurt[at] = (hurt[at] as number) ^ 0x10;
      assert.throws(() => direct.open(key, nonce, hurt), /refused/);
      assert.deepEqual([...direct.open(key, nonce, sealed)], [1, 2, 3, 4]);
    }
    assert.throws(() => direct.open(key, randomBytes(12), sealed), /refused/);
  });

  it('gives no length to OpenSSL that its memory has not', () => {
    const [key, nonce] = [randomBytes(32), randomBytes(12)];
    assert.throws(() => direct.seal(key, nonce, [new Uint8Array(MAX_RECORD_BYTES - 15)]), /too long/);
    assert.throws(() => direct.seal(key, nonce, [new Uint8Array(60_000), new Uint8Array(60_000)]), /too long/);
    assert.throws(() => direct.open(key, nonce, new Uint8Array(15)), /too short/);
    for (const [badKey, badNonce] of [
      [key.subarray(1), nonce],
      [key, nonce.subarray(1)],
    ] as const) {
      assert.throws(() => direct.seal(badKey, badNonce, []), /not a key/);
      assert.throws(() => direct.open(badKey, badNonce, new Uint8Array(16)), /not a key/);
    }
  });

  it('is left out without koffi, without the calls, and where they make something else', () => {
    const missing = (): Koffi => {
      throw new Error("Cannot find package 'koffi'");
    };
    assert.equal(load(missing), null);
    const without = (name: string, call: unknown): Koffi => {
      const node = koffi.load(null);
      const func = (declaration: string): unknown => {
        if (!declaration.includes(name)) return node.func(declaration);
        if (call === null) throw new Error(`no function ${name}`);
        return call;
      };
      return { ...koffi, load: () => ({ func }) } as unknown as Koffi;
    };
    assert.ok(load(() => without('nothing', null)) !== null);
    for (const name of ['EVP_aes_256_gcm', 'EVP_EncryptUpdate', 'EVP_DecryptFinal_ex'])
      assert.equal(
        load(() => without(name, null)),
        null,
      );
    assert.equal(
      load(() => without('EVP_EncryptUpdate', () => 1)),
      null,
      'nothing is encrypted',
    );
    assert.equal(
      load(() => without('EVP_DecryptFinal_ex', () => 1)),
      null,
      'nothing is refused',
    );
    assert.equal(
      load(() => without('EVP_EncryptInit_ex', () => 0)),
      null,
      'a call fails',
    );
  });
});
