// SPDX-License-Identifier: Apache-2.0
// What is left of the processors' time, by which test/run.ts decides what it runs side by side.

import assert from 'node:assert/strict';
import { idleShare, spent } from '../support/spare.ts';

describe('what is left of the processors', () => {
  it('is the share of the time that was idle, and none of no time', () => {
    assert.equal(idleShare({ idle: 10, all: 100 }, { idle: 40, all: 200 }), 0.3);
    assert.equal(idleShare({ idle: 10, all: 100 }, { idle: 10, all: 200 }), 0);
    assert.equal(idleShare({ idle: 10, all: 100 }, { idle: 10, all: 100 }), 0);
  });

  it('follows what this process does', () => {
    const before = spent();
    for (const until = performance.now() + 100; performance.now() < until; );
    const after = spent();
    assert.ok(after.all > before.all);
    assert.ok(idleShare(before, after) < 1, 'one processor was busy');
  });
});
