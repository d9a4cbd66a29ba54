// SPDX-License-Identifier: Apache-2.0
// Numbers modulo 2^32, what is retained, what is acknowledged, and when: the two halves of numbering by themselves.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FIRST_RETAINED_BYTES, MAX_FRAME_BYTES, MAX_RETAINED_BYTES, RETAINED_OVERHEAD_BYTES } from '../../../../proto/limits.ts';
import { Intake } from '../../../../transport/continuity/intake.ts';
import { ACK_BYTES, ACK_FRAMES, ACK_MS, STEADY_RETAINED_BYTES } from '../../../../transport/continuity/limits.ts';
import { fromWire, toWire } from '../../../../transport/continuity/numbers.ts';
import { Outbox } from '../../../../transport/continuity/outbox.ts';
import { fakeClock } from '../../../support/clock.ts';
import { code, holds } from '../../proto/helper.ts';

describe('numbers of messages', () => {
  it('are found again from the wire, as long as they are near', () => {
    const near = fc.oneof(fc.nat(10), fc.integer({ min: 2 ** 32 - 10, max: 2 ** 32 + 10 }), fc.maxSafeInteger().map(Math.abs));
    const distance = fc.oneof(fc.integer({ min: -10, max: 10 }), fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }));
    holds(2000, [near, distance], (from, by) => {
      const number = from + by;
      if (number < 0 || !Number.isSafeInteger(number)) return;
      assert.ok(toWire(number) >= 0 && toWire(number) < 2 ** 32);
      assert.equal(fromWire(toWire(number), from), number);
    });
  });
});

describe('outbox', () => {
  const message = (bytes: number): Uint8Array => new Uint8Array(bytes);
  const longest = message(MAX_FRAME_BYTES);
  /** Bytes that go out before the window closes. */
  const drain = (outbox: Outbox, now = 0): number => {
    let bytes = 0;
    for (let item = outbox.take(now); item; item = outbox.take(now)) bytes += item.cost;
    return bytes;
  };
  const fill = (outbox: Outbox, bytes: number): void => {
    for (let left = bytes; left > 0; left -= MAX_FRAME_BYTES) outbox.push(longest, undefined, undefined);
  };

  it('keeps what went out until it is acknowledged, and begins again with it', () => {
    const outbox = new Outbox();
    const released: number[] = [];
    for (let i = 0; i < 5; i++) outbox.push(message(10), message(20), () => released.push(i));
    const numbers = (): number[] => {
      const list: number[] = [];
      for (let item = outbox.take(0); item; item = outbox.take(0)) list.push(item.number);
      return list;
    };
    assert.deepEqual(numbers(), [0, 1, 2, 3, 4]);
    assert.equal(outbox.acknowledge(2, 0, 0), true);
    assert.deepEqual(released, [0, 1]);
    outbox.rewind();
    assert.deepEqual(numbers(), [2, 3, 4]);
    assert.equal(outbox.acknowledge(2, 0, 0), false);
    assert.equal(outbox.acknowledge(1, 0, 0), false);
    outbox.rewind();
    assert.equal(outbox.take(0)?.number, 2);
    // Another path had brought more than this one has sent again.
    assert.equal(outbox.acknowledge(5, 0, 0), true);
    assert.equal(outbox.take(0), null);
    assert.deepEqual([outbox.length, outbox.retained, released], [0, 0, [0, 1, 2, 3, 4]]);
  });

  it('refuses an acknowledgement of what was never sent', () => {
    const outbox = new Outbox();
    fill(outbox, 3 * MAX_FRAME_BYTES);
    assert.throws(() => outbox.acknowledge(1, 0, 0), code('PROTOCOL_VIOLATED'));
    outbox.take(0);
    outbox.acknowledge(1, 0, 0);
    assert.throws(() => outbox.acknowledge(2, 0, 0), code('PROTOCOL_VIOLATED'));
    outbox.rewind();
    assert.equal(outbox.acknowledge(1, 0, 0), false);
  });

  it('forgets what was acknowledged', () => {
    const outbox = new Outbox();
    for (let i = 0; i < 5000; i++) {
      outbox.push(message(1), undefined, undefined);
      outbox.take(0);
      outbox.acknowledge(i + 1, 0, 0);
    }
    assert.deepEqual([outbox.base, outbox.length, outbox.retained], [5000, 0, 0]);
  });

  it('sends no more than FIRST_RETAINED_BYTES before the first acknowledgement, then STEADY_RETAINED_BYTES', () => {
    const outbox = new Outbox();
    fill(outbox, 4 * STEADY_RETAINED_BYTES);
    const first = drain(outbox);
    const most = MAX_FRAME_BYTES + RETAINED_OVERHEAD_BYTES;
    assert.ok(first >= FIRST_RETAINED_BYTES && first < FIRST_RETAINED_BYTES + most, String(first));
    outbox.acknowledge(1, 1000, 1);
    const next = drain(outbox) + first - most;
    assert.ok(next >= STEADY_RETAINED_BYTES && next < STEADY_RETAINED_BYTES + most, String(next));
  });

  it('grows with a path that uses it up within two round trips, up to MAX_RETAINED_BYTES; not with a slow one; and shrinks again', () => {
    const run = (msPerWindow: number, rttMs: number, msThen = msPerWindow): { outbox: Outbox; under: number } => {
      const outbox = new Outbox();
      let now = 0;
      let under = 0;
      let acknowledged = 0;
      for (let i = 0; i < 200; i++) {
        if (outbox.retained < 2 * MAX_RETAINED_BYTES) fill(outbox, 2 * MAX_RETAINED_BYTES);
        drain(outbox, now);
        under = outbox.next - outbox.base;
        acknowledged = outbox.next;
        now += i < 100 ? msPerWindow : msThen;
        outbox.acknowledge(acknowledged, now, rttMs);
      }
      return { outbox, under: under * (MAX_FRAME_BYTES + RETAINED_OVERHEAD_BYTES) };
    };
    const near = (under: number, most: number): void =>
      assert.ok(under >= most && under <= most + MAX_FRAME_BYTES + RETAINED_OVERHEAD_BYTES, `${under}, not ${most}`);
    near(run(10, 100).under, MAX_RETAINED_BYTES);
    near(run(250, 100).under, STEADY_RETAINED_BYTES);
    near(run(900, 100).under, STEADY_RETAINED_BYTES);
    near(run(10, 100, 900).under, STEADY_RETAINED_BYTES);
    near(run(10, 100, 700).under, MAX_RETAINED_BYTES);
    const { outbox } = run(10, 100);
    outbox.rewind();
    near(drain(outbox), STEADY_RETAINED_BYTES);
  });

  it('measures a round trip at a time', () => {
    const outbox = new Outbox();
    fill(outbox, 3 * MAX_FRAME_BYTES);
    outbox.take(100);
    outbox.take(150);
    assert.equal(outbox.roundTrip(160), null);
    outbox.acknowledge(1, 170, 0);
    assert.equal(outbox.roundTrip(170), 70);
    assert.equal(outbox.roundTrip(170), null);
    outbox.take(200);
    outbox.rewind(); // what goes out twice tells nothing
    outbox.acknowledge(3, 210, 0);
    assert.equal(outbox.roundTrip(210), null);
  });
});

describe('intake', () => {
  it('acknowledges after ACK_BYTES, after ACK_FRAMES, and after ACK_MS', async () => {
    const clock = fakeClock();
    let told = 0;
    const intake = new Intake(clock, () => {
      told++;
      intake.told();
    });
    const give = (bytes: number): Promise<Uint8Array | null> => {
      intake.push(new Uint8Array(bytes));
      return intake.receive();
    };
    for (let bytes = 0; bytes + 16_384 < ACK_BYTES; bytes += 16_384) await give(16_384);
    assert.equal(told, 0);
    await give(16_384);
    assert.equal(told, 1);
    for (let i = 1; i < ACK_FRAMES; i++) await give(1);
    assert.equal(told, 1);
    await give(1);
    assert.equal(told, 2);
    clock.advance(2 * ACK_MS);
    assert.equal(told, 2);
    await give(1);
    clock.advance(ACK_MS - 1);
    assert.equal(told, 2);
    clock.advance(1);
    assert.equal(told, 3);
    assert.equal(clock.timers, 0);
  });

  it('acknowledges what the reader took, not what waits', async () => {
    const clock = fakeClock();
    const intake = new Intake(clock, () => intake.told());
    for (let i = 0; i < 3; i++) intake.push(new Uint8Array(10));
    intake.push(new Uint8Array(0)); // the end mark
    assert.deepEqual([intake.received, intake.taken, intake.ended], [4, 0, true]);
    await intake.receive();
    assert.equal(intake.taken, 1);
    await intake.receive();
    await intake.receive();
    assert.equal(intake.taken, 4);
    assert.equal(await intake.receive(), null);
    assert.throws(() => intake.push(new Uint8Array(1)), code('PROTOCOL_VIOLATED'));
  });

  it('tells again what comes again', () => {
    const clock = fakeClock();
    let told = 0;
    const intake = new Intake(clock, () => {
      told++;
      intake.told();
    });
    void intake.receive();
    intake.push(new Uint8Array(1));
    clock.advance(ACK_MS);
    assert.equal(told, 1);
    for (let i = 0; i < 100; i++) intake.repeated();
    clock.advance(ACK_MS);
    assert.equal(told, 2);
    intake.stop();
    intake.repeated();
    assert.equal(clock.timers, 0);
  });
});
