// SPDX-License-Identifier: Apache-2.0
// A download that breaks off: it goes on by itself, and in another run; and what it puts in place is always one whole version.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { type DownloadEvent, type DownloadOptions, download } from '../../../client-runtime/download/download.ts';
import { beside } from '../../../client-runtime/download/partial.ts';
import { readSidecar, writeSidecar } from '../../../client-runtime/download/sidecar.ts';
import { MAX_RESTARTS, RETRY_MS, TRANSFER_PATIENCE_MS } from '../../../client-runtime/download/transfer.ts';
import { PortholeError } from '../../../proto/errors.ts';
import type { Clock } from '../../../transport/time/clock.ts';
import { patterned } from '../host-agent/static/fixture.ts';
import { type ShakySite, shakySite } from './shaky-site.ts';

const URL_ = 'http://site/file.bin';
const content = patterned(20_500);
const lost = new PortholeError('PATH_LOST');
const offline = new PortholeError('HOST_OFFLINE');

/** A clock on which what is waited for is there at once. */
function hasty(): Clock & { waits: number[] } {
  let time = 0;
  const waits: number[] = [];
  const after = (ms: number, run: () => void): (() => void) => {
    waits.push(ms);
    const turn = setImmediate(() => {
      time += ms;
      run();
    });
    return () => clearImmediate(turn);
  };
  return { now: () => time, after, waits };
}

describe('download that breaks off', () => {
  let folder: string;
  let to: string;
  let events: DownloadEvent[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-'));
    to = join(folder, 'file.bin');
    events = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  const get = (site: ShakySite, options: Partial<DownloadOptions> = {}): Promise<number> =>
    download(site, URL_, { to, clock: hasty(), onEvent: (event) => events.push(event), ...options });
  const told = (): string[] => events.map((event) => ('bytes' in event ? `${event.type} ${event.bytes}` : ''));
  /** The file is there, whole, and nothing is beside it. */
  const isThere = async (whole = content): Promise<void> => {
    assert.deepEqual(await readFile(to), whole);
    assert.deepEqual(await readdir(folder), ['file.bin']);
  };
  /** Leaves what a run leaves that is ended after so many bytes. */
  const leave = async (site: ShakySite, bytes: number): Promise<void> => {
    site.faults.push({ cutAfter: bytes, error: new PortholeError('NOT_ALLOWED') });
    await assert.rejects(get(site), { code: 'NOT_ALLOWED' });
    events.length = 0;
    site.asked.length = 0;
    site.given = 0;
  };

  it('goes on by range where it stopped, as often as it must', async () => {
    const site = shakySite(content);
    site.faults.push({ cutAfter: 3500 }, { fail: offline }, { status: 503 }, { cutAfter: 1000, error: new PortholeError('SESSION_LOST') });
    assert.equal(await get(site), content.length);
    await isThere();
    assert.deepEqual(site.asked, ['', 'bytes=3500-', 'bytes=3500-', 'bytes=3500-', 'bytes=4500-']);
    assert.equal(site.given, content.length, 'nothing came twice');
    assert.deepEqual(told(), [
      'waiting 3500',
      'waiting 3500',
      'waiting 3500',
      'resumed 3500',
      'waiting 4500',
      'resumed 4500',
      'checking 20500',
    ]);
  });

  it('an answer that ends too early is gone on with', async () => {
    const site = shakySite(content);
    const { fetch } = site;
    site.fetch = async (asking) => {
      const response = await fetch(asking);
      if (site.asked.length > 1) return response;
      const bytes = new Uint8Array(await response.arrayBuffer()).subarray(0, 700);
      return new Response(bytes, { headers: response.headers });
    };
    await get(site);
    await isThere();
    assert.deepEqual(site.asked, ['', 'bytes=700-']);
  });

  it('another run goes on with what is kept, and fetches nothing twice', async () => {
    const site = shakySite(content);
    await leave(site, 12_000);
    const { part, note } = beside(to);
    assert.deepEqual((await readdir(folder)).sort(), ['file.bin.porthole-part', 'file.bin.porthole-part.json']);
    assert.deepEqual(await readFile(part), content.subarray(0, 12_000));
    const kept = readSidecar(await readFile(note, 'utf8'));
    assert.deepEqual([kept?.url, kept?.etag, kept?.whole, kept?.synced], [URL_, '"one"', 20_500, 12_000]);
    assert.equal(await get(site), content.length);
    await isThere();
    assert.deepEqual([site.asked, site.given], [['bytes=12000-'], 8500]);
    assert.deepEqual(told(), ['resumed 12000', 'checking 20500']);
  });

  it('what a crash left is cut to what is sure, and gone on with', async () => {
    const site = shakySite(content);
    await leave(site, 12_000);
    const { part, note } = beside(to);
    await truncate(part, 9000);
    await get(site);
    await isThere();
    assert.deepEqual(site.asked, ['bytes=9000-']);

    await rm(to);
    await leave(site, 12_000);
    const kept = readSidecar(await readFile(note, 'utf8'));
    assert.ok(kept);
    // The computer was switched off: the last of it is there by its length only.
    await writeFile(note, writeSidecar({ ...kept, synced: 5000, boot: kept.boot - 60_000 }));
    const file = await readFile(part);
    await writeFile(part, file.fill(0, 5000));
    await get(site);
    await isThere();
    assert.deepEqual(site.asked, ['bytes=5000-']);
  });

  it('a whole one that was not put in its place is asked for its last byte only', async () => {
    const site = shakySite(content);
    await leave(site, 12_000);
    await appendFile(beside(to).part, content.subarray(12_000));
    await get(site);
    await isThere();
    assert.deepEqual([site.asked, told()[0]], [['bytes=20499-'], 'resumed 20500']);
  });

  it('content that changed between two runs, or between two tries, is begun anew, and says so', async () => {
    const site = shakySite(content);
    await leave(site, 12_000);
    const other = Buffer.from(content).reverse();
    site.content = other;
    site.etag = '"two"';
    await get(site);
    await isThere(other);
    assert.deepEqual(told(), ['restarted 12000', 'checking 20500']);

    site.faults.push({ cutAfter: 2000 }, { cutAfter: 500, error: new PortholeError('CONTENT_CHANGED') });
    events.length = 0;
    await get(site);
    await isThere(other);
    assert.deepEqual(told(), ['waiting 2000', 'resumed 2000', 'restarted 2500', 'checking 20500']);
  });

  it(`content that changes all the time is given up after ${MAX_RESTARTS} times`, async () => {
    const site = shakySite(content);
    const changing = { cutAfter: 500, error: new PortholeError('CONTENT_CHANGED') };
    site.faults.push(...Array(MAX_RESTARTS).fill(changing));
    await get(site);
    await isThere();
    site.faults.push(...Array(MAX_RESTARTS + 1).fill(changing));
    await assert.rejects(get(site), { code: 'CONTENT_CHANGED' });
  });

  it('what is not what the site says it is, is not put in place, and nothing is kept of it', async () => {
    const site = shakySite(content);
    await leave(site, 12_000);
    await writeFile(beside(to).part, Buffer.alloc(12_000)); // the disk, or somebody, changed it
    await assert.rejects(get(site), { code: 'CONTENT_CHANGED' });
    assert.deepEqual(await readdir(folder), []);
    await get(site);
    await isThere();
    site.digest = createHash('sha256').update('another').digest('base64');
    await assert.rejects(get(site), { code: 'CONTENT_CHANGED' });
    await isThere();
  });

  it('a site without a strong tag is begun anew, and nothing is kept of it', async () => {
    for (const etag of [null, 'W/"one"']) {
      const site = shakySite(content);
      site.etag = etag;
      site.faults.push({ cutAfter: 3500 });
      await get(site);
      await isThere();
      assert.deepEqual([site.asked, told()[0]], [['', ''], 'restarted 3500']);
      site.faults.push({ cutAfter: 100, error: new PortholeError('NOT_ALLOWED') });
      await rm(to);
      await assert.rejects(get(site), { code: 'NOT_ALLOWED' });
      assert.deepEqual(await readdir(folder), []);
      events.length = 0;
    }
  });

  it('a site that has no ranges is begun anew', async () => {
    const site = shakySite(content);
    site.ranges = false;
    site.faults.push({ cutAfter: 3500 });
    await get(site);
    await isThere();
    assert.deepEqual(told(), ['waiting 3500', 'restarted 3500', 'checking 20500']);
  });

  it('waits longer and longer, up to its patience without progress; and keeps what came', async () => {
    const site = shakySite(content);
    const clock = hasty();
    site.faults.push({ cutAfter: 4000 }, ...Array(1000).fill({ fail: offline }));
    await assert.rejects(get(site, { clock }), { code: 'HOST_OFFLINE' });
    assert.deepEqual(clock.waits.slice(0, 8), [...RETRY_MS, 8000, 8000]);
    assert.equal(clock.now(), TRANSFER_PATIENCE_MS);
    assert.equal(told().at(-1), 'kept 4000');
    const lefts = events.flatMap((event) => (event.type === 'waiting' ? [event.leftMs] : []));
    assert.ok(lefts.every((left, i) => left > 0 && (i === 0 || left < (lefts[i - 1] as number))));

    site.faults.length = 0;
    site.faults.push(...Array(4).fill({ fail: lost }));
    const short = hasty();
    await assert.rejects(get(site, { clock: short, patienceMs: 1500 }), { code: 'PATH_LOST' });
    assert.deepEqual(short.waits, [250, 500, 750]);
  });

  it('an error that no waiting mends ends it', async () => {
    for (const code of ['KEY_WRONG', 'PASSWORD_WRONG', 'SITE_UNKNOWN'] as const) {
      const site = shakySite(content);
      site.faults.push({ cutAfter: 100 }, { fail: new PortholeError(code) });
      await assert.rejects(get(site), { code });
    }
    const site = shakySite(content);
    site.faults.push({ status: 503 });
    await assert.rejects(get(site), { code: 'HTTP_STATUS' }, 'nothing had come yet');
  });

  it('stopped, it rejects with the reason and keeps what came', async () => {
    const site = shakySite(content);
    const stop = new AbortController();
    site.faults.push({ cutAfter: 7000 });
    const reason = new Error('stopped');
    const getting = get(site, { signal: stop.signal, onEvent: (event) => event.type === 'waiting' && stop.abort(reason) });
    await assert.rejects(getting, reason);
    await get(site);
    await isThere();
    assert.equal(site.asked.at(-1), 'bytes=7000-');
  });

  it('two on one file: the second is refused, and the first puts its own in place', async () => {
    const site = shakySite(content);
    let second: Promise<unknown> | undefined;
    const { fetch } = site;
    site.fetch = async (asking) => {
      second ??= assert.rejects(download(shakySite(Buffer.from('other')), URL_, { to }), { code: 'STORAGE_FAILED' });
      await second;
      return fetch(asking);
    };
    await get(site);
    await isThere();
  });

  it('to a stream it goes on within the run, checks the digest, and cannot begin anew', async () => {
    const chunks: Buffer[] = [];
    const stream = (): Writable =>
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(Buffer.from(chunk));
          setImmediate(done);
        },
      });
    const site = shakySite(content);
    site.faults.push({ cutAfter: 3500 }, { fail: lost }, { cutAfter: 4000 });
    assert.equal(await get(site, { to: stream() }), content.length);
    assert.deepEqual(Buffer.concat(chunks), content);
    assert.equal(site.given, content.length);

    site.faults.push({ cutAfter: 3500 });
    const changing = get(site, { to: stream(), onEvent: () => (site.etag = '"two"') });
    await assert.rejects(changing, { code: 'CONTENT_CHANGED' });
    site.etag = null;
    site.faults.push({ cutAfter: 3500 });
    await assert.rejects(get(site, { to: stream() }), { code: 'PATH_LOST' });
    site.digest = createHash('sha256').update('another').digest('base64');
    await assert.rejects(get(site, { to: stream() }), { code: 'CONTENT_CHANGED' });
    site.digest = null;
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no room')) });
    await assert.rejects(get(site, { to: full }), { code: 'STORAGE_FAILED' });
  });

  it('what is there and no file is written to, not replaced', async () => {
    assert.equal(await get(shakySite(content), { to: '/dev/null' }), content.length);
    assert.deepEqual(await readdir(folder), []);
  });

  it('whatever is left beside a file, what is put in place is whole', async () => {
    const { part, note } = beside(to);
    const good = writeSidecar({ url: URL_, etag: '"one"', whole: content.length, synced: 0, boot: 0 });
    const notes = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.nat(good.length), fc.nat(10), fc.string()).map(([at, gone, put]) => good.slice(0, at) + put + good.slice(at + gone)),
      fc.constantFrom(
        good,
        good.replace('"whole":20500', '"whole":null'),
        good.replace('one', 'two'),
        good.replace('"synced":0', '"synced":20500'),
      ),
    );
    await fc.assert(
      fc.asyncProperty(notes, fc.nat(content.length + 500), fc.boolean(), async (text, size, garbage) => {
        await writeFile(note, text);
        // A good beginning; or anything, as long as the site tells what the whole must be.
        await writeFile(part, garbage ? Buffer.alloc(size, 7) : Buffer.concat([content, Buffer.alloc(500)]).subarray(0, size));
        const site = shakySite(content);
        await get(site).catch((error) => {
          assert.equal(error.code, 'CONTENT_CHANGED');
          assert.ok(garbage);
          return get(site);
        });
        await isThere();
      }),
      { seed: 7, numRuns: 150 },
    );
  });
});
