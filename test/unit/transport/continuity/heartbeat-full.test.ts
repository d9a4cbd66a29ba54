// SPDX-License-Identifier: Apache-2.0
// The heartbeat on a line that is full: what is no silence, what lengthens its times, and what it measures meanwhile.

import assert from 'node:assert/strict';
import { Heartbeat, type Watch } from '../../../../transport/continuity/heartbeat.ts';
import * as limits from '../../../../transport/continuity/limits.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';

/** Of a pulse whose path has nothing that lengthens its times. */
const CALM = { backlogMs: () => 0, patience: () => 1, measured() {}, doubt() {} };

describe('heartbeat on a line that is full', () => {
  let clock: FakeClock;
  let watch: Watch;
  let asked: { id: number; suspect: boolean; at: number }[];
  let suspect: (string | null)[];
  let doubts: number;
  let _deadAt: number | null;
  let backlogMs: number;
  let patience: number;
  let heartbeat: Heartbeat;

  beforeEach(() => {
    clock = fakeClock();
    watch = 'busy';
    asked = [];
    suspect = [];
    doubts = 0;
    _deadAt = null;
    backlogMs = 0;
    patience = 1;
    heartbeat = new Heartbeat(clock, () => watch, {
      ask: (id, unheard) => asked.push({ id, suspect: unheard, at: clock.now() }),
      backlogMs: () => backlogMs,
      patience: () => patience,
      measured() {},
      doubt: () => doubts++,
      suspect: (reason) => suspect.push(reason),
      dead: () => {
        _deadAt = clock.now();
      },
    });
    heartbeat.start();
  });
  afterEach(() => {
    heartbeat.stop();
    assert.equal(clock.timers, 0);
  });

  /** The first questions are asked and answered, each after so long. */
  function measured(rttMs: number): void {
    heartbeat.ask();
    for (let i = 1; i <= limits.FIRST_QUESTIONS; i++) {
      for (let ms = 0; ms < rttMs; ms += 100) {
        clock.advance(Math.min(100, rttMs - ms));
        heartbeat.heard();
      }
      heartbeat.answered(i);
    }
    assert.equal(asked.length, limits.FIRST_QUESTIONS);
    asked = [];
  }

  /** It is looked at with each question. */
  const near = (ms: number, due: number): void => assert.ok(ms >= due - 20 && ms <= due + limits.ASK_BUSY_MS + 20, `${ms}, not ${due}`);
  /** Milliseconds of quiet until it is suspect. */
  const quiet = (): number => {
    const from = clock.now();
    while (!heartbeat.suspect) clock.advance(10);
    return clock.now() - from;
  };

  it('what this end has under way is not the other’s silence, up to MAX_BACKLOG_MS', () => {
    backlogMs = 3000;
    near(quiet(), limits.SUSPECT_BUSY_MS + 3000);
    heartbeat.stop();
    backlogMs = 10 * limits.MAX_BACKLOG_MS;
    heartbeat = new Heartbeat(clock, () => watch, { ...CALM, backlogMs: () => backlogMs, ask() {}, suspect() {}, dead() {} });
    heartbeat.start();
    const ms = quiet();
    heartbeat.stop();
    assert.ok(ms >= limits.MAX_BACKLOG_MS && ms < limits.MAX_BACKLOG_MS + 2 * limits.SUSPECT_BUSY_MS, `${ms}`);
  });

  it('a round trip that takes long under load lengthens its times, up to MAX_LULL_MS', () => {
    heartbeat.took(1000);
    near(quiet(), 2000);
    heartbeat.heard();
    heartbeat.took(60_000);
    const ms = quiet();
    assert.ok(ms >= limits.MAX_LULL_MS && ms <= limits.MAX_LULL_MS + 2 * limits.ASK_BUSY_MS, `${ms}`);
  });

  it('a silence that was none lengthens them, and counts half after LULL_HALF_MS', () => {
    clock.advance(1100);
    heartbeat.heard();
    near(quiet(), 3 * 1100);
    heartbeat.heard();
    for (let passed = 0; passed < 8 * limits.LULL_HALF_MS; passed += 100) {
      clock.advance(100);
      heartbeat.heard();
    }
    near(quiet(), limits.SUSPECT_BUSY_MS);
  });

  it('measures again every MEASURE_MS while somebody waits, whatever comes', () => {
    measured(30);
    for (let passed = 0; passed < 4 * limits.MEASURE_MS; passed += 100) {
      clock.advance(100);
      heartbeat.heard();
    }
    assert.ok(asked.length >= 3 && asked.length <= 4, `${asked.length}`);
  });

  it('takes the answer to any question of late', () => {
    heartbeat.ask();
    clock.advance(900);
    heartbeat.ask();
    const [first] = asked;
    heartbeat.heard();
    heartbeat.answered(first?.id as number);
    assert.ok(heartbeat.rttMs >= 900, `${heartbeat.rttMs}`);
  });

  it('an answer is quick in two round trips and QUICK_MS', () => {
    measured(100);
    heartbeat.quickAt = -1;
    const answer = (ms: number): number => {
      heartbeat.ask();
      const { id } = asked.at(-1) as { id: number };
      clock.advance(ms);
      heartbeat.heard();
      heartbeat.answered(id);
      return heartbeat.quickAt;
    };
    answer(2 * 100 + 20 * limits.QUICK_MS);
    assert.equal(heartbeat.quickAt, -1);
    assert.equal(answer(100 + limits.QUICK_MS), clock.now());
  });
});
