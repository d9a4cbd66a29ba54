// SPDX-License-Identifier: Apache-2.0
// What the tests of the wire share: hex, vectors, readable values, seeded properties.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type ErrorCode, PortholeError } from '../../../proto/errors.ts';
import type { Frame } from '../../../proto/site.ts';
import { plainText } from '../../../proto/text.ts';

/** Bytes in a vector file: hex, or parts to be joined, each written out or repeated. */
export type Hex = string | readonly (string | { readonly hex: string; readonly times: number })[];

export function bytesOf(hex: Hex): Uint8Array {
  const parts = typeof hex === 'string' ? [hex] : hex;
  const text = parts.map((part) => (typeof part === 'string' ? part : part.hex.repeat(part.times))).join('');
  assert.match(text, /^([0-9a-f]{2})*$/);
  return new Uint8Array(Buffer.from(text, 'hex'));
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A file of test/vectors. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../vectors', name), 'utf8')) as T;
}

/** A message as the vector files write it: bytes as hex, every field there, absent messages null. */
export function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return hexOf(value);
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const fields: Record<string, unknown> = {};
  // The codec keeps defaults on the prototype.
  for (const field in value) fields[field] = readable((value as Record<string, unknown>)[field]);
  return fields;
}

/** For assert.throws: a PortholeError with this code. */
export const code =
  (expected: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected, error.message);
    return true;
  };

/** The codes a decoder may refuse bytes with. */
const REFUSALS: readonly ErrorCode[] = ['FRAME_MALFORMED', 'MESSAGE_TOO_LONG', 'PROTOCOL_VIOLATED'];

/** What `decode` makes of bytes, or the code it refuses them with; any other error is a fault. */
export function decodedOrCode<T>(decode: () => T): { value: T } | { code: ErrorCode } {
  try {
    return { value: decode() };
  } catch (error) {
    assert.ok(error instanceof PortholeError, `not a coded error: ${String(error)}`);
    assert.ok(REFUSALS.includes(error.code), `${error.code}: ${error.message}`);
    return { code: error.code };
  }
}

/** Checks a property; always of the same examples, so that a failure stands until it is mended. */
export function holds<T extends [unknown, ...unknown[]]>(
  runs: number,
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => void,
): void {
  fc.assert(
    fc.property(...arbitraries, (...values: T) => check(...values)),
    { seed: 8_606_884, numRuns: runs },
  );
}

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const credit = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const text = (most: number): fc.Arbitrary<string> => fc.string({ unit: 'binary', maxLength: Math.floor(most / 4) });
const of = (characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
const range = (from: number, to: number): string => String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, at) => from + at));

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
const headers = fc.array(fc.record({ name: of(TOKEN, 1, 20), value: of(`\t${range(0x20, 0x7e)}${range(0x80, 0xff)}`, 0, 80) }), {
  maxLength: 40,
});
const body: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.record({
    type: fc.constant('hello'),
    hello: fc.record({
      version: uint32,
      features: fc.array(text(255), { maxLength: 8 }),
      agent: text(255).map(plainText),
      streamCredit: credit,
      sessionCredit: credit,
    }),
  }),
  fc.record({
    type: fc.constant('request'),
    request: fc.record(
      {
        method: of(`${TOKEN}ABCXYZ`, 1, 20),
        target: of(`${range(0x21, 0x7e)}é…😀`.replaceAll('?', ''), 0, 300).map((rest) => `/${rest}`),
        authority: of('abc.-:[]0189~', 0, 60),
        headers,
        protocol: of(`${TOKEN}ABCXYZ`, 1, 20),
      },
      { requiredKeys: ['method', 'target', 'authority', 'headers'] },
    ),
  }),
  fc.record({ type: fc.constant('response'), response: fc.record({ status: uint32, headers }) }),
  fc.record({ type: fc.constant('data'), data: fc.uint8Array({ maxLength: 600 }) }),
  fc.record({ type: fc.constant('credit'), bytes: credit }),
  fc.record({ type: fc.constant('reset'), reset: fc.record({ code: text(255), message: text(1024) }) }),
  fc.record({ type: fc.constant('goAway'), goAway: fc.record({ code: text(255), message: text(1024), lastStream: uint32 }) }),
  fc.record({ type: fc.constant('none') }),
);

/** Any valid frame. */
export const frames: fc.Arbitrary<Frame> = fc
  .tuple(body, uint32, fc.boolean())
  .map(([carried, stream, end]) => ({ ...carried, stream, end }) as Frame);

interface Edit {
  readonly kind: 'change' | 'insert' | 'remove' | 'repeat' | 'cut';
  readonly at: number;
  readonly length: number;
  readonly byte: number;
}

/** One to six hurts to a message. */
export const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('change', 'insert', 'remove', 'repeat', 'cut'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 9 }),
    byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
  }),
  { minLength: 1, maxLength: 6 },
);

/** The message with the edits made, one after the other. */
export function hurt(message: Uint8Array, list: readonly Edit[]): Uint8Array {
  let bytes = [...message];
  for (const { kind, at, length, byte } of list) {
    const place = Math.floor(at * bytes.length);
    if (kind === 'change') bytes[place] = byte;
    else if (kind === 'insert') bytes.splice(place, 0, ...Array<number>(length).fill(byte));
    else if (kind === 'remove') bytes.splice(place, length);
    else if (kind === 'repeat') bytes.splice(place, 0, ...bytes.slice(place, place + length));
    else bytes = bytes.slice(0, place);
  }
  return Uint8Array.from(bytes);
}
