// SPDX-License-Identifier: Apache-2.0
// What the lab makes of slow lines: the commands of tc, what it reads of them, the cases, and the document.

import assert from 'node:assert/strict';
import { atOnce } from '../lab/at-once.ts';
import { type FaultyResult, faultyFaults } from '../lab/faulty.ts';
import { casesOf, coveringCases, faults, GRID, type LineCase, type LineResult } from '../lab/lines.ts';
import { faultyTable, linesReport, linesTable, smallTable } from '../lab/lines-report.ts';
import { sample } from '../lab/sampling.ts';
import { crossed, shape } from '../lab/shaping.ts';
import { HTTP2, HTTP2_FORWARDED, type SmallResult, smallFaults } from '../lab/small.ts';

const GOOD: LineResult = {
  mbit: 1,
  queueMs: 300,
  via: 'relay',
  visitors: 5,
  content: 1_000_000,
  ms: 8500,
  curlMs: 8400,
  sent: 1_080_000,
  curlSent: 1_050_000,
  silent: 0,
  moved: 0,
  lost: 0,
  errors: [],
};
const SMALL: SmallResult = {
  mbit: 2,
  queueMs: 300,
  by: 'relay',
  rttMs: 100,
  p50: 120,
  p95: 150,
  samples: 20,
  failed: 0,
  share: 0.9,
};
const BESIDE: readonly SmallResult[] = [2, 20].flatMap((mbit) => [
  { ...SMALL, mbit, by: HTTP2, rttMs: 50, p50: 90, p95: 110 },
  { ...SMALL, mbit, by: HTTP2_FORWARDED, p95: 160 },
]);

const STALLED: FaultyResult = {
  mbit: 2,
  queueMs: 300,
  via: 'relay',
  fault: { kind: 'stall', seconds: 5 },
  ms: 15_000,
  curlMs: 8000,
  pauseMs: 5500,
  moved: 0,
  at: 'relay',
  error: null,
  story: [],
};

describe('slow lines in the lab', () => {
  it('are token buckets with a queue in bytes, of a packet at least', () => {
    assert.equal(shape('wan', { mbit: 2, queueMs: 300 }), 'qdisc replace dev wan root tbf rate 2000000bit burst 1514 limit 76514');
    assert.equal(shape('wan', { mbit: 0.3, queueMs: 10 }), 'qdisc replace dev wan root tbf rate 300000bit burst 1514 limit 3028');
    assert.equal(shape('wan', { mbit: 20, queueMs: 50 }), 'qdisc replace dev wan root tbf rate 20000000bit burst 10000 limit 135000');
  });

  it('are read by what the kernel counts', () => {
    assert.deepEqual(crossed('[{"kind":"tbf","bytes":10,"packets":2,"drops":1,"qlen":0}]'), { bytes: 10, packets: 2, dropped: 1 });
    assert.throws(() => crossed('[{"kind":"noqueue","bytes":0,"packets":0,"drops":0}]'), /no line/);
  });

  it('are crossed with strategies and visitors', () => {
    const cases = casesOf([0.3, 1], [50], ['relay', 'fastest'], [1, 5]);
    assert.equal(cases.length, 8);
    assert.deepEqual(cases[0], { mbit: 0.3, queueMs: 50, via: 'relay', visitors: 1 });
  });

  it('are judged by what must be', () => {
    const judged = (change: Partial<LineResult>): string => faults({ ...GOOD, ...change }).join(', ');
    assert.equal(judged({}), '');
    assert.equal(judged({ ms: null, errors: ['it broke'] }), 'it broke, goodput 0.00');
    assert.equal(judged({ ms: 9500 }), 'goodput 0.88');
    assert.equal(judged({ ms: 9500, via: 'data-channel' }), '');
    assert.equal(judged({ sent: 1_190_000 }), 'sent 1.19');
    assert.equal(judged({ sent: 1_190_000, via: 'data-channel' }), '');
    assert.equal(judged({ silent: 2, moved: 1 }), '2 silent, 1 moves');
    assert.equal(judged({ moved: 5, via: 'fastest' }), '');
    assert.equal(judged({ moved: 6, via: 'fastest' }), '6 moves');
  });

  it('are measured in a part of the grid in which any two values meet', () => {
    const cases = coveringCases();
    const names = Object.keys(GRID) as (keyof typeof GRID)[];
    const met = new Set(cases.flatMap((one) => names.flatMap((x) => names.map((y) => `${x} ${one[x]} ${y} ${one[y]}`))));
    for (const [at, x] of names.entries()) {
      for (const y of names.slice(at + 1)) {
        for (const one of GRID[x])
          for (const other of GRID[y]) assert.ok(met.has(`${x} ${one} ${y} ${other}`), `${x} ${one} and ${y} ${other}`);
      }
    }
    assert.ok(cases.length <= 24);
    assert.equal(new Set(cases.map((one: LineCase) => JSON.stringify(one))).size, cases.length);
  });

  it('have small requests that are judged by those of HTTP/2, and on a fast line by the round trip', () => {
    const judged = (change: Partial<SmallResult>): string => smallFaults({ ...SMALL, ...change }, BESIDE).join(', ');
    assert.equal(judged({}), '');
    assert.equal(judged({ p50: 121 }), 'p50 above 120');
    assert.equal(judged({ p50: Number.NaN }), 'p50 above 120');
    assert.equal(judged({ by: 'tcp-punch', rttMs: 50 }), 'p50 above 90, p95 above 110');
    assert.equal(judged({ p95: 161, failed: 1 }), '1 failed, p95 above 160');
    assert.equal(judged({ mbit: 20, p50: 160, p95: 160 }), '');
    assert.equal(judged({ mbit: 20, p50: 161, p95: 170 }), 'p50 above 160, p95 above 160');
    assert.deepEqual(smallFaults(BESIDE[0] as SmallResult, BESIDE), []);
  });

  it('that stop or get narrow are judged by how late the download is, and by how long nothing comes', () => {
    const judged = (change: Partial<FaultyResult>): string => faultyFaults({ ...STALLED, ...change }).join(', ');
    const fault = { kind: 'narrow', told: false } as const;
    assert.equal(judged({}), '');
    assert.equal(judged({ ms: 16_100 }), '3.1 s late');
    assert.equal(judged({ ms: null, error: 'it broke' }), 'it broke');
    assert.equal(judged({ fault, ms: 60_000, pauseMs: 3000 }), '');
    assert.equal(judged({ fault, pauseMs: 3100 }), 'nothing for 3.1 s');
  });

  it('are asked at even times, whether or not the one before has its answer', async () => {
    const began: number[] = [];
    const samples = await sample(
      async (signal) => {
        began.push(performance.now());
        if (began.length === 1) await new Promise((_, reject) => signal.addEventListener('abort', reject));
      },
      { samples: 3, everyMs: 20, mostMs: 100 },
    );
    assert.equal(samples[0], null);
    assert.ok(Number(samples[1]) < 50 && Number(samples[2]) < 50);
    assert.ok((began[2] as number) - (began[0] as number) < 90);
  });

  it('are measured so many at a time', async () => {
    let running = 0;
    let most = 0;
    const work = async (thing: number): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      if (thing === 9) throw new Error('nine');
      return 2 * thing;
    };
    assert.deepEqual(await atOnce(2, [1, 2, 3], work), [2, 4, 6]);
    assert.equal(most, 2);
    await assert.rejects(atOnce(2, [1, 9, 3, 4], work), /nine/);
  });

  it('make tables and a document', () => {
    assert.equal(linesTable([GOOD]).split('\n').at(-1), '| 1 | 300 | relay | 5 | 8.5 | 8.4 | 0.99 | 1.08 | 0 | 0 |  |');
    assert.equal(smallTable([SMALL]).split('\n').at(-1), '| 2 | 300 | relay | 100 | 120 | 150 | 20 | 0.90 |  |');
    assert.equal(faultyTable([STALLED]).split('\n').at(-1), '| stalls for 5 s | relay | 15.0 | 8.0 | 5.5 | 0 | relay |  |');
    const text = linesReport({
      downloads: [GOOD, { ...GOOD, ms: null }],
      smalls: [SMALL, ...BESIDE],
      faulty: [STALLED, { ...STALLED, ms: null }, STALLED],
      rttMs: 50,
      seconds: 8,
      node: 'v24',
      processors: 2,
      load: 1,
      congestion: 'cubic',
      minutes: '11.0 min',
    });
    assert.match(text, /^# Slow lines\n/);
    assert.match(text, /1 of 2 \(50 %\)/);
    assert.match(text, /1 of 1 \(100 %\)/);
    assert.match(text, /2 of 3 \(66.7 %\)/);
  });
});
