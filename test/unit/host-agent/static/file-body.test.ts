// SPDX-License-Identifier: Apache-2.0
// Tests of bodies: back-pressure down to the disk, changes while sending, and that every file is closed.

import assert from 'node:assert/strict';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openFd } from '../../../../host-agent/static/fd.ts';
import { type Piece, READ_AHEAD_CHUNKS, streamBytes, streamFile } from '../../../../host-agent/static/file-body.ts';
import type { OpenFile } from '../../../../host-agent/static/folder.ts';
import { openFolder } from '../../../../host-agent/static/open-folder.ts';
import { type ErrorCode, PortholeError } from '../../../../proto/errors.ts';
import { MAX_DATA_BYTES } from '../../../../proto/limits.ts';
import { lenderOf } from '../../../../transport/session/lending.ts';
import { folderWith, openBelow, patterned, put, removeFolders, stillOpenBelow } from './fixture.ts';

const coded = (code: ErrorCode) => (error: unknown) => error instanceof PortholeError && error.code === code;

describe('static/file-body', () => {
  const never = new AbortController().signal;
  const content = patterned(MAX_DATA_BYTES * 12 + 5);
  let path: string;

  beforeEach(async () => {
    path = await folderWith({ file: content });
  });
  afterEach(async () => {
    assert.deepEqual(await stillOpenBelow(path), []);
    await removeFolders();
  });

  async function open(): Promise<OpenFile> {
    const found = await (await openFolder(path)).open('file');
    assert.ok(typeof found !== 'string');
    return found;
  }
  const whole: Piece = { first: 0, last: content.length - 1 };

  it('gives the content in chunks of one Data frame, each with memory of its own', async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of streamFile(await open(), [whole], never)) chunks.push(chunk);
    assert.deepEqual(Buffer.concat(chunks), content);
    assert.deepEqual(
      chunks.map((chunk) => chunk.length),
      [...Array<number>(12).fill(MAX_DATA_BYTES), 5],
    );
    assert.equal(new Set(chunks.map((chunk) => chunk.buffer)).size, chunks.length);
    for (const chunk of chunks) assert.equal(chunk.buffer.byteLength, chunk.length);
  });

  it('lends bytes that are there already once, as a stream gives them, and nothing of an empty body', async () => {
    const bytes = Buffer.from('short');
    const stream = streamBytes(bytes);
    const reader = stream.getReader();
    assert.deepEqual(await lenderOf(stream)?.lend(reader), { bytes });
    assert.equal(await lenderOf(stream)?.lend(reader), null);
    const empty = streamBytes(new Uint8Array(0));
    assert.equal(await lenderOf(empty)?.lend(empty.getReader()), null);
    assert.equal(await new Response(streamBytes(bytes)).text(), 'short');
  });

  it('puts its own bytes and ranges one after the other', async () => {
    const pieces = [
      Buffer.from('head'),
      { first: 3, last: MAX_DATA_BYTES + 3 },
      Buffer.from('mid'),
      { first: 0, last: 0 },
      Buffer.from('tail'),
    ];
    const all = Buffer.from(await new Response(streamFile(await open(), pieces, never)).arrayBuffer());
    const want = ['head', content.subarray(3, MAX_DATA_BYTES + 4), 'mid', content.subarray(0, 1), 'tail'];
    assert.deepEqual(all, Buffer.concat(want.map((part) => Buffer.from(part))));
  });

  it('reads nothing before it is asked, then one chunk, then no further than READ_AHEAD_CHUNKS', async () => {
    // Content that is changed unseen, with the old time, shows what was read before the change and what after.
    const touch = () => fs.utimes(join(path, 'file'), 1e9, 1e9);
    const fill = async (byte: number) => {
      await fs.writeFile(join(path, 'file'), Buffer.alloc(content.length, byte), { flag: 'r+' });
      await touch();
    };
    await touch();
    const reader = streamFile(await open(), [whole], never).getReader();
    const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
    const next = async () => (await reader.read()).value?.[0];
    await settle();
    await fill(1);
    assert.equal(await next(), 1, 'nothing was read before it was asked for');
    await settle();
    await fill(2);
    assert.equal(await next(), 2, 'one chunk was read for the first');
    await settle();
    await fill(3);
    const rest = [];
    for (let i = 0; i < READ_AHEAD_CHUNKS; i++) rest.push(await next());
    assert.deepEqual(rest, [...Array<number>(READ_AHEAD_CHUNKS - 1).fill(2), 3], 'the chunks ahead, no more');
    await reader.cancel();
  });

  it('closes the file when it is cancelled: before, between and during reads', async () => {
    await streamFile(await open(), [whole], never).cancel();
    const between = streamFile(await open(), [whole], never).getReader();
    await between.read();
    await between.cancel();
    assert.deepEqual(await openBelow(path), []);
    for (let i = 0; i < 50; i++) {
      const during: ReadableStreamDefaultReader<Uint8Array> = streamFile(await open(), [whole], never).getReader();
      const reading: Promise<{ done: boolean }> = during.read();
      await during.cancel();
      assert.equal((await reading).done, true);
    }
  });

  it('errors with the reason of the signal and closes the file, at once and during a read', async () => {
    const reason = new Error('the visitor left');
    await assert.rejects(
      streamFile(await open(), [whole], AbortSignal.abort(reason))
        .getReader()
        .read(),
      reason,
    );
    const abort = new AbortController();
    const reader = streamFile(await open(), [whole], abort.signal).getReader();
    await reader.read();
    const reading = reader.read();
    abort.abort(reason);
    await assert.rejects(reading, reason);
  });

  it('lets go of the signal at its end', async () => {
    const abort = new AbortController();
    await new Response(streamFile(await open(), [whole], abort.signal)).arrayBuffer();
    assert.deepEqual(await openBelow(path), []);
    // Were it still listening, it would close a descriptor that is another file's by now.
    const other = await fs.open(join(path, 'file'));
    abort.abort();
    assert.ok((await other.stat()).isFile());
    await other.close();
  });

  it('asked for more after it has failed, as a session may, neither reads nor closes what has the number by then', async () => {
    const reason = new Error('the visitor left');
    const abort = new AbortController();
    const file = await open();
    const number = Number(basename(file.fd.path));
    const body = streamFile(file, [whole], abort.signal);
    const lender = lenderOf(body);
    const reader = body.getReader();
    assert.ok(await lender?.lend(reader));
    abort.abort(reason);
    const other = openSync(join(path, 'file'), 'r');
    try {
      assert.equal(other, number, 'the system gives the lowest number that is free');
      await assert.rejects(async () => lender?.lend(reader), reason);
      assert.ok(fstatSync(other).isFile(), 'the other file is still open');
    } finally {
      closeSync(other);
    }
  });

  const changes: [what: string, change: () => Promise<void>][] = [
    ['shrinks', () => fs.truncate(join(path, 'file'), 100)],
    ['is emptied', () => fs.truncate(join(path, 'file'), 0)],
    ['grows', () => fs.appendFile(join(path, 'file'), 'more')],
    ['is written over in place', () => put(path, 'file', Buffer.from(content).reverse())],
  ];
  for (const [what, change] of changes) {
    it(`errors with CONTENT_CHANGED when the file ${what} meanwhile`, async () => {
      // A past time, so that the change shows whatever the clock's grain.
      await fs.utimes(join(path, 'file'), 1e9, 1e9);
      const reader = streamFile(await open(), [whole], never).getReader();
      const first = await reader.read();
      assert.deepEqual(Buffer.from(first.value ?? []), content.subarray(0, MAX_DATA_BYTES));
      await change();
      await assert.rejects(async () => {
        for (let ended = false; !ended; ended = (await reader.read()).done);
      }, coded('CONTENT_CHANGED'));
    });
  }

  it('goes on with the old content when the file is replaced or removed', async () => {
    const reader = streamFile(await open(), [whole], never).getReader();
    const chunks = [(await reader.read()).value];
    await put(path, 'next', 'new');
    await fs.rename(join(path, 'next'), join(path, 'file'));
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    assert.deepEqual(Buffer.concat(chunks.map((chunk) => chunk ?? new Uint8Array())), content);
  });

  it('errors with SITE_FAILED when the disk fails', async () => {
    // A folder cannot be read: the one failure that every disk can be made to have.
    const fd = await openFd(path, constants.O_RDONLY);
    const body = streamFile({ fd, facts: fd.facts() }, [{ first: 0, last: 9 }], never);
    await assert.rejects(body.getReader().read(), coded('SITE_FAILED'));
    assert.ok(fd.closed);
  });
});
