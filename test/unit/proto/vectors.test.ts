// SPDX-License-Identifier: Apache-2.0
// The vectors of both protocols, read in both directions, and refused where they must be.

import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { porthole } from '../../../proto/generated/messages.js';
import { decodePathMessage, encodePathMessage, type PathMessage } from '../../../proto/path.ts';
import { challengeText, decodeMessage, encodeMessage, isSiteId, type MessageName, siteId } from '../../../proto/rendezvous.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../../proto/site.ts';
import { lengthPrefix, Unframer } from '../../../transport/channel/framing.ts';
import { bytesOf, code, type Hex, hexOf, readable, vectors } from './helper.ts';

interface Value {
  readonly name: string;
  readonly hex: Hex;
  readonly value: Record<string, unknown>;
}
interface Refused {
  readonly name: string;
  readonly hex: Hex;
  readonly code: string;
}

interface SiteVectors {
  readonly frames: readonly Value[];
  readonly decodeOnly: readonly Value[];
  readonly refused: readonly Refused[];
  readonly paths: { readonly messages: readonly Value[]; readonly decodeOnly: readonly Value[]; readonly refused: readonly Refused[] };
  readonly framing: {
    readonly streams: readonly { readonly name: string; readonly hex: Hex; readonly messages: readonly Hex[] }[];
    readonly refused: readonly Refused[];
  };
}

type Named<T> = T & { readonly message: MessageName };
interface RendezvousVectors {
  readonly messages: readonly Named<Value>[];
  readonly decodeOnly: readonly Named<Value>[];
  readonly refused: readonly Named<Refused>[];
  readonly identity: { readonly secretKey: string; readonly publicKey: string; readonly site: string };
  readonly challenges: readonly {
    readonly suite: string;
    readonly name: string;
    readonly nonce: string;
    readonly text: string;
    readonly signature: string;
  }[];
}

const site = vectors<SiteVectors>('site.json');
const rendezvous = vectors<RendezvousVectors>('rendezvous.json');

/** A value of the file as the codec takes it: `fields` are bytes there, hex here. */
function withBytes(value: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  const read = (one: unknown, field: string): unknown => {
    if (Array.isArray(one)) return one.map((item) => read(item, ''));
    if (typeof one === 'object' && one !== null) return withBytes(one as Record<string, unknown>, fields);
    return typeof one === 'string' && fields.includes(field) ? bytesOf(one) : one;
  };
  return Object.fromEntries(Object.entries(value).map(([field, one]) => [field, read(one, field)]));
}

describe('vectors: site protocol', () => {
  for (const { name, hex, value } of site.frames) {
    it(name, () => {
      const frame = withBytes(value, value.type === 'data' ? ['data'] : []) as unknown as Frame;
      assert.equal(hexOf(encodeFrame(frame)), hex);
      assert.deepEqual(readable(decodeFrame(bytesOf(hex))), value);
    });
  }

  it('hold every type of frame, each with an end and without', () => {
    const types = ['hello', 'request', 'response', 'data', 'credit', 'reset', 'none'];
    const held = new Set(site.frames.map(({ value }) => `${value.type} ${value.end}`));
    for (const type of [...types, 'goAway']) for (const end of [true, false]) assert.ok(held.has(`${type} ${end}`), `${type} ${end}`);
  });

  for (const { name, hex, value } of site.decodeOnly) {
    it(`decodes ${name}`, () => assert.deepEqual(readable(decodeFrame(bytesOf(hex))), value));
  }

  for (const refused of site.refused) {
    it(`refuses ${refused.name}: ${refused.code}`, () => {
      assert.throws(() => decodeFrame(bytesOf(refused.hex)), code(refused.code));
    });
  }
});

describe('vectors: messages about paths', () => {
  const { messages, decodeOnly, refused } = site.paths;
  for (const { name, hex, value } of messages) {
    it(name, () => {
      const message = withBytes(value, ['session', 'token', 'salt', 'password']) as unknown as PathMessage;
      assert.equal(hexOf(encodePathMessage(message)), hex);
      assert.deepEqual(readable(decodePathMessage(bytesOf(hex))), value);
    });
  }

  it('hold every type', () => {
    const types = ['join', 'joined', 'refused', 'challenge', 'proof', 'carry', 'ack', 'ping', 'over', 'none'];
    assert.deepEqual([...new Set(messages.map(({ value }) => value.type))], types);
  });

  for (const { name, hex, value } of decodeOnly) {
    it(`decodes ${name}`, () => assert.deepEqual(readable(decodePathMessage(bytesOf(hex))), value));
  }

  for (const { name, hex, code: expected } of refused) {
    it(`refuses ${name}: ${expected}`, () => {
      assert.throws(() => decodePathMessage(bytesOf(hex)), code(expected));
    });
  }
});

describe('vectors: length framing', () => {
  const read = (hex: Hex): string[] => {
    const messages: string[] = [];
    new Unframer().push(bytesOf(hex), (message) => messages.push(hexOf(message)) > 0);
    return messages;
  };

  for (const { name, hex, messages } of site.framing.streams) {
    it(name, () => {
      const expected = messages.map((message) => hexOf(bytesOf(message)));
      assert.deepEqual(read(hex), expected);
      const written = expected.map((message) => hexOf(lengthPrefix(message.length / 2)) + message).join('');
      assert.ok(hexOf(bytesOf(hex)).startsWith(written));
    });
  }

  for (const refused of site.framing.refused) {
    it(`refuses ${refused.name}: ${refused.code}`, () => {
      assert.throws(() => read(refused.hex), code(refused.code));
    });
  }
});

describe('vectors: rendezvous protocol', () => {
  const BYTES = ['nonce', 'publicKey', 'signature', 'payload', 'instance', 'series', 'box'];

  for (const { name, message, hex, value } of rendezvous.messages) {
    it(name, () => {
      assert.equal(hexOf(encodeMessage(message, withBytes(value, BYTES))), hex);
      assert.deepEqual(readable(decodeMessage(message, bytesOf(hex))), value);
    });
  }

  it('hold every message, each with unknown fields too', () => {
    // Those that only stand inside others, or in a box, have no name in the codec.
    const inner = ['Address', 'Nat', 'SiteCard', 'RelayTicket', 'InboxRequest'];
    const all = Object.keys(porthole.rendezvous).filter((name) => !inner.includes(name));
    for (const name of all) {
      assert.ok(
        rendezvous.messages.some(({ message }) => message === name),
        name,
      );
      assert.ok(
        rendezvous.decodeOnly.some((entry) => entry.message === name && entry.name.includes('unknown fields')),
        name,
      );
    }
  });

  for (const { name, message, hex, value } of rendezvous.decodeOnly) {
    it(`decodes ${name}`, () => assert.deepEqual(readable(decodeMessage(message, bytesOf(hex))), value));
  }

  for (const { name, message, hex, code: expected } of rendezvous.refused) {
    it(`refuses a ${message}, ${name}: ${expected}`, () => {
      assert.throws(() => decodeMessage(message, bytesOf(hex)), code(expected));
    });
  }

  it('takes an ArrayBuffer as it comes from a WebSocket, and nothing that is not bytes', () => {
    const bytes = bytesOf(rendezvous.messages[0]?.hex ?? '');
    const { nonce } = decodeMessage('Welcome', bytes.buffer);
    assert.equal(nonce.length, 32);
    for (const other of [undefined, null, 'text', 7, {}, [1, 2]]) {
      assert.throws(() => decodeMessage('Welcome', other), code('FRAME_MALFORMED'));
    }
  });
});

describe('vectors: identity', () => {
  const { secretKey, publicKey, site: id } = rendezvous.identity;
  // PKCS #8 around a bare Ed25519 key (RFC 8410 section 7).
  const key = createPrivateKey({ key: Buffer.from(`302e020100300506032b657004220420${secretKey}`, 'hex'), format: 'der', type: 'pkcs8' });

  it('the id of a key', () => {
    assert.equal(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'), publicKey);
    assert.equal(siteId(bytesOf(publicKey)), id);
    assert.equal(isSiteId(id), true);
  });

  for (const { suite, name, nonce, text, signature } of rendezvous.challenges) {
    it(`the challenge of ${suite} for ${name}, and its signature`, () => {
      const challenge = challengeText(suite, bytesOf(nonce), name);
      assert.equal(hexOf(challenge), text);
      assert.equal(sign(null, challenge, key).toString('hex'), signature);
    });
  }
});
