// SPDX-License-Identifier: Apache-2.0
// The slow line of the tests itself: it carries its rate, shares, queues, drops, stalls, and loses nothing of a flow.

import assert from 'node:assert/strict';
import { Flow, Line } from '../../support/line.ts';
import { linePipes } from '../../support/line-pipe.ts';
import { type VirtualTime, virtualTime } from '../../support/virtual-time.ts';

const RATE = 100_000;

describe('a line in virtual time', () => {
  let clock: VirtualTime;
  beforeEach(() => {
    clock = virtualTime(0);
  });

  /** Sends bytes by so many flows, and tells how long each took. */
  async function send(line: Line, flows: number, bytes: number, extraMs = 0): Promise<number[]> {
    const took: number[] = [];
    for (let i = 0; i < flows; i++) {
      let got = 0;
      const content = new Uint8Array(bytes).map((_, at) => (at * 7 + i) & 255);
      const flow = new Flow(clock, line, extraMs, {
        data(chunk) {
          for (const byte of chunk) assert.equal(byte, content[got++]);
        },
        ended: () => took.push(clock.now()),
        room() {},
      });
      flow.write(content);
      flow.end();
    }
    await clock.run(() => took.length === flows, 600_000);
    return took;
  }

  it('carries its rate, after its delay', async () => {
    const [ms] = await send(new Line(clock, { rate: RATE, delayMs: 50, queueMs: 300 }), 1, 1_000_000);
    assert.ok((ms as number) > 10_000 && (ms as number) < 11_000, `${ms}`);
  });

  it('adds the delay of a longer way', async () => {
    const [near] = await send(new Line(clock, { rate: RATE, delayMs: 50, queueMs: 300 }), 1, 1000);
    clock = virtualTime(0);
    const [far] = await send(new Line(clock, { rate: RATE, delayMs: 50, queueMs: 300 }), 1, 1000, 100);
    assert.ok(Math.abs((far as number) - (near as number) - 100) < 2);
  });

  it('is shared by those on it, and busy all the while', async () => {
    const line = new Line(clock, { rate: RATE, delayMs: 20, queueMs: 300 });
    const took = await send(line, 5, 200_000);
    assert.ok(Math.max(...took) < 11_000, took.join());
    assert.ok(Math.min(...took) > 4000, took.join());
    assert.ok(line.sent >= 1_000_000 && line.sent < 1_020_000, `${line.sent}`);
  });

  it('drops what a short queue has no room for, and nothing is lost of a flow', async () => {
    const line = new Line(clock, { rate: RATE, delayMs: 20, queueMs: 30 });
    await send(line, 4, 100_000);
    assert.ok(line.dropped > 0);
  });

  it('loses on the way what it is to lose: the flow is held up, and whole', async () => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const line = new Line(clock, { rate: RATE, delayMs: 20, queueMs: 300, loss: 0.02, random });
    const [ms] = await send(line, 1, 300_000);
    assert.ok(line.dropped > 0 && (ms as number) > 3200, `${ms}`);
  });

  it('stalls, and goes on', async () => {
    const line = new Line(clock, { rate: RATE, delayMs: 20, queueMs: 300 });
    clock.after(500, () => line.stall(2000));
    const [ms] = await send(line, 1, 100_000);
    assert.ok((ms as number) > 3000 && (ms as number) < 3700, `${ms}`);
  });

  it('is a byte pipe at both ends: bytes, an end, a break', async () => {
    const [out, back] = [
      new Line(clock, { rate: RATE, delayMs: 10, queueMs: 300 }),
      new Line(clock, { rate: RATE, delayMs: 10, queueMs: 300 }),
    ];
    const [a, b] = linePipes(clock, out, back);
    const heard: string[] = [];
    b.write([Uint8Array.of(9)]); // before anybody listens
    a.start({ data: (chunk) => heard.push(`a ${chunk}`), ended: () => heard.push('a ended'), broken: () => heard.push('a broken') });
    b.start({ data: (chunk) => heard.push(`b ${chunk}`), ended: () => heard.push('b ended'), broken: () => heard.push('b broken') });
    a.write([Uint8Array.of(1), Uint8Array.of(2)]);
    a.end();
    await clock.run(() => heard.length === 4, 1000);
    assert.deepEqual(heard.sort(), ['a 9', 'b 1', 'b 2', 'b ended']);
    b.destroy();
    await clock.run(() => heard.length === 5, 1000);
    assert.equal(heard.at(-1), 'a broken');
  });

  it('virtual time runs in order, and stops where it is to', async () => {
    const ran: string[] = [];
    clock.after(20, () => ran.push('b'));
    clock.after(10, () => ran.push('a'));
    clock.after(20, () => ran.push('c'));
    clock.after(5, () => ran.push('never'))();
    clock.after(40, () => ran.push('d'));
    await clock.run(() => false, 30);
    assert.deepEqual([ran.join(''), clock.now(), clock.timers], ['abc', 30, 1]);
  });
});
