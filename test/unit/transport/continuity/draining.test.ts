// SPDX-License-Identifier: Apache-2.0
// A move away from a sound path: what is under way on it comes through first, so that nothing crosses a slow line twice.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../../proto/errors.ts';
import { LINGER_MS } from '../../../../transport/channel/framed.ts';
import * as limits from '../../../../transport/continuity/limits.ts';
import { asked } from '../../../support/asked.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { visit } from '../../../support/line-visits.ts';
import { type Added, Resumables, settled } from '../../../support/resumables.ts';

type Stood = Awaited<ReturnType<Resumables['added']>>;
const MESSAGES = 3;
const BYTES = 4500; // more than is sent again without a thought
const KB = 1024;

describe('a move away from a sound path', () => {
  let clock: FakeClock;
  let resumables: Resumables;
  let one: Stood;
  let two: Stood;
  let sentOnTwo: number;

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10);
      await settled(3);
    }
  }
  /** The wire takes `ms` for what is under way now, and keeps what follows. */
  async function late(added: Added, ms: number): Promise<void> {
    added.wire.hold();
    await pass(ms);
    added.wire.release();
    added.wire.hold();
    await settled();
  }

  beforeEach(async () => {
    clock = fakeClock();
    resumables = new Resumables({ clock });
    const first = resumables.add('one');
    // The questions take a while, so that the path has a round trip.
    for (let i = 0; i < 2 * limits.FIRST_QUESTIONS; i++) await late(first, 20);
    first.wire.release();
    one = { ...first, stood: await first.path };
    two = await resumables.added('two');
    assert.ok(resumables.host.rttMs > 0);
    one.wire.hold();
    for (let i = 0; i < MESSAGES; i++) void resumables.host.send(new Uint8Array(BYTES).fill(i));
    await settled();
    sentOnTwo = two.wire.sent;
    resumables.visitor.use(two.stood, 'the test says so');
    await settled();
  });
  afterEach(() => resumables.end());

  /** The fill of each message that the visitor gets, within `mostMs`. */
  async function got(count: number, mostMs = 500): Promise<number[]> {
    const fills: number[] = [];
    void (async () => {
      while (fills.length < count) fills.push(((await asked(resumables.visitor).receive()) as Uint8Array)[0] as number);
    })().catch(() => {});
    for (const from = clock.now(); fills.length < count && clock.now() - from < mostMs; ) await pass(20);
    return fills;
  }
  const ALL = [0, 1, 2, 3];

  it('waits, and nothing is sent twice; what comes later goes on the new one', async () => {
    void resumables.host.send(new Uint8Array(BYTES).fill(3));
    await pass(limits.SUSPECT_BUSY_MS / 4);
    assert.equal(resumables.host.via, 'two');
    const sent = two.wire.sent - sentOnTwo;
    assert.ok(sent <= MESSAGES, `${sent} messages went out on the new path`); // the move, there and back, and a question
    one.wire.release();
    await settled();
    one.wire.hold();
    assert.deepEqual(await got(4), ALL);
  });

  it('waits no longer than the old path lives', async () => {
    void resumables.host.send(new Uint8Array(BYTES).fill(3));
    one.wire.cut();
    await settled();
    assert.deepEqual(await got(4), ALL);
  });

  it('waits no longer than the old path gives signs of life', async () => {
    void resumables.host.send(new Uint8Array(BYTES).fill(3));
    const from = clock.now();
    assert.deepEqual(await got(4, 10 * limits.SUSPECT_BUSY_MS), ALL);
    const ms = clock.now() - from;
    assert.ok(ms >= limits.SUSPECT_BUSY_MS - 50 && ms <= limits.SUSPECT_BUSY_MS + 2 * limits.ASK_BUSY_MS, `${ms} ms`);
  });

  it('is taken back as soon as it is made, and nothing is sent twice then', async () => {
    const before = one.wire.sent;
    resumables.visitor.use(one.stood, 'the test says so');
    void resumables.host.send(new Uint8Array(BYTES).fill(3));
    await settled();
    const sent = one.wire.sent - before;
    assert.ok(sent <= MESSAGES, `${sent} messages went out on the old path`); // the move, there and back, and what is next
    one.wire.release();
    await pass(2 * limits.ACK_MS);
    assert.equal(resumables.host.via, 'one');
    assert.deepEqual(await got(4), ALL);
  });

  it('a session that closes meanwhile says all that it has to say first', async () => {
    void resumables.host.send(new Uint8Array(BYTES).fill(3));
    void resumables.host.close();
    // Something always comes on the old path, but not that.
    assert.deepEqual(await got(4, 3 * LINGER_MS), ALL);
    const end = asked(resumables.visitor).receive();
    await pass(500);
    assert.equal(await end, null);
  });

  it('the path that the news came on is not the one whose round trip it shows', async () => {
    const { rttMs } = one.stood;
    assert.ok(rttMs >= 20);
    one.wire.release();
    await got(MESSAGES);
    assert.ok(one.stood.rttMs >= rttMs, `${one.stood.rttMs} ms`);
  });

  it('sends again what takes the path less than DRAIN_MS', async () => {
    // It has shown by now that it is fast.
    one.wire.release();
    await settled();
    await got(MESSAGES);
    resumables.visitor.use(one.stood, 'the test says so');
    await pass(500);
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 16; i++) void resumables.host.send(new Uint8Array(16 * KB));
      await got(16);
    }
    one.wire.hold();
    void resumables.host.send(new Uint8Array(BYTES).fill(9));
    resumables.visitor.use(two.stood, 'the test says so');
    await settled();
    assert.deepEqual(await got(1), [9]);
  });
});

describe('a move away from a path that is not sound to the visitor, or carries little', () => {
  let clock: FakeClock;
  let resumables: Resumables;
  beforeEach(() => {
    clock = fakeClock();
    resumables = new Resumables({ clock });
  });
  afterEach(() => resumables.end());

  /** A session on a path with a round trip, which keeps what the host then says, so many bytes; and another path. */
  async function held(bytes: number): Promise<{ one: Added; two: Stood }> {
    const one = resumables.add('one');
    for (let i = 0; i < 2 * limits.FIRST_QUESTIONS; i++) {
      one.wire.hold();
      clock.advance(20);
      one.wire.release();
      one.wire.hold();
      await settled();
    }
    one.wire.release();
    await one.path;
    const two = await resumables.added('two');
    one.wire.hold();
    void resumables.host.send(new Uint8Array(bytes).fill(5));
    await settled();
    return { one, two };
  }

  it('nobody waits for a path that the visitor has lost, though the host does not know', async () => {
    const { one } = await held(20_000);
    one.visitor.abort(new PortholeError('PATH_LOST'));
    await settled();
    assert.equal(resumables.host.via, 'two');
    assert.equal(((await asked(resumables.visitor).receive()) as Uint8Array)[0], 5);
  });

  it('two messages on a path of whose rate nothing is known are sent again at once', async () => {
    const { two } = await held(400);
    resumables.visitor.use(two.stood, 'the test says so');
    await settled();
    assert.equal(((await asked(resumables.visitor).receive()) as Uint8Array)[0], 5);
  });
});

describe('many visitors find their better way in the middle of a download', () => {
  for (const [rate, queueMs] of [
    [64, 300],
    [64, 1000],
    [256, 300],
    [625, 300],
  ] as const)
    it(`15 at ${rate} KB/s, a queue of ${queueMs} ms: one move each, and hardly anything twice`, async () => {
      const bytes = rate * KB * 12;
      const visits = await visit({ rate: rate * KB, queueMs, ways: ['relay', 'tcp-punch'], visitors: 15, bytes, settleMs: 0 });
      assert.deepEqual(visits.failures, []);
      assert.ok(visits.sent <= 1.08 * bytes + 100_000, `${visits.sent} of ${bytes} bytes`);
      assert.ok(visits.moved <= 2 * (15 + 2), `${visits.moved} moves of both ends`);
      assert.ok(visits.silent <= 2, `${visits.silent} silent`);
    });
});
