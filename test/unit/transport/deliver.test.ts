// SPDX-License-Identifier: Apache-2.0
// Messages handed out instead of asked for, and the end of a turn that what is said in it waits for.

import assert from 'node:assert/strict';
import type { Connection, Flow } from '../../../transport/channel/connection.ts';
import { deliverTo } from '../../../transport/channel/deliver.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { endOfTurn, turnsOf } from '../../../transport/time/turn.ts';
import { bytes, codeOf, tcpPair, text, turns } from './seal-pair.ts';

const pairs: Readonly<Record<string, () => Promise<{ a: Connection; b: Connection }>>> = {
  'a connection that is asked': async () => memoryPair(),
  'a connection that hands out': tcpPair,
};

function listen(connection: Connection): { got: string[]; flow: Flow; over: Promise<Error | null> } {
  const got: string[] = [];
  const { promise: over, resolve } = Promise.withResolvers<Error | null>();
  return { got, over, flow: deliverTo(connection, { message: (message) => got.push(text(message)), ended: resolve }) };
}

for (const [name, makePair] of Object.entries(pairs)) {
  describe(`deliverTo: ${name}`, () => {
    it('gives all, in order, then null', async () => {
      const { a, b } = await makePair();
      await a.send(bytes('0'));
      await turns();
      const { got, over } = listen(b);
      for (let i = 1; i < 50; i++) await a.send(bytes(String(i)));
      await a.close();
      assert.equal(await over, null);
      assert.deepEqual(
        got,
        Array.from({ length: 50 }, (_, i) => String(i)),
      );
    });

    it('gives the reason of a break, also when it broke before', async () => {
      for (const before of [true, false]) {
        const { a, b } = await makePair();
        const breaking = (): void => a.abort(new Error('enough'));
        if (before) {
          breaking();
          while (
            await b.send(bytes('x')).then(
              () => true,
              () => false,
            )
          )
            await turns(1);
        }
        const { over } = listen(b);
        if (!before) breaking();
        assert.equal(codeOf(await over), 'PATH_LOST');
      }
    });

    it('gives null after a close of our own', async () => {
      const { a, b } = await makePair();
      const { over } = listen(b);
      await Promise.all([b.close(), a.close()]);
      assert.equal(await over, null);
    });

    it('pauses, and goes on where it was', async () => {
      const { a, b } = await makePair();
      const { got, flow, over } = listen(b);
      flow.pause();
      const sending = (async () => {
        for (let i = 0; i < 300; i++) await a.send(new Uint8Array(60_000).fill(65));
        await a.close();
      })();
      for (let before = -1; before !== got.length; ) {
        before = got.length;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.ok(got.length < 300);
      flow.resume();
      await over;
      await sending;
      assert.equal(got.length, 300);
    });
  });
}

describe('endOfTurn', () => {
  const each = { 'with setImmediate': endOfTurn, 'with a MessageChannel': null };
  for (const [name, known] of Object.entries(each)) {
    it(`calls back once, in order, behind all promises of the turn: ${name}`, async () => {
      const opened: MessageChannel[] = [];
      const call =
        known ??
        turnsOf(() => {
          const channel = new MessageChannel();
          opened.push(channel);
          return channel;
        });
      const said: string[] = [];
      const { promise, resolve } = Promise.withResolvers<void>();
      call(() => said.push('first'));
      call(() => {
        said.push('second');
        call(() => {
          said.push('third');
          resolve();
        });
      });
      for (let i = 0; i < 5; i++) await null;
      said.push('promises');
      await promise;
      assert.deepEqual(said, ['promises', 'first', 'second', 'third']);
      assert.ok(opened.length <= 1);
      for (const { port1 } of opened) port1.close();
    });
  }
});
