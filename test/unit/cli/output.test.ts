// SPDX-License-Identifier: Apache-2.0
// What a command tells has nothing in it that a terminal obeys, but for lines and a QR code of our own.

import assert from 'node:assert/strict';
import { createOutput } from '../../../cli/terminal/output.ts';
import { PortholeError } from '../../../proto/errors.ts';

const HOSTILE = 'a\x1b]0;pwned\x07\x1b[31mb\x9b2J\x7f\u202ec\u2066\u2028d';
const OBEYED = /[^\n\P{Cc}]|[\p{Bidi_Control}\u2028\u2029]/u;

describe('output', () => {
  let text = '';
  const stream = { isTTY: true, write: (words: string) => (text += words) };
  beforeEach(() => {
    text = '';
  });

  it('for a person is plain, with the lines that are ours', () => {
    const output = createOutput(false, stream);
    output.event({ event: 'ready' }, `\n  ${HOSTILE} is open\n`);
    output.trouble(new PortholeError('SITE_FAILED', HOSTILE));
    assert.doesNotMatch(text, OBEYED);
    assert.match(text, /^\n {2}a \]0;pwned {2}\[31mb 2J c d is open\n\n! a \]0;pwned \[31mb 2J c d \(SITE_FAILED\)\n$/);
    text = '';
    output.progress(`${HOSTILE}\nx`);
    assert.equal(text.indexOf('\r\x1b[K'), 0);
    assert.doesNotMatch(text.slice('\r\x1b[K'.length), /\n/);
    assert.doesNotMatch(text.slice('\r\x1b[K'.length), OBEYED);
    text = '';
    createOutput(false, stream).qr('http://demo.localhost/');
    assert.ok(text.split('\n').length > 10 && text.includes('█'));
  });

  it('for a program is JSON with the same meaning', () => {
    const output = createOutput(true, stream);
    output.event({ event: 'ready', title: HOSTILE });
    assert.doesNotMatch(text, OBEYED);
    assert.deepEqual(JSON.parse(text), { event: 'ready', title: HOSTILE });
  });
});
