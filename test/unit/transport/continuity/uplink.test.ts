// SPDX-License-Identifier: Apache-2.0
// Sessions that take turns on a line too slow for all their least windows.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as limits from '../../../../transport/continuity/limits.ts';
import { Pipe } from '../../../../transport/continuity/pipe.ts';
import { SharedOutbox } from '../../../../transport/continuity/shared-outbox.ts';
import { Member, type Turn, Turns } from '../../../../transport/continuity/turns.ts';
import { Uplink } from '../../../../transport/continuity/uplink.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { visit } from '../../../support/line-visits.ts';

const BYTES = limits.LEAST_MESSAGE_BYTES;
const RTT_MS = 50;
/** What the window of each session allows it, in messages. */
const OWN_MESSAGES = 20;
/** A line of which nothing is known, with nobody else on it. */
const NOTHING_BESIDE = { carries: () => 0, busy: () => 0 };

describe('sessions that share a slow line', () => {
  let clock: FakeClock;
  let uplink: Turns;
  let woken: number[];
  let members: Member[];

  beforeEach(() => {
    clock = fakeClock();
    uplink = new Turns(clock, NOTHING_BESIDE, limits.OWN_MS);
    woken = [];
    members = Array.from({ length: 6 }, (_, number) => new Member(() => void woken.push(number)));
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

  /** Rounds in which each of two has one message after the other, of which those numbered take a second longer than the others. */
  function rounds(count: number, lost: readonly [number, number][]): void {
    for (let round = 0; round < count; round++) {
      const turns = Array.from({ length: 8 }, (_, at) => [at % 2, send(at % 2)] as const);
      opens(2); // so that the window holds somebody back
      uplink.leave(members[2] as Member);
      clock.advance(RTT_MS);
      const late = turns.splice(0).filter(([number, turn]) => {
        const isLost = lost.some(([at, whose]) => at === round && whose === number);
        if (!isLost) came(turn);
        return isLost;
      });
      if (late.length === 0) continue;
      clock.advance(1000);
      for (const [, turn] of late) came(turn);
    }
  }

  it('have less under way together when two of them lost something; what one loses is its own line’s', () => {
    rounds(6, []);
    const before = windowIn(uplink, members);
    rounds(1, [[0, 0]]);
    const one = windowIn(uplink, members);
    rounds(1, [[0, 1]]);
    const two = windowIn(uplink, members);
    assert.ok(before > 6 && one >= before, `${before}, then ${one}`);
    assert.ok(two < 0.8 * before, `${before}, then ${two}`);
  });

  it('those that know nothing of their line share it with the slow ones: one does not begin as if it were alone', () => {
    const line = new Uplink(clock);
    const [one, two, three] = members as [Member, Member, Member];
    line.slow.take(one, { at: clock.now(), bytes: BYTES });
    const sends = (): number => {
      let sent = 0;
      for (; sent < 20 && line.starting.opens(two, false); sent++) line.starting.take(two, { at: clock.now(), bytes: BYTES });
      return sent * BYTES;
    };
    assert.equal(sends(), limits.FIRST_SHARED_BYTES);
    assert.ok(!line.starting.opens(three, false));
    const alone = new Uplink(clock);
    alone.starting.take(two, { at: clock.now(), bytes: BYTES });
    for (let sent = 0; sent < 20; sent++) assert.ok(alone.starting.opens(two, false));
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
        const boxes: SharedOutbox[] = Array.from({ length: 4 }, (_, at) => {
          // Who is woken sends what waits, as sessions do.
          return new SharedOutbox(new Pipe(0), line, () => void boxes[at]?.take(time.now()));
        });
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

  /** Sessions whose paths have these round trips share a line of 100 bytes a millisecond. @returns the share of it that they use, and each one's part */
  function shared(
    rttMs: readonly number[],
    known: (number: number, now: number) => boolean,
    ms = 10_000,
  ): { used: number; parts: number[] } {
    const time = fakeClock();
    const line = new Turns(time, NOTHING_BESIDE, limits.OWN_MS);
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
    const all = rttMs.map((_, number) => new Member(() => send(number)));
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
    const line = new Turns(time, NOTHING_BESIDE, limits.OWN_MS);
    const slow = new Member(() => {});
    const fast = new Member(() => {});
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

  interface Played {
    readonly rtt: number;
    /** Bytes a millisecond of the visitor's own line. */
    readonly own?: number;
    readonly urgent?: boolean;
    /** The least time until it acknowledges. */
    readonly hold?: number;
    readonly from?: number;
  }

  /** Sessions that always have something to send, over a line of so many bytes a millisecond. @returns bytes a millisecond of each, from when it began */
  function played(perMs: number, ms: number, sessions: readonly Played[]): number[] {
    const time = fakeClock();
    const line = new Uplink(time);
    const events: { at: number; which: number; number: number; cost: number }[] = [];
    const freeAt = sessions.map(() => 0);
    const done = sessions.map(() => 0);
    let lineFreeAt = 0;
    const boxes = sessions.map(({ rtt }, which) => {
      const pipe = new Pipe(0);
      pipe.trip(rtt);
      return { pipe, box: new SharedOutbox(pipe, line, () => go(which)) };
    });
    const go = (which: number): void => {
      const { rtt, own, urgent = false, hold = 0, from = 0 } = sessions[which] as Played;
      const { box, pipe } = boxes[which] as (typeof boxes)[number];
      const now = time.now();
      while (now >= from && box.opens(urgent)) {
        box.push(new Uint8Array(Math.min(pipe.message, 16_384)), undefined, undefined);
        const item = box.take(now, true);
        if (!item) return;
        lineFreeAt = Math.max(lineFreeAt, now) + item.cost / perMs;
        freeAt[which] = Math.max(freeAt[which] as number, lineFreeAt) + (own ? item.cost / own : 0);
        events.push({ at: Math.max((freeAt[which] as number) + rtt, now + hold), which, number: item.number, cost: item.cost });
      }
    };
    for (const until = time.now() + ms; time.now() < until; ) {
      for (const event of events.filter(({ at }) => at <= time.now()).sort((x, y) => x.at - y.at)) {
        events.splice(events.indexOf(event), 1);
        done[event.which] = (done[event.which] as number) + event.cost;
        (boxes[event.which] as (typeof boxes)[number]).box.acknowledge(event.number + 1, time.now());
      }
      for (const [which, { pipe }] of boxes.entries()) {
        if (time.now() % 3000 < 2) pipe.trip((sessions[which] as Played).rtt); // a question, now and then
        go(which);
      }
      time.advance(2);
    }
    return done.map((bytes, which) => bytes / (ms - ((sessions[which] as Played).from ?? 0)));
  }

  it('what is small does not hold up what is not', () => {
    const [small, ...large] = played(37.5, 20_000, [{ rtt: 50, urgent: true }, { rtt: 50 }, { rtt: 50 }]) as [number, number, number];
    for (const one of large) assert.ok(one > small / 3, `${small} and ${large}`);
  });

  it('who acknowledges slowly, and only small things, does not hold up those who come', () => {
    for (const [perMs, least] of [
      [125, 40],
      [12_500, 1500],
    ] as const) {
      const [, ...others] = played(perMs, 10_000, [
        { rtt: 50, urgent: true, hold: 390 },
        { rtt: 50, from: 2000 },
        { rtt: 50, from: 2000 },
      ]);
      for (const one of others) assert.ok(one > least, `${others} of ${perMs}`);
    }
  });

  it('visitors on slow lines of their own hold up neither each other nor one on a fast line', () => {
    // A message takes such a line many times OWN_MS, twice that, and OWN_MS.
    for (const own of [8, 30, BYTES / limits.OWN_MS]) {
      const slow = Array.from({ length: 10 }, () => ({ rtt: 50, own }));
      const all = played(12_500, 15_000, [...slow, { rtt: 50, from: 3000 }]);
      const newcomer = all.pop() as number;
      for (const one of all) assert.ok(one > 0.7 * own, `${all} of ${own}`);
      assert.ok(newcomer > 5000, `${newcomer}`);
    }
  });
});
