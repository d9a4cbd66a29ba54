// SPDX-License-Identifier: Apache-2.0
// The path manager in a hurry: a direct path that is gone is looked for soon again, and what is learned of the networks is used at once.

import assert from 'node:assert/strict';
import { BRISK_MS, FAIR_MS } from '../../../../transport/paths/search.ts';
import { failure, type Management, manage, onRelay, settled } from '../../../support/fake-management.ts';

describe('path manager: looks for a better path', () => {
  let k: Management;
  beforeEach(() => {
    k = manage();
  });
  afterEach(() => {
    k.manager.stop();
    assert.equal(k.trying(), '', 'nothing is left under way');
  });

  it('briskly when it is gone: soon again, then ever more slowly', async () => {
    const { direct } = await settled(k);
    const since = k.clock.now();
    k.resumable.lose(direct, 'the other end went away');
    for (let i = 0; i < 5; i++) {
      await k.last().fail();
      const { length } = k.openings;
      while (k.openings.length === length) k.clock.advance(100);
    }
    assert.deepEqual(
      k.openings.slice(1).map(({ at }) => at - since),
      [0, 2000, 6000, 14_000, 30_000, 62_000].map((ms) => ms * (BRISK_MS / 2000)),
    );
  });

  it('at once when more is known of the networks, without a word to the paths; then at its polite interval', async () => {
    await onRelay(k);
    await k.last().done(failure('data-channel', 'no'));
    k.clock.advance(1000);
    k.manager.learned();
    assert.deepEqual([k.openings.length, k.trying(), k.resumable.asked], [2, 'data-channel', []]);
    k.told();
    await k.last().fail();
    assert.match(k.told()[0] ?? '', /the next try is in 60 s/);
  });

  it('when more was known than at the first try, as soon as that is over', async () => {
    const started = k.manager.start();
    k.manager.learned();
    k.resumable.join('relay', 41);
    await started;
    assert.equal(k.openings.length, 1);
    await k.last().done(failure('data-channel', 'no'));
    assert.deepEqual([k.openings.length, k.trying()], [2, 'data-channel']);
  });

  it('in place of a try that less was known for, once that has had its time', async () => {
    await onRelay(k);
    const first = k.last();
    k.clock.advance(1000);
    k.manager.learned();
    k.clock.advance(FAIR_MS - 1001);
    assert.deepEqual([k.openings.length, first.signal.aborted], [1, false]);
    k.clock.advance(1);
    assert.deepEqual([k.openings.length, first.signal.aborted, k.trying()], [2, true, 'data-channel']);
    const second = k.last();
    k.clock.advance(FAIR_MS * 3);
    assert.equal(second.signal.aborted, false, 'nothing was learned since');
  });

  it('not in place of a try for any strategy at all', async () => {
    const { direct, relay } = await settled(k);
    k.resumable.lose(direct);
    k.resumable.lose(relay);
    k.clock.advance(1000);
    const urgent = k.last();
    k.manager.learned();
    k.clock.advance(FAIR_MS * 2);
    assert.deepEqual([urgent.names.length, urgent.signal.aborted, k.last() === urgent], [2, false, true]);
  });

  it('not for more that is known where the best there is carries', async () => {
    await settled(k);
    k.manager.learned();
    assert.equal(k.trying(), '');
  });
});
