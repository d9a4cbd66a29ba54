// SPDX-License-Identifier: Apache-2.0
// The life of a session by a clock of the test's own: silence, half-dead paths, no path at all, and each way to end.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../../proto/errors.ts';
import { MAX_PATHS } from '../../../../proto/limits.ts';
import { LINGER_MS } from '../../../../transport/channel/framed.ts';
import { memoryPair } from '../../../../transport/channel/memory.ts';
import * as limits from '../../../../transport/continuity/limits.ts';
import { asked } from '../../../support/asked.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { Resumables, settled } from '../../../support/resumables.ts';
import { plainSealed, testKey } from '../../../support/sealed.ts';
import { code } from '../../proto/helper.ts';

const byte = (value: number): Uint8Array => Uint8Array.of(value);

describe('resumable session: life', () => {
  let clock: FakeClock;
  let resumables: Resumables;

  beforeEach(() => {
    clock = fakeClock();
    resumables = new Resumables({ clock });
  });
  afterEach(async () => {
    resumables.end();
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
  const types = (): string[] => resumables.events.map(({ type }) => type);
  const codeOf = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'none',
      (error) => error.code,
    );

  describe('silence', () => {
    it('a path in use that falls silent is left for a standby within SUSPECT_BUSY_MS, and kept', async () => {
      const { valve, stood: one } = await resumables.addedWithValve('one');
      const { stood: two } = await resumables.added('two');
      resumables.visitor.attend(true);
      await settled();
      valve.hold('in');
      valve.hold('out');
      await pass(limits.SUSPECT_BUSY_MS - 100);
      assert.equal(resumables.visitor.via, 'one');
      await pass(150);
      assert.deepEqual([resumables.visitor.via, resumables.host.via], ['two', 'two']);
      assert.deepEqual([one.state, two.state], ['suspect', 'in-use']);
      assert.deepEqual(types().slice(-2), ['suspect', 'moved']);
      valve.release();
      await settled();
      assert.equal(one.state, 'standby');
      assert.equal(types().at(-1), 'recovered');
      assert.equal(resumables.visitor.via, 'two');
    });

    for (const direction of ['in', 'out'] as const) {
      it(`a path that carries one way only is left, too: ${direction === 'in' ? 'to' : 'from'} the host`, async () => {
        const { valve } = await resumables.addedWithValve('one');
        await resumables.added('two');
        resumables.visitor.attend(true);
        resumables.host.attend(true);
        await settled();
        valve.hold(direction);
        await pass(limits.SUSPECT_BUSY_MS + 2 * limits.ASK_BUSY_MS);
        assert.deepEqual([resumables.visitor.via, resumables.host.via], ['two', 'two']);
        await resumables.visitor.send(byte(1));
        await resumables.host.send(byte(2));
        assert.deepEqual([...((await asked(resumables.host).receive()) ?? [])], [1]);
        assert.deepEqual([...((await asked(resumables.visitor).receive()) ?? [])], [2]);
      });
    }

    it('a silent path without a standby stays in use, and is dead after DEAD_BUSY_MS', async () => {
      const { valve, stood } = await resumables.addedWithValve();
      resumables.visitor.attend(true);
      valve.hold('in');
      valve.hold('out');
      await pass(limits.DEAD_BUSY_MS - 200);
      assert.deepEqual([stood.state, resumables.visitor.via], ['suspect', 'memory']);
      await pass(500);
      assert.deepEqual(types().slice(-2), ['lost', 'stranded']);
      const lost = resumables.events.findLast((event) => event.type === 'lost');
      assert.ok(lost?.type === 'lost' && lost.error.code === 'PATH_SILENT');
    });

    it('a probe finds out about every path at once', async () => {
      const { valve } = await resumables.addedWithValve('one');
      await resumables.added('two');
      await settled();
      valve.hold('in');
      resumables.visitor.probe(300);
      await pass(300);
      assert.equal(resumables.visitor.via, 'two');
    });

    it('idle sessions and standbys say little', async () => {
      const { wire } = await resumables.added('one');
      const { wire: other } = await resumables.added('two');
      await pass(1000);
      const before = wire.sent + other.sent;
      await pass(60_000, 500);
      assert.ok(wire.sent + other.sent - before <= 2 * 4 * 13, `${wire.sent + other.sent - before} messages in a minute`);
      assert.equal(resumables.visitor.paths.length, 2);
    });
  });

  describe('no path', () => {
    it('the visitor gives up after VISITOR_RESUME_MS, and the host, later, after HOST_KEEP_MS: SESSION_LOST', async () => {
      assert.ok(limits.HOST_KEEP_MS > limits.VISITOR_RESUME_MS);
      const { wire } = await resumables.added();
      await settled();
      const { host } = resumables;
      wire.cut();
      await settled();
      const [visitors, hosts] = [codeOf(asked(resumables.visitor).receive()), codeOf(asked(host).receive())];
      const waiting = codeOf(
        asked(resumables.visitor)
          .send(byte(1))
          .then(() => asked(resumables.visitor).receive()),
      );
      await pass(limits.VISITOR_RESUME_MS - 50, 1000);
      assert.equal(types().at(-1), 'stranded');
      await pass(100);
      assert.equal(await visitors, 'SESSION_LOST');
      assert.notEqual(await waiting, 'none');
      await assert.rejects(asked(resumables.visitor).send(byte(1)), code('SESSION_LOST'));
      assert.equal(resumables.acceptor.sessions, 1);
      await pass(limits.HOST_KEEP_MS - limits.VISITOR_RESUME_MS, 1000);
      assert.equal(await hosts, 'SESSION_LOST');
      assert.equal(resumables.acceptor.sessions, 0);
    });

    it('a visitor that comes back in time goes on; after that the host does not know it', async () => {
      const { wire } = await resumables.added();
      await settled();
      wire.cut();
      await pass(limits.VISITOR_RESUME_MS - 1000, 1000);
      const { wire: next } = await resumables.added('two');
      assert.equal(resumables.hosts.length, 1);
      assert.equal(resumables.acceptor.sessions, 1);
      next.hold();
      resumables.acceptor.abort(new PortholeError('SESSION_LOST', 'the host was started again'));
      next.cut();
      await settled();
      await assert.rejects(resumables.add('three').path);
    });

    it('a visitor whose session the host has forgotten learns it: SESSION_LOST', async () => {
      const { wire } = await resumables.added();
      await settled();
      wire.hold();
      resumables.host.abort(new PortholeError('SITE_FAILED'));
      wire.cut();
      await settled();
      assert.equal(resumables.visitor.via, '');
      await assert.rejects(resumables.add().path, code('SESSION_LOST'));
      await assert.rejects(asked(resumables.visitor).receive(), code('SESSION_LOST'));
      const over = resumables.events.at(-1);
      assert.ok(over?.type === 'over' && over.error?.code === 'SESSION_LOST');
    });
  });

  describe('paths', () => {
    it(`no more than ${MAX_PATHS} at once: RATE_LIMITED`, async () => {
      for (let i = 0; i < MAX_PATHS; i++) await resumables.added(`way-${i}`);
      await assert.rejects(resumables.add().path, code('RATE_LIMITED'));
      assert.equal(resumables.visitor.paths.length, MAX_PATHS);
      resumables.visitor.drop(resumables.visitor.paths[1] as never, new PortholeError('PATH_LOST', 'not needed'));
      await resumables.added('further');
    });

    it('a dropped path is told why, and the other end drops it too', async () => {
      await resumables.added('one');
      const { stood } = await resumables.added('two');
      const reasons: string[] = [];
      resumables.host.onEvent((event) => event.type === 'lost' && reasons.push(event.reason));
      resumables.visitor.drop(stood, new PortholeError('STRATEGY_UNFIT', 'it costs too much'));
      await settled();
      assert.deepEqual(reasons, ['it costs too much']);
      assert.deepEqual([resumables.visitor.paths.length, resumables.host.paths.length], [1, 1]);
    });

    it('a second path takes the place of a first that is not answered in FIRST_PATH_MS', async () => {
      const first = resumables.add('one');
      first.wire.hold();
      const lost = assert.rejects(first.path, code('PATH_SILENT'));
      void resumables.visitor.send(byte(5));
      const second = resumables.add('two');
      await pass(limits.FIRST_PATH_MS + 50);
      await lost;
      assert.equal((await second.path).via, 'two');
      assert.deepEqual([...((await asked(resumables.host).receive()) ?? [])], [5]);
    });

    it('what the host made of a first path that was left is over as soon as it hears', async () => {
      const first = resumables.add('one');
      first.wire.hold();
      await settled();
      first.wire.release();
      first.wire.hold(); // the host's answer
      await settled();
      assert.equal(resumables.acceptor.sessions, 1);
      const lost = assert.rejects(first.path, code('PATH_SILENT'));
      const second = resumables.add('two');
      await pass(limits.FIRST_PATH_MS + 50);
      await lost;
      await second.path;
      assert.equal(resumables.acceptor.sessions, 2);
      first.wire.release();
      await settled();
      assert.equal(resumables.acceptor.sessions, 1);
    });

    it('a path that nobody takes up is given up: PATH_SILENT, TIMED_OUT', async () => {
      const { wire, path } = resumables.add();
      wire.hold();
      const lost = codeOf(path);
      await pass(limits.JOIN_MS, 500);
      assert.ok(['PATH_SILENT', 'TIMED_OUT'].includes(await lost));
    });

    it('a host gives up a path on which nothing is said: TIMED_OUT', async () => {
      const refused: string[] = [];
      resumables = new Resumables({ clock, onRefused: (error) => refused.push(error.code) });
      const taken = resumables.acceptor.take(plainSealed(memoryPair().b, testKey(3)));
      await pass(limits.JOIN_MS + 100, 500);
      await taken;
      assert.equal(refused.length, 1);
      assert.ok(['PATH_SILENT', 'TIMED_OUT'].includes(refused[0] ?? ''));
    });
  });

  describe('the end', () => {
    it('abort tells the other end at once, with code and words', async () => {
      await resumables.added();
      const reading = asked(resumables.visitor).receive();
      resumables.host.abort(new PortholeError('SITE_FAILED', 'the site went away'));
      await assert.rejects(reading, (error: PortholeError) => error.code === 'SITE_FAILED' && error.message === 'the site went away');
      assert.equal(resumables.acceptor.sessions, 0);
      await assert.rejects(asked(resumables.visitor).send(byte(1)), code('SITE_FAILED'));
    });

    it("the words of an error that is not the project's are not told", async () => {
      await resumables.added();
      const reading = asked(resumables.visitor).receive();
      resumables.host.abort(new Error('a secret'));
      await assert.rejects(reading, (error: PortholeError) => error.code === 'PATH_LOST' && !error.message.includes('secret'));
    });

    it('close brings what was sent, over another path if the one in use is lost meanwhile', async () => {
      const { wire } = await resumables.added('one');
      await resumables.added('two');
      await settled();
      wire.hold();
      for (let i = 0; i < 20; i++) void resumables.host.send(new Uint8Array(10_000).fill(i));
      const closed = resumables.host.close();
      await settled();
      wire.cut();
      const read = (async () => {
        for (let i = 0; i < 20; i++) assert.equal((await asked(resumables.visitor).receive())?.[0], i);
        assert.equal(await asked(resumables.visitor).receive(), null);
      })();
      await pass(1000, 5);
      await read;
      await closed;
      assert.equal(resumables.acceptor.sessions, 0);
      assert.equal(resumables.events.at(-1)?.type, 'over');
    });

    it('close waits for a visitor that is between two paths, as long as LINGER_MS', async () => {
      const { wire } = await resumables.added('one');
      await settled();
      const { host } = resumables;
      wire.cut();
      await settled();
      await host.send(byte(7));
      const closed = host.close();
      await pass(LINGER_MS - 500);
      resumables.add('two');
      assert.deepEqual([...((await asked(resumables.visitor).receive()) ?? [])], [7]);
      assert.equal(await asked(resumables.visitor).receive(), null);
      await closed;
    });

    it('close gives up after LINGER_MS without progress', async () => {
      const { wire } = await resumables.added();
      await settled();
      wire.hold();
      void resumables.host.send(byte(7));
      const closed = resumables.host.close();
      await pass(LINGER_MS + 100);
      wire.release();
      await closed;
      assert.equal(resumables.acceptor.sessions, 0);
    });

    it('close without a path, and with nothing to say, is over at once', async () => {
      const { wire } = await resumables.added();
      await settled();
      wire.cut();
      await settled();
      await resumables.visitor.close();
      assert.equal(await asked(resumables.visitor).receive(), null);
      await resumables.host.close();
      const never = new Resumables({ clock });
      void never.visitor.send(byte(1));
      await never.visitor.close();
    });

    it('everything that waits is told by the one end there is', async () => {
      const { wire } = await resumables.added();
      await settled();
      wire.hold();
      for (let i = 0; i < 40; i++) resumables.visitor.send(new Uint8Array(60_000));
      assert.ok(resumables.visitor.unsent > 0);
      const reading = codeOf(asked(resumables.visitor).receive());
      const joining = codeOf(resumables.add('two').path.then(() => new Promise(() => {})));
      await settled();
      resumables.visitor.abort(new PortholeError('CANCELLED'));
      assert.equal(await reading, 'CANCELLED');
      assert.throws(() => resumables.visitor.send(byte(1)), code('CANCELLED'));
      assert.equal(resumables.visitor.unsent, 0);
      void joining;
      await assert.rejects(resumables.add('three').path, code('CANCELLED'));
    });

    it('an acceptor that closes ends its sessions in good order and takes no more paths', async () => {
      await resumables.added();
      await settled();
      const closing = resumables.acceptor.close();
      assert.equal(await asked(resumables.visitor).receive(), null);
      await closing;
      assert.equal(resumables.acceptor.sessions, 0);
      const other = new Resumables({ clock });
      await other.acceptor.close();
      await assert.rejects(other.add().path);
      other.end();
    });
  });
});
