// SPDX-License-Identifier: Apache-2.0
// The bench as it is run: that a small run works and writes its rows, and that nothing stays behind.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noChromium } from '../../bench/lib/devtools.ts';
import { noLabReason } from '../lab/lab.ts';

describe('bench run', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (...given: (string | object)[]): { child: ChildProcess; ended: Promise<number>; text(): string } => {
    const args = given.filter((one) => typeof one === 'string');
    const env = Object.assign({}, process.env, ...given.filter((one) => typeof one === 'object'));
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../bench/run.ts'), ...args, '--files', folder], { env });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk));
    // 'close' comes when nobody holds its output any more: no process of the ends either.
    return { child, ended: once(child, 'close').then(([code]) => code as number), text: () => text };
  };

  it('prints a table, writes rows, and leaves no file', async () => {
    const out = join(folder, 'results.json');
    const { ended, text } = start('session', '--smoke', '--only', 'tcp', '--peers', 'node:http2', '--out', out);
    assert.equal(await ended, 0, text());
    assert.match(text(), /ratio to it/);
    assert.match(text(), /Next cost/);
    const { rows, costs, memory, skipped, machine, versions } = JSON.parse(await readFile(out, 'utf8'));
    assert.ok(machine.cores > 0 && versions.node);
    assert.deepEqual(
      costs.map(({ row, end }: { row: string; end: string }) => `${row} ${end}`),
      ['tcp bulk server', 'tcp bulk client', 'tcp small server', 'tcp small client'],
    );
    assert.equal(memory.length, 4);
    if (skipped.length > 0) {
      for (const { reason } of skipped) assert.match(reason, /openssl/);
      return;
    }
    const peers = new Set(rows.map(({ peer }: { peer: string }) => peer));
    assert.deepEqual([...peers], ['node:http2', 'node:http2, 4 MiB window']);
    for (const name of [
      'tcp bulk: MB/s',
      'tcp bulk: CPU s/GB',
      'tcp small: requests/s',
      'tcp small: p99 ms',
      'tcp small: peak MB, server',
    ]) {
      const row = rows.find(({ metric }: { metric: string }) => metric === name);
      assert.ok(row?.ours > 0 && row.theirs > 0 && row.ratio > 0, name);
      assert.equal(row.workload, 'session');
    }
    assert.deepEqual(await readdir(folder), ['results.json']);
  });

  it('leaves no file and no process when it is interrupted', async () => {
    const { child, ended, text } = start('session', '--only', 'tcp-small');
    while (!text().includes('checking')) await once(child.stderr as NodeJS.ReadableStream, 'data');
    child.kill('SIGINT');
    assert.equal(await ended, 130, text());
    assert.deepEqual(await readdir(folder), []);
  });

  it('leaves out a peer that cannot be had, and says why', async () => {
    const out = join(folder, 'results.json');
    const PATH = ''; // no haproxy, no openssl
    const { ended, text } = start({ PATH }, 'session', '--smoke', '--only', 'relay-bulk', '--peers', 'node:https', '--out', out);
    assert.equal(await ended, 0, text());
    const { rows, skipped } = JSON.parse(await readFile(out, 'utf8'));
    assert.deepEqual(rows, []);
    assert.equal(skipped.length, 1);
    assert.match(skipped[0].reason, /openssl command made no certificate/);
    assert.match(text(), /relay bulk: node:https through haproxy was left out: the openssl/);
  });

  it('measures a download over a slow line, beside curl', async function () {
    const reason = noLabReason();
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    const out = join(folder, 'results.json');
    const { ended, text } = start('line', '--smoke', '--out', out);
    assert.equal(await ended, 0, text());
    const { rows } = JSON.parse(await readFile(out, 'utf8'));
    assert.deepEqual(
      rows.map(({ mbit, via }: Record<string, unknown>) => [mbit, via]),
      [[5, 'relay']],
    );
    for (const field of ['seconds', 'curlSeconds', 'ratio', 'sent', 'curlSent']) assert.ok(rows[0][field] > 0, field);
    assert.match(text(), /5 Mbit\/s, relay: .* of at least 0\.90/);
    assert.deepEqual(await readdir(folder), ['results.json']);
  });

  it('measures a first visit, beside the same page by plain HTTP', async () => {
    const out = join(folder, 'results.json');
    const { ended, text } = start('page', '--smoke', '--only', 'here', '--out', out);
    const code = await ended;
    if (noChromium() !== null) return assert.match(text(), /there is no Chromium/);
    assert.equal(code, 0, text());
    assert.match(text(), /holds {3}here: bytes before the site’s own: \d+ of at most 80000/);
    const { rows, goals, crossed } = JSON.parse(await readFile(out, 'utf8'));
    assert.deepEqual(
      rows.map(({ metric, peer }: Record<string, string>) => `${metric}, ${peer}`),
      [
        'bytes before the site’s own',
        'requests before the site’s own',
        'first paint, ms after the first byte',
        'the site’s page shown, ms',
      ].map((metric) => `here: ${metric}, node:http`),
    );
    for (const { ours, metric } of rows) assert.ok(ours > 0, metric);
    assert.equal(goals.length, 2);
    const sum = crossed.here.reduce((all: number, [, bytes]: [string, number]) => all + bytes, 0);
    assert.equal(sum, rows[0].ours);
    assert.deepEqual(await readdir(folder), ['results.json']);
  });

  it('measures a whole page, beside the same files directly', async () => {
    const out = join(folder, 'results.json');
    const { ended, text } = start('page', '--smoke', '--only', 'manual', '--peers', '@fastify', '--out', out);
    const code = await ended;
    if (noChromium() !== null) return assert.match(text(), /there is no Chromium/);
    assert.equal(code, 0, text());
    assert.match(text(), /manual: warm, ms \(1\.3 x @fastify\/static\): \d+ of at most \d+/);
    const { rows, goals, skipped } = JSON.parse(await readFile(out, 'utf8'));
    assert.deepEqual(
      rows.map(({ metric, peer }: Record<string, string>) => `${metric}, ${peer}`),
      ['cold', 'warm', 'later'].map((moment) => `manual: ${moment}, ms, @fastify/static`),
    );
    for (const { ours, theirs, metric } of rows) assert.ok(ours > 0 && theirs > 0, metric);
    assert.deepEqual([goals.length, skipped], [2, []]);
    assert.deepEqual(await readdir(folder), ['results.json']);
  });

  it('refuses what it does not know', async () => {
    const { ended, text } = start('no-such-workload');
    assert.equal(await ended, 2);
    assert.match(text(), /there is no workload no-such-workload; there are: .*session/);
  });

  for (const [what, args, said] of [
    ['a kind of network that there is not', ['--kinds', 'home,nowhere'], /there is no kind "nowhere"; there are open, /],
    ['a round trip that is no number', ['--rtt', 'short'], /--rtt takes a number from 0 to 2000/],
    ['no lab at all', ['--labs', '0'], /--labs takes a whole number of at least 1/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { ended, text } = start('reach', ...args);
      assert.equal(await ended, 2);
      assert.match(text(), said);
    });
  }

  it('refuses one file for the results of two workloads', async () => {
    const { ended, text } = start('session', 'reach', '--out', join(folder, 'results.json'));
    assert.equal(await ended, 2);
    assert.match(text(), /--out is for the results of one workload/);
  });
});
