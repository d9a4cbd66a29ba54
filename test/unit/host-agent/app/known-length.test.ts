// SPDX-License-Identifier: Apache-2.0
// Content whose length no field tells: counted where it is short, and streamed where it is long or slow.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HELD_BYTES, HELD_MS, measured } from '../../../../host-agent/app/known-length.ts';
import { systemClock } from '../../../../transport/time/clock.ts';
import { fakeClock } from '../../../support/clock.ts';

const streamOf = (...pieces: Uint8Array[]): ReadableStream<Uint8Array> => new Blob(pieces as BlobPart[]).stream();
const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Buffer> =>
  Buffer.from(await new Response(stream as BodyInit).arrayBuffer());

describe('content whose length is not told', () => {
  it('has one when it ends soon, none when it is long, and is whole in either case', async () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50_000 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(pieces, async (given) => {
        const all = Buffer.concat(given);
        const source = new ReadableStream<Uint8Array>({
          pull(controller) {
            const piece = given.shift();
            if (piece) controller.enqueue(piece);
            else controller.close();
          },
        });
        const { body, length } = await measured(source, systemClock);
        assert.ok(length === all.length || (length === null && all.length >= HELD_BYTES), `${length} of ${all.length}`);
        assert.ok((await bytesOf(body)).equals(all));
      }),
      { numRuns: 50 },
    );
  });

  it('HELD_BYTES: no more waits for an end', async () => {
    assert.equal((await measured(streamOf(new Uint8Array(HELD_BYTES - 1)), systemClock)).length, HELD_BYTES - 1);
    const long = await measured(streamOf(new Uint8Array(HELD_BYTES)), systemClock);
    assert.equal(long.length, null);
    assert.equal((await bytesOf(long.body)).length, HELD_BYTES);
  });

  it('HELD_MS: no longer does it wait, and what comes later comes all the same', async () => {
    const clock = fakeClock();
    let later: ReadableStreamDefaultController<Uint8Array> | undefined;
    const source = new ReadableStream<Uint8Array>({
      start(controller) {
        later = controller;
        controller.enqueue(Uint8Array.of(1));
      },
    });
    const asked = measured(source, clock);
    await new Promise(setImmediate);
    clock.advance(HELD_MS);
    const { body, length } = await asked;
    assert.equal(length, null);
    later?.enqueue(Uint8Array.of(2));
    later?.close();
    assert.deepEqual([...(await bytesOf(body))], [1, 2]);
  });

  it('breaks where its source breaks, and lets go of it when nobody wants it', async () => {
    const broken = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error('cut')) });
    await assert.rejects(bytesOf((await measured(broken, systemClock)).body), /cut/);
    let reason: unknown;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(HELD_BYTES)),
      cancel(why) {
        reason = why;
      },
    });
    await (await measured(endless, systemClock)).body.cancel('enough');
    assert.equal(reason, 'enough');
  });
});
