// SPDX-License-Identifier: Apache-2.0
// Large transfers: memory stays flat at both ends, places beyond 4 GiB are found, and a reader that stalls stops the host's reading.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync, truncateSync, writeSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { connect } from '../../client-runtime/index.ts';
import { shortOrLong } from '../support/long.ts';
import { Porthole, scratch } from '../support/porthole.ts';

const MIB = 1024 ** 2;
const GIB = 1024 * MIB;
/** Resident memory of either end, at its highest. */
const MOST_MIB = 250;
/** What goes by `porthole get`: many times what the ends may hold. */
const WHOLE_MIB = shortOrLong(768, 4096);
/** Of the file that ends beyond 4 GiB, where numbers of 32 bits end. */
const END_BYTES = 1_000_000;
const STALL_MS = 60_000;
/** What a host reads while nothing is asked of it: signs of life, and what keeps it online. */
const QUIET_BYTES = 1_000_000;

/** A file that is mostly holes, with marks, so that it costs no disk and a misplaced byte shows. */
function sparseFile(path: string, size: number): void {
  const file = openSync(path, 'w');
  for (let at = 0; at < size; at += 37_000_001) writeSync(file, Buffer.from(`at ${at}`), 0, undefined, at);
  writeSync(file, Buffer.from('the end'), 0, undefined, size - 7);
  closeSync(file);
  truncateSync(path, size);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

describe('large transfers', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let suite: Porthole;
  let host: Porthole;
  let link: string;

  before(async () => {
    folder = await scratch();
    const site = join(folder.path, 'site');
    await mkdir(site);
    sparseFile(join(site, 'whole.bin'), WHOLE_MIB * MIB);
    sparseFile(join(site, 'far.bin'), 4 * GIB + END_BYTES);
    sparseFile(join(site, 'some.bin'), 64 * MIB);
    suite = new Porthole(['suite', '--port', '0', '--address', '127.0.0.1'], join(folder.path, 'suite'), { cwd: folder.path });
    const { suite: url } = await suite.waitFor('ready');
    host = new Porthole(['host', site, '--suite', url as string, '--name', 'large'], join(folder.path, 'host'), { cwd: folder.path });
    link = (await host.waitFor('ready')).link as string;
  });
  after(async () => {
    await host.stop();
    await suite.stop();
    await folder.drop();
  });

  it(`${WHOLE_MIB} MiB through \`porthole get\`, both ends and the suite under ${MOST_MIB} MiB`, async function () {
    this.timeout(240_000);
    const get = new Porthole(['get', new URL('/whole.bin', link).href, '--via', 'relay'], join(folder.path, 'visitor'), {
      cwd: folder.path,
    });
    // Each piece beside the same place of the file: of so much two hashes would be most of this process's work.
    const file = openSync(join(folder.path, 'site', 'whole.bin'), 'r');
    let same = Buffer.alloc(0);
    let bytes = 0;
    let visitor = 0;
    const watch = setInterval(
      () =>
        void get
          .peakMiB()
          .then((mib) => (visitor = mib || visitor))
          .catch(() => {}),
      200,
    );
    for await (const chunk of get.process.stdout ?? []) {
      const { length } = chunk as Buffer;
      if (same.length < length) same = Buffer.alloc(length);
      readSync(file, same, 0, length, bytes);
      assert.ok(same.subarray(0, length).equals(chunk as Buffer), `the ${length} bytes from ${bytes} on are others`);
      bytes += length;
    }
    closeSync(file);
    clearInterval(watch);
    assert.equal(await get.ended, 0, JSON.stringify(get.events));
    assert.equal(bytes, WHOLE_MIB * MIB);
    const peaks = { visitor, host: await host.peakMiB(), suite: await suite.peakMiB() };
    for (const [end, mib] of Object.entries(peaks)) assert.ok(mib > 0 && mib < MOST_MIB, `${end}: ${mib.toFixed(0)} MiB`);
  });

  /** Resolves when the host reads nothing more by itself: it hashes long files that were asked for, in quiet moments. */
  const hostIsQuiet = async (): Promise<void> => {
    for (let before = -1; ; ) {
      const read = await host.bytesRead();
      if (read - before < QUIET_BYTES && before >= 0) return;
      before = read;
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  };

  /** A reader that takes a little and then nothing, until `rest` is called. */
  const stalledReader = async (via: string) => {
    const home = join(folder.path, `visitor-${via}`);
    const get = new Porthole(['get', new URL('/some.bin', link).href, '--via', via], home, { cwd: folder.path });
    const { stdout } = get.process;
    assert.ok(stdout);
    const hash = createHash('sha256');
    let bytes = 0;
    stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > 1_000_000 && bytes - chunk.length <= 1_000_000) stdout.pause();
    });
    while (!stdout.isPaused()) await new Promise((resolve) => setTimeout(resolve, 20));
    const rest = async (): Promise<void> => {
      assert.ok((await get.peakMiB()) < MOST_MIB);
      const ended = new Promise((resolve) => stdout.once('end', resolve));
      stdout.resume();
      await ended;
      assert.equal(await get.ended, 0, JSON.stringify(get.events));
      assert.equal(bytes, (await stat(join(folder.path, 'site', 'some.bin'))).size);
      assert.equal(hash.digest('hex'), await sha256(join(folder.path, 'site', 'some.bin')));
    };
    return { rest };
  };

  it(`readers that stall for ${STALL_MS / 1000} s, over either way, stop the host's reading, and then get the rest`, async function () {
    this.timeout(STALL_MS + 240_000);
    const once = new Porthole(['get', new URL('/some.bin', link).href, '-o', '/dev/null'], join(folder.path, 'visitor'), {
      cwd: folder.path,
    });
    assert.equal(await once.ended, 0, JSON.stringify(once.events));
    await hostIsQuiet();
    const readers = await Promise.all(['relay', 'data-channel'].map(stalledReader));
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const read = await host.bytesRead();
    const memory = await host.peakMiB();
    await new Promise((resolve) => setTimeout(resolve, STALL_MS - 3000));
    const readSince = (await host.bytesRead()) - read;
    assert.ok(readSince < QUIET_BYTES, `the host read ${readSince} bytes more while nobody took them`);
    assert.ok((await host.peakMiB()) - memory < 20, 'the host grew');
    for (const { rest } of readers) await rest();
  });

  // The last one, for the host hashes what was asked of it.
  it('what lies beyond 4 GiB of a file is found there', async function () {
    this.timeout(120_000);
    const visit = await connect(link, { via: ['relay'] });
    const from = 4 * GIB - END_BYTES;
    const last = 4 * GIB + END_BYTES - 1;
    const response = await visit.fetch(new Request(new URL('/far.bin', link), { headers: { range: `bytes=${from}-` } }));
    const there = Buffer.alloc(2 * END_BYTES);
    const file = openSync(join(folder.path, 'site', 'far.bin'), 'r');
    readSync(file, there, 0, there.length, from);
    closeSync(file);
    assert.deepEqual([response.status, response.headers.get('content-range')], [206, `bytes ${from}-${last}/${last + 1}`]);
    assert.ok(there.some((byte) => byte !== 0));
    assert.ok(there.equals(Buffer.from(await response.arrayBuffer())));
    await visit.close();
  });
});
