// SPDX-License-Identifier: Apache-2.0
// A heartbeat on a clock and a path of the test's own.

import assert from 'node:assert/strict';
import { Heartbeat } from '../../transport/continuity/heartbeat.ts';
import * as limits from '../../transport/continuity/limits.ts';
import type { Watch } from '../../transport/continuity/watch.ts';
import { fakeClock } from './clock.ts';

/** Of a pulse whose path has nothing that lengthens its times. */
export const CALM = { backlogMs: () => 0, patience: () => 1, alone: () => false, measured() {}, doubt() {} };

/** What a heartbeat has asked and said, and what the test says of its path. */
export class HeartbeatBench {
  readonly clock = fakeClock();
  watch: Watch = 'busy';
  backlogMs = 0;
  alone = false;
  readonly asked: { id: number; suspect: boolean; at: number }[] = [];
  readonly suspect: (string | null)[] = [];
  doubts = 0;
  deadAt: number | null = null;
  readonly heartbeat: Heartbeat;

  constructor() {
    this.heartbeat = new Heartbeat(this.clock, () => this.watch, {
      ...CALM,
      ask: (id, unheard) => this.asked.push({ id, suspect: unheard, at: this.clock.now() }),
      backlogMs: () => this.backlogMs,
      alone: () => this.alone,
      doubt: () => this.doubts++,
      suspect: (reason) => this.suspect.push(reason),
      dead: () => {
        this.deadAt = this.clock.now();
      },
    });
    this.heartbeat.start();
  }

  /** The first questions are asked and answered, each after so long. */
  measured(rttMs: number): void {
    this.heartbeat.ask();
    for (let i = 1; i <= limits.FIRST_QUESTIONS; i++) {
      for (let ms = 0; ms < rttMs; ms += 100) {
        this.clock.advance(Math.min(100, rttMs - ms));
        this.heartbeat.heard();
      }
      this.heartbeat.answered(i);
    }
    assert.equal(this.asked.splice(0).length, limits.FIRST_QUESTIONS);
  }

  /** Lets time pass in small steps, with an answer to every question after `rttMs`. @param each called after every step, with the milliseconds passed */
  answering(ms: number, rttMs: number, each: (passed: number) => void = () => {}): void {
    const { asked, clock, heartbeat } = this;
    let seen = asked.length;
    for (let passed = 10; passed <= ms; passed += 10) {
      clock.advance(10);
      for (; seen < asked.length; seen++) {
        const { id } = asked[seen] as { id: number };
        clock.after(rttMs, () => {
          heartbeat.heard();
          heartbeat.answered(id);
        });
      }
      each(passed);
    }
  }

  /** Stops it; no timer may be left. */
  end(): void {
    this.heartbeat.stop();
    assert.equal(this.clock.timers, 0);
  }
}
