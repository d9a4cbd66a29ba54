// SPDX-License-Identifier: Apache-2.0
// Numbers modulo 2^32, what is retained, what is acknowledged, and when: the two halves of numbering by themselves.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FIRST_RETAINED_BYTES, MAX_FRAME_BYTES, MAX_RETAINED_BYTES, RETAINED_OVERHEAD_BYTES } from '../../../../proto/limits.ts';
import { Intake } from '../../../../transport/continuity/intake.ts';
import {
  ACK_BYTES,
  ACK_FRAMES,
  ACK_LEAST_MS,
  ACK_MS,
  FIRST_WINDOW_BYTES,
  URGENT_MESSAGES,
} from '../../../../transport/continuity/limits.ts';
import { fromWire, toWire } from '../../../../transport/continuity/numbers.ts';
import { Outbox } from '../../../../transport/continuity/outbox.ts';
import { Pipe } from '../../../../transport/continuity/pipe.ts';
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
    const outbox = new Outbox(new Pipe(0));
    const released: number[] = [];
    for (let i = 0; i < 5; i++) outbox.push(message(10), message(20), () => released.push(i));
    const numbers = (): number[] => {
      const list: number[] = [];
      for (let item = outbox.take(0); item; item = outbox.take(0)) list.push(item.number);
      return list;
    };
    assert.deepEqual(numbers(), [0, 1, 2, 3, 4]);
    assert.equal(outbox.acknowledge(2, 0), true);
    assert.deepEqual(released, [0, 1]);
    outbox.rewind();
    assert.deepEqual(numbers(), [2, 3, 4]);
    assert.equal(outbox.acknowledge(2, 0), false);
    assert.equal(outbox.acknowledge(1, 0), false);
    outbox.rewind();
    assert.equal(outbox.take(0)?.number, 2);
    // Another path had brought more than this one has sent again.
    assert.equal(outbox.acknowledge(5, 0), true);
    assert.equal(outbox.take(0), null);
    assert.deepEqual([outbox.length, outbox.retained, released], [0, 0, [0, 1, 2, 3, 4]]);
  });

  it('refuses an acknowledgement of what was never sent', () => {
    const outbox = new Outbox(new Pipe(0));
    fill(outbox, 3 * MAX_FRAME_BYTES);
    assert.throws(() => outbox.acknowledge(1, 0), code('PROTOCOL_VIOLATED'));
    outbox.take(0);
    outbox.acknowledge(1, 0);
    assert.throws(() => outbox.acknowledge(2, 0), code('PROTOCOL_VIOLATED'));
    outbox.rewind();
    assert.equal(outbox.acknowledge(1, 0), false);
  });

  it('forgets what was acknowledged', () => {
    const outbox = new Outbox(new Pipe(0));
    for (let i = 0; i < 5000; i++) {
      outbox.push(message(1), undefined, undefined);
      outbox.take(0);
      outbox.acknowledge(i + 1, 0);
    }
    assert.deepEqual([outbox.base, outbox.length, outbox.retained], [5000, 0, 0]);
  });

  it('sends no more than FIRST_WINDOW_BYTES of a path that is not known, which is less than FIRST_RETAINED_BYTES', () => {
    const outbox = new Outbox(new Pipe(0));
    fill(outbox, 4 * FIRST_RETAINED_BYTES);
    const first = drain(outbox);
    assert.ok(first >= FIRST_WINDOW_BYTES && first < FIRST_WINDOW_BYTES + MAX_FRAME_BYTES + RETAINED_OVERHEAD_BYTES, String(first));
    assert.ok(first < FIRST_RETAINED_BYTES);
    assert.equal(outbox.underWay, first);
    assert.equal(outbox.opens(false), false);
    outbox.acknowledge(1, 10);
    assert.ok(drain(outbox) > 0);
  });

  it('is open to whoever has a choice while the window is, and nothing waits', () => {
    const outbox = new Outbox(new Pipe(0));
    assert.equal(outbox.opens(false), true);
    outbox.push(message(10), undefined, undefined);
    assert.equal(outbox.opens(false), false);
    outbox.take(0);
    assert.equal(outbox.opens(false), true);
  });

  it('has URGENT_MESSAGES more room for what is small, and never more than MAX_RETAINED_BYTES', () => {
    const pipe = new Pipe(0);
    const outbox = new Outbox(pipe);
    fill(outbox, FIRST_WINDOW_BYTES);
    drain(outbox);
    assert.deepEqual([outbox.opens(false), outbox.opens(true)], [false, false]); // one of the longest is beyond it already
    const other = new Outbox(pipe);
    while (other.opens(false)) {
      other.push(message(100), undefined, undefined);
      other.take(0);
    }
    const before = other.underWay;
    while (other.opens(true)) {
      other.push(message(100), undefined, undefined);
      assert.equal(other.take(0), null);
      assert.ok(other.take(0, true));
    }
    const more = other.underWay - before;
    assert.ok(Math.abs(more - URGENT_MESSAGES * pipe.message) <= 200, `${more}`);
    Object.defineProperty(pipe, 'window', { get: () => MAX_RETAINED_BYTES });
    assert.equal(pipe.urgentWindow, MAX_RETAINED_BYTES);
  });

  it('measures from the last message that news is of, and not what went out twice', () => {
    const outbox = new Outbox(new Pipe(0));
    for (let i = 0; i < 4; i++) outbox.push(message(10), undefined, undefined);
    outbox.take(100);
    outbox.take(150);
    outbox.acknowledge(2, 170);
    assert.equal(outbox.trip, 20);
    outbox.take(200);
    outbox.rewind();
    outbox.take(205);
    outbox.acknowledge(3, 210);
    assert.equal(outbox.trip, null);
    outbox.take(220);
    outbox.acknowledge(4, 230);
    assert.equal(outbox.trip, 10);
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
    // Where little comes, at once: so that the sender sees how long it took.
    await give(1);
    assert.equal(told, 2);
    clock.advance(ACK_LEAST_MS);
    assert.equal(told, 3);
    // Where more comes, together with what comes in ACK_MS.
    await give(1);
    clock.advance(ACK_MS - 1);
    assert.equal(told, 3);
    clock.advance(1);
    assert.equal(told, 4);
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
