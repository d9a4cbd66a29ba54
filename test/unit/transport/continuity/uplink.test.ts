// SPDX-License-Identifier: Apache-2.0
// Sessions that take turns on a line too slow for all their least windows.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as limits from '../../../../transport/continuity/limits.ts';
import { Member } from '../../../../transport/continuity/member.ts';
import { Pipe } from '../../../../transport/continuity/pipe.ts';
import { SharedSendWindow } from '../../../../transport/continuity/shared-send-window.ts';
import { type Turn, Turns } from '../../../../transport/continuity/turns.ts';
import { Uplink } from '../../../../transport/continuity/uplink.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { visit } from '../../../support/line-visits.ts';

const BYTES = limits.LEAST_MESSAGE_BYTES;
const RTT_MS = 50;

describe('sessions that share a slow line', () => {
  let clock: FakeClock;
  let uplink: Turns;
  let woken: number[];
  let members: Member[];

  beforeEach(() => {
    clock = fakeClock();
    uplink = new Turns(clock, () => 0, limits.OWN_MS);
    woken = [];
    members = Array.from({ length: 6 }, (_, number) => new Member(() => void woken.push(number)));
    for (const member of members) member.took(0, BYTES);
  });

  const send = (number: number): Turn => uplink.take(members[number] as Member, { at: clock.now(), bytes: BYTES });
  const opens = (number: number, urgent = false): boolean => uplink.opens(members[number] as Member, urgent);
  const came = (turn: Turn): void => uplink.came(turn, true, clock.now(), RTT_MS);

  it('have FIRST_SHARED_BYTES under way together at first; who waits is woken in order, the small ones first', () => {
    const turns: Turn[] = [];
    for (let sent = 0; sent < limits.FIRST_SHARED_BYTES; sent += BYTES) {
      const number = turns.length % 3;
      assert.ok(opens(number));
      turns.push(send(number));
    }
    assert.deepEqual([opens(0), opens(3), opens(4), opens(5, true)], [false, false, false, false]);
    clock.advance(RTT_MS);
    for (const turn of turns) came(turn);
    assert.deepEqual(woken, [5, 0, 3, 4]);
  });

  it('one alone is held back by nobody, nor by what it has under way itself', () => {
    for (let sent = 0; sent < 10 * limits.FIRST_SHARED_BYTES; sent += BYTES) {
      assert.ok(opens(0));
      send(0);
    }
    assert.ok(!opens(1));
    assert.ok(!opens(0), 'another waits');
  });

  it('one of whom nothing is known waits for nobody, with its first message; the next such one waits for that', () => {
    const [one, two] = [new Member(() => woken.push(6)), new Member(() => woken.push(7))];
    for (let sent = 0; sent < limits.FIRST_SHARED_BYTES; sent += BYTES) send(0);
    assert.ok(!opens(1));
    assert.ok(uplink.opens(one, false));
    const turn = uplink.take(one, { at: clock.now(), bytes: BYTES });
    assert.deepEqual([uplink.opens(one, false), uplink.opens(two, false)], [false, false]);
    clock.advance(RTT_MS);
    came(turn);
    assert.ok(one.isKnown);
  });

  it('what is late counts no more after LATE_TURN_MS, or LATE_TURN_TRIPS times what it takes', () => {
    const turns = Array.from({ length: limits.FIRST_SHARED_BYTES / BYTES }, () => send(0));
    assert.ok(!opens(1));
    clock.advance(limits.LATE_TURN_MS - 10);
    assert.deepEqual([woken, uplink.underWay], [[], limits.FIRST_SHARED_BYTES]);
    clock.advance(20);
    assert.deepEqual([woken, uplink.underWay], [[1], 0]);
    for (const turn of turns) came(turn);
    assert.equal(uplink.underWay, 0);
  });

  it('who acknowledges nothing holds up the others once', () => {
    for (let sent = 0; sent < limits.FIRST_SHARED_BYTES; sent += BYTES) send(0);
    assert.ok(!opens(1));
    clock.advance(limits.LATE_TURN_MS + 10);
    // It may send what its own window allows, and none of that counts.
    for (let more = 0; more < 20; more++) {
      assert.ok(opens(0));
      send(0);
    }
    assert.deepEqual([uplink.underWay, opens(1), opens(2)], [0, true, true]);
    send(1);
    send(2);
    came(send(0));
    for (let sent = 0; sent < limits.FIRST_SHARED_BYTES; sent += BYTES) send(0);
    assert.ok(!opens(3), 'something of it came through: it takes part again');
  });

  /** Messages that may be under way before one of those who have none waits. */
  function windowIn(turns: Turns, of: readonly Member[]): number {
    const taken: Turn[] = [];
    const [first, second, last] = of as [Member, Member, Member];
    for (const one of [first, second]) taken.push(turns.take(one, { at: clock.now(), bytes: BYTES }));
    while (turns.opens(last, false)) taken.push(turns.take(first, { at: clock.now(), bytes: BYTES }));
    const window = taken.length;
    turns.leave(last);
    for (const turn of taken) turns.forget(turn);
    return window;
  }

  /** Rounds in which two have one message after the other; of `losers` the last one takes a second longer. */
  function rounds(count: number, losers: readonly number[] = []): void {
    for (let round = 0; round < count; round++) {
      const turns = Array.from({ length: 8 }, (_, at) => send(at % 2));
      const late = losers.map(
        (number) =>
          turns.splice(
            turns.findLastIndex(({ member }) => member === members[number]),
            1,
          )[0] as Turn,
      );
      opens(2); // so that the window holds somebody back
      uplink.leave(members[2] as Member);
      clock.advance(RTT_MS);
      for (const turn of turns) came(turn);
      if (late.length > 0) clock.advance(1000);
      for (const turn of late) came(turn);
    }
  }

  it('have less under way together when two of them lose something at a time; what one loses is its own line’s', () => {
    rounds(6);
    const before = windowIn(uplink, members);
    rounds(1, [0]);
    const one = windowIn(uplink, members);
    clock.advance(limits.LATE_TURN_MS);
    rounds(1, [1]);
    const other = windowIn(uplink, members);
    clock.advance(limits.LATE_TURN_MS);
    rounds(1, [0, 1]);
    const two = windowIn(uplink, members);
    assert.ok(before > 6 && one >= before && other >= before, `${before}, ${one}, ${other}`);
    assert.ok(two < 0.7 * other, `${other}, then ${two}`);
  });

  /** An uplink on which two sessions have just lost something. */
  function lossyLine(): Uplink {
    const line = new Uplink(clock);
    for (let round = 0; round < 4; round++) {
      const [third, ...turns] = members.slice(0, 3).map((member) => line.slow.take(member, { at: clock.now(), bytes: BYTES }));
      clock.advance(RTT_MS + 20);
      line.slow.came(third as Turn, true, clock.now(), RTT_MS);
      if (round === 3) clock.advance(1000);
      assert.ok(!line.lossy);
      for (const turn of turns) line.slow.came(turn, true, clock.now(), RTT_MS);
    }
    assert.ok(line.lossy);
    return line;
  }

  it('one that begins then has FIRST_LOSSY_BYTES under way, and more for what comes through, as fast as on any path', () => {
    const line = lossyLine();
    const pipe = new Pipe(clock.now());
    pipe.trip(RTT_MS);
    const box = new SharedSendWindow(pipe, line, () => {});
    const underWay: number[] = [];
    for (let round = 0; round < 6; round++) {
      for (let at = 0; at < 100 && box.opens(false, clock.now()); at++) {
        box.push(new Uint8Array(Math.min(pipe.message, BYTES)), undefined, undefined);
        box.take(clock.now());
      }
      underWay.push(box.underWay);
      clock.advance(RTT_MS + limits.MESSAGE_MS); // its own line seems to be slow, and never shows a queue
      box.acknowledge(box.next, clock.now());
    }
    assert.ok((underWay[5] as number) > 10 * (underWay[0] as number), `${underWay}`);
    const next = new Pipe(clock.now());
    next.trip(RTT_MS);
    box.rewind(next);
    while (box.opens(false, clock.now()) && box.underWay < 1e6) {
      box.push(new Uint8Array(BYTES), undefined, undefined);
      box.take(clock.now());
    }
    const again = box.underWay;
    assert.ok(again < limits.FIRST_LOSSY_BYTES + 2 * BYTES, `${again} on another path`);
    assert.ok(box.opens(true, clock.now()), 'what is small passes, by URGENT_MESSAGES');
    assert.ok((underWay[0] as number) < limits.FIRST_LOSSY_BYTES + 2 * BYTES, `${underWay}`);
    box.stop();
  });

  it('where two lost something, those that know nothing of their line take turns with the slow ones, for LOSSY_MS', () => {
    const line = lossyLine();
    const box = new SharedSendWindow(new Pipe(0), line, () => {});
    box.push(new Uint8Array(BYTES), undefined, undefined);
    box.take(clock.now());
    assert.deepEqual([line.slow.busy, line.starting.busy], [1, 0]);
    const pipe = new Pipe(0);
    pipe.trip(RTT_MS);
    const slow = new SharedSendWindow(pipe, line, () => {});
    for (let at = 0; at < 20; at++) slow.push(new Uint8Array(BYTES), undefined, undefined);
    box.stop();
    while (slow.take(clock.now()));
    const { underWay } = slow;
    assert.ok(
      underWay >= limits.FIRST_LOSSY_BYTES && underWay < limits.FIRST_LOSSY_BYTES + 2 * BYTES,
      `alone it has ${underWay} under way`,
    );
    clock.advance(RTT_MS + 2 * limits.MESSAGE_MS);
    slow.acknowledge(slow.next, clock.now());
    clock.advance(limits.LOSSY_MS);
    assert.ok(!line.lossy);
    slow.take(clock.now());
    assert.deepEqual([line.slow.busy, line.starting.busy], [1, 0], 'its own messages have shown what it is');
    slow.stop();
    const next = new SharedSendWindow(new Pipe(0), line, () => {});
    next.push(new Uint8Array(BYTES), undefined, undefined);
    next.take(clock.now());
    assert.deepEqual([line.slow.busy, line.starting.busy], [0, 1]);
  });

  it('a line of which a message takes long is given LATE_TURN_TRIPS times as long', () => {
    const perMs = 4; // bytes: a message takes 300 ms
    for (let at = 0; at < 20; at++) {
      const turns = [send(0), send(1)];
      clock.advance((2 * BYTES) / perMs);
      for (const turn of turns) uplink.came(turn, true, clock.now(), RTT_MS);
    }
    send(0);
    send(1);
    assert.ok(!opens(2));
    clock.advance(2 * limits.LATE_TURN_MS);
    assert.deepEqual(woken, []);
    clock.advance(limits.LATE_TURN_TRIPS * (RTT_MS + limits.FIRST_SHARED_BYTES / perMs));
    assert.deepEqual(woken, [2]);
  });

  it('a session whose line takes SHARED_MESSAGES messages in a window keeps to its own', () => {
    const rated = (rate: number): Pipe => {
      const pipe = new Pipe(0);
      pipe.trip(RTT_MS);
      let now = 0;
      for (let round = 0; round < 40; round++) {
        const bytes = Math.max(2 * pipe.message, Math.min(pipe.window, rate * RTT_MS));
        pipe.begin(now);
        pipe.full();
        const departure = { at: now, bytes };
        // More than the line carries waits: that ends the beginning.
        now += RTT_MS + bytes / rate + (round === 5 ? 200 : 0);
        pipe.acknowledged(bytes, departure, now);
      }
      return pipe;
    };
    const [slow, fast] = [rated(8), rated(2500)];
    const share = ({ rate, message }: Pipe): number => (rate / 1000) * (RTT_MS + message / (rate / 1000) + limits.QUEUE_MS);
    assert.deepEqual([slow.narrow, share(slow) < limits.SHARED_MESSAGES * slow.message], [true, true]);
    assert.deepEqual([fast.narrow, share(fast) > limits.SHARED_MESSAGES * fast.message], [false, true]);
    assert.deepEqual([new Pipe(0).narrow, new Pipe(0).starting, slow.starting], [false, true, false]);
  });

  it('nothing stays under way, whatever was acknowledged, sent again, late, or given up', () => {
    const step = fc.tuple(fc.nat(3), fc.constantFrom('send', 'send', 'ack', 'ack', 'rewind', 'fail', 'wait'), fc.nat(500));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const time = fakeClock();
        const line = new Uplink(time);
        const boxes: SharedSendWindow[] = Array.from({ length: 4 }, (_, at) => {
          // Who is woken sends what waits, as sessions do.
          return new SharedSendWindow(new Pipe(0), line, () => void boxes[at]?.take(time.now()));
        });
        const over = new Set<SharedSendWindow>();
        for (const [which, what, amount] of steps) {
          const box = boxes[which] as SharedSendWindow;
          if (what === 'wait') time.advance(amount);
          if (over.has(box)) continue;
          if (what === 'send') {
            if (box.opens(amount % 2 === 0, time.now())) box.push(new Uint8Array(1 + amount), undefined, undefined);
            box.take(time.now(), amount % 3 === 0);
          } else if (what === 'ack') box.acknowledge((box.base + (amount % (box.next - box.base + 1))) % 2 ** 32, time.now());
          else if (what === 'rewind') box.rewind();
          else if (what === 'fail') {
            box.stop();
            over.add(box);
          }
          assert.ok(line.starting.underWay >= 0 && line.slow.underWay >= 0);
        }
        for (const box of boxes) {
          if (over.has(box)) continue;
          for (let item = box.take(time.now()); item; item = box.take(time.now())) box.acknowledge(box.next % 2 ** 32, time.now());
          box.acknowledge(box.next % 2 ** 32, time.now());
        }
        assert.deepEqual([line.starting.underWay, line.slow.underWay], [0, 0]);
      }),
    );
  });

  for (const [mbit, queueMs, visitors] of [
    [0.3, 300, 15],
    [0.5, 300, 15],
    [0.5, 50, 5],
    [1, 300, 15],
  ] as const) {
    it(`${visitors} visitors at ${mbit} Mbit/s with a queue of ${queueMs} ms: all is whole, nothing moves, little is sent beside`, async () => {
      const rate = mbit * 125_000;
      const bytes = Math.max(visitors * 64 * 1024, 8 * rate);
      const result = await visit({ rate, queueMs, visitors, bytes });
      assert.deepEqual(result.failures, []);
      assert.ok(result.idealMs / (result.ms ?? Number.POSITIVE_INFINITY) > 0.9, `${result.ms} ms in place of ${result.idealMs}`);
      assert.deepEqual([result.silent, result.moved, result.lost], [0, 0, 0]);
      assert.ok(result.sent <= 1.08 * bytes, `${result.sent / bytes}`);
    });
  }

  it('15 visitors with a queue of 50 ms, a packet or two, where TCP itself loses much: all is whole, a few doubt and move', async () => {
    for (const mbit of [0.3, 1]) {
      const rate = mbit * 125_000;
      const bytes = Math.max(15 * 64 * 1024, 8 * rate);
      const result = await visit({ rate, queueMs: 50, visitors: 15, bytes });
      assert.deepEqual(result.failures, []);
      assert.ok(result.moved <= 15, `${result.moved} moves`); // each of them more than once, without turns
      assert.ok(result.sent <= 1.08 * bytes + 100_000, `${result.sent / bytes}`);
    }
  });

  it('15 visitors with a better way and a queue of 50 ms: few move away from it and back', async () => {
    for (const mbit of [0.3, 0.5]) {
      const bytes = 15 * 64 * 1024;
      const result = await visit({ rate: mbit * 125_000, queueMs: 50, visitors: 15, bytes, ways: ['relay', 'tcp-punch'] });
      assert.deepEqual(result.failures, []);
      assert.ok(result.moved <= 15, `${result.moved} moves`); // five times as many, where losses change nothing
      assert.ok(result.idealMs / (result.ms as number) > 0.8, `${result.ms} ms in place of ${result.idealMs}`);
      assert.ok(result.sent <= 1.08 * bytes + 100_000, `${result.sent / bytes}`);
    }
  });

  it('what is late counts no longer than MAX_LATE_TURN_MS, however long one was alone before', () => {
    for (let ms = 0; ms < 60_000; ms += 50) {
      const turn = send(0);
      send(0);
      clock.advance(50);
      came(turn);
    }
    came(send(1));
    for (let sent = 0; sent < 4 * limits.FIRST_SHARED_BYTES; sent += BYTES) send(0);
    assert.ok(!opens(1));
    clock.advance(limits.MAX_LATE_TURN_MS + 10);
    assert.deepEqual(woken, [1]);
  });

  it('a host that has delivered enough for all holds nobody back, for CARRIED_MS to twice that; a moment that brings much is not CARRIES_MS', () => {
    const line = new Uplink(clock);
    const held = (): boolean => {
      const [one, two] = members as [Member, Member];
      const turns = Array.from({ length: 2 * (limits.FIRST_SHARED_BYTES / BYTES) }, () =>
        line.slow.take(one, { at: clock.now(), bytes: BYTES }),
      );
      const opened = line.slow.opens(two, false);
      clock.advance(RTT_MS);
      for (const turn of turns) line.slow.came(turn, true, clock.now(), RTT_MS);
      line.slow.leave(two);
      return !opened;
    };
    line.delivered(1, clock.now());
    assert.ok(held());
    line.delivered(50_000, clock.now());
    assert.ok(held(), 'too soon to tell');
    for (let ms = 0; ms < 2 * limits.CARRIES_MS; ms += 50) {
      line.delivered(50_000, clock.now());
      clock.advance(50);
    }
    assert.ok(!held());
    clock.advance(limits.CARRIED_MS / 2);
    assert.ok(!held());
    for (let minute = 0; minute < 3; minute++) {
      clock.advance(limits.CARRIED_MS);
      line.delivered(1, clock.now());
    }
    assert.ok(held(), 'long ago');
  });
});
