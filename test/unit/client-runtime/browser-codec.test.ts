// SPDX-License-Identifier: Apache-2.0
// The page's codec beside the generated one: the same bytes, the same values, and the same bytes refused.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type FieldRow, messagesOf, type Table } from '../../../client-runtime/browser/lean/codec.ts';
import { messageTable } from '../../../client-runtime/browser/lean/messages.ts';
import { porthole } from '../../../proto/generated/messages.js';
import { bytesOf, type Hex, hexOf, vectors } from '../proto/helper.ts';

interface Type {
  encode(fields: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Record<string, unknown>;
}

const table: Table = messageTable();
const names = Object.keys(table);
const at = (root: unknown, name: string): Type =>
  name.split('.').reduce((space, part) => (space as Record<string, unknown>)[part], root) as Type;
const ours = (name: string): Type => at(messagesOf(table), name);
const theirs = (name: string): Type => at({ porthole }, name);

/** Fields of a message, at random; of those of which only one may be there, one at the most. */
function fieldsOf(name: string): fc.Arbitrary<Record<string, unknown>> {
  const anyOf = ([, , kind]: FieldRow): fc.Arbitrary<unknown> => {
    if (table[kind]) return fieldsOf(kind);
    if (kind === 'bool') return fc.boolean();
    // Of lengths that are written in one byte, in two, and in three.
    const long = fc.constantFrom(127, 128, 5000, 20_000);
    if (kind === 'bytes')
      return fc.oneof(
        { weight: 9, arbitrary: fc.uint8Array({ maxLength: 40 }) },
        long.map((length) => new Uint8Array(length).fill(7)),
      );
    const texts = fc.string({ unit: 'grapheme', maxLength: 20 });
    if (kind === 'stringVerify')
      return fc.oneof(
        { weight: 9, arbitrary: texts },
        fc.tuple(texts, long).map(([text, length]) => text.padEnd(length, 'é')),
      );
    return kind === 'uint32' ? fc.nat(2 ** 32 - 1) : fc.integer();
  };
  const rows = table[name] ?? [];
  const free = rows.filter(([, , , , oneof]) => !oneof);
  const either = rows.filter(([, , , , oneof]) => oneof);
  const many = (row: FieldRow): fc.Arbitrary<unknown> => (row[3] ? fc.array(anyOf(row), { maxLength: 3 }) : anyOf(row));
  const some = fc.record(Object.fromEntries(free.map((row) => [row[1], many(row)])), { requiredKeys: [] });
  if (either.length === 0) return some;
  const one = fc.oneof(fc.constant({}), ...either.map((row) => anyOf(row).map((value) => ({ [row[1]]: value }))));
  return fc.tuple(some, one).map(([a, b]) => ({ ...a, ...b }));
}

/** All that can be read of a decoded message, what did not come included. */
function readable(name: string, message: Record<string, unknown>): unknown {
  const oneofs = new Set((table[name] ?? []).map(([, , , , oneof]) => oneof));
  const read = (table[name] ?? []).map(([, field, kind, repeated]) => {
    const value = message[field];
    if (!table[kind] || value == null) return [field, value instanceof Uint8Array ? hexOf(value) : value];
    if (repeated) return [field, (value as Record<string, unknown>[]).map((one) => readable(kind, one))];
    return [field, readable(kind, value as Record<string, unknown>)];
  });
  return [read, Object.keys(message).sort(), [...oneofs].map((oneof) => oneof && message[oneof])];
}

function outcome(name: string, type: Type, bytes: Uint8Array): unknown {
  try {
    return readable(name, type.decode(bytes));
  } catch {
    return 'refused';
  }
}

describe("the page's codec", () => {
  it('has all messages but those that no page says or hears', () => {
    assert.ok(names.includes('porthole.site.Frame') && names.includes('porthole.rendezvous.Nat.Udp'), names.join());
    assert.deepEqual(
      names.filter((name) => /Register|Exam|Nat\.Tcp/.test(name)),
      [],
    );
    assert.throws(() => messageTable(true), /Examination\.outcomes is of a kind that a page cannot read/);
  });

  it('writes and reads what the generated one does', () => {
    for (const name of names) {
      const [mine, other] = [ours(name), theirs(name)];
      fc.assert(
        fc.property(fieldsOf(name), (fields) => {
          const bytes = other.encode(fields).finish();
          assert.equal(hexOf(mine.encode(fields).finish()), hexOf(bytes), name);
          assert.deepEqual(outcome(name, mine, bytes), outcome(name, other, bytes), name);
        }),
        { numRuns: 40 },
      );
    }
  });

  it('reads and refuses the same of any bytes: cut, joined, altered', () => {
    for (const name of [
      'porthole.site.Frame',
      'porthole.site.PathMessage',
      'porthole.rendezvous.Introduction',
      'porthole.rendezvous.Welcome',
    ]) {
      const [mine, other] = [ours(name), theirs(name)];
      const mutated = fc.tuple(fieldsOf(name), fieldsOf(name), fc.nat(), fc.nat(255), fc.boolean()).map(([one, two, place, byte, cut]) => {
        const [a, b] = [other.encode(one).finish(), other.encode(two).finish()];
        const bytes = new Uint8Array(Buffer.concat([a, b])); // of two that are joined, the last of each field counts
        if (byte > 64 && bytes.length > 0) bytes[place % bytes.length] = byte;
        return cut ? bytes.subarray(0, place % (bytes.length + 1)) : bytes;
      });
      let refused = 0;
      fc.assert(
        fc.property(mutated, (bytes) => {
          const expected = outcome(name, other, bytes);
          if (expected === 'refused') refused++;
          assert.deepEqual(outcome(name, mine, bytes), expected, `${name} ${hexOf(bytes)}`);
        }),
        { numRuns: 300 },
      );
      assert.ok(refused > 20, `${name}: only ${refused} were refused`);
    }
  });

  it('reads the published vectors', () => {
    const { frames, decodeOnly } = vectors<Record<'frames' | 'decodeOnly', readonly { readonly hex: Hex }[]>>('site.json');
    for (const { hex } of [...frames, ...decodeOnly]) {
      const bytes = bytesOf(hex);
      assert.deepEqual(
        outcome('porthole.site.Frame', ours('porthole.site.Frame'), bytes),
        outcome('porthole.site.Frame', theirs('porthole.site.Frame'), bytes),
      );
    }
  });
});
