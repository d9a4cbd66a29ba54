// SPDX-License-Identifier: Apache-2.0
// How urgent a request is: the field of RFC 9218, read as it may come, and what a page's destinations say.

import assert from 'node:assert/strict';
import { DEFAULT_URGENCY, parsePriority, priorityFor, UNSAID } from '../../../transport/session/priority.ts';

describe('priority (RFC 9218)', () => {
  const cases: readonly [field: string | null, urgency: number, incremental: boolean][] = [
    ['u=5', 5, false],
    ['u=0, i', 0, true],
    ['u=1,i=?1', 1, true],
    ['u=1, i=?0', 1, false],
    ['i', DEFAULT_URGENCY, true],
    ['u=7;q=1, i;x', 7, true],
    ['u=2, unknown=(1 2 "x"), i', 2, true],
    ['u=2, u=6', 6, false], // the last counts (RFC 8941 section 3.2)
    // Out of range, or of another type: as if it were not said (RFC 9218 section 4).
    ['u=8, i', DEFAULT_URGENCY, true],
    ['u=-1', DEFAULT_URGENCY, false],
    ['u="1"', DEFAULT_URGENCY, false],
    ['u=1.5', DEFAULT_URGENCY, false],
    ['i=1', DEFAULT_URGENCY, false],
    // No dictionary.
    ['U=1', UNSAID.urgency, UNSAID.incremental],
    ['u=1,,i', UNSAID.urgency, UNSAID.incremental],
    ['=', UNSAID.urgency, UNSAID.incremental],
    ['', UNSAID.urgency, UNSAID.incremental],
    [null, UNSAID.urgency, UNSAID.incremental],
    [`u=1, x="${'y'.repeat(2000)}"`, UNSAID.urgency, UNSAID.incremental],
  ];
  for (const [field, urgency, incremental] of cases) {
    it(`reads ${field === null ? 'none' : JSON.stringify(field.slice(0, 30))}`, () => {
      assert.deepEqual(parsePriority(field), { urgency, incremental });
    });
  }

  it('has documents before styles before scripts before images', () => {
    const urgency = (destination: string): number => parsePriority(priorityFor(destination)).urgency;
    const order = ['document', 'style', 'script', 'image'].map(urgency);
    assert.deepEqual(order, [...new Set(order)].sort());
    assert.equal(priorityFor(''), null);
    assert.equal(priorityFor('constructor'), null);
  });
});
