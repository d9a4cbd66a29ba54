// SPDX-License-Identifier: Apache-2.0
// What the lab makes of slow lines: the commands of tc, what it reads of them, the cases, and the document.

import assert from 'node:assert/strict';
import { casesOf, faults, type LineResult } from '../lab/lines.ts';
import { linesReport, linesTable } from '../lab/lines-report.ts';
import { crossed, shape } from '../lab/shaping.ts';

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

  it('are crossed with ways and visitors', () => {
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

  it('make a table and a document', () => {
    assert.equal(linesTable([GOOD]).split('\n').at(-1), '| 1 | 300 | relay | 5 | 8.5 | 8.4 | 0.99 | 1.08 | 0 | 0 |  |');
    const text = linesReport({ results: [GOOD, { ...GOOD, ms: null }], rttMs: 50, seconds: 8, node: 'v24', processors: 2, load: 1 });
    assert.match(text, /^# Slow lines\n/);
    assert.match(text, /1 of 2 \(50 %\)/);
  });
});
