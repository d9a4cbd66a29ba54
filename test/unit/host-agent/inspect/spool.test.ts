// SPDX-License-Identifier: Apache-2.0
// What passes on disk: read again as it was, bounded, private, and gone at the end; and what a full disk does.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { BEGINNING_BYTES, LEAST_SPOOL_BYTES, MAX_BEHIND_BYTES } from '../../../../host-agent/inspect/limits.ts';
import { Body } from '../../../../host-agent/inspect/recorded-body.ts';
import { Spool } from '../../../../host-agent/inspect/spool.ts';
import { type Scratch, scratch } from '../../../support/porthole.ts';

/** Bytes that tell where they are from. */
const bytesOf = (length: number, seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 17) & 0xff);

describe('the spool of what passes', () => {
  let place: Scratch;
  let spool: Spool;
  const dropped: number[] = [];
  beforeEach(async () => {
    place = await scratch();
    dropped.length = 0;
    spool = await Spool.open({ limit: LEAST_SPOOL_BYTES, temporary: place.path, onDropped: (first) => dropped.push(first) });
  });
  afterEach(async () => {
    await spool.close();
    await place.drop();
  });

  it('gives back what it was given, from memory and from disk, in whatever pieces it came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.nat(100_000),
        async (lengths, isOnDisk, from) => {
          const pieces = lengths.map((length, index) => bytesOf(length, index));
          const at = pieces.map((piece) => spool.append(piece))[0] as number;
          if (isOnDisk) await spool.settled();
          const all = Buffer.concat(pieces);
          const start = from % all.length;
          assert.deepEqual(await spool.read(at + start, all.length - start), all.subarray(start));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps no more than its limit, and drops the oldest first', async () => {
    const piece = bytesOf(50_000, 1);
    for (let count = 0; count < 100; count++) {
      spool.append(piece);
      await spool.settled();
      const onDisk = readdirSync(spool.folder).reduce((sum, name) => sum + statSync(join(spool.folder, name)).size, 0);
      assert.ok(onDisk <= LEAST_SPOOL_BYTES + piece.length, `${onDisk} bytes`);
    }
    assert.ok(spool.end - spool.first <= LEAST_SPOOL_BYTES);
    assert.equal(dropped.at(-1), spool.first);
    assert.equal(await spool.read(0, 10), null, 'the oldest is gone');
    assert.deepEqual(await spool.read(spool.end - piece.length, piece.length), Buffer.from(piece), 'the newest is there');
  });

  it('is nobody else’s to read, and leaves nothing behind', async () => {
    spool.append(bytesOf(100_000, 1));
    await spool.settled();
    assert.equal(statSync(spool.folder).mode & 0o777, 0o700);
    const [file] = readdirSync(spool.folder);
    assert.equal(statSync(join(spool.folder, file as string)).mode & 0o777, 0o600);
    await spool.close();
    assert.ok(!existsSync(spool.folder));
  });

  it('gives lent memory back when it is written, and takes nothing while too much waits', async () => {
    let released = 0;
    const piece = bytesOf(256 * 1024, 1);
    const places: number[] = [];
    for (let bytes = 0; bytes <= MAX_BEHIND_BYTES; bytes += piece.length) places.push(spool.append(piece, () => released++));
    assert.equal(places.at(-1), -1, 'the disk has had no turn yet');
    assert.ok(places.slice(0, -1).every((at) => at >= 0));
    assert.equal(released, 0);
    await spool.settled();
    assert.equal(released, places.length - 1);
    assert.ok(spool.append(piece) >= 0, 'there is room again');
  });

  it('tells once that the disk fails, keeps what it kept before, and goes on', async () => {
    const troubles: (string | null)[] = [];
    const other = await Spool.open({
      limit: LEAST_SPOOL_BYTES,
      temporary: place.path,
      onTrouble: (error) => troubles.push(error?.code ?? null),
    });
    const piece = bytesOf(20_000, 3);
    const at = other.append(piece);
    await other.settled();
    // A folder in the place of the next file: nothing can be written there.
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(other.folder, '1'));
    while (other.end < LEAST_SPOOL_BYTES / 16 + 40_000) other.append(piece);
    await other.settled();
    assert.deepEqual(troubles, ['STORAGE_FAILED']);
    assert.equal(other.trouble?.code, 'STORAGE_FAILED');
    assert.equal(other.append(piece), -1, 'left alone for a while');
    assert.deepEqual(await other.read(at, piece.length), Buffer.from(piece));
    await other.close();
  });
});

describe('a recorded body', () => {
  let place: Scratch;
  let spool: Spool;
  beforeEach(async () => {
    place = await scratch();
    spool = await Spool.open({ limit: LEAST_SPOOL_BYTES, temporary: place.path });
  });
  afterEach(async () => {
    await spool.close();
    await place.drop();
  });

  async function whole(body: Body): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of body.pieces(1000)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  it('is what passed, beside others that pass at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 0, max: 3000 })), { maxLength: 60 }), async (steps) => {
        const bodies = [new Body(spool), new Body(spool), new Body(spool)];
        const expected: Uint8Array[][] = [[], [], []];
        for (const [index, [which, length]] of steps.entries()) {
          const piece = bytesOf(length, index);
          bodies[which]?.add(piece);
          expected[which]?.push(piece.slice());
          piece.fill(0); // whoever reads it next may do so
        }
        for (const [which, body] of bodies.entries()) {
          const all = Buffer.concat(expected[which] ?? []);
          if (which === 1) body.end();
          assert.equal(body.size, all.length);
          assert.equal(body.notKept, null);
          assert.deepEqual(await whole(body), all);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('that is longer than its share keeps its beginning, and says so', async () => {
    const body = new Body(spool);
    const piece = bytesOf(40_000, 1);
    for (let passed = 0; passed <= LEAST_SPOOL_BYTES; passed += piece.length) {
      body.add(piece.slice());
      await spool.settled();
    }
    body.end();
    assert.equal(body.notKept, 'limit');
    assert.deepEqual(body.range, { from: 0, to: LEAST_SPOOL_BYTES / 2 });
    assert.ok(body.size > LEAST_SPOOL_BYTES);
    const long = new Body(spool, LEAST_SPOOL_BYTES);
    for (let passed = 0; passed < 4 * BEGINNING_BYTES; passed += piece.length) long.add(piece.slice());
    assert.deepEqual([long.notKept, long.range.to], ['limit', BEGINNING_BYTES], 'one that says so takes no room from others');
  });

  it('without an end keeps its newest bytes', async () => {
    const body = new Body(spool, null, true);
    const piece = bytesOf(40_000, 1);
    for (let count = 0; count < 60; count++) {
      body.add(piece.slice());
      await spool.settled();
    }
    const { from, to } = body.range;
    assert.equal(body.notKept, 'dropped');
    assert.equal(to, body.size);
    assert.ok(from > 0 && to - from <= LEAST_SPOOL_BYTES);
    assert.deepEqual(await body.read(to - 100, 100), piece.subarray(-100));
    assert.equal(await body.read(0, 10), null);
  });

  it('gives memory back when both the session and the disk are done with it', async () => {
    const body = new Body(spool);
    let released = 0;
    const give = body.add(bytesOf(64 * 1024, 1), () => released++);
    give?.();
    assert.equal(released, 0, 'the disk still reads it');
    await spool.settled();
    assert.equal(released, 1);
    body.add(bytesOf(100, 1), () => released++)?.();
    assert.equal(released, 2, 'what was copied needs nobody');
  });
});
