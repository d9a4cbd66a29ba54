// SPDX-License-Identifier: Apache-2.0
// The heartbeat of one path, by a clock of the test's own: when it asks, doubts, gives up, and what it forgives.

import assert from 'node:assert/strict';
import { Heartbeat } from '../../../../transport/continuity/heartbeat.ts';
import * as limits from '../../../../transport/continuity/limits.ts';
import { CALM, HeartbeatBench } from '../../../support/heartbeat-bench.ts';

describe('heartbeat', () => {
  let bench: HeartbeatBench;
  let clock: HeartbeatBench['clock'];
  let asked: HeartbeatBench['asked'];
  let suspect: HeartbeatBench['suspect'];
  let heartbeat: Heartbeat;

  beforeEach(() => {
    bench = new HeartbeatBench();
    ({ clock, asked, suspect, heartbeat } = bench);
  });
  afterEach(() => bench.end());

  const answering = (ms: number, rttMs: number): void => bench.answering(ms, rttMs);

  it('asks after a short quiet while somebody waits, doubts, and gives up', () => {
    clock.advance(limits.ASK_BUSY_MS - 1);
    assert.equal(asked.length, 0);
    clock.advance(1);
    assert.deepEqual(asked, [{ id: 1, suspect: false, at: limits.ASK_BUSY_MS }]);
    clock.advance(limits.SUSPECT_BUSY_MS - limits.ASK_BUSY_MS - 1);
    assert.deepEqual(suspect, []);
    assert.equal(bench.doubts, 1);
    clock.advance(1);
    assert.equal(suspect.length, 1);
    assert.match(suspect[0] ?? '', /nothing has come on it for 1\.2 s/);
    assert.equal(asked.at(-1)?.suspect, true);
    clock.advance(limits.DEAD_BUSY_MS - limits.SUSPECT_BUSY_MS - 1);
    assert.equal(bench.deadAt, null);
    clock.advance(1);
    assert.equal(bench.deadAt, limits.DEAD_BUSY_MS);
    clock.advance(60_000);
    assert.equal(suspect.length, 1);
  });

  it('whatever is heard is a sign of life, and takes the doubt back', () => {
    clock.advance(limits.SUSPECT_BUSY_MS);
    assert.equal(heartbeat.suspect, true);
    heartbeat.heard();
    assert.deepEqual([heartbeat.suspect, suspect.at(-1)], [false, null]);
    for (let i = 0; i < 100; i++) {
      clock.advance(limits.ASK_BUSY_MS - 1);
      heartbeat.heard();
    }
    assert.equal(suspect.length, 2);
    // Beside the two of the silence, one for each measurement.
    assert.ok(asked.length <= 3 + (100 * limits.ASK_BUSY_MS) / limits.MEASURE_MS, `${asked.length}`);
  });

  it('measures a new path by questions in a row (FIRST_QUESTIONS)', () => {
    heartbeat.ask();
    for (let i = 1; i <= limits.FIRST_QUESTIONS + 2; i++) {
      clock.advance(20 - 2 * i);
      heartbeat.heard();
      heartbeat.answered(i);
    }
    assert.equal(asked.length, limits.FIRST_QUESTIONS);
    assert.equal(heartbeat.rttMs, 20 - 2 * limits.FIRST_QUESTIONS);
  });

  it('measures again when somebody begins to wait, if the last question is FRESH_MS old', () => {
    bench.watch = 'idle';
    bench.measured(30);
    heartbeat.freshen();
    clock.advance(limits.FRESH_MS - 31);
    heartbeat.freshen();
    assert.equal(asked.length, 0);
    clock.advance(1);
    heartbeat.freshen();
    heartbeat.freshen();
    assert.equal(asked.length, 1);
  });

  it('has patience with a long round trip, up to a bound', () => {
    bench.measured(500);
    assert.equal(heartbeat.rttMs, 500);
    const from = clock.now();
    clock.advance(999);
    assert.equal(asked.length, 0);
    clock.advance(1);
    assert.equal(asked.length, 1);
    clock.advance(4 * 500 - 1000 - 1);
    assert.equal(heartbeat.suspect, false);
    clock.advance(1);
    assert.equal(heartbeat.suspect, true);
    assert.equal(clock.now() - from, 4 * 500);
  });

  /** Something is heard so many times, each so long after the last. */
  function hearing(times: number, gapMs: number): void {
    for (let i = 0; i < times; i++) {
      clock.advance(gapMs);
      heartbeat.heard();
    }
  }

  it('has patience where seconds pass between arrivals anyway, up to a bound', () => {
    hearing(20, 1000);
    clock.advance(3 * 1000 - 1);
    assert.equal(heartbeat.suspect, false);
    clock.advance(limits.ASK_BUSY_MS); // it looks when it asks
    assert.equal(heartbeat.suspect, true);
    hearing(20, 2500);
    clock.advance(3 * limits.MAX_GAP_MS - 1);
    assert.equal(heartbeat.suspect, false);
    clock.advance(limits.ASK_BUSY_MS); // it looks when it asks
    assert.equal(heartbeat.suspect, true);
  });

  it('what passed between arrivals while nobody waited is no reason for patience', () => {
    bench.watch = 'idle';
    hearing(20, 5000);
    bench.watch = 'busy';
    heartbeat.hurry();
    hearing(3, 100);
    clock.advance(limits.SUSPECT_BUSY_MS);
    assert.equal(heartbeat.suspect, true);
  });

  it('no round trip is too long to be doubted', () => {
    heartbeat.ask();
    clock.advance(300);
    heartbeat.heard();
    heartbeat.answered(1);
    heartbeat.rttMs = 5000;
    clock.advance(4 * limits.MAX_RTT_MS - 1);
    assert.equal(heartbeat.suspect, false);
    clock.advance(1);
    assert.equal(heartbeat.suspect, true);
  });

  it('takes a shorter round trip at once and a longer one slowly', () => {
    const measure = (ms: number): void => {
      heartbeat.ask();
      clock.advance(ms);
      heartbeat.heard();
      heartbeat.answered(asked.at(-1)?.id ?? 0);
    };
    measure(100);
    measure(20);
    assert.equal(heartbeat.rttMs, 20);
    measure(100);
    assert.equal(heartbeat.rttMs, 30);
    heartbeat.atMost(40);
    assert.equal(heartbeat.rttMs, 30);
    heartbeat.atMost(5);
    assert.equal(heartbeat.rttMs, 5);
    heartbeat.answered(77); // to no question
    assert.equal(heartbeat.rttMs, 5);
  });

  it('asks seldom on a standby, and gives it up later', () => {
    bench.watch = 'standby';
    bench.measured(30);
    answering(60_000, 30);
    assert.ok(asked.length <= 13, `${asked.length} questions in a minute`);
    assert.deepEqual(suspect, []);
    const from = heartbeat.heardAt;
    clock.advance(limits.DEAD_STANDBY_MS + limits.ASK_IDLE_MS);
    assert.equal((bench.deadAt ?? 0) - from, limits.DEAD_STANDBY_MS);
  });

  it('is in no hurry on the path in use while nobody waits, and looks closely as soon as somebody does', () => {
    bench.watch = 'idle';
    bench.measured(30);
    answering(20_000, 30);
    assert.equal(suspect.length, 0);
    assert.ok(asked.length <= 5);
    const from = heartbeat.heardAt;
    clock.advance(limits.SUSPECT_IDLE_MS - (clock.now() - from));
    assert.equal(heartbeat.suspect, true);
    heartbeat.heard();
    bench.watch = 'busy';
    heartbeat.hurry();
    const questions = asked.length;
    clock.advance(limits.ASK_BUSY_MS);
    assert.equal(asked.length, questions + 1);
  });

  it('gives an idle path up after its own time', () => {
    bench.watch = 'idle';
    // From the time on that a path is suspect it is watched closely, and given up as closely.
    clock.advance(limits.SUSPECT_IDLE_MS);
    assert.equal(heartbeat.suspect, true);
    clock.advance(limits.DEAD_IDLE_MS - limits.SUSPECT_IDLE_MS);
    assert.ok(bench.deadAt !== null && bench.deadAt <= limits.DEAD_IDLE_MS);
  });

  it('an end that slept asks before it doubts', () => {
    // Time that passes in one piece: no timer ran meanwhile.
    let now = 0;
    const timers: { at: number; run: () => void }[] = [];
    const slept = {
      now: () => now,
      after(ms: number, run: () => void) {
        const timer = { at: now + ms, run };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
      },
    };
    const pass = (to: number, step: number): void => {
      while (now < to) {
        now = Math.min(to, now + step);
        for (const timer of timers.filter(({ at }) => at <= now)) {
          timers.splice(timers.indexOf(timer), 1);
          timer.run();
        }
      }
    };
    const events: string[] = [];
    const one = new Heartbeat(slept, () => 'busy', {
      ...CALM,
      ask: () => events.push('ask'),
      suspect: () => events.push('suspect'),
      dead: () => events.push('dead'),
    });
    one.start();
    pass(600, 100);
    assert.deepEqual(events, ['ask']);
    pass(3_600_000, 3_600_000);
    assert.deepEqual(events, ['ask', 'ask']);
    pass(3_600_000 + limits.SUSPECT_BUSY_MS - limits.ASK_BUSY_MS - 100, 100);
    assert.ok(!events.includes('suspect'));
    pass(3_600_000 + limits.SUSPECT_BUSY_MS, 100);
    assert.ok(events.includes('suspect') && !events.includes('dead'));
    pass(3_600_000 + limits.DEAD_BUSY_MS, 100);
    assert.equal(events.at(-1), 'dead');
    assert.ok(limits.SLEPT_MS < 3_600_000);
  });

  it('a late timer is no sleep up to SLEPT_MS', () => {
    const judged: number[] = [];
    let now = 0;
    let due: { at: number; run: () => void } | null = null;
    const late = (ms: number) => ({
      now: () => now,
      after(wait: number, run: () => void) {
        due = { at: now + wait + ms, run };
        return () => {
          due = null;
        };
      },
    });
    for (const ms of [limits.SLEPT_MS, limits.SLEPT_MS + 1]) {
      now = 0;
      const one = new Heartbeat(late(ms), () => 'busy', { ...CALM, ask() {}, suspect: () => judged.push(ms), dead() {} });
      one.start();
      for (let i = 0; i < 4 && due; i++) {
        const next: { at: number; run: () => void } = due;
        now = next.at;
        due = null;
        next.run();
      }
      one.stop();
    }
    assert.deepEqual(judged, [limits.SLEPT_MS]);
  });

  it('believes the other end that hears nothing, until an answer shows both directions', () => {
    heartbeat.heard();
    heartbeat.questioned(true);
    assert.equal(heartbeat.suspect, true);
    assert.match(suspect.at(-1) ?? '', /the other end hears nothing/);
    assert.equal(asked.length, 1); // at once
    heartbeat.heard();
    heartbeat.questioned(true);
    assert.deepEqual([heartbeat.suspect, suspect.length, asked.length], [true, 1, 1]);
    heartbeat.heard();
    heartbeat.answered(1);
    assert.deepEqual([heartbeat.suspect, suspect.at(-1)], [false, null]);
    heartbeat.questioned(true);
    heartbeat.questioned(false);
    assert.equal(heartbeat.suspect, false);
  });

  it('a probe doubts what gives no sign of life in its time', () => {
    answering(3000, 20);
    const questions = asked.length;
    heartbeat.probe(500);
    assert.equal(asked.length, questions + 1);
    clock.advance(250);
    heartbeat.heard();
    clock.advance(250);
    assert.equal(heartbeat.suspect, false);
    heartbeat.probe(300);
    clock.advance(300);
    assert.equal(heartbeat.suspect, true);
    assert.match(suspect.at(-1) ?? '', /within 300 ms/);
  });
});
