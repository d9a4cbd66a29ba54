// SPDX-License-Identifier: Apache-2.0
// Properties of plain text: nothing in it that a terminal, a log or a page obeys, and everything else as it was.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainJson, plainLines, plainText, plainTexts } from '../../../proto/text.ts';
import { holds } from './helper.ts';

/** By number, not by the property names that the code uses. */
function obeyed(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const bidi = [0x061c, 0x200e, 0x200f];
  const within = (first: number, last: number): boolean => code >= first && code <= last;
  return code < 0x20 || within(0x7f, 0x9f) || within(0x2028, 0x202e) || within(0x2066, 0x2069) || bidi.includes(code);
}

/** Any text, with many of those that matter. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.integer({ min: 0, max: 0x206f }).map((code) => String.fromCodePoint(code)),
    ),
  )
  .map((parts) => parts.join(''));
/** Each character that is obeyed, and those beside them. */
const EVERY = Array.from({ length: 0x2100 }, (_, code) => String.fromCodePoint(code));

describe('plain text', () => {
  it('has none of the characters that are obeyed, is not longer, and is plain', () => {
    holds(1000, [text], (given) => {
      const plain = plainText(given);
      assert.deepEqual([...plain].filter(obeyed), []);
      assert.ok(plain.length <= given.length);
      assert.equal(plainText(plain), plain);
      const kept = [...given].filter((one) => !obeyed(one) && one !== ' ');
      assert.deepEqual(
        [...plain].filter((one) => one !== ' '),
        kept,
      );
    });
    for (const one of EVERY) assert.equal(plainText(one) === one, !obeyed(one), one.codePointAt(0)?.toString(16));
  });

  it('may have lines where they are our own', () => {
    holds(1000, [text], (given) => {
      const plain = plainLines(given);
      assert.deepEqual(
        [...plain].filter((one) => one !== '\n' && obeyed(one)),
        [],
      );
      assert.equal(plain.split('\n').length, given.split('\n').length);
    });
    assert.equal(plainLines('a\r\n\tb\x1b[2J\u202ec'), 'a \n b [2Jc');
  });

  it('in JSON is escaped, and read back as it was', () => {
    holds(1000, [text], (given) => {
      const json = plainJson(JSON.stringify({ [given]: given }));
      assert.deepEqual([...json].filter(obeyed), []);
      assert.deepEqual(Object.entries(JSON.parse(json)), [[given, given]]);
    });
  });

  it('is made of every text in a value, however deep, and of nothing else', () => {
    const bytes = new Uint8Array([0x1b, 0x9b]);
    const value = { a: 'x\x1b', b: ['\u202ey', { c: 'z\n' }], bytes, number: 27, none: null, yes: true };
    assert.deepEqual(plainTexts(value), {
      a: 'x ',
      b: ['y', { c: 'z ' }],
      bytes: new Uint8Array([0x1b, 0x9b]),
      number: 27,
      none: null,
      yes: true,
    });
  });
});
