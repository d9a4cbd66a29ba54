// SPDX-License-Identifier: Apache-2.0
// The bench: its arithmetic, that a small run works and writes its rows, and that nothing stays behind.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Answers, LENGTH_BYTES, piecesOf } from '../../bench/lib/bare.ts';
import type { Run } from '../../bench/lib/ends.ts';
import { judgeGoals, judgeMemory } from '../../bench/lib/goals.ts';
import { startMeter } from '../../bench/lib/meter.ts';
import { compare, metricsOf, spread } from '../../bench/lib/metrics.ts';
import { costliest, readProfile } from '../../bench/lib/profiles.ts';
import type { Pair, Rung } from '../../bench/lib/reach.ts';
import { ratiosOf, reachTable } from '../../bench/lib/reach-report.ts';
import { rowsOf, type TaskResult } from '../../bench/lib/report.ts';
import { selected } from '../../bench/lib/selecting.ts';
import { BULK, SMALL, type Stage, type Way } from '../../bench/lib/workload.ts';

const way = (name: string): Way => ({ name, ends: {}, client: () => Promise.reject(new Error('not used')) });
const STAGE: Stage = {
  name: 'path',
  title: 'a path',
  tasks: [BULK],
  ours: way('ours'),
  peers: [way('theirs')],
  goals: [{ task: 'bulk', peer: 'theirs', speed: 1, cpu: 0.8 }],
};
const resultOf = (ours: Run[], theirs: Run[]): TaskResult => ({
  workload: 'w',
  stage: STAGE,
  task: BULK,
  peers: STAGE.peers,
  runs: new Map([
    ['ours', ours],
    ['theirs', theirs],
  ]),
  profiled: ours[0] as Run,
});

const run = (seconds: number, cpu: number): Run => {
  const usage = { cpuSeconds: cpu, peakMB: 100, peakReset: true };
  return { timing: { seconds, p50Ms: 1, p99Ms: 2 }, usage: { server: usage, client: usage } };
};

describe('bench', () => {
  it('takes medians', () => {
    assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
    assert.deepEqual(spread([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 });
    assert.deepEqual(spread([7]), { median: 7, min: 7, max: 7 });
  });

  it('counts per gigabyte and per ten thousand files', () => {
    const of = (task: typeof BULK, name: string): number | undefined =>
      metricsOf(task, ['server', 'client'])
        .find((metric) => metric.name === name)
        ?.of(run(2, 0.5));
    assert.equal(of(BULK, 'MB/s'), 500);
    assert.equal(of({ ...BULK, bytes: 500_000_000 }, 'CPU s/GB'), 2);
    assert.equal(of(BULK, 'CPU s/GB, client'), 0.5);
    assert.equal(of(SMALL, 'requests/s'), 5000);
    assert.equal(of({ ...SMALL, count: 5000 }, 'CPU s/10k files'), 2);
  });

  it('gives ratios over 1 when ours is better, whether more or less is', () => {
    const [speed, cpu] = metricsOf(BULK, []);
    assert.ok(speed && cpu);
    const ours = [run(1, 1), run(2, 1)];
    const theirs = [run(2, 3), run(2, 3)];
    assert.deepEqual(compare(speed, ours, theirs), { median: 1.5, min: 1, max: 2 });
    assert.deepEqual(compare(cpu, ours, theirs), { median: 3, min: 3, max: 3 });
  });

  it('has no row for an end that a peer does not have', () => {
    const whole = run(1, 1);
    const alone: Run = { ...whole, usage: { client: whole.usage.client as Run['usage'][string] } };
    const metrics = rowsOf(resultOf([whole], [alone])).map(({ metric }) => metric);
    assert.deepEqual(metrics, ['path bulk: MB/s', 'path bulk: CPU s/GB', 'path bulk: CPU s/GB, client', 'path bulk: peak MB, client']);
  });

  it('lets a goal hold only when speed and CPU both do', () => {
    const holds = (seconds: number, cpu: number): boolean | undefined => judgeGoals(resultOf([run(1, 1)], [run(seconds, cpu)]))[0]?.holds;
    assert.equal(holds(1, 1), true); // 1.0 of at least 1.0, 1.0 of at least 0.8
    assert.equal(holds(1, 0.8), true);
    assert.equal(holds(0.99, 1), false);
    assert.equal(holds(1, 0.79), false);
    assert.deepEqual(judgeGoals({ ...resultOf([run(1, 1)], []), runs: new Map() }), []);
  });

  it('judges the CPU of one end alone where the goal names it', () => {
    const slow = run(1, 2);
    const ours: Run = { ...slow, usage: { ...slow.usage, relay: { cpuSeconds: 1, peakMB: 1, peakReset: true } } };
    const result = resultOf([ours], [{ ...ours, usage: { relay: { cpuSeconds: 0.9, peakMB: 1, peakReset: true } } }]);
    const goals = [{ task: 'bulk', peer: 'theirs', cpu: 1 / 1.2, cpuOf: 'relay' }];
    const [verdict] = judgeGoals({ ...result, stage: { ...result.stage, goals } });
    assert.deepEqual(verdict?.cpu, { atLeast: 0.8333, ratio: 0.9 });
    assert.equal(verdict?.speed, null);
    assert.equal(verdict?.holds, true);
  });

  it('judges the memory of each of our ends', () => {
    const result = resultOf([run(1, 1)], []);
    assert.deepEqual(judgeMemory(result), []);
    const verdicts = (mostMB: number) =>
      judgeMemory({ ...result, stage: { ...result.stage, mostMB } }).map(({ end, holds }) => [end, holds]);
    assert.deepEqual(verdicts(100), [
      ['server', true],
      ['client', true],
    ]);
    assert.deepEqual(verdicts(99), [
      ['server', false],
      ['client', false],
    ]);
  });

  it('picks rows by stage, by task, and by both', () => {
    const stages = [
      { ...STAGE, name: 'one', tasks: [BULK, SMALL] },
      { ...STAGE, name: 'two', tasks: [BULK] },
    ];
    const picked = (...only: string[]): string[] =>
      selected(stages, only).flatMap(({ name, tasks }) => tasks.map((task) => `${name} ${task.name}`));
    assert.deepEqual(picked('bulk'), ['one bulk', 'two bulk']);
    assert.deepEqual(picked('one'), ['one bulk', 'one small']);
    assert.deepEqual(picked('two-bulk', 'small'), ['one small', 'two bulk']);
    assert.throws(() => picked('two-small'), /no row two-small; there are: one, bulk, one-bulk/);
  });

  it('measures another process by its number', async function () {
    if (process.platform !== 'linux') this.skip();
    const child = spawn(process.execPath, ['-e', 'process.stdout.write("."); for (;;);']);
    try {
      await once(child.stdout, 'data');
      const stop = startMeter(child.pid);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { cpuSeconds, peakMB } = stop();
      assert.ok(cpuSeconds > 0.02 && cpuSeconds < 5, `${cpuSeconds} s`);
      assert.ok(peakMB > 20 && peakMB < 500, `${peakMB} MB`);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('says in words what work a profile shows, and leaves idling and its own cost out', () => {
    const url = (file: string): string => pathToFileURL(join(import.meta.dirname, '../..', file)).href;
    const frame = (functionName: string, file = '') => ({ functionName, url: file, scriptId: '0', lineNumber: 0, columnNumber: 0 });
    const nodes = [
      { id: 1, callFrame: frame('(root)'), children: [2, 4, 5, 6, 7] },
      { id: 2, callFrame: frame('take', url('transport/session/mux.ts')), children: [3] },
      { id: 3, callFrame: frame('native') },
      { id: 4, callFrame: frame('(idle)') },
      { id: 5, callFrame: frame('(garbage collector)') },
      { id: 6, callFrame: frame('post', 'node:inspector') },
      { id: 7, callFrame: frame('(program)') },
    ];
    const spent = readProfile({
      nodes,
      startTime: 0,
      endTime: 0,
      samples: [2, 3, 4, 5, 6, 7],
      timeDeltas: [1000, 2000, 9000, 4000, 9000, 500],
    });
    assert.equal(spent.ms, 7.5);
    assert.deepEqual(Object.fromEntries(spent.byWork), {
      'the session: streams, credit': 3,
      'collecting garbage': 4,
      'below JavaScript: the event loop, system calls, native modules': 0.5,
    });
    assert.deepEqual(costliest(spent.byFunction, 2), [
      ['(garbage collector)', 4],
      ['native', 2],
    ]);
    assert.equal(spent.byFunction.get('transport/session/mux.ts:1 take'), 1);
  });

  it('takes the answers of bare peers apart, however they come', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-bare-'));
    try {
      const content = Buffer.from('the content of one file, in pieces');
      await writeFile(join(folder, 'file'), content);
      const bytes = Buffer.concat([...piecesOf(folder, 'file', 5)]);
      assert.equal(bytes.length, LENGTH_BYTES + content.length);
      for (const size of [1, 3, LENGTH_BYTES, LENGTH_BYTES + 1, bytes.length]) {
        const answers = new Answers();
        for (let times = 0; times < 2; times++) {
          const taken: Uint8Array[] = [];
          const answer = answers.next((piece) => taken.push(piece));
          for (let at = 0; at < bytes.length; at += size) answers.push(bytes.subarray(at, at + size));
          await answer;
          assert.deepEqual(Buffer.concat(taken), content);
        }
      }
      const answers = new Answers();
      const answer = answers.next(() => {});
      answers.fail(new Error('gone'));
      await assert.rejects(answer, /gone/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  describe('reach', () => {
    const pair = (visitor: string, system: string, rung: Rung, directMs: number | null = null): Pair => ({
      host: 'home',
      visitor,
      system,
      rung,
      directMs,
      joinMs: system === 'ours' ? 0 : 50,
      why: directMs === null ? 'a wall' : null,
    });
    const ours = [pair('open', 'ours', 'tcp', 100), pair('home', 'ours', 'tcp', 200), pair('cgn', 'ours', 'udp', 900)];
    const theirs = [pair('open', 'theirs', 'udp', 300), pair('home', 'theirs', 'relay'), pair('cgn', 'theirs', 'none')];

    it('compares times only where both are direct', () => {
      assert.deepEqual(ratiosOf(ours, theirs), { share: 3, time: 3, whole: 3.5 });
      assert.deepEqual(ratiosOf(ours, ours), { share: 1, time: 1, whole: 1 });
      const { share, time } = ratiosOf(ours, theirs.slice(1));
      assert.equal(share, Number.POSITIVE_INFINITY);
      assert.ok(Number.isNaN(time));
    });

    it('prints who reached what, and why not', () => {
      const found = { kinds: ['home', 'open', 'cgn'], systems: ['ours', 'theirs'], pairs: [...ours, ...theirs] };
      const all = {
        ...found,
        pairs: found.kinds.flatMap((host) => found.pairs.map((one) => ({ ...one, host }))),
      };
      const text = reachTable(all, 40);
      assert.match(text, /^ours +9 \(100 %\) +6 \(67 %\) +3 \(33 %\) +0 \(0 %\) +0 \(0 %\) +200 +200$/m);
      assert.match(text, /^theirs +3 \(33 %\) +0 \(0 %\) +3 \(33 %\) +3 \(33 %\) +3 \(33 %\) +300 +350 +3\.00 +3\.00 +3\.50$/m);
      assert.match(text, /^home +R +U 300 +-$/m);
      assert.match(text, /^theirs, none: a wall: home × cgn, open × cgn, cgn × cgn$/m);
    });
  });

  it("names no registry in its peers' lock", async () => {
    assert.doesNotMatch(await readFile(join(import.meta.dirname, '../../bench/package-lock.json'), 'utf8'), /"resolved"/);
  });
});
