// SPDX-License-Identifier: Apache-2.0
// The bench: its arithmetic, that a small run works and writes its rows, and that nothing stays behind.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '../../bench/lib/ends.ts';
import { compare, metricsOf, spread } from '../../bench/lib/metrics.ts';
import { rowsOf } from '../../bench/lib/report.ts';
import { BULK, SMALL, type Way } from '../../bench/lib/workload.ts';

const run = (seconds: number, cpu: number): Run => {
  const usage = { userSeconds: cpu * 0.75, systemSeconds: cpu * 0.25, peakMiB: 100, peakReset: true };
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
    const way = (name: string): Way => ({ name, ends: {}, client: () => Promise.reject(new Error('not used')) });
    const whole = run(1, 1);
    const alone: Run = { ...whole, usage: { client: whole.usage.client as Run['usage'][string] } };
    const runs = new Map([
      ['ours', [whole]],
      ['theirs', [alone]],
    ]);
    const metrics = rowsOf({ workload: 'w', task: BULK, ours: way('ours'), peers: [way('theirs')], runs }).map(({ metric }) => metric);
    assert.deepEqual(metrics, ['bulk: MB/s', 'bulk: CPU s/GB', 'bulk: CPU s/GB, client', 'bulk: peak MiB, client']);
  });

  describe('run', function () {
    this.timeout(120_000);
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const start = (...args: string[]): { child: ChildProcess; ended: Promise<number>; text(): string } => {
      const child = spawn(process.execPath, [join(import.meta.dirname, '../../bench/run.ts'), ...args, '--files', folder]);
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk));
      // 'close' comes when nobody holds its output any more: no process of the ends either.
      return { child, ended: once(child, 'close').then(([code]) => code as number), text: () => text };
    };

    it('prints a table, writes rows, and leaves no file', async () => {
      const out = join(folder, 'results.json');
      const { ended, text } = start('session', '--smoke', '--peers', 'node:http2', '--out', out);
      assert.equal(await ended, 0, text());
      assert.match(text(), /ratio to it/);
      const { rows, skipped, machine, versions } = JSON.parse(await readFile(out, 'utf8'));
      assert.ok(machine.cores > 0 && versions.node);
      if (skipped.length > 0) {
        for (const { reason } of skipped) assert.match(reason, /openssl/);
        return;
      }
      const peers = new Set(rows.map(({ peer }: { peer: string }) => peer));
      assert.deepEqual([...peers], ['node:http2', 'node:http2, 4 MiB window']);
      for (const name of ['bulk: MB/s', 'bulk: CPU s/GB', 'small: requests/s', 'small: p99 ms', 'small: peak MiB, server']) {
        const row = rows.find(({ metric }: { metric: string }) => metric === name);
        assert.ok(row?.ours > 0 && row.theirs > 0 && row.ratio > 0, name);
        assert.equal(row.workload, 'session');
      }
      assert.deepEqual(await readdir(folder), ['results.json']);
    });

    it('leaves no file and no process when it is interrupted', async () => {
      const { child, ended, text } = start('session', '--only', 'small');
      while (!text().includes('checking')) await once(child.stderr as NodeJS.ReadableStream, 'data');
      child.kill('SIGINT');
      assert.equal(await ended, 130, text());
      assert.deepEqual(await readdir(folder), []);
    });

    it('refuses what it does not know', async () => {
      const { ended, text } = start('no-such-workload');
      assert.equal(await ended, 2);
      assert.match(text(), /there is no workload no-such-workload; there are: .*session/);
    });
  });
});
