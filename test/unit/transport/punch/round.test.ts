// SPDX-License-Identifier: Apache-2.0
// The table of one round: both parts come through, every state ends, and nothing out of turn moves anybody.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Event, rowFor, type State, TABLE, TIME_OUTS } from '../../../../transport/nat/punch/round.ts';
import type { Part } from '../../../../transport/nat/punch/technique.ts';

const EVENTS: readonly Event[] = ['learned', 'here', 'opened', 'open', 'broke', 'gave-up', 'late'];
const PARTS: readonly Part[] = ['opener', 'connecter'];

/** Where events lead, and what is done on the way. */
function run(part: Part, ...events: Event[]): { state: State; done: string[] } {
  let state: State = 'learning';
  const done: string[] = [];
  for (const event of events) {
    const row = rowFor(state, event, part);
    if (!row) continue;
    state = row.next;
    done.push(...row.do);
  }
  return { state, done };
}

describe('punch choreography', () => {
  it('the opener: tells its port, opens, reports (Fig. 5, steps 2, 6)', () => {
    const expected = { state: 'trying', done: ['tell-here', 'send-opening', 'tell-open'] };
    assert.deepEqual(run('opener', 'learned', 'here', 'opened'), expected);
    assert.deepEqual(run('opener', 'here', 'learned', 'opened'), expected);
  });

  it('the connecter: tells its port, and connects when it is told to (steps 4, 8)', () => {
    const expected = { state: 'trying', done: ['tell-here', 'connect'] };
    assert.deepEqual(run('connecter', 'learned', 'here', 'open'), expected);
    assert.deepEqual(run('connecter', 'here', 'learned', 'open'), expected);
  });

  it('nobody connects, or opens, before both ports are known', () => {
    const order = fc.shuffledSubarray(['learned', 'here', 'open', 'opened'] as const);
    fc.assert(
      fc.property(order, fc.constantFrom(...PARTS), (events, part) => {
        const { done } = run(part, ...events);
        const acts = done.findIndex((action) => action === 'connect' || action === 'send-opening');
        if (acts < 0) return;
        assert.ok(events.includes('learned') && events.includes('here'));
        assert.ok(done.indexOf('tell-here') < acts || done.indexOf('tell-here') === acts - 1);
      }),
      { seed: 6 },
    );
  });

  it('has one row at most for each state, event and part', () => {
    for (const { in: state, when } of TABLE)
      for (const part of PARTS)
        assert.ok(TABLE.filter((row) => row.in === state && row.when === when && (row.who === 'both' || row.who === part)).length <= 1);
  });

  it('every state but the last ends by itself, closes what is open, and tells the other end', () => {
    for (const [state, ms] of Object.entries(TIME_OUTS)) {
      if (state === 'failed') continue;
      assert.ok(ms !== null && ms > 0 && ms <= 5000, state);
      for (const part of PARTS) {
        assert.deepEqual(rowFor(state as State, 'late', part)?.do, ['tell-failed', 'close']);
        assert.deepEqual(rowFor(state as State, 'gave-up', part)?.do, ['close']);
      }
    }
    for (const event of EVENTS) for (const part of PARTS) assert.equal(rowFor('failed', event, part), null);
  });
});
