// SPDX-License-Identifier: Apache-2.0
// The one list of codes, and errors that come over the wire or out of nowhere.

import assert from 'node:assert/strict';
import { asPortholeError, ERRORS, type ErrorCode, errorFromWire, isErrorCode, PortholeError } from '../../../proto/errors.ts';
import { MAX_TOKEN_BYTES } from '../../../proto/limits.ts';

describe('errors', () => {
  it('each code has words, an exit status and an HTTP status', () => {
    for (const [code, { summary, exit, http }] of Object.entries(ERRORS)) {
      assert.match(code, /^[A-Z]+(_[A-Z]+)*$/);
      assert.ok(code.length <= MAX_TOKEN_BYTES && summary.length > 10 && !summary.endsWith('.'), code);
      assert.ok([2, 3, 4, 5, 6, 7, 8, 70, 130].includes(exit), `${code}: exit ${exit}`);
      assert.ok(http >= 400 && http <= 599, `${code}: HTTP ${http}`);
      assert.equal(new PortholeError(code as ErrorCode).message, summary);
    }
  });

  it('a peer’s error keeps its code and words; without words it has the code’s own', () => {
    const { code, message } = errorFromWire('NAME_TAKEN', 'demo is taken');
    assert.deepEqual([code, message], ['NAME_TAKEN', 'demo is taken']);
    assert.equal(errorFromWire('NAME_TAKEN', '').message, ERRORS.NAME_TAKEN.summary);
  });

  it('a code that is not known, or only seems to be, is PROTOCOL_VIOLATED and keeps its name', () => {
    for (const code of ['MOVED_ON', '', 'toString', '__proto__', 'constructor', 'name_taken']) {
      assert.equal(isErrorCode(code), false, code);
      const error = errorFromWire(code, 'words');
      assert.deepEqual([error.code, error.message], ['PROTOCOL_VIOLATED', `${code}: words`]);
    }
  });

  it('a peer’s words cannot steer a terminal or forge a line of a log', () => {
    const hostile = 'a\x1b]0;title\x07b\x1b[2Jc\r\nd\x9b3\u202e1me\x00';
    for (const code of ['SITE_FAILED', `NEWER${hostile}`]) {
      const { message } = errorFromWire(code, hostile);
      assert.doesNotMatch(message, /[\p{Cc}\p{Bidi_Control}]/u);
      assert.match(message, /a ]0;title b \[2Jc d 31me $/);
    }
  });

  it('anything thrown becomes an error with a code', () => {
    const own = new PortholeError('NO_PATH');
    assert.equal(asPortholeError(own, 'PATH_LOST'), own);
    assert.equal(asPortholeError(AbortSignal.abort().reason).code, 'CANCELLED');
    assert.equal(asPortholeError(new DOMException('late', 'TimeoutError')).code, 'TIMED_OUT');
    const system = asPortholeError(new Error('connect ECONNREFUSED'), 'PATH_LOST');
    assert.equal(system.code, 'PATH_LOST');
    assert.match(system.message, /ECONNREFUSED/);
    assert.equal((system.cause as Error).message, 'connect ECONNREFUSED');
    for (const odd of [undefined, null, 'text', 7, {}]) assert.equal(asPortholeError(odd).code, 'INTERNAL');
  });
});
