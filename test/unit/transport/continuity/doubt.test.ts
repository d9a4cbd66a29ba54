// SPDX-License-Identifier: Apache-2.0
// A session that doubts its path, by a clock of the test's own: where it moves, what it leaves, and how patient it becomes.

import assert from 'node:assert/strict';
import * as limits from '../../../../transport/continuity/limits.ts';
import { asked } from '../../../support/asked.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { Resumables, settled } from '../../../support/resumables.ts';

const byte = (value: number): Uint8Array => Uint8Array.of(value);

describe('resumable session: doubt', () => {
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

  it('moves from a silent path only to one that answers', async () => {
    const one = await resumables.addedWithValve('one');
    const two = await resumables.addedWithValve('two');
    resumables.visitor.attend(true);
    await settled();
    resumables.visitor.use(two.stood, 'test');
    for (const { valve } of [one, two]) {
      valve.hold('in');
      valve.hold('out');
    }
    await pass(limits.SUSPECT_BUSY_MS + 2000);
    assert.deepEqual([resumables.visitor.via, two.stood.state, one.stood.proven], ['two', 'suspect', false]);
    one.valve.release();
    await pass(limits.ASK_BUSY_MS + 100);
    assert.deepEqual([resumables.visitor.via, one.stood.state], ['one', 'in-use']);
  });

  it('says Ack when it has said nothing for ECHO_MS, and hears the other', async () => {
    const { wire } = await resumables.added();
    await settled();
    void resumables.visitor.send(byte(1));
    await settled();
    const before = wire.sent;
    await pass(limits.ECHO_MS - 50);
    void resumables.visitor.send(byte(2));
    await settled();
    assert.equal(wire.sent, before + 1); // nobody reads at the host: there is nothing to acknowledge
    await pass(100);
    void resumables.visitor.send(byte(3));
    await settled();
    await pass(limits.ACK_MS);
    await settled();
    assert.equal(wire.sent, before + 3);
  });

  it('gives up a silent path that holds what goes out on the next one', async () => {
    const one = await resumables.addedWithValve('one');
    await resumables.added('two');
    resumables.visitor.attend(true);
    await settled();
    one.valve.hold('in');
    one.valve.hold('out');
    void resumables.visitor.send(byte(1));
    await pass(limits.SUSPECT_BUSY_MS + 500);
    assert.deepEqual([resumables.visitor.via, resumables.visitor.paths.length], ['two', 1]);
    const lost = resumables.events.findLast((event) => event.type === 'lost');
    assert.ok(lost?.type === 'lost' && lost.error.code === 'PATH_SILENT');
    assert.match(lost.reason, /bytes were stuck on it for 1\.\d s/);
    assert.deepEqual([...((await asked(resumables.host).receive()) ?? [])], [1]);
  });

  it('is more patient each time it doubts again soon, up to MAX_PATIENCE times', async () => {
    const { valve } = await resumables.addedWithValve('one');
    resumables.visitor.attend(true);
    await settled();
    const doubted = async (): Promise<number> => {
      const from = clock.now();
      valve.hold('in');
      const before = types().filter((type) => type === 'suspect').length;
      while (types().filter((type) => type === 'suspect').length === before) await pass(50);
      valve.release();
      await settled();
      return clock.now() - from;
    };
    const took = [await doubted(), await doubted(), await doubted()];
    for (const [at, ms] of took.entries()) assert.ok(ms >= 2 ** at * limits.SUSPECT_BUSY_MS - 500, took.join());
    for (let i = 0; i < 3; i++) await doubted();
    assert.ok((await doubted()) <= Math.max(limits.MAX_PATIENCE * limits.SUSPECT_BUSY_MS, limits.MAX_LULL_MS) + 1000);
    await pass(limits.DOUBTS_MS + 10 * limits.LULL_HALF_MS);
    assert.ok((await doubted()) <= limits.SUSPECT_BUSY_MS + 500);
  });

  it('a listener that throws takes no event from the others, and the session moves all the same', async () => {
    const { valve } = await resumables.addedWithValve('one');
    await resumables.added('two');
    let thrown = 0;
    const forget = resumables.visitor.onEvent(() => {
      thrown++;
      throw new Error('a listener of somebody else’s');
    });
    const heard: string[] = [];
    resumables.visitor.onEvent(({ type }) => heard.push(type));
    resumables.visitor.attend(true);
    await settled();
    for (const direction of ['in', 'out'] as const) valve.hold(direction);
    const told: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => told.push(error));
    try {
      await pass(limits.SUSPECT_BUSY_MS + 200);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const other of others) process.on('uncaughtException', other);
    }
    assert.equal(told.length, thrown);
    assert.equal(resumables.visitor.via, 'two');
    assert.deepEqual(heard.slice(-2), ['suspect', 'moved']);
    assert.equal(thrown, heard.length);
    forget();
    valve.release();
  });

  it('a session that closes leaves a silent path, too: what was sent comes through', async () => {
    const { valve } = await resumables.addedWithValve('one');
    await resumables.added('two');
    resumables.visitor.attend(true);
    await pass(300);
    for (const direction of ['in', 'out'] as const) valve.hold(direction);
    void asked(resumables.visitor)
      .send(byte(7))
      .catch(() => {});
    resumables.manager.finish();
    const closed = resumables.visitor.close();
    const got = asked(resumables.host).receive();
    await pass(limits.SUSPECT_BUSY_MS + 500);
    assert.deepEqual([...((await got) ?? [])], [7]);
    assert.equal(await asked(resumables.host).receive(), null);
    void resumables.host.close();
    await pass(500);
    await closed;
    valve.release();
  });
});
