// SPDX-License-Identifier: Apache-2.0
// Sessions that share a line with others that are farther, or slow, or mean to be.

import assert from 'node:assert/strict';
import * as limits from '../../../../transport/continuity/limits.ts';
import { Member } from '../../../../transport/continuity/member.ts';
import { Pipe } from '../../../../transport/continuity/pipe.ts';
import { SharedSendWindow } from '../../../../transport/continuity/shared-send-window.ts';
import { type Turn, Turns } from '../../../../transport/continuity/turns.ts';
import { Uplink } from '../../../../transport/continuity/uplink.ts';
import { fakeClock } from '../../../support/clock.ts';
import { seeded } from '../../../support/mix.ts';

const BYTES = limits.LEAST_MESSAGE_BYTES;
const RTT_MS = 50;
/** What the window of each session allows it, in messages. */
const OWN_MESSAGES = 20;

describe('sessions that share a line with others', () => {
  /** Sessions whose paths have these round trips share a line of 100 bytes a millisecond. @returns the share of it that they use, and each one's part */
  function shared(
    rttMs: readonly number[],
    known: (number: number, now: number) => boolean,
    ms = 10_000,
  ): { used: number; parts: number[] } {
    const time = fakeClock();
    const line = new Turns(time, () => 0, limits.OWN_MS);
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
    const line = new Turns(time, () => 0, limits.OWN_MS);
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

  interface Played {
    readonly rtt: number;
    /** Bytes a millisecond of the visitor's own line. */
    readonly own?: number;
    readonly urgent?: boolean;
    /** The least time until it acknowledges. */
    readonly hold?: number;
    /** As if so many of its messages were lost: they, and all that come after, are acknowledged so much later. */
    readonly lose?: { readonly every: number; readonly ms: number; readonly chance?: () => boolean };
    /** Bytes that it has under way at most. */
    readonly most?: number;
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
      return { pipe, box: new SharedSendWindow(pipe, line, () => go(which)) };
    });
    const go = (which: number): void => {
      const { rtt, own, urgent = false, hold = 0, lose, most = Number.POSITIVE_INFINITY, from = 0 } = sessions[which] as Played;
      const { box, pipe } = boxes[which] as (typeof boxes)[number];
      const now = time.now();
      while (now >= from && box.underWay < most && box.opens(urgent, now)) {
        box.push(new Uint8Array(Math.min(pipe.message, 16_384)), undefined, undefined);
        const item = box.take(now, true);
        if (!item) return;
        lineFreeAt = Math.max(lineFreeAt, now) + item.cost / perMs;
        freeAt[which] = Math.max(freeAt[which] as number, lineFreeAt) + (own ? item.cost / own : 0);
        const lost = lose && (lose.chance ? lose.chance() : item.number % lose.every === 0);
        if (lost) freeAt[which] = (freeAt[which] as number) + lose.ms;
        events.push({
          at: Math.max((freeAt[which] as number) + rtt, now + hold),
          which,
          number: item.number,
          cost: item.cost,
        });
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

  for (const [count, every] of [
    [2, 2],
    [3, 2],
    [4, 4],
    [8, 3],
  ] as const) {
    it(`${count} who acknowledge as if every ${every}. message were lost do not hold up those who come`, () => {
      const hostile = Array.from({ length: count }, () => ({ rtt: 50, most: 2 * BYTES, lose: { every, ms: 390 } }));
      const newcomer = played(12_500, 7000, [...hostile, { rtt: 50, from: 4000 }]).pop() as number;
      assert.ok(newcomer > 100, `${newcomer}`); // 300 KB in the first 3 s
    });
  }

  it('visitors on bad lines of their own do not hold up one who comes', () => {
    const random = seeded(7);
    const bad = Array.from({ length: 6 }, () => ({ rtt: 50, own: 30, lose: { every: 0, ms: 300, chance: () => random() < 0.02 } }));
    const all = played(12_500, 8000, [...bad, { rtt: 50, from: 5000 }]);
    const newcomer = all.pop() as number;
    assert.ok(newcomer > 100, `${newcomer}`);
    for (const one of all) assert.ok(one > 0.5 * 30, `${all}`);
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
