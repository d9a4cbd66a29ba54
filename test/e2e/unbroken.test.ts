// SPDX-License-Identifier: Apache-2.0
// A download that goes on whatever becomes of its path: the relay killed, UDP blocked and allowed again, the host started anew.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, truncateSync, writeSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type BrowserContext, chromium } from 'playwright-core';
import { shortOrLong } from '../support/long.ts';
import { Namespace, noNamespaceReason } from '../support/no-udp.ts';
import { Porthole, scratch } from '../support/porthole.ts';
import { CHROMIUM_FLAGS, chromiumPath } from './support/browser-chromium.ts';

const MB = 1_000_000;
const FILE_BYTES = shortOrLong(240, 500) * MB;
/** The longest time without a byte more. */
const MOST_STALL_MS = 3000;
const LOOK_MS = 50;

/** A file that is mostly holes, with marks, so that a misplaced byte shows. */
function sparseFile(path: string, size: number): void {
  const file = openSync(path, 'w');
  for (let at = 0; at < size; at += 1_000_003) writeSync(file, Buffer.from(`at ${at}`), 0, undefined, at);
  closeSync(file);
  truncateSync(path, size);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Watches how far a download has come, and how long it stood still at the most. */
class Progress {
  bytes = 0;
  stallMs = 0;
  stalledAt = 0;
  #grewAt = Date.now();
  readonly #look: () => Promise<number>;
  readonly #timer: NodeJS.Timeout;

  constructor(look: () => Promise<number>) {
    this.#look = look;
    this.#timer = setInterval(() => void this.#see(), LOOK_MS);
  }

  async #see(): Promise<void> {
    const bytes = await this.#look().catch(() => this.bytes);
    const now = Date.now();
    if (this.bytes > 0 && now - this.#grewAt > this.stallMs) {
      this.stallMs = now - this.#grewAt;
      this.stalledAt = this.bytes;
    }
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.#grewAt = now;
  }

  /** Resolves when so much of the file has come. */
  async reaches(share: number): Promise<void> {
    while (this.bytes < share * FILE_BYTES) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

describe('a download goes on', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let namespace: Namespace;
  let site: string;
  let hash: string;
  let suite: Porthole;
  let host: Porthole;
  let port = '0';
  let link: string;

  const start = (args: string[], home: string): Porthole =>
    new Porthole(args, join(folder.path, home), { cwd: folder.path, within: namespace.enter });
  const startSuite = async (): Promise<void> => {
    suite = start(['suite', '--port', port, '--address', '127.0.0.1'], 'suite');
    port = String((await suite.waitFor('ready')).port);
  };
  const startHost = async (): Promise<void> => {
    host = start(['host', site, '--suite', `http://localhost:${port}`, '--name', 'unbroken'], 'host');
    link = (await host.waitFor('ready')).link as string;
  };
  /** What happens on the way; each at its share of the file. */
  const troubles = async (progress: Progress): Promise<void> => {
    await progress.reaches(0.15);
    await suite.kill();
    await startSuite();
    await progress.reaches(0.4);
    namespace.blockUdp();
    await progress.reaches(0.65);
    namespace.allowUdp();
  };

  before(async function () {
    this.timeout(60_000);
    const reason = chromiumPath() ? noNamespaceReason() : 'there is no Chromium on this machine (Debian: apt-get install chromium)';
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    folder = await scratch();
    namespace = await Namespace.open();
    site = join(folder.path, 'site');
    await mkdir(site);
    sparseFile(join(site, 'large.bin'), FILE_BYTES);
    await writeFile(join(site, 'index.html'), '<!doctype html><title>Large</title><a href="large.bin" download>large.bin</a>');
    hash = await sha256(join(site, 'large.bin'));
    await startSuite();
    await startHost();
  });
  after(async () => {
    await host?.stop();
    await suite?.stop();
    namespace?.close();
    await folder?.drop();
  });

  it('in Chromium: the relay is killed, UDP is blocked and allowed again, and the badge tells it', async function () {
    this.timeout(240_000);
    const downloads = join(folder.path, 'downloads');
    await mkdir(downloads);
    const context: BrowserContext = await chromium.launchPersistentContext(join(folder.path, 'profile'), {
      executablePath: await namespace.wrapper(chromiumPath() as string, folder.path),
      headless: true,
      args: CHROMIUM_FLAGS,
      acceptDownloads: true,
      downloadsPath: downloads,
    });
    try {
      const page = await context.newPage();
      await page.goto(link);
      await page.waitForSelector('#porthole-badge[data-via="data-channel"]', { state: 'attached', timeout: 20_000 });
      const anchor = page.frameLocator('#porthole-frame').locator('a');
      const [download] = await Promise.all([page.waitForEvent('download'), anchor.click()]);
      const progress = new Progress(async () => {
        const files = await readdir(downloads);
        return Math.max(0, ...(await Promise.all(files.map(async (file) => (await stat(join(downloads, file))).size))));
      });
      await Promise.all([troubles(progress), download.path()]);
      progress.stop();
      assert.equal(await sha256(await download.path()), hash);
      assert.ok(
        progress.stallMs <= MOST_STALL_MS,
        `it stood still for ${progress.stallMs} ms at ${Math.round(progress.stalledAt / MB)} MB`,
      );
      const vias = host.events.filter(({ event }) => event === 'path').map(({ via }) => via);
      assert.ok(vias.includes('relay') && vias.includes('data-channel'), String(vias));
      const story = await page.locator('#porthole-badge').evaluate((badge) => badge.parentElement?.textContent ?? '');
      assert.match(story, /data-channel|direct/i);
      assert.match(story, /relay/i);
    } finally {
      await context.close();
    }
  });

  it('with `porthole get`: the same, and the host is killed and started again', async function () {
    this.timeout(240_000);
    const got = join(folder.path, 'got.bin');
    const get = start(['get', new URL('/large.bin', link).href, '-o', got, '--via', 'data-channel,relay'], 'visitor');
    const progress = new Progress(async () => {
      const files = (await readdir(folder.path)).filter((name) => name.includes('got.bin'));
      return Math.max(0, ...(await Promise.all(files.map(async (file) => (await stat(join(folder.path, file))).size))));
    });
    await troubles(progress);
    assert.ok(progress.stallMs <= MOST_STALL_MS, `it stood still for ${progress.stallMs} ms at ${Math.round(progress.stalledAt / MB)} MB`);
    await progress.reaches(0.8);
    const before = progress.bytes;
    await host.kill();
    await startHost();
    assert.equal(await get.ended, 0, JSON.stringify(get.events.slice(-5)));
    progress.stop();
    assert.equal(await sha256(got), hash);
    assert.ok(before >= 0.8 * FILE_BYTES);
    const vias = get.events.filter(({ event }) => event === 'path').map(({ via }) => via);
    assert.ok(vias.includes('relay') && vias.includes('data-channel'), String(vias));
    // Begun again it would have been read twice by the new host.
    const read = await host.bytesRead();
    assert.ok(read < 0.5 * FILE_BYTES, `the host that came back read ${Math.round(read / MB)} MB`);
  });
});
