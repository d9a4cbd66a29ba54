// SPDX-License-Identifier: Apache-2.0
// Sessions that take turns on a line too slow for all their least windows.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as limits from '../../../../transport/continuity/limits.ts';
import { Pipe } from '../../../../transport/continuity/pipe.ts';
import { SharedOutbox } from '../../../../transport/continuity/shared-outbox.ts';
import { type Member, type Turn, Uplink } from '../../../../transport/continuity/uplink.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { visit } from '../../../support/line-visits.ts';

const BYTES = limits.LEAST_MESSAGE_BYTES;
const RTT_MS = 50;
/** What the window of each session allows it, in messages. */
const OWN_MESSAGES = 20;

describe('sessions that share a slow line', () => {
  let clock: FakeClock;
  let uplink: Uplink;
  let woken: number[];
  let members: Member[];

  beforeEach(() => {
    clock = fakeClock();
    uplink = new Uplink(clock);
    woken = [];
    members = Array.from({ length: 6 }, (_, number) => ({ underWay: 0, late: false, wake: () => void woken.push(number) }));
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
    assert.ok(new Pipe(0).narrow);
  });

  it('nothing stays under way, whatever was acknowledged, sent again, late, or given up', () => {
    const step = fc.tuple(fc.nat(3), fc.constantFrom('send', 'send', 'ack', 'ack', 'rewind', 'fail', 'wait'), fc.nat(500));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const time = fakeClock();
        const line = new Uplink(time);
        const boxes = Array.from({ length: 4 }, () => new SharedOutbox(new Pipe(0), line, () => {}));
        const over = new Set<SharedOutbox>();
        for (const [which, what, amount] of steps) {
          const box = boxes[which] as SharedOutbox;
          if (what === 'wait') time.advance(amount);
          if (over.has(box)) continue;
          if (what === 'send') {
            if (box.opens(amount % 2 === 0)) box.push(new Uint8Array(1 + amount), undefined, undefined);
            box.take(time.now(), amount % 3 === 0);
          } else if (what === 'ack') box.acknowledge((box.base + (amount % (box.next - box.base + 1))) % 2 ** 32, time.now());
          else if (what === 'rewind') box.rewind();
          else if (what === 'fail') {
            box.fail(new Error('over'));
            over.add(box);
          }
          assert.ok(line.underWay >= 0);
        }
        for (const box of boxes) {
          if (over.has(box)) continue;
          for (let item = box.take(time.now()); item; item = box.take(time.now())) box.acknowledge(box.next % 2 ** 32, time.now());
          box.acknowledge(box.next % 2 ** 32, time.now());
        }
        assert.equal(line.underWay, 0);
      }),
    );
  });

  for (const [mbit, queueMs, visitors] of [
    [0.3, 50, 15],
    [0.3, 300, 15],
    [0.5, 50, 5],
    [1, 50, 15],
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

  /** Sessions whose paths have these round trips share a line of 100 bytes a millisecond. @returns the share of it that they use, and each one's part */
  function shared(
    rttMs: readonly number[],
    known: (number: number, now: number) => boolean,
    ms = 10_000,
  ): { used: number; parts: number[] } {
    const time = fakeClock();
    const line = new Uplink(time);
    const perMs = 100;
    const pending: { turn: Turn; at: number; number: number }[] = [];
    const sent = rttMs.map(() => 0);
    let freeAt = 0;
    const send = (number: number): void => {
      const member = all[number] as Member;
      const own = (): number => pending.filter((one) => one.number === number).length;
      while (own() < OWN_MESSAGES && line.opens(member, false)) {
        freeAt = Math.max(freeAt, time.now()) + BYTES / perMs;
        const turn = line.take(member, { at: time.now(), bytes: BYTES });
        pending.push({ turn, number, at: freeAt + (rttMs[number] as number) });
        sent[number] = (sent[number] as number) + BYTES;
      }
    };
    const all = rttMs.map((_, number): Member => ({ underWay: 0, late: false, wake: () => send(number) }));
    for (let now = time.now(); now < ms; now += 2) {
      for (const one of pending.filter(({ at }) => at <= now)) {
        pending.splice(pending.indexOf(one), 1);
        line.came(one.turn, true, now, known(one.number, now) ? (rttMs[one.number] as number) : 0);
      }
      for (const number of all.keys()) send(number);
      time.advance(2);
    }
    const sum = sent.reduce((total, bytes) => total + bytes, 0);
    return { used: sum / (perMs * ms), parts: sent.map((bytes) => bytes / sum) };
  }

  it('near and far ones, by the relay and straight, keep the line busy together, and each has its part', () => {
    for (const rttMs of [
      [50, 100, 50, 100],
      [20, 20, 250],
      [100, 100, 100],
    ]) {
      const { used, parts } = shared(rttMs, () => true);
      assert.ok(used > 0.9 && used < 1.1, `${used}`);
      for (const part of parts) assert.ok(part > 0.5 / rttMs.length, `${parts}`);
    }
  });

  it('one that does not know the round trip of its path yet tells nothing of the line', () => {
    const { used } = shared([50, 50, 50], (number, now) => number > 0 || now > 5000);
    assert.ok(used > 0.9, `${used}`);
  });

  it('a visitor with a slow line of its own does not hold back another', async () => {
    const time = fakeClock();
    const line = new Uplink(time);
    const slow: Member = { underWay: 0, late: false, wake: () => {} };
    const fast: Member = { underWay: 0, late: false, wake: () => {} };
    // The slow one's messages take 400 ms, the fast one's nothing but the round trip.
    const pending: { turn: Turn; at: number; base: number }[] = [];
    let [sentSlow, sentFast, slowFreeAt] = [0, 0, 0];
    for (let ms = 0; ms < 8000; ms += 5) {
      for (const one of pending.filter(({ at }) => at <= time.now())) {
        pending.splice(pending.indexOf(one), 1);
        line.came(one.turn, true, time.now(), one.base);
      }
      if (slow.underWay < 2 && line.opens(slow, false)) {
        sentSlow++;
        slowFreeAt = Math.max(slowFreeAt, time.now()) + 400;
        pending.push({ turn: line.take(slow, { at: time.now(), bytes: BYTES }), at: slowFreeAt + RTT_MS, base: RTT_MS });
      }
      while (fast.underWay < 16 && line.opens(fast, false)) {
        sentFast++;
        pending.push({ turn: line.take(fast, { at: time.now(), bytes: BYTES }), at: time.now() + RTT_MS, base: RTT_MS });
      }
      time.advance(5);
    }
    assert.ok(sentSlow > 10, `${sentSlow}`);
    // By itself it would send 16 in each round trip.
    assert.ok(sentFast > 0.7 * 16 * (8000 / RTT_MS), `${sentFast}`);
  });
});
