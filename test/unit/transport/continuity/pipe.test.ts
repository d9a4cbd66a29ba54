// SPDX-License-Identifier: Apache-2.0
// What a path may have under way, on lines of every kind: by arithmetic alone.

import assert from 'node:assert/strict';
import { DATA_OVERHEAD_BYTES, MAX_DATA_BYTES, MAX_UNACKED_BYTES } from '../../../../proto/limits.ts';
import {
  ACK_MS,
  FIRST_WINDOW_BYTES,
  LEAST_MESSAGE_BYTES,
  LEAST_TRIP_MS,
  MESSAGE_MS,
  QUEUE_MS,
  ROOMY_WINDOW_BYTES,
} from '../../../../transport/continuity/limits.ts';
import { BURST_MS, PACE } from '../../../../transport/continuity/pace.ts';
import { Pipe } from '../../../../transport/continuity/pipe.ts';
import { seeded } from '../../../support/mix.ts';

interface Way {
  /** Bytes a second. */
  rate: number;
  rttMs: number;
  /** A round trip more for each message. */
  jitter?: () => number;
  /** The longest that acknowledgements come apart, in milliseconds. */
  ackMs?: number;
  /** Bytes that may wait in front of it: what comes to a full queue is lost, and sent again; all that comes behind it waits, as on TCP. */
  queue?: number;
  /** Of so many packets one is lost on a radio, and sent again there at once. */
  radio?: number;
}

/** A sender on a line that has always more, or so many bytes; time goes in steps. */
class Sending {
  now = 0;
  delivered = 0;
  left = Number.POSITIVE_INFINITY;
  /** Milliseconds that the line would take for what waits in front of it. */
  queueMs = 0;
  /** Messages that were sent again. */
  resent = 0;
  readonly way: Way;
  readonly pipe: Pipe;
  #freeAt = 0;
  #ackedAt = 0;
  #underWay: { bytes: number; at: number; backAt: number }[] = [];
  #bytes = 0;

  constructor(way: Way, pipe?: Pipe) {
    this.way = way;
    this.pipe = pipe ?? new Pipe(0, { resent: () => this.resent });
    this.pipe.trip(way.rttMs);
  }

  run(ms: number, step = 1): this {
    for (const until = this.now + ms; this.now < until; this.now += step) {
      this.#acknowledge();
      this.#send();
      this.queueMs = Math.max(0, this.#freeAt - this.now);
    }
    return this;
  }

  #send(): void {
    const { rate, rttMs, jitter, queue = Number.POSITIVE_INFINITY, radio = Number.POSITIVE_INFINITY } = this.way;
    while (this.#bytes < this.pipe.window) {
      if (this.left <= 0) return;
      if (this.pipe.pauseMs(this.now) > 0) return;
      if (this.#bytes === 0) this.pipe.begin(this.now);
      const bytes = this.pipe.message;
      const waits = ((Math.max(this.#freeAt, this.now) - this.now) * rate) / 1000;
      const lost = waits + bytes > queue;
      // It takes the line's place when it is sent again, a round trip later.
      if (lost) this.resent++;
      const through = Math.max(this.#freeAt, this.now) + (bytes * 1000) / rate;
      if (!lost) this.#freeAt = through;
      const last = this.#underWay.at(-1)?.backAt ?? 0;
      this.#underWay.push({ bytes, at: this.now, backAt: Math.max(last, through + (lost ? 2 : 1) * rttMs + (jitter?.() ?? 0)) });
      this.#bytes += bytes;
      this.left -= bytes;
      this.resent += bytes / 1400 / radio;
      this.pipe.departs(bytes, this.now);
    }
    if (this.left > 0) this.pipe.full();
  }

  #acknowledge(): void {
    if (this.now - this.#ackedAt < (this.way.ackMs ?? 0)) return;
    let bytes = 0;
    let last: { at: number; bytes: number } | null = null;
    while (this.#underWay[0] && this.#underWay[0].backAt <= this.now) {
      last = this.#underWay.shift() as { at: number; bytes: number };
      bytes += last.bytes;
    }
    if (!last) return;
    this.#ackedAt = this.now;
    this.#bytes -= bytes;
    this.delivered += bytes;
    this.pipe.acknowledged(bytes, last, this.now);
  }
}

const KB = 1024;

describe('what a path may have under way', () => {
  for (const rate of [38 * KB, 64 * KB, 256 * KB, 625 * KB, 2500 * KB]) {
    for (const rttMs of [5, 50, 300]) {
      it(`keeps a line of ${rate / KB} KB/s and ${rttMs} ms busy, and its queue short`, () => {
        const sending = new Sending({ rate, rttMs, ackMs: ACK_MS }).run(5000);
        const before = sending.delivered;
        let most = 0;
        for (let i = 0; i < 1000; i++) most = Math.max(most, sending.run(10).queueMs);
        const share = (sending.delivered - before) / (rate * 10);
        assert.ok(share > 0.93, `${share}`);
        // The least window and what is spare, a round of growth; then not more than it is to be.
        const alone = (6 * LEAST_MESSAGE_BYTES * 1000) / rate;
        assert.ok(most < rttMs + alone + 4 * (QUEUE_MS + MESSAGE_MS), `${most} ms in the queue`);
        assert.ok(Math.abs(sending.pipe.rate / rate - 1) < 0.5, `measured ${sending.pipe.rate}`);
      });
    }
  }

  it('begins with FIRST_WINDOW_BYTES, and doubles in a round trip while no queue shows', () => {
    const sending = new Sending({ rate: 10_000 * KB, rttMs: 100 });
    assert.equal(sending.pipe.window, FIRST_WINDOW_BYTES);
    sending.run(105);
    assert.ok(sending.pipe.window >= 1.9 * FIRST_WINDOW_BYTES && sending.pipe.window < 2.6 * FIRST_WINDOW_BYTES, `${sending.pipe.window}`);
    assert.ok(sending.run(1000).pipe.window > 400 * KB);
  });

  it('cuts content so that a message takes MESSAGE_MS, between LEAST_MESSAGE_BYTES and MAX_DATA_BYTES', () => {
    assert.equal(new Sending({ rate: 10 * KB, rttMs: 50 }).run(20_000).pipe.message, LEAST_MESSAGE_BYTES);
    const { message } = new Sending({ rate: 200 * KB, rttMs: 50 }).run(5000).pipe;
    assert.ok(message > 1.4 * KB && message < 4 * KB, `${message}`);
    assert.equal(new Sending({ rate: 50_000 * KB, rttMs: 5 }).run(5000).pipe.message, MAX_DATA_BYTES);
  });

  it('fills packets where each record is cut into packets of its own', () => {
    const packet = 1120;
    const around = DATA_OVERHEAD_BYTES + 24;
    for (const rate of [10, 50, 200, 1000]) {
      const { message } = new Sending({ rate: rate * KB, rttMs: 50 }, new Pipe(0, { packet })).run(5000).pipe;
      assert.equal((message + around) % packet, 0, `${message}`);
      assert.ok(message <= Math.max(packet, 2 * rate * KB * (MESSAGE_MS / 1000)), `${message} at ${rate} KB/s`);
    }
  });

  it('is not made shorter and shorter by rounds that last longer now and then', () => {
    let seed = 3;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    // A busy machine: for tens of milliseconds nothing is done, at one end or the other.
    let busyUntil = 0;
    let busy = 0;
    const sending: Sending = new Sending({
      rate: 625 * KB,
      rttMs: 100,
      ackMs: ACK_MS,
      jitter: () => {
        if (sending.now > busyUntil + 20) {
          busy = 100 * random();
          busyUntil = sending.now + 100;
        }
        return sending.now < busyUntil ? busy : 0;
      },
    });
    sending.run(3000);
    const before = sending.delivered;
    sending.run(20_000);
    assert.ok((sending.delivered - before) / (12_500 * KB) > 0.7, `${(sending.delivered - before) / (12_500 * KB)}`);
  });

  it('keeps a line with a queue of a few packets busy, on which TCP repairs what is lost', () => {
    for (const rate of [60 * KB, 125 * KB, 250 * KB]) {
      const sending = new Sending({ rate, rttMs: 100, ackMs: ACK_MS, queue: 2 * LEAST_MESSAGE_BYTES + rate / 20 }).run(1000);
      const [before, resent] = [sending.delivered, sending.resent];
      sending.run(10_000);
      const share = (sending.delivered - before) / (rate * 10);
      assert.ok(share > 0.9, `${share} of ${rate / KB} KB/s`);
      assert.ok(sending.resent - resent < 20, `${sending.resent - resent} sent again at ${rate / KB} KB/s`);
    }
  });

  it('takes what a radio repairs for no loss', () => {
    for (const way of [
      { rate: 10_000 * KB, rttMs: 50 },
      { rate: 500 * KB, rttMs: 100 },
    ]) {
      const sending = new Sending({ ...way, ackMs: ACK_MS, radio: 50 }).run(1000);
      sending.way.rate /= 5;
      sending.run(5000).way.rate *= 5;
      sending.run(2000);
      const before = sending.delivered;
      const share = (sending.run(4000).delivered - before) / (way.rate * 4);
      assert.ok(share > 0.9, `${share} of ${way.rate / KB} KB/s`);
    }
  });

  it('keeps what it knows of a line on which something is sent now and then: the pace is not the line', () => {
    for (const [rate, rttMs, bytes, everyMs] of [
      [1500, 150, 100, 3000],
      [500, 100, 40, 1000],
    ] as const) {
      const sending = new Sending({ rate: rate * KB, rttMs, ackMs: ACK_MS }).run(5000);
      sending.left = 0;
      for (let burst = 0; burst < 20; burst++) {
        sending.run(everyMs);
        sending.left = bytes * KB;
      }
      assert.ok(sending.pipe.rate > 0.5 * rate * KB, `${sending.pipe.rate / KB} of ${rate} KB/s`);
    }
  });

  it('holds back what was cut for a faster path no longer than what may be under way takes', () => {
    const { pipe, now } = new Sending({ rate: 40 * KB, rttMs: 200, ackMs: ACK_MS }).run(10_000);
    for (let message = 0; message < 10; message++) pipe.departs(MAX_DATA_BYTES, now);
    assert.ok(pipe.narrow || pipe.pauseMs(now) <= pipe.emptiesMs, `${pipe.pauseMs(now)} of ${pipe.emptiesMs} ms`);
    const wider = new Sending({ rate: 200 * KB, rttMs: 200, ackMs: ACK_MS }).run(10_000);
    for (let message = 0; message < 10; message++) wider.pipe.departs(MAX_DATA_BYTES, wider.now);
    const pause = wider.pipe.pauseMs(wider.now);
    assert.ok(pause > 0 && pause <= wider.pipe.emptiesMs, `${pause} of ${wider.pipe.emptiesMs} ms`);
    wider.pipe.woken(pause + BURST_MS);
    assert.equal(wider.pipe.pauseMs(wider.now), 0, 'who was woken late makes up for it');
  });

  it('lets out no more at once than takes the path BURST_MS or a message, and goes on at PACE', () => {
    const sending = new Sending({ rate: 250 * KB, rttMs: 100, ackMs: ACK_MS }).run(5000);
    const { pipe } = sending;
    const now = sending.now + 1000;
    let out = 0;
    for (; pipe.pauseMs(now) === 0 && out < 1000 * KB; out += pipe.message) pipe.departs(pipe.message, now);
    assert.ok(
      pipe.takes(out) <= PACE * Math.max(BURST_MS, pipe.takes(pipe.message)) + 2 * pipe.takes(pipe.message),
      `${pipe.takes(out)} ms at once`,
    );
    const pause = pipe.pauseMs(now);
    assert.ok(pause > 0 && pause < pipe.takes(pipe.message), `${pause}`);
    assert.equal(pipe.pauseMs(now + pause), 0);
    const fast = new Sending({ rate: 50_000 * KB, rttMs: 5 }).run(5000).pipe;
    fast.departs(10_000 * KB, 5000);
    assert.deepEqual([fast.pauseMs(5000), new Pipe(0).pauseMs(0)], [0, 0], 'a fast path, and one of which nothing is known');
  });

  it('leaves a fast line ROOMY_WINDOW_BYTES, and never has more than MAX_UNACKED_BYTES', () => {
    const near = new Sending({ rate: 400_000 * KB, rttMs: 0.2 }).run(500, 0.1);
    assert.ok(near.pipe.window >= ROOMY_WINDOW_BYTES, `${near.pipe.window}`);
    const far = new Sending({ rate: 400_000 * KB, rttMs: 300 }).run(20_000);
    assert.ok(far.pipe.window <= MAX_UNACKED_BYTES && far.pipe.window > MAX_UNACKED_BYTES / 2, `${far.pipe.window}`);
  });

  it('is not held back by round trips that take longer now and then', () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const jitter = (): number => (random() < 0.5 ? 0 : 40 * random());
    for (const rttMs of [2, 40]) {
      const sending = new Sending({ rate: 500 * KB, rttMs, jitter, ackMs: ACK_MS }).run(3000);
      const before = sending.delivered;
      sending.run(10_000);
      assert.ok((sending.delivered - before) / (5000 * KB) > 0.85, `${(sending.delivered - before) / (5000 * KB)} at ${rttMs} ms`);
    }
  });

  it('follows a line that becomes slower, or faster, or longer', () => {
    const sending = new Sending({ rate: 1000 * KB, rttMs: 50, ackMs: ACK_MS }).run(5000);
    const share = (ms: number): number => {
      const before = sending.delivered;
      sending.run(ms);
      return (sending.delivered - before) / ((sending.way.rate * ms) / 1000);
    };
    sending.way.rate = 100 * KB;
    sending.run(3000);
    assert.ok(sending.queueMs < 200, `${sending.queueMs} ms in the queue`);
    sending.way.rate = 2000 * KB;
    sending.run(1500);
    assert.ok(share(3000) > 0.9);
    // A round trip that is longer from now on looks like a queue, until the least one is looked for anew.
    sending.way.rttMs = 250;
    sending.run(3 * LEAST_TRIP_MS);
    assert.ok(share(5000) > 0.85);
  });

  it('on another path begins with no more than it had, if that was slow', () => {
    const slow = new Sending({ rate: 38 * KB, rttMs: 50 }).run(5000).pipe;
    const next = new Pipe(0);
    next.follow(slow);
    assert.ok(next.window <= slow.window && next.message <= slow.message, `${next.window} ${next.message}`);
    const fast = new Sending({ rate: 5000 * KB, rttMs: 50 }).run(5000).pipe;
    const other = new Pipe(0);
    other.follow(fast);
    assert.equal(other.window, FIRST_WINDOW_BYTES);
    // Of one on which nothing was ever acknowledged even the first window was too much.
    const unknown = new Pipe(0);
    unknown.follow(new Pipe(0), true);
    assert.equal(unknown.window, 2 * LEAST_MESSAGE_BYTES);
    // One that is known keeps what is known of it.
    const before = fast.window;
    fast.follow(slow);
    assert.equal(fast.window, before);
  });

  it('begins anew when the session comes back to it: the time between was another path’s', () => {
    const sending = new Sending({ rate: 250 * KB, rttMs: 100, ackMs: ACK_MS }).run(5000);
    const { pipe, now } = sending;
    pipe.acknowledged(1200, { at: now, bytes: 1200 }, now + 105); // ends a round
    pipe.acknowledged(1200, null, now + 106); // begins one
    pipe.follow(new Pipe(0));
    pipe.begin(now + 4000);
    pipe.full();
    pipe.acknowledged(75 * KB, { at: now + 4000, bytes: 1200 }, now + 4300);
    assert.ok(pipe.rate > 200 * KB, `${pipe.rate}`);
  });

  it('takes what machines need for their turns for no queue: who has a small window then does not starve', () => {
    // What is answered within a turn is answered at its end, here and at the other end.
    const TURN_MS = 40;
    const busy = (turnMs: () => number): Sending => {
      const random = seeded(1);
      const jitter = (): number => TURN_MS * (1 + random());
      const sending = new Sending({ rate: 2500 * KB, rttMs: 5, ackMs: TURN_MS, jitter }, new Pipe(0, { turnMs }));
      return sending.run(10_000);
    };
    const blind = busy(() => 0);
    const aware = busy(() => TURN_MS);
    assert.ok(aware.delivered > 3 * blind.delivered, `${aware.delivered} and ${blind.delivered} bytes`);
  });

  it('says how long the path takes, as soon as it is known', () => {
    assert.deepEqual([new Pipe(0).rate, new Pipe(0).takes(1000)], [0, 0]);
    const { pipe } = new Sending({ rate: 100 * KB, rttMs: 50 }).run(5000);
    assert.ok(Math.abs(pipe.takes(100 * KB) - 1000) < 300, `${pipe.takes(100 * KB)}`);
  });
});
