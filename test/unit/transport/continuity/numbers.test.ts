// SPDX-License-Identifier: Apache-2.0
// Numbers modulo 2^32, what is unacked, what is acknowledged, and when: the two halves of numbering by themselves.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FIRST_UNACKED_BYTES, MAX_FRAME_BYTES, MAX_UNACKED_BYTES, UNACKED_OVERHEAD_BYTES } from '../../../../proto/limits.ts';
import {
  ACK_BYTES,
  ACK_FRAMES,
  ACK_LEAST_MS,
  ACK_MS,
  FIRST_WINDOW_BYTES,
  URGENT_MESSAGES,
} from '../../../../transport/continuity/limits.ts';
import { fromWire, toWire } from '../../../../transport/continuity/numbers.ts';
import { Pipe } from '../../../../transport/continuity/pipe.ts';
import { ReceiveWindow } from '../../../../transport/continuity/receive-window.ts';
import { SendWindow } from '../../../../transport/continuity/send-window.ts';
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

describe('sendWindow', () => {
  const message = (bytes: number): Uint8Array => new Uint8Array(bytes);
  const longest = message(MAX_FRAME_BYTES);
  /** Bytes that go out before the window closes. */
  const drain = (sendWindow: SendWindow, now = 0): number => {
    let bytes = 0;
    for (let item = sendWindow.take(now); item; item = sendWindow.take(now)) bytes += item.cost;
    return bytes;
  };
  const fill = (sendWindow: SendWindow, bytes: number): void => {
    for (let left = bytes; left > 0; left -= MAX_FRAME_BYTES) sendWindow.push(longest, undefined, undefined);
  };

  it('keeps what went out until it is acknowledged, and begins again with it', () => {
    const sendWindow = new SendWindow(new Pipe(0));
    const released: number[] = [];
    for (let i = 0; i < 5; i++) sendWindow.push(message(10), message(20), () => released.push(i));
    const numbers = (): number[] => {
      const list: number[] = [];
      for (let item = sendWindow.take(0); item; item = sendWindow.take(0)) list.push(item.number);
      return list;
    };
    assert.deepEqual(numbers(), [0, 1, 2, 3, 4]);
    assert.equal(sendWindow.acknowledge(2, 0), true);
    assert.deepEqual(released, [0, 1]);
    sendWindow.rewind();
    assert.deepEqual(numbers(), [2, 3, 4]);
    assert.equal(sendWindow.acknowledge(2, 0), false);
    assert.equal(sendWindow.acknowledge(1, 0), false);
    sendWindow.rewind();
    assert.equal(sendWindow.take(0)?.number, 2);
    // Another path had brought more than this one has sent again.
    assert.equal(sendWindow.acknowledge(5, 0), true);
    assert.equal(sendWindow.take(0), null);
    assert.deepEqual([sendWindow.length, sendWindow.unacked, released], [0, 0, [0, 1, 2, 3, 4]]);
  });

  it('refuses an acknowledgement of what was never sent', () => {
    const sendWindow = new SendWindow(new Pipe(0));
    fill(sendWindow, 3 * MAX_FRAME_BYTES);
    assert.throws(() => sendWindow.acknowledge(1, 0), code('PROTOCOL_VIOLATED'));
    sendWindow.take(0);
    sendWindow.acknowledge(1, 0);
    assert.throws(() => sendWindow.acknowledge(2, 0), code('PROTOCOL_VIOLATED'));
    sendWindow.rewind();
    assert.equal(sendWindow.acknowledge(1, 0), false);
  });

  it('forgets what was acknowledged', () => {
    const sendWindow = new SendWindow(new Pipe(0));
    for (let i = 0; i < 5000; i++) {
      sendWindow.push(message(1), undefined, undefined);
      sendWindow.take(0);
      sendWindow.acknowledge(i + 1, 0);
    }
    assert.deepEqual([sendWindow.base, sendWindow.length, sendWindow.unacked], [5000, 0, 0]);
  });

  it('sends no more than FIRST_WINDOW_BYTES of a path that is not known, which is less than FIRST_UNACKED_BYTES', () => {
    const sendWindow = new SendWindow(new Pipe(0));
    fill(sendWindow, 4 * FIRST_UNACKED_BYTES);
    const first = drain(sendWindow);
    assert.ok(first >= FIRST_WINDOW_BYTES && first < FIRST_WINDOW_BYTES + MAX_FRAME_BYTES + UNACKED_OVERHEAD_BYTES, String(first));
    assert.ok(first < FIRST_UNACKED_BYTES);
    assert.equal(sendWindow.underWay, first);
    assert.equal(sendWindow.opens(false, 0), false);
    sendWindow.acknowledge(1, 10);
    assert.ok(drain(sendWindow) > 0);
  });

  it('is open to whoever has a choice while the window is, and nothing waits', () => {
    const sendWindow = new SendWindow(new Pipe(0));
    assert.equal(sendWindow.opens(false, 0), true);
    sendWindow.push(message(10), undefined, undefined);
    assert.equal(sendWindow.opens(false, 0), false);
    sendWindow.take(0);
    assert.equal(sendWindow.opens(false, 0), true);
  });

  it('goes at the pace of its path, but for what is small, and with nothing under way: then no acknowledgement would go on with it', () => {
    const pipe = new Pipe(0);
    const sendWindow = new SendWindow(pipe);
    pipe.trip(100);
    pipe.acknowledged(25_000, { at: 0, bytes: 1200 }, 100);
    pipe.lost(); // what it carries is known
    pipe.full();
    pipe.acknowledged(25_000, { at: 100, bytes: 1200 }, 200);
    assert.ok(!pipe.starting && pipe.rate > 0);
    let now = 200;
    const send = (): void => {
      while (sendWindow.opens(false, now)) {
        sendWindow.push(message(1000), undefined, undefined);
        assert.ok(sendWindow.take(now));
      }
    };
    send();
    const pause = sendWindow.pauseMs(now);
    assert.ok(pause > 0 && sendWindow.underWay < pipe.window, `${pause} ms, ${sendWindow.underWay} of ${pipe.window}`);
    assert.ok(sendWindow.opens(true, now), 'what is small');
    assert.ok(sendWindow.opens(false, now + pause));
    now += 1;
    sendWindow.acknowledge(sendWindow.next, now);
    assert.ok(pipe.pauseMs(now) > 0 && sendWindow.opens(false, now), 'with nothing under way');
  });

  it('has URGENT_MESSAGES more room for what is small, and never more than MAX_UNACKED_BYTES', () => {
    const pipe = new Pipe(0);
    const sendWindow = new SendWindow(pipe);
    fill(sendWindow, FIRST_WINDOW_BYTES);
    drain(sendWindow);
    assert.deepEqual([sendWindow.opens(false, 0), sendWindow.opens(true, 0)], [false, false]); // one of the longest is beyond it already
    const other = new SendWindow(pipe);
    while (other.opens(false, 0)) {
      other.push(message(100), undefined, undefined);
      other.take(0);
    }
    const before = other.underWay;
    while (other.opens(true, 0)) {
      other.push(message(100), undefined, undefined);
      assert.equal(other.take(0), null);
      assert.ok(other.take(0, true));
    }
    const more = other.underWay - before;
    assert.ok(Math.abs(more - URGENT_MESSAGES * pipe.message) <= 200, `${more}`);
    Object.defineProperty(pipe, 'window', { get: () => MAX_UNACKED_BYTES });
    assert.equal(pipe.urgentWindow, MAX_UNACKED_BYTES);
  });

  it('measures from the last message that news is of, and not what went out twice', () => {
    const sendWindow = new SendWindow(new Pipe(0));
    for (let i = 0; i < 4; i++) sendWindow.push(message(10), undefined, undefined);
    sendWindow.take(100);
    sendWindow.take(150);
    sendWindow.acknowledge(2, 170);
    assert.equal(sendWindow.trip, 20);
    sendWindow.take(200);
    sendWindow.rewind();
    sendWindow.take(205);
    sendWindow.acknowledge(3, 210);
    assert.equal(sendWindow.trip, null);
    sendWindow.take(220);
    sendWindow.acknowledge(4, 230);
    assert.equal(sendWindow.trip, 10);
  });
});

describe('receiveWindow', () => {
  it('acknowledges after ACK_BYTES, after ACK_FRAMES, and after ACK_MS', () => {
    const clock = fakeClock();
    let told = 0;
    const receiveWindow = new ReceiveWindow(clock, () => {
      told++;
      receiveWindow.told();
    });
    receiveWindow.start({ message() {}, ended() {} });
    const give = (bytes: number): void => receiveWindow.push(new Uint8Array(bytes));
    for (let bytes = 0; bytes + 16_384 < ACK_BYTES; bytes += 16_384) give(16_384);
    assert.equal(told, 0);
    give(16_384);
    assert.equal(told, 1);
    for (let i = 1; i < ACK_FRAMES; i++) give(1);
    assert.equal(told, 1);
    give(1);
    assert.equal(told, 2);
    clock.advance(2 * ACK_MS);
    assert.equal(told, 2);
    // Where little comes, at once: so that the sender sees how long it took.
    give(1);
    assert.equal(told, 2);
    clock.advance(ACK_LEAST_MS);
    assert.equal(told, 3);
    // Where more comes, together with what comes in ACK_MS.
    give(1);
    clock.advance(ACK_MS - 1);
    assert.equal(told, 3);
    clock.advance(1);
    assert.equal(told, 4);
    assert.equal(clock.timers, 0);
  });

  it('acknowledges what the reader took, not what waits', () => {
    const clock = fakeClock();
    const receiveWindow = new ReceiveWindow(clock, () => receiveWindow.told());
    for (let i = 0; i < 3; i++) receiveWindow.push(new Uint8Array(10));
    receiveWindow.push(new Uint8Array(0)); // the end mark
    assert.deepEqual([receiveWindow.received, receiveWindow.taken, receiveWindow.ended], [4, 0, true]);
    let ended = false;
    receiveWindow.start({ message: () => receiveWindow.pause(), ended: () => (ended = true) });
    assert.equal(receiveWindow.taken, 1);
    receiveWindow.resume();
    receiveWindow.resume();
    assert.deepEqual([receiveWindow.taken, ended], [4, false]);
    receiveWindow.resume();
    assert.equal(ended, true);
    assert.throws(() => receiveWindow.push(new Uint8Array(1)), code('PROTOCOL_VIOLATED'));
  });

  it('tells again what comes again', () => {
    const clock = fakeClock();
    let told = 0;
    const receiveWindow = new ReceiveWindow(clock, () => {
      told++;
      receiveWindow.told();
    });
    receiveWindow.start({ message() {}, ended() {} });
    receiveWindow.push(new Uint8Array(1));
    clock.advance(ACK_MS);
    assert.equal(told, 1);
    for (let i = 0; i < 100; i++) receiveWindow.repeated();
    clock.advance(ACK_MS);
    assert.equal(told, 2);
    receiveWindow.stop();
    receiveWindow.repeated();
    assert.equal(clock.timers, 0);
  });
});
