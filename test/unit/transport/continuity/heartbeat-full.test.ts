// SPDX-License-Identifier: Apache-2.0
// The heartbeat on a line that is full: what is no silence, what lengthens its times, and what it measures meanwhile.

import assert from 'node:assert/strict';
import { Heartbeat } from '../../../../transport/continuity/heartbeat.ts';
import * as limits from '../../../../transport/continuity/limits.ts';
import { CALM, HeartbeatBench } from '../../../support/heartbeat-bench.ts';

describe('heartbeat on a line that is full', () => {
  let bench: HeartbeatBench;
  let clock: HeartbeatBench['clock'];
  let asked: HeartbeatBench['asked'];
  let heartbeat: Heartbeat;

  beforeEach(() => {
    bench = new HeartbeatBench();
    ({ clock, asked, heartbeat } = bench);
  });
  afterEach(() => bench.end());

  /** It is looked at with each question. */
  const near = (ms: number, due: number): void => assert.ok(ms >= due - 20 && ms <= due + limits.ASK_BUSY_MS + 20, `${ms}, not ${due}`);
  /** Milliseconds of quiet until it is suspect. */
  const quiet = (): number => {
    const from = clock.now();
    while (!heartbeat.suspect) clock.advance(10);
    return clock.now() - from;
  };

  it('what this end has under way is not the other’s silence, up to MAX_BACKLOG_MS', () => {
    bench.backlogMs = 3000;
    near(quiet(), limits.SUSPECT_BUSY_MS + 3000);
    heartbeat.stop();
    bench.backlogMs = 10 * limits.MAX_BACKLOG_MS;
    heartbeat = new Heartbeat(clock, () => 'busy', { ...CALM, backlogMs: () => bench.backlogMs, ask() {}, suspect() {}, dead() {} });
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

  it('waits half as long for what it forgives while another path answers, and never less than usual', () => {
    heartbeat.took(2000);
    bench.alone = true;
    near(quiet(), 2000);
    heartbeat.heard();
    bench.alone = false;
    near(quiet(), limits.MAX_LULL_MS); // three times the silence before
    heartbeat.heard();
    bench.alone = true;
    bench.backlogMs = 3000;
    near(quiet(), limits.MAX_LULL_MS + 3000); // half of three times that silence
  });

  it('waits three times as long as passes between arrivals of late, also while another path answers', () => {
    bench.alone = true;
    for (let i = 0; i < 20; i++) {
      clock.advance(700);
      heartbeat.heard();
      for (let burst = 0; burst < 10; burst++) {
        clock.advance(1);
        heartbeat.heard();
      }
    }
    near(quiet(), 3 * 700);
  });

  it('measures again every MEASURE_MS while somebody waits, whatever comes', () => {
    bench.measured(30);
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
    bench.measured(100);
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
