// SPDX-License-Identifier: Apache-2.0
// What every Connection must do: one suite, run for each implementation. A third party's strategy can run it too.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { PortholeError } from '../../proto/errors.ts';
import { MAX_FRAME_BYTES } from '../../proto/limits.ts';
import type { Connection } from '../../transport/channel/connection.ts';

/** Two connected ends. */
export interface Pair {
  readonly a: Connection;
  readonly b: Connection;
  /** Closes what carried them. */
  readonly done?: () => Promise<void>;
  /** The carrier gives a receiver no way to hold its sender back (no pause in the platform's interface): the session's credit does it. */
  readonly cannotPause?: boolean;
}
export type MakePair = () => Promise<Pair>;

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const isCode =
  (...codes: string[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, `not a PortholeError: ${error}`);
    assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
    return true;
  };

/** Defines the suite for one implementation. */
export function connectionContract(name: string, makePair: MakePair): void {
  describe(`Connection: ${name}`, () => {
    let a: Connection;
    let b: Connection;
    let done: (() => Promise<void>) | undefined;
    let cannotPause: boolean;

    beforeEach(async () => {
      ({ a, b, done, cannotPause = false } = await makePair());
    });
    afterEach(async () => {
      a.abort(new Error('the test is over'));
      b.abort(new Error('the test is over'));
      await done?.();
    });

    it('names its way and carries at least a whole frame', () => {
      assert.match(a.via, /^[a-z][a-z0-9-]*$/);
      assert.equal(a.via, b.via);
      assert.ok(a.maxMessage >= MAX_FRAME_BYTES);
    });

    it('keeps messages whole and in order, both ways at once', async () => {
      const sizes = [1, 2, 255, 256, 1200, 16_383, 65_000, 3, a.maxMessage, 1];
      const messages = sizes.map((size) => new Uint8Array(randomBytes(size)));
      const send = async (from: Connection): Promise<void> => {
        for (const message of messages) await from.send(message.slice());
      };
      const receive = async (at: Connection): Promise<void> => {
        for (const [index, message] of messages.entries()) {
          assert.deepEqual(new Uint8Array((await at.receive()) ?? []), message, `message ${index}`);
        }
      };
      await Promise.all([send(a), send(b), receive(a), receive(b)]);
    });

    it('refuses a message over its limit, and goes on', async () => {
      await assert.rejects(a.send(new Uint8Array(a.maxMessage + 1)), isCode('MESSAGE_TOO_LONG'));
      await a.send(bytes(1));
      assert.deepEqual(new Uint8Array((await b.receive()) ?? []), bytes(1));
    });

    it('a receiver that waits gets the message', async () => {
      const waiting = b.receive();
      await a.send(bytes(7));
      assert.deepEqual(new Uint8Array((await waiting) ?? []), bytes(7));
    });

    it('close delivers what was sent, then ends both directions', async () => {
      const count = 40;
      const sending = (async () => {
        for (let i = 0; i < count; i++) await a.send(new Uint8Array(20_000).fill(i));
        await a.close();
      })();
      for (let i = 0; i < count; i++) assert.equal((await b.receive())?.[0], i);
      assert.equal(await b.receive(), null);
      assert.equal(await b.receive(), null);
      await sending;
      await assert.rejects(a.send(bytes(1)), isCode('SESSION_CLOSED'));
      await assert.rejects(b.send(bytes(1)), isCode('SESSION_CLOSED', 'PATH_LOST'));
      assert.equal(await a.receive(), null);
    });

    it('close may be called twice, and on both ends at once', async () => {
      await Promise.all([a.close(), a.close(), b.close()]);
      await b.close();
      assert.equal(await a.receive(), null);
    });

    it('close frees a waiting receiver', async () => {
      const waiting = a.receive();
      await a.close();
      assert.equal(await waiting, null);
    });

    it('abort rejects what waits with the reason; the peer learns the path is lost', async () => {
      const reason = new Error('enough');
      const [own, other] = [a.receive(), b.receive()];
      const lost = assert.rejects(other, isCode('PATH_LOST'));
      const told = assert.rejects(own, reason);
      a.abort(reason);
      await told;
      await assert.rejects(a.send(bytes(1)), reason);
      await lost;
      await assert.rejects(b.send(bytes(1)));
    });

    it('a sender waits for a reader that does not read', async () => {
      const message = new Uint8Array(60_000);
      let sent = 0;
      let stalled = false;
      const most = 400; // more than any carrier has room for
      const sending = (async () => {
        while (sent < most) {
          await a.send(message.slice());
          sent++;
        }
      })();
      for (let before = -1; before !== sent; ) {
        before = sent;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      stalled = sent < most;
      for (let i = 0; i < most; i++) assert.equal((await b.receive())?.length, message.length);
      await sending;
      if (!cannotPause) assert.ok(stalled, `${sent} messages went out unread`);
    });
  });
}
