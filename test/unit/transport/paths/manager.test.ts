// SPDX-License-Identifier: Apache-2.0
// The path manager: moves to better, falls back, keeps a standby, looks again politely, does not flap, and says why.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../../proto/errors.ts';
import { CARRIED_MS, PROBE_MS, STANDBY_AFTER_MS } from '../../../../transport/paths/manager.ts';
import { MEASURE_MS } from '../../../../transport/paths/news.ts';
import { POLITE_MS, URGENT_MS } from '../../../../transport/paths/search.ts';
import { failure, type Management, manage, onRelay, settled } from '../../../support/fake-management.ts';
import { someStrategy } from '../../../support/some-strategy.ts';

describe('path manager', () => {
  let k: Management;
  beforeEach(() => {
    k = manage();
  });
  afterEach(() => {
    k.manager.stop();
    assert.equal(k.trying(), '', 'nothing is left under way');
    assert.equal(k.resumable.listeners, 0);
    const { length } = k.openings;
    k.clock.advance(POLITE_MS[1] * 2);
    assert.equal(k.openings.length, length, 'nothing is begun after the end');
  });

  describe('at the start', () => {
    it('tries all strategies, the best first, and resolves with the first that carries', async () => {
      const started = k.manager.start();
      assert.equal(k.trying(), 'data-channel,relay');
      k.resumable.join('relay');
      await started;
      assert.deepEqual(k.told(), ['moved: the relay stood first; data-channel still being tried']);
      assert.deepEqual(k.news[0], { kind: 'moved', via: 'relay', rttMs: 10, standby: '', reason: k.news[0]?.reason });
    });

    it('names of the better strategies those alone that were begun: the other end may not have them all', async () => {
      k = manage(['pigeons', 'data-channel', 'relay'], ['pigeons', 'data-channel', 'relay']);
      const started = k.manager.start();
      for (const name of ['data-channel', 'relay']) k.last().begin(name);
      k.resumable.join('relay');
      await started;
      assert.deepEqual(k.told(), ['moved: the relay stood first; data-channel still being tried']);
    });

    it('rejects with what `open` does when nothing stands, says nothing, and is over', async () => {
      const started = k.manager.start();
      const rejected = assert.rejects(started, { code: 'HOST_OFFLINE' });
      await k.last().fail(new PortholeError('HOST_OFFLINE'));
      await rejected;
      assert.deepEqual([k.told(), k.openings.length, k.resumable.listeners], [[], 1, 0]);
    });

    it('ends with the session', async () => {
      const started = k.manager.start();
      const rejected = assert.rejects(started, { code: 'CANCELLED' });
      k.resumable.end();
      await rejected;
      assert.equal(k.last().signal.aborted, true);
    });

    it('rejects with what ended the session', async () => {
      const rejected = assert.rejects(k.manager.start(), { code: 'NOT_ALLOWED' });
      k.resumable.end(new PortholeError('NOT_ALLOWED'));
      await rejected;
    });

    it('does not take a change for the end of its first try', () => {
      void k.manager.start().catch(() => {});
      k.manager.changed('the network changed');
      assert.deepEqual([k.last().signal.aborted, k.told()], [false, []]);
    });
  });

  describe('moves', () => {
    it('to a better path as soon as it stands, with the relay to fall back on', async () => {
      await onRelay(k);
      k.told();
      k.resumable.join('data-channel', 3);
      assert.deepEqual(k.told(), ['moved: a direct path stands: data-channel is 3 ms away, the relay was 41 ms']);
      assert.deepEqual([k.resumable.inUse?.via, k.news.at(-1)?.standby], ['data-channel', 'relay']);
      assert.equal(k.trying(), '', 'what is not needed any more is stopped');
      k.clock.advance(POLITE_MS[1] * 2);
      assert.deepEqual([k.resumable.paths.length, k.openings.length], [2, 1], 'and then all is well');
    });

    it('to the standby when the path in use goes silent, and asks for a better one at once', async () => {
      const { direct } = await settled(k);
      k.resumable.silence(direct);
      assert.deepEqual(k.told(), ['moved: data-channel went silent; the relay carries on']);
      assert.deepEqual([k.resumable.inUse?.via, k.trying()], ['relay', 'data-channel']);
      assert.ok(k.resumable.paths.includes(direct), 'the silent one may come back');
    });

    it('to the standby when the path in use is lost', async () => {
      const { direct } = await settled(k);
      k.resumable.lose(direct, 'the other end went away');
      assert.deepEqual(k.told(), ['moved: data-channel was lost (the other end went away); the relay carries on']);
      assert.equal(k.resumable.inUse?.via, 'relay');
    });

    it('says nothing of the loss of a path that was left already', async () => {
      const { direct } = await settled(k);
      k.resumable.silence(direct);
      k.told();
      k.resumable.lose(direct);
      assert.deepEqual(k.told(), []);
    });

    it('within a list by its order', async () => {
      k = manage(['relay', 'data-channel']);
      const started = k.manager.start();
      assert.equal(k.trying(), 'relay,data-channel');
      k.resumable.join('data-channel', 3);
      await started;
      k.resumable.join('relay', 41);
      assert.deepEqual(k.told(), [
        'moved: data-channel stood first; relay still being tried',
        'moved: a better path stands: the relay is 41 ms away, data-channel was 3 ms',
      ]);
    });

    it('from a strategy that says it is relayed, whatever its name', async () => {
      k = manage(undefined, [{ ...someStrategy('relay'), name: 'pigeons' }, 'data-channel']);
      const started = k.manager.start();
      k.resumable.join('pigeons', 41);
      await started;
      k.resumable.join('data-channel', 3);
      assert.deepEqual(k.told(), [
        'moved: the pigeons stood first; data-channel still being tried',
        'moved: a direct path stands: data-channel is 3 ms away, the pigeons was 41 ms',
      ]);
      assert.equal(k.news.at(-1)?.standby, 'pigeons');
    });

    it('follows a move that the resumable session makes by itself', async () => {
      const { relay } = await settled(k);
      k.resumable.use(relay, 'the resumable knows why');
      assert.equal(k.told()[0], 'moved: the resumable knows why');
    });
  });

  describe('tells a move', () => {
    it('when its round trip is known, and what follows behind it', async () => {
      const relay = await onRelay(k);
      k.told();
      const direct = k.resumable.join('data-channel', 0);
      assert.equal(k.resumable.inUse, direct, 'the move itself does not wait');
      k.manager.changed('the network changed');
      k.clock.advance(MEASURE_MS[0] * 3 - 1);
      assert.deepEqual(k.told(), []);
      direct.rttMs = 2.6;
      relay.rttMs = 50;
      k.clock.advance(1);
      assert.deepEqual(k.told(), [
        'moved: a direct path stands: data-channel is 3 ms away, the relay was 50 ms',
        'changed: the network changed',
      ]);
    });

    it('without it when it stays unknown', async () => {
      await onRelay(k);
      k.told();
      k.resumable.join('data-channel', 0);
      k.clock.advance(MEASURE_MS[1]);
      assert.deepEqual(k.told(), ['moved: a direct path stands: data-channel, the relay was 41 ms']);
    });

    it('at once when the path fails before that', async () => {
      await onRelay(k);
      k.told();
      k.resumable.lose(k.resumable.join('data-channel', 0));
      assert.deepEqual(k.told(), [
        'moved: a direct path stands: data-channel, the relay was 41 ms',
        'moved: data-channel was lost; the relay carries on',
      ]);
    });
  });

  describe('when nothing carries', () => {
    for (const how of ['silent', 'lost'] as const) {
      it(`(${how}) tries all strategies at once, and says how long it took`, async () => {
        const relay = await onRelay(k);
        await k.last().done(failure('data-channel', 'UDP is blocked'));
        k.told();
        k.clock.advance(CARRIED_MS);
        if (how === 'silent') k.resumable.silence(relay);
        else k.resumable.lose(relay, 'the relay hung up');
        const fall = how === 'silent' ? 'the relay went silent' : 'the relay was lost (the relay hung up)';
        assert.deepEqual(k.told(), [`${how}: ${fall}; looking for another path`]);
        assert.equal(k.news.at(-1)?.via, how === 'silent' ? 'relay' : '');
        assert.equal(k.trying(), 'data-channel,relay');
        k.clock.advance(1200);
        k.resumable.join('relay', 40);
        assert.deepEqual(k.told(), [`moved: ${fall}; the relay carries on after 1.2 s`]);
      });
    }

    it('gives up a try that was begun when something carried: it does not try all there is', async () => {
      const relay = await onRelay(k);
      const first = k.last();
      k.clock.advance(CARRIED_MS);
      k.resumable.lose(relay);
      assert.equal(first.signal.aborted, true);
      assert.deepEqual([k.trying(), k.openings.length], ['data-channel,relay', 2]);
    });

    it('a silent path that the resumable session takes for want of another is told, and the try goes on', async () => {
      const { relay, direct } = await settled(k);
      k.clock.advance(CARRIED_MS);
      k.resumable.silence(relay);
      k.told();
      k.resumable.lose(direct, 'gone');
      const attempt = k.last();
      k.resumable.use(relay, 'the resumable has nothing else');
      assert.deepEqual(k.told(), [
        'lost: data-channel was lost (gone); looking for another path',
        'silent: data-channel was lost (gone); the relay is silent, too; looking for another path',
      ]);
      assert.deepEqual([k.last(), attempt.over, k.trying()], [attempt, false, 'data-channel,relay']);
      k.resumable.recover(relay);
      assert.equal(k.told()[0], 'recovered: the relay answers again');
    });

    it('a silent path that answers again is used on', async () => {
      const relay = await onRelay(k);
      k.told();
      k.resumable.silence(relay);
      k.resumable.recover(relay);
      assert.deepEqual(k.told(), ['silent: the relay went silent; looking for another path', 'recovered: the relay answers again']);
      assert.deepEqual(k.resumable.asked, []);
    });

    it('tries again and again, ever more slowly', async () => {
      const relay = await onRelay(k);
      await k.last().done(failure('data-channel', 'no'));
      k.clock.advance(CARRIED_MS);
      k.told();
      k.resumable.lose(relay);
      const from = k.openings.length - 1;
      for (let i = 0; i < 7; i++) {
        await k.last().fail();
        k.clock.advance(URGENT_MS[1]);
      }
      const begun = k.openings.slice(from).map(({ at }) => at);
      assert.deepEqual(
        begun.slice(1).map((at, i) => at - (begun[i] as number) >= Math.min(URGENT_MS[0] * 2 ** i, URGENT_MS[1])),
        begun.slice(1).map(() => true),
      );
      assert.equal(k.told()[1], 'sought: no path yet (nothing stood); the next try is in 1 s');
    });

    it('does not hurry for a path that breaks as soon as it stands', async () => {
      await onRelay(k);
      for (let ms = 0; ms < 20_000; ms += 100) {
        if (k.resumable.inUse) k.resumable.lose(k.resumable.inUse);
        k.clock.advance(100);
        if (k.trying()) k.resumable.join('relay');
      }
      assert.deepEqual(
        k.openings.map(({ at }) => at),
        [0, 300, 900, 2100, 4500, 9300, 17_300],
      );
    });
  });

  describe('a standby', () => {
    it('is opened a little after a direct path carries', async () => {
      const started = k.manager.start();
      k.resumable.join('data-channel', 3);
      await started;
      await k.last().done();
      k.clock.advance(STANDBY_AFTER_MS - 1);
      assert.equal(k.trying(), '');
      k.clock.advance(1);
      assert.equal(k.trying(), 'relay');
      k.told();
      k.resumable.join('relay', 41);
      assert.deepEqual(k.told(), ['standby: the relay stands by']);
      assert.deepEqual([k.resumable.inUse?.via, k.news.at(-1)?.via, k.news.at(-1)?.standby], ['data-channel', 'data-channel', 'relay']);
    });

    it('that is lost is replaced, politely', async () => {
      const { relay } = await settled(k);
      k.resumable.lose(relay);
      assert.deepEqual(k.told(), ['standby: the relay stands by no longer']);
      k.clock.advance(STANDBY_AFTER_MS);
      assert.equal(k.trying(), 'relay');
      await k.last().fail(new PortholeError('RELAY_REFUSED', 'no room'));
      assert.deepEqual(k.told(), ['sought: no standby yet (no room); the next try is in 60 s']);
      k.clock.advance(POLITE_MS[0]);
      assert.equal(k.trying(), 'relay');
    });

    for (const [via, first] of [
      ['direct-only', 'data-channel'],
      ['relay-only', 'relay'],
    ] as const) {
      it(`is not wanted with ${via}; the path is replaced when it is lost`, async () => {
        k = manage([via]);
        const started = k.manager.start();
        assert.equal(k.trying(), first);
        const path = k.resumable.join(first);
        await started;
        await k.last().done();
        k.clock.advance(POLITE_MS[1]);
        assert.equal(k.openings.length, 1);
        k.resumable.lose(path);
        assert.equal(k.trying(), first);
      });
    }
  });

  describe('looks for a better path', () => {
    it('at a polite interval, doubled up to the longest, and says so', async () => {
      await onRelay(k);
      await k.last().done(failure('data-channel', 'UDP is blocked'));
      assert.equal(k.told().at(-1), 'sought: no direct path yet (data-channel: UDP is blocked); the next try is in 60 s');
      const waits: number[] = [];
      for (let i = 0; i < 6; i++) {
        const { length } = k.openings;
        const since = k.last().at;
        while (k.openings.length === length) k.clock.advance(1000);
        waits.push(k.last().at - since);
        assert.deepEqual(k.last().names, ['data-channel']);
        await k.last().fail(new PortholeError('NO_PATH', 'words', { cause: [failure('data-channel', 'still blocked')] }));
      }
      assert.deepEqual(waits, [60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
      assert.equal(k.told().at(-1), 'sought: no direct path yet (data-channel: still blocked); the next try is in 600 s');
      assert.equal(k.resumable.inUse?.via, 'relay');
    });

    it('with chance in the interval', async () => {
      for (const [chance, ms] of [
        [0, 48_000],
        [0.999, 71_976],
      ] as const) {
        k.manager.stop();
        k = manage(undefined, undefined, () => chance);
        await onRelay(k);
        await k.last().done(failure('data-channel', 'no'));
        k.clock.advance(ms - 1);
        assert.equal(k.openings.length, 1);
        k.clock.advance(1);
        assert.equal(k.openings.length, 2);
      }
    });

    it('at once when the network changes, and asks the paths for a sign of life', async () => {
      await onRelay(k);
      await k.last().done(failure('data-channel', 'no'));
      k.clock.advance(POLITE_MS[0]);
      const before = k.last();
      k.told();
      k.manager.changed('eth0 has a new address');
      assert.equal(before.signal.aborted, true, 'what was begun on the old network is given up');
      assert.equal(k.trying(), 'data-channel');
      assert.deepEqual(k.told(), ['changed: eth0 has a new address']);
      assert.deepEqual(k.resumable.asked, [`probe ${PROBE_MS}`]);
      await k.last().fail();
      assert.match(k.told()[0] ?? '', /the next try is in 2 s/, 'the interval begins anew, and briskly');
    });

    it('not when the best there is carries, whatever changes', async () => {
      await settled(k);
      k.manager.changed('eth1 is there');
      assert.deepEqual([k.trying(), k.resumable.asked.slice(1)], ['', [`probe ${PROBE_MS}`]]);
    });

    it('not where no better one is known', async () => {
      k = manage(undefined, ['relay']);
      await onRelay(k);
      await k.last().done();
      k.clock.advance(POLITE_MS[1] * 2);
      assert.equal(k.openings.length, 1);
    });
  });
});
