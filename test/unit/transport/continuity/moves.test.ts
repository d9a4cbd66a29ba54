// SPDX-License-Identifier: Apache-2.0
// A session over paths that come, go, stall and are changed at any moment: everything arrives, once, in order.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PortholeError } from '../../../../proto/errors.ts';
import { ACK_ALONG_BYTES, ACK_MS } from '../../../../transport/continuity/limits.ts';
import type { ResumableSession } from '../../../../transport/continuity/resumable-session.ts';
import { asked } from '../../../support/asked.ts';
import { fakeClock } from '../../../support/clock.ts';
import { type Added, PLAIN, Resumables, realSeal, type Seal, settled } from '../../../support/resumables.ts';

/** A message that tells its place. */
function numbered(index: number, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(4, size)).fill(index & 0xff);
  new DataView(bytes.buffer).setUint32(0, index);
  return bytes;
}

/** Reads so many messages and checks that each is the next. */
async function readAll(from: ResumableSession, sizes: readonly number[]): Promise<void> {
  for (const [index, size] of sizes.entries()) {
    const message = await asked(from).receive();
    assert.deepEqual(Buffer.from(message ?? []), Buffer.from(numbered(index, size)), `message ${index}`);
  }
}

const SEALS: Readonly<Record<string, () => Seal>> = {
  'a plain seal': () => PLAIN,
  Noise: () => realSeal(),
};

for (const [name, makeSeal] of Object.entries(SEALS)) movesOver(name, makeSeal);

function movesOver(name: string, makeSeal: () => Seal): void {
  describe(`resumable: moves, over ${name}`, () => {
    let resumables: Resumables;
    beforeEach(() => {
      resumables = new Resumables({ seal: makeSeal() });
    });
    afterEach(() => resumables.end());

    it('answers a new session one round trip after its path is sealed, with the first message that comes back', async () => {
      const { wire, visitor } = resumables.add();
      await visitor.ready;
      wire.hold();
      const handshake = wire.sent;
      void resumables.visitor.send(Uint8Array.of(1));
      await settled();
      assert.equal(wire.sent - handshake, 1);
      resumables.answer = (resumable) => void resumable.send(Uint8Array.of(3));
      wire.release();
      wire.hold();
      await settled();
      assert.equal(wire.sent - handshake, 2);
      wire.release();
      assert.deepEqual([...((await asked(resumables.visitor).receive()) ?? [])], [3]);
    });

    it('acknowledges along with what it sends, once ACK_ALONG_BYTES were taken', async () => {
      // Time stands still: else what was taken is acknowledged soon in any case.
      resumables.end();
      const clock = fakeClock();
      resumables = new Resumables({ seal: makeSeal(), clock });
      await resumables.added('one');
      // Until the path may have more under way than that.
      for (let sent = 0; sent < 8 * ACK_ALONG_BYTES; sent += 16_384) void resumables.host.send(new Uint8Array(16_384));
      for (let sent = 0; sent < 8 * ACK_ALONG_BYTES; sent += 16_384) {
        clock.advance(ACK_MS);
        await settled(2);
        await asked(resumables.visitor).receive();
      }
      clock.advance(ACK_MS);
      await settled();
      const unacknowledged = async (bytes: number): Promise<number> => {
        void resumables.host.send(new Uint8Array(bytes));
        await asked(resumables.visitor).receive();
        void resumables.visitor.send(Uint8Array.of(1));
        await asked(resumables.host).receive();
        await settled();
        return (resumables.host as unknown as { sendWindow: { length: number } }).sendWindow.length;
      };
      assert.equal(await unacknowledged(ACK_ALONG_BYTES - 1), 1);
      assert.equal(await unacknowledged(1), 0);
      assert.equal(await unacknowledged(ACK_ALONG_BYTES), 0);
    });

    it('refuses a message over its limit, in two pieces as well', async () => {
      await resumables.added('one');
      const { visitor } = resumables;
      const tooLong = asked(visitor).send(Uint8Array.of(1), new Uint8Array(visitor.maxMessage));
      await assert.rejects(tooLong, (error: PortholeError) => error.code === 'MESSAGE_TOO_LONG');
    });

    it('moves when the visitor says so, and the host follows', async () => {
      const { stood: one } = await resumables.added('one');
      const { stood: two } = await resumables.added('two');
      assert.deepEqual([resumables.visitor.via, resumables.host.via], ['one', 'one']);
      assert.deepEqual([one.state, two.state], ['in-use', 'standby']);
      resumables.visitor.use(two, 'it is better');
      await settled();
      assert.deepEqual([resumables.visitor.via, resumables.host.via], ['two', 'two']);
      assert.deepEqual([one.state, two.state], ['standby', 'in-use']);
      const moved = resumables.events.at(-1);
      assert.ok(moved?.type === 'moved' && moved.reason === 'it is better' && moved.path === two);
    });

    it('sends what a held path has not brought on the next one, and what comes twice counts once', async () => {
      const { wire, stood: one } = await resumables.added('one');
      const { stood: two } = await resumables.added('two');
      const sizes = Array.from({ length: 40 }, () => 1000);
      wire.hold();
      for (const [index, size] of sizes.entries()) void resumables.visitor.send(numbered(index, size));
      await settled();
      resumables.visitor.use(two, 'test');
      await readAll(resumables.host, sizes);
      wire.release();
      await settled();
      resumables.visitor.use(one, 'test');
      await resumables.visitor.send(Uint8Array.of(9, 9, 9, 9));
      assert.deepEqual([...((await asked(resumables.host).receive()) ?? [])], [9, 9, 9, 9]);
    });

    it('a path in use that breaks is replaced by a standby at both ends at once', async () => {
      const { wire } = await resumables.added('one');
      await resumables.added('two');
      wire.cut();
      await settled();
      assert.deepEqual([resumables.visitor.via, resumables.host.via], ['two', 'two']);
      assert.deepEqual(
        resumables.events.slice(-2).map(({ type }) => type),
        ['lost', 'moved'],
      );
    });

    it('without a path it keeps what is sent, and goes on with the next path that stands', async () => {
      const { wire } = await resumables.added('one');
      const { host } = resumables;
      wire.cut();
      await settled();
      assert.deepEqual([resumables.visitor.via, resumables.visitor.rttMs, resumables.visitor.paths.length], ['', 0, 0]);
      assert.equal(resumables.events.at(-1)?.type, 'stranded');
      const there = [500, 60_000, 4];
      const back = [60_000, 4, 500];
      for (const [index, size] of there.entries()) await resumables.visitor.send(numbered(index, size));
      for (const [index, size] of back.entries()) await host.send(numbered(index, size));
      resumables.add('two');
      await Promise.all([readAll(host, there), readAll(resumables.visitor, back)]);
      assert.equal(resumables.hosts.length, 1);
      assert.equal(resumables.visitor.via, 'two');
    });

    it('gives lent memory back when it is acknowledged, and not before', async () => {
      const { wire } = await resumables.added();
      let released = 0;
      wire.hold();
      resumables.visitor.send(Uint8Array.of(1), new Uint8Array(60_000), () => released++);
      await settled();
      assert.equal(released, 0);
      wire.release();
      await asked(resumables.host).receive();
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.equal(released, 1);
    });

    it('loses nothing and brings nothing twice, whatever happens to its paths', async function () {
      this.timeout(60_000);
      const action = fc.oneof(
        { weight: 4, arbitrary: fc.record({ what: fc.constant('use' as const), at: fc.nat(3) }) },
        { weight: 2, arbitrary: fc.record({ what: fc.constant('cut' as const), at: fc.nat(3) }) },
        { weight: 2, arbitrary: fc.record({ what: fc.constant('hold' as const), at: fc.nat(3) }) },
        { weight: 2, arbitrary: fc.record({ what: fc.constant('release' as const), at: fc.nat(3) }) },
        { weight: 3, arbitrary: fc.record({ what: fc.constant('add' as const), at: fc.nat(3) }) },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('drop' as const), at: fc.nat(3) }) },
      );
      const size = fc.oneof(fc.integer({ min: 4, max: 200 }), fc.integer({ min: 200, max: 20_000 }), fc.constant(65_472));
      const sizes = fc.array(size, { minLength: 1, maxLength: 120 });
      const property = fc.asyncProperty(
        fc.array(fc.tuple(action, fc.nat(4)), { maxLength: 40 }),
        sizes,
        sizes,
        fc.boolean(),
        async (script, there, back, pieces) => {
          const run = new Resumables({ seal: makeSeal() });
          try {
            await randomRun(run, script, there, back, pieces);
          } finally {
            run.end();
          }
        },
      );
      await fc.assert(property, { seed: 8_606_884, numRuns: 60, endOnFailure: true });
    });
  });
}

type Step = [{ what: 'use' | 'cut' | 'hold' | 'release' | 'add' | 'drop'; at: number }, number];

/** Both ends send while the script plays; then all wires are freed, and everything has to come. */
async function randomRun(run: Resumables, script: Step[], there: number[], back: number[], pieces: boolean): Promise<void> {
  const wires: Added[] = [];
  const add = (): void => {
    if (run.visitor.paths.length < 4) wires.push(run.add(`way-${wires.length}`));
  };
  add();
  await wires[0]?.path;
  const { host } = run;
  const send = async (from: ResumableSession, sizes: readonly number[]): Promise<void> => {
    for (const [index, size] of sizes.entries()) {
      const message = numbered(index, size);
      if (pieces) await asked(from).send(message.subarray(0, 4), message.subarray(4));
      else await from.send(message);
    }
  };
  const sent = Promise.all([send(run.visitor, there), send(host, back)]);
  const read = Promise.all([readAll(host, there), readAll(run.visitor, back)]);
  for (const [{ what, at }, turns] of script) {
    const one = wires[wires.length - 1 - (at % wires.length)];
    const path = run.visitor.paths[at % Math.max(1, run.visitor.paths.length)];
    if (what === 'add') add();
    else if (what === 'use' && path) run.visitor.use(path, 'the script says so');
    else if (what === 'drop' && path) run.visitor.drop(path, new PortholeError('PATH_LOST'));
    else if (what === 'cut') one?.wire.cut();
    else if (what === 'hold') one?.wire.hold();
    else if (what === 'release') one?.wire.release();
    await settled(turns);
  }
  for (const { wire } of wires) wire.release();
  if (run.visitor.paths.length === 0) add();
  await Promise.all([sent, read]);
}
