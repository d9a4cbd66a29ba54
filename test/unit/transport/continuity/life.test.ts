// SPDX-License-Identifier: Apache-2.0
// The life of a session by a clock of the test's own: silence, half-dead paths, no path at all, and each way to end.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../../proto/errors.ts';
import { MAX_PATHS } from '../../../../proto/limits.ts';
import { LINGER_MS } from '../../../../transport/channel/framed.ts';
import { memoryPair } from '../../../../transport/channel/memory.ts';
import * as limits from '../../../../transport/continuity/limits.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { plainSealed, testKey } from '../../../support/sealed.ts';
import { settled, Threads } from '../../../support/threads.ts';
import { code } from '../../proto/helper.ts';

const byte = (value: number): Uint8Array => Uint8Array.of(value);

describe('thread: life', () => {
  let clock: FakeClock;
  let threads: Threads;

  beforeEach(() => {
    clock = fakeClock();
    threads = new Threads({ clock });
  });
  afterEach(async () => {
    threads.end();
    await settled();
    assert.equal(clock.timers, 0, 'timers are left');
  });

  /** Time passes in steps, and what follows of each step happens. */
  async function pass(ms: number, step = 50): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      clock.advance(Math.min(step, left));
      await settled(4);
    }
  }
  const types = (): string[] => threads.events.map(({ type }) => type);
  const codeOf = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'none',
      (error) => error.code,
    );

  describe('silence', () => {
    it('a path in use that falls silent is left for a standby within SUSPECT_BUSY_MS, and kept', async () => {
      const { valve, stood: one } = await threads.addedWithValve('one');
      const { stood: two } = await threads.added('two');
      threads.visitor.attend(true);
      await settled();
      valve.hold('in');
      valve.hold('out');
      await pass(limits.SUSPECT_BUSY_MS - 100);
      assert.equal(threads.visitor.via, 'one');
      await pass(150);
      assert.deepEqual([threads.visitor.via, threads.host.via], ['two', 'two']);
      assert.deepEqual([one.state, two.state], ['suspect', 'in-use']);
      assert.deepEqual(types().slice(-2), ['suspect', 'moved']);
      valve.release();
      await settled();
      assert.equal(one.state, 'standby');
      assert.equal(types().at(-1), 'recovered');
      assert.equal(threads.visitor.via, 'two');
    });

    for (const direction of ['in', 'out'] as const) {
      it(`a path that carries one way only is left, too: ${direction === 'in' ? 'to' : 'from'} the host`, async () => {
        const { valve } = await threads.addedWithValve('one');
        await threads.added('two');
        threads.visitor.attend(true);
        threads.host.attend(true);
        await settled();
        valve.hold(direction);
        await pass(limits.SUSPECT_BUSY_MS + 2 * limits.ASK_BUSY_MS);
        assert.deepEqual([threads.visitor.via, threads.host.via], ['two', 'two']);
        await threads.visitor.send(byte(1));
        await threads.host.send(byte(2));
        assert.deepEqual([...((await threads.host.receive()) ?? [])], [1]);
        assert.deepEqual([...((await threads.visitor.receive()) ?? [])], [2]);
      });
    }

    it('a silent path without a standby stays in use, and is dead after DEAD_BUSY_MS', async () => {
      const { valve, stood } = await threads.addedWithValve();
      threads.visitor.attend(true);
      valve.hold('in');
      valve.hold('out');
      await pass(limits.DEAD_BUSY_MS - 200);
      assert.deepEqual([stood.state, threads.visitor.via], ['suspect', 'memory']);
      await pass(500);
      assert.deepEqual(types().slice(-2), ['lost', 'stranded']);
      const lost = threads.events.findLast((event) => event.type === 'lost');
      assert.ok(lost?.type === 'lost' && lost.error.code === 'PATH_SILENT');
    });

    it('a probe finds out about every path at once', async () => {
      const { valve } = await threads.addedWithValve('one');
      await threads.added('two');
      await settled();
      valve.hold('in');
      threads.visitor.probe(300);
      await pass(300);
      assert.equal(threads.visitor.via, 'two');
    });

    it('idle sessions and standbys say little', async () => {
      const { wire } = await threads.added('one');
      const { wire: other } = await threads.added('two');
      await pass(1000);
      const before = wire.sent + other.sent;
      await pass(60_000, 500);
      assert.ok(wire.sent + other.sent - before <= 2 * 4 * 13, `${wire.sent + other.sent - before} messages in a minute`);
      assert.equal(threads.visitor.paths.length, 2);
    });
  });

  describe('no path', () => {
    it('the visitor gives up after VISITOR_RESUME_MS, and the host, later, after HOST_KEEP_MS: SESSION_LOST', async () => {
      assert.ok(limits.HOST_KEEP_MS > limits.VISITOR_RESUME_MS);
      const { wire } = await threads.added();
      await settled();
      const { host } = threads;
      wire.cut();
      await settled();
      const [visitors, hosts] = [codeOf(threads.visitor.receive()), codeOf(host.receive())];
      const waiting = codeOf(threads.visitor.send(byte(1)).then(() => threads.visitor.receive()));
      await pass(limits.VISITOR_RESUME_MS - 50, 1000);
      assert.equal(types().at(-1), 'stranded');
      await pass(100);
      assert.equal(await visitors, 'SESSION_LOST');
      assert.notEqual(await waiting, 'none');
      await assert.rejects(threads.visitor.send(byte(1)), code('SESSION_LOST'));
      assert.equal(threads.desk.sessions, 1);
      await pass(limits.HOST_KEEP_MS - limits.VISITOR_RESUME_MS, 1000);
      assert.equal(await hosts, 'SESSION_LOST');
      assert.equal(threads.desk.sessions, 0);
    });

    it('a visitor that comes back in time goes on; after that the host does not know it', async () => {
      const { wire } = await threads.added();
      await settled();
      wire.cut();
      await pass(limits.VISITOR_RESUME_MS - 1000, 1000);
      const { wire: next } = await threads.added('two');
      assert.equal(threads.hosts.length, 1);
      assert.equal(threads.desk.sessions, 1);
      next.hold();
      threads.desk.abort(new PortholeError('SESSION_LOST', 'the host was started again'));
      next.cut();
      await settled();
      await assert.rejects(threads.add('three').path);
    });

    it('a visitor whose session the host has forgotten learns it: SESSION_LOST', async () => {
      const { wire } = await threads.added();
      await settled();
      wire.hold();
      threads.host.abort(new PortholeError('SITE_FAILED'));
      wire.cut();
      await settled();
      assert.equal(threads.visitor.via, '');
      await assert.rejects(threads.add().path, code('SESSION_LOST'));
      await assert.rejects(threads.visitor.receive(), code('SESSION_LOST'));
      const over = threads.events.at(-1);
      assert.ok(over?.type === 'over' && over.error?.code === 'SESSION_LOST');
    });
  });

  describe('paths', () => {
    it(`no more than ${MAX_PATHS} at once: RATE_LIMITED`, async () => {
      for (let i = 0; i < MAX_PATHS; i++) await threads.added(`way-${i}`);
      await assert.rejects(threads.add().path, code('RATE_LIMITED'));
      assert.equal(threads.visitor.paths.length, MAX_PATHS);
      threads.visitor.drop(threads.visitor.paths[1] as never, new PortholeError('PATH_LOST', 'not needed'));
      await threads.added('further');
    });

    it('a dropped path is told why, and the other end drops it too', async () => {
      await threads.added('one');
      const { stood } = await threads.added('two');
      const reasons: string[] = [];
      threads.host.onEvent((event) => event.type === 'lost' && reasons.push(event.reason));
      threads.visitor.drop(stood, new PortholeError('STRATEGY_UNFIT', 'it costs too much'));
      await settled();
      assert.deepEqual(reasons, ['it costs too much']);
      assert.deepEqual([threads.visitor.paths.length, threads.host.paths.length], [1, 1]);
    });

    it('a second path takes the place of a first that is not answered in FIRST_PATH_MS', async () => {
      const first = threads.add('one');
      first.wire.hold();
      const lost = assert.rejects(first.path, code('PATH_SILENT'));
      void threads.visitor.send(byte(5));
      const second = threads.add('two');
      await pass(limits.FIRST_PATH_MS + 50);
      await lost;
      assert.equal((await second.path).via, 'two');
      assert.deepEqual([...((await threads.host.receive()) ?? [])], [5]);
    });

    it('what the host made of a first path that was left is over as soon as it hears', async () => {
      const first = threads.add('one');
      first.wire.hold();
      await settled();
      first.wire.release();
      first.wire.hold(); // the host's answer
      await settled();
      assert.equal(threads.desk.sessions, 1);
      const lost = assert.rejects(first.path, code('PATH_SILENT'));
      const second = threads.add('two');
      await pass(limits.FIRST_PATH_MS + 50);
      await lost;
      await second.path;
      assert.equal(threads.desk.sessions, 2);
      first.wire.release();
      await settled();
      assert.equal(threads.desk.sessions, 1);
    });

    it('a path that nobody takes up is given up: PATH_SILENT, TIMED_OUT', async () => {
      const { wire, path } = threads.add();
      wire.hold();
      const lost = codeOf(path);
      await pass(limits.JOIN_MS, 500);
      assert.ok(['PATH_SILENT', 'TIMED_OUT'].includes(await lost));
    });

    it('a host gives up a path on which nothing is said: TIMED_OUT', async () => {
      const refused: string[] = [];
      threads = new Threads({ clock, onRefused: (error) => refused.push(error.code) });
      const taken = threads.desk.take(plainSealed(memoryPair().b, testKey(3)));
      await pass(limits.JOIN_MS + 100, 500);
      await taken;
      assert.equal(refused.length, 1);
      assert.ok(['PATH_SILENT', 'TIMED_OUT'].includes(refused[0] ?? ''));
    });
  });

  describe('the end', () => {
    it('abort tells the other end at once, with code and words', async () => {
      await threads.added();
      const reading = threads.visitor.receive();
      threads.host.abort(new PortholeError('SITE_FAILED', 'the site went away'));
      await assert.rejects(reading, (error: PortholeError) => error.code === 'SITE_FAILED' && error.message === 'the site went away');
      assert.equal(threads.desk.sessions, 0);
      await assert.rejects(threads.visitor.send(byte(1)), code('SITE_FAILED'));
    });

    it("the words of an error that is not the project's are not told", async () => {
      await threads.added();
      const reading = threads.visitor.receive();
      threads.host.abort(new Error('a secret'));
      await assert.rejects(reading, (error: PortholeError) => error.code === 'PATH_LOST' && !error.message.includes('secret'));
    });

    it('close brings what was sent, over another path if the one in use is lost meanwhile', async () => {
      const { wire } = await threads.added('one');
      await threads.added('two');
      await settled();
      wire.hold();
      for (let i = 0; i < 20; i++) void threads.host.send(new Uint8Array(10_000).fill(i));
      const closed = threads.host.close();
      await settled();
      wire.cut();
      const read = (async () => {
        for (let i = 0; i < 20; i++) assert.equal((await threads.visitor.receive())?.[0], i);
        assert.equal(await threads.visitor.receive(), null);
      })();
      await pass(1000, 5);
      await read;
      await closed;
      assert.equal(threads.desk.sessions, 0);
      assert.equal(threads.events.at(-1)?.type, 'over');
    });

    it('close waits for a visitor that is between two paths, as long as LINGER_MS', async () => {
      const { wire } = await threads.added('one');
      await settled();
      const { host } = threads;
      wire.cut();
      await settled();
      await host.send(byte(7));
      const closed = host.close();
      await pass(LINGER_MS - 500);
      threads.add('two');
      assert.deepEqual([...((await threads.visitor.receive()) ?? [])], [7]);
      assert.equal(await threads.visitor.receive(), null);
      await closed;
    });

    it('close gives up after LINGER_MS without progress', async () => {
      const { wire } = await threads.added();
      await settled();
      wire.hold();
      void threads.host.send(byte(7));
      const closed = threads.host.close();
      await pass(LINGER_MS + 100);
      wire.release();
      await closed;
      assert.equal(threads.desk.sessions, 0);
    });

    it('close without a path, and with nothing to say, is over at once', async () => {
      const { wire } = await threads.added();
      await settled();
      wire.cut();
      await settled();
      await threads.visitor.close();
      assert.equal(await threads.visitor.receive(), null);
      await threads.host.close();
      const never = new Threads({ clock });
      void never.visitor.send(byte(1));
      await never.visitor.close();
    });

    it('everything that waits is told by the one end there is', async () => {
      const { wire } = await threads.added();
      await settled();
      wire.hold();
      const sends = Array.from({ length: 40 }, () => codeOf(threads.visitor.send(new Uint8Array(60_000))));
      const reading = codeOf(threads.visitor.receive());
      const joining = codeOf(threads.add('two').path.then(() => new Promise(() => {})));
      await settled();
      threads.visitor.abort(new PortholeError('CANCELLED'));
      assert.equal(await reading, 'CANCELLED');
      const codes = await Promise.all(sends);
      assert.ok(codes.every((one) => one === 'CANCELLED' || one === 'none') && codes.includes('CANCELLED'), codes.join());
      void joining;
      await assert.rejects(threads.add('three').path, code('CANCELLED'));
    });

    it('a desk that closes ends its sessions in good order and takes no more paths', async () => {
      await threads.added();
      await settled();
      const closing = threads.desk.close();
      assert.equal(await threads.visitor.receive(), null);
      await closing;
      assert.equal(threads.desk.sessions, 0);
      const other = new Threads({ clock });
      await other.desk.close();
      await assert.rejects(other.add().path);
      other.end();
    });
  });
});
