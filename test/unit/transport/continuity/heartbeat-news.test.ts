// SPDX-License-Identifier: Apache-2.0
// Questions at the pace of what comes: fewer of them on a line that many share, and no later on any other.

import assert from 'node:assert/strict';
import * as limits from '../../../../transport/continuity/limits.ts';
import { HeartbeatBench } from '../../../support/heartbeat-bench.ts';

describe('heartbeat: content that comes seldom', () => {
  let bench: HeartbeatBench;
  afterEach(() => bench.end());

  /** Lets content come, and answers to all questions. @returns the questions meanwhile */
  function content(ms: number, everyMs: number, rttMs: number): number {
    const { heartbeat, asked } = bench;
    const before = asked.length;
    bench.answering(ms, rttMs, (passed) => {
      if (passed % everyMs !== 0) return;
      heartbeat.heard();
      heartbeat.news();
    });
    return asked.length - before;
  }

  /** Nothing comes any more. @returns milliseconds until it is doubted */
  function silence(): number {
    const { clock, suspect, heartbeat } = bench;
    const from = heartbeat.heardAt;
    const before = suspect.length;
    while (suspect.length === before) clock.advance(10);
    return clock.now() - from;
  }

  beforeEach(() => {
    bench = new HeartbeatBench();
  });

  it('asks seldom where a message takes long and comes in its turn', () => {
    content(20_000, 520, 160);
    const questions = content(20_000, 520, 160);
    assert.ok(questions <= 6, `${questions} questions in 20 s`); // one for each message before
    assert.ok(silence() <= 3 * 520 + 2 * limits.ASK_BUSY_MS);
  });

  it('an event now and then on a good line makes nothing later', () => {
    for (const everyMs of [500, 1000]) {
      bench.end();
      bench = new HeartbeatBench();
      content(60_000, everyMs, 20);
      assert.ok(silence() <= limits.SUSPECT_BUSY_MS + 100, `every ${everyMs} ms`);
    }
  });

  it('the first question is never so late that the doubt comes more than a question later', () => {
    const { heartbeat } = bench;
    bench.answering(20_000, 160, (passed) => {
      if (passed % 20 === 0) heartbeat.heard(); // signs of life often, content seldom
      if (passed % 620 === 0) heartbeat.news();
    });
    const ms = silence();
    assert.ok(ms <= limits.SUSPECT_BUSY_MS + limits.ASK_BUSY_MS + 100, `${ms} ms`);
  });

  it('a pause in which nobody waits is no interval of what comes', () => {
    content(2000, 20, 20);
    bench.watch = 'idle';
    bench.heartbeat.hurry();
    bench.clock.advance(4000);
    bench.watch = 'busy';
    bench.heartbeat.freshen();
    bench.heartbeat.hurry();
    content(1000, 20, 20);
    const ms = silence();
    assert.ok(ms <= limits.SUSPECT_BUSY_MS + 100, `${ms} ms`);
  });
});
