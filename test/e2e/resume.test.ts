// SPDX-License-Identifier: Apache-2.0
// A long download to a file: the host is killed half-way, then the visitor; what comes out is the file, and little comes twice.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { beside } from '../../client-runtime/download/partial.ts';
import { shortOrLong } from '../support/long.ts';
import { Porthole, scratch } from '../support/porthole.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';

const MB = 1_000_000;
const SIZE = shortOrLong(140, 200) * MB;
/** What may be under way when something is killed, three times: credit of the session, and what kernels hold. */
const MOST_AGAIN = 3 * 25 * MB;

/** Bytes in which each place is different. */
function* content(): Generator<Buffer> {
  const block = Buffer.allocUnsafe(MB);
  for (let at = 0; at < SIZE; at += block.length) {
    for (let i = 0; i < block.length; i += 4) block.writeUInt32LE((Math.imul(at + i, 2_654_435_761) ^ (at >>> 7)) >>> 0, i);
    yield Buffer.from(block);
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: MB }), hash);
  return hash.digest('hex');
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

async function until(done: () => boolean, words: string): Promise<void> {
  for (const late = AbortSignal.timeout(30_000); !done(); await new Promise((resolve) => setTimeout(resolve, 2))) {
    assert.ok(!late.aborted, `not within 30 s: ${words}`);
  }
}

/** Bytes a process has read from files and sockets so far. */
async function bytesRead(pid: number): Promise<number> {
  return Number(/rchar: (\d+)/.exec(await readFile(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

describe('a download that is killed', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let site: string;
  let suite: Porthole;
  let url: string;
  let host: Porthole;
  let link: string;

  const start = (args: string[], home: string): Porthole => new Porthole(args, join(folder.path, home), { cwd: folder.path });
  const startHost = (from = site): Porthole => start(['host', from, '--suite', url, '--name', 'long', '--title', 'Card'], 'host');
  const startGet = (to: string): Porthole => start(['get', new URL('/long.bin', link).href, '--via', 'relay', '-o', to], 'visitor');

  before(async function () {
    this.timeout(60_000);
    folder = await scratch();
    site = join(folder.path, 'site');
    await mkdir(site);
    await pipeline(Readable.from(content()), createWriteStream(join(site, 'long.bin')));
    await writeFile(join(site, 'index.html'), '<title>Long file</title><a href="long.bin" download>Save</a>');
    suite = start(['suite', '--port', '0', '--address', '127.0.0.1'], 'suite');
    url = (await suite.waitFor('ready')).suite as string;
    host = startHost();
    link = (await host.waitFor('ready')).link as string;
  });
  after(async () => {
    await host.stop();
    await suite.stop();
    await folder.drop();
  });

  it('goes on by itself when the host is back, and in another run when it was killed itself', async function () {
    this.timeout(90_000);
    const to = join(folder.path, 'got.bin');
    const before = await bytesRead(suite.pid);

    const first = startGet(to);
    await until(() => sizeOf(beside(to).part) > 30 * MB, 'a part has come');
    await host.kill();
    const had = sizeOf(beside(to).part);
    host = startHost();
    await host.waitFor('ready');
    const again = await first.waitFor('resumed');
    assert.ok((again.bytes as number) >= had, `resumed at ${again.bytes}, and had ${had}`);
    assert.equal(again.whole, SIZE);
    assert.ok(first.events.some(({ event }) => event === 'waiting'));

    await until(() => sizeOf(beside(to).part) > 110 * MB, 'more has come');
    await first.kill();
    const kept = sizeOf(beside(to).part);
    assert.ok(kept < SIZE && sizeOf(to) === 0);
    const second = startGet(to);
    assert.equal(await second.ended, 0, JSON.stringify(second.events));
    assert.equal((await second.waitFor('resumed')).bytes, kept, 'nothing that had been written came again');
    assert.equal((await second.waitFor('done')).bytes, SIZE);

    assert.equal(await sha256(to), await sha256(join(site, 'long.bin')));
    assert.deepEqual(
      (await readdir(folder.path)).filter((name) => name.startsWith('got')),
      ['got.bin'],
    );
    const carried = (await bytesRead(suite.pid)) - before;
    assert.ok(carried < SIZE + MOST_AGAIN, `${carried} bytes went through the relay`);
  });

  it('gives up when its patience ends, keeps what came, and goes on with it another time', async function () {
    this.timeout(60_000);
    const to = join(folder.path, 'patient.bin');
    const first = start(['get', new URL('/long.bin', link).href, '--via', 'relay', '-o', to, '--patience', '2'], 'visitor');
    await until(() => sizeOf(beside(to).part) > 30 * MB, 'a part has come');
    await host.kill();
    assert.ok([3, 5].includes((await first.ended) as number), JSON.stringify(first.events));
    const kept = sizeOf(beside(to).part);
    assert.equal(first.events.find(({ event }) => event === 'kept')?.bytes, kept);
    assert.equal(first.events.at(-1)?.event, 'error');
    host = startHost();
    await host.waitFor('ready');
    const second = startGet(to);
    const other = startGet(to);
    const ends = await Promise.all([second.ended, other.ended]);
    assert.deepEqual(ends.sort(), [0, 7], 'one of two at once');
    const [did, refused] = second.events.some(({ event }) => event === 'done') ? [second, other] : [other, second];
    assert.equal(did.events.find(({ event }) => event === 'resumed')?.bytes, kept);
    assert.equal(refused.events.at(-1)?.code, 'STORAGE_FAILED');
    assert.equal(await sha256(to), await sha256(join(site, 'long.bin')));
  });

  it('in Chromium goes on by itself when the host is back', async function () {
    this.timeout(120_000);
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    const browser = await startChromium();
    try {
      const page = await browser.newPage({ acceptDownloads: true });
      await page.goto(link);
      const frame = await (await page.waitForSelector('#porthole-frame')).contentFrame();
      assert.ok(frame);
      await page.waitForSelector('#porthole-badge[data-via]', { state: 'attached' });
      await page.waitForFunction(() => document.title === 'Long file'); // the shell has seen the page
      const before = await bytesRead(host.pid);
      const [download] = await Promise.all([page.waitForEvent('download'), frame.locator('a').click()]);
      while ((await bytesRead(host.pid)) - before < 120 * MB) await new Promise((resolve) => setTimeout(resolve, 5));
      await host.kill();
      host = startHost();
      await host.waitFor('ready');
      const began = await bytesRead(host.pid);
      const path = await download.path();
      const read = (await bytesRead(host.pid)) - began; // before it has a quiet moment, and hashes the file
      assert.equal(await sha256(path), await sha256(join(site, 'long.bin')));
      assert.ok(read < SIZE - 60 * MB, `the host read ${read} bytes after it was back`);
    } finally {
      await browser.close();
    }
  });

  it('goes on at another copy of the same content, and begins anew with another content', async function () {
    this.timeout(90_000);
    const to = join(folder.path, 'moved.bin');
    const known = join(folder.path, 'host', 'sites', 'long.hashes');
    const isKnown = (): boolean => existsSync(known) && readFileSync(known, 'utf8').includes(` ${SIZE.toString(16)} `);
    await until(isKnown, 'after a quiet moment the host knows the content by its hash');
    const first = startGet(to);
    await until(() => sizeOf(beside(to).part) > 30 * MB, 'a part has come');
    await first.kill();
    const kept = sizeOf(beside(to).part);

    const copy = join(folder.path, 'copy');
    await cp(site, copy, { recursive: true });
    await host.stop();
    host = startHost(copy);
    await host.waitFor('ready');
    const second = startGet(to);
    await until(() => sizeOf(beside(to).part) > 60 * MB, 'more has come');
    await second.kill();
    assert.equal((await second.waitFor('resumed').catch(() => second.events.find(({ event }) => event === 'resumed')))?.bytes, kept);

    const changed = createWriteStream(join(copy, 'long.bin'), { flags: 'r+', start: 130 * MB });
    await pipeline(Readable.from([Buffer.from('changed')]), changed);
    const third = startGet(to);
    assert.equal(await third.ended, 0, JSON.stringify(third.events));
    assert.ok(third.events.some(({ event }) => event === 'restarted'));
    assert.ok(!third.events.some(({ event }) => event === 'resumed'));
    assert.equal(await sha256(to), await sha256(join(copy, 'long.bin')));
  });
});
