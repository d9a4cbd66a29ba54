// SPDX-License-Identifier: Apache-2.0
// The path manager does not flap, and does not do more than it needs.

import assert from 'node:assert/strict';
import { CROWDED_PATHS } from '../../../../transport/paths/manager.ts';
import { FORGIVE_MS, SPARE_MS, STEADY_MS } from '../../../../transport/paths/record.ts';
import { MAX_TRIES, TRIES_WINDOW_MS } from '../../../../transport/paths/search.ts';
import { type Management, manage, onRelay, settled } from '../../../support/fake-management.ts';

describe('path manager: steady', () => {
  let k: Management;
  beforeEach(() => {
    k = manage();
  });
  afterEach(() => k.manager.stop());

  describe('does not flap', () => {
    it('a path that comes back must be steady, twice as long each time', async () => {
      const { direct } = await settled(k);
      const waits: number[] = [];
      for (let i = 0; i < 9; i++) {
        k.resumable.silence(direct);
        assert.equal(k.resumable.inUse?.via, 'relay');
        k.resumable.recover(direct);
        const since = k.clock.now();
        while (k.resumable.inUse?.via === 'relay') k.clock.advance(1000);
        waits.push(k.clock.now() - since);
      }
      assert.deepEqual(waits, [2000, 4000, 8000, 16_000, 32_000, 64_000, 120_000, 120_000, 120_000]);
      assert.equal(STEADY_MS[1], waits.at(-1));
    });

    it('a new path of the kind waits as long; one that fails meanwhile is not used', async () => {
      const { direct } = await settled(k);
      k.resumable.lose(direct);
      const second = k.resumable.join('data-channel', 3);
      k.clock.advance(STEADY_MS[0] - 1);
      assert.equal(k.resumable.inUse?.via, 'relay');
      k.resumable.lose(second);
      k.clock.advance(STEADY_MS[1]);
      assert.equal(k.resumable.inUse?.via, 'relay');
    });

    it('where nothing else carries it is used at once', async () => {
      const { relay, direct } = await settled(k);
      k.resumable.silence(direct);
      k.resumable.recover(direct);
      k.resumable.lose(relay);
      assert.equal(k.resumable.inUse, direct);
    });

    it('what carried long is forgiven, and so is all when the network changes', async () => {
      const { direct } = await settled(k);
      k.resumable.silence(direct);
      k.resumable.recover(direct);
      k.clock.advance(STEADY_MS[0]);
      assert.equal(k.resumable.inUse, direct);
      k.clock.advance(FORGIVE_MS);
      k.resumable.silence(direct);
      k.resumable.recover(direct);
      k.clock.advance(STEADY_MS[0]);
      assert.equal(k.resumable.inUse, direct, 'it waits as after a first failure');
      k.resumable.silence(direct);
      k.resumable.recover(direct);
      k.manager.changed('another network');
      assert.equal(k.resumable.inUse, direct);
    });

    it('a path that is silent and then lost has failed once', async () => {
      const { direct } = await settled(k);
      k.resumable.silence(direct);
      k.resumable.lose(direct);
      k.resumable.join('data-channel', 3);
      k.clock.advance(STEADY_MS[0]);
      assert.equal(k.resumable.inUse?.via, 'data-channel');
    });
  });

  describe('is bounded', () => {
    it('closes what it does not need, after a while', async () => {
      const { relay, direct } = await settled(k);
      const third = k.resumable.join('relay', 50);
      k.clock.advance(SPARE_MS - 1);
      assert.equal(k.resumable.paths.length, 3);
      k.clock.advance(1);
      assert.deepEqual(k.resumable.paths, [relay, direct]);
      assert.ok(!k.resumable.paths.includes(third));
      const spare = k.resumable.join('data-channel', 1);
      k.clock.advance(SPARE_MS / 2);
      k.resumable.silence(direct);
      assert.equal(k.resumable.inUse, spare, 'one that comes to be needed stays');
      k.clock.advance(SPARE_MS);
      assert.ok(k.resumable.paths.includes(spare));
    });

    it(`tries nothing while ${CROWDED_PATHS} paths are live`, async () => {
      const { relay, direct } = await settled(k);
      const more = [k.resumable.join('relay'), k.resumable.join('relay')];
      for (const path of [relay, direct, ...more]) k.resumable.silence(path);
      assert.equal(k.trying(), '');
      k.clock.advance(SPARE_MS);
      assert.deepEqual([k.resumable.paths.length, k.trying()], [2, 'data-channel,relay']);
    });

    it(`has one try under way at a time, and at most ${MAX_TRIES} in ${TRIES_WINDOW_MS / 60_000} minutes`, async () => {
      await onRelay(k);
      for (let i = 0; i < MAX_TRIES * 2; i++) {
        k.manager.changed(`change ${i}`);
        k.clock.advance(10);
        assert.ok(k.openings.filter(({ over }) => !over).length <= 1);
      }
      assert.equal(k.openings.length, MAX_TRIES);
      k.clock.advance(TRIES_WINDOW_MS);
      assert.ok(k.openings.length > MAX_TRIES, 'and goes on after that');
    });
  });
});
