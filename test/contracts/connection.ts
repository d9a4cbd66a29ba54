// SPDX-License-Identifier: Apache-2.0
// What every Connection must do: one suite, run for each implementation. A third party's strategy can run it too.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { PortholeError } from '../../proto/errors.ts';
import { MAX_FRAME_BYTES } from '../../proto/limits.ts';
import type { Connection } from '../../transport/channel/connection.ts';
import { type Asked, asked } from '../support/asked.ts';

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
    let ends: Pair;
    let a: Asked;
    let b: Asked;

    beforeEach(async () => {
      ends = await makePair();
    });
    afterEach(async () => {
      for (const end of [ends.a, ends.b]) end.abort(new Error('the test is over'));
      await ends.done?.();
    });
    const take = (): void => {
      a = asked(ends.a);
      b = asked(ends.b);
    };

    it('names its strategy and carries at least a whole frame', () => {
      assert.match(ends.a.via, /^[a-z][a-z0-9-]*$/);
      assert.equal(ends.a.via, ends.b.via);
      assert.ok(ends.a.maxMessage >= MAX_FRAME_BYTES);
    });

    it('keeps messages whole and in order, both ways at once', async () => {
      take();
      const sizes = [1, 2, 255, 256, 1200, 16_383, 65_000, 3, ends.a.maxMessage, 1];
      const messages = sizes.map((size) => new Uint8Array(randomBytes(size)));
      const send = async (from: Asked): Promise<void> => {
        for (const message of messages) await from.send(message.slice());
      };
      const receive = async (at: Asked): Promise<void> => {
        for (const [index, message] of messages.entries()) {
          assert.deepEqual(new Uint8Array((await at.receive()) ?? []), message, `message ${index}`);
        }
      };
      await Promise.all([send(a), send(b), receive(a), receive(b)]);
    });

    it('is done with the memory of a message when send returns', async () => {
      take();
      const memory = new Uint8Array(40_000);
      for (let i = 1; i <= 20; i++) {
        const message = memory.subarray(0, i % 2 ? 40_000 : 100).fill(i);
        await a.send(message);
        memory.fill(0);
      }
      for (let i = 1; i <= 20; i++)
        assert.ok(
          (await b.receive())?.every((byte) => byte === i),
          `message ${i}`,
        );
    });

    it('refuses a message over its limit, and none at all, and goes on', async () => {
      take();
      assert.throws(() => ends.a.send(new Uint8Array(ends.a.maxMessage + 1)), isCode('MESSAGE_TOO_LONG'));
      assert.throws(() => ends.a.send(new Uint8Array(0)), isCode('MESSAGE_TOO_LONG'));
      await a.send(bytes(1));
      assert.deepEqual(new Uint8Array((await b.receive()) ?? []), bytes(1));
    });

    it('keeps what comes until there is a receiver, and the end behind it', async () => {
      for (let i = 0; i < 3; i++) ends.a.send(bytes(i));
      const closing = ends.a.close();
      await new Promise((resolve) => setTimeout(resolve, 50));
      take();
      for (let i = 0; i < 3; i++) assert.equal((await b.receive())?.[0], i);
      assert.equal(await b.receive(), null);
      await closing;
    });

    it('gives nothing while it is paused, and all in order when it goes on', async () => {
      const came: number[] = [];
      const { promise, resolve } = Promise.withResolvers<Error | null>();
      asked(ends.a);
      ends.b.start({
        message(borrowed) {
          came.push(borrowed[0] as number);
          if (came.length === 1) ends.b.pause();
        },
        heard() {},
        drained() {},
        ended: resolve,
      });
      for (let i = 0; i < 5; i++) ends.a.send(bytes(i));
      while (came.length === 0) await new Promise((done) => setTimeout(done, 10));
      await new Promise((done) => setTimeout(done, 50));
      assert.deepEqual(came, [0]);
      ends.b.resume();
      await ends.a.close();
      assert.equal(await promise, null);
      assert.deepEqual(came, [0, 1, 2, 3, 4]);
    });

    it('keeps the order also where each message pauses it and has it go on', async () => {
      const came: number[] = [];
      let depth = 0;
      const { promise, resolve } = Promise.withResolvers<Error | null>();
      asked(ends.a);
      ends.b.start({
        message(borrowed) {
          assert.equal(depth++, 0, 'a message came within another');
          came.push(((borrowed[0] as number) << 8) | (borrowed[1] as number));
          ends.b.pause();
          if (came.length > 1) ends.b.resume();
          depth--;
        },
        heard() {},
        drained() {},
        ended: resolve,
      });
      const count = 600;
      for (let i = 0; i < count; i++) {
        ends.a.send(bytes(i >> 8, i & 255));
        if (i % 20 === 0) await new Promise((done) => setTimeout(done, 1));
      }
      ends.b.resume();
      await ends.a.close();
      assert.equal(await promise, null);
      assert.deepEqual(
        came,
        Array.from({ length: count }, (_, i) => i),
      );
    });

    it('close delivers what was sent, then ends both directions', async () => {
      take();
      const count = 40;
      const sending = (async () => {
        for (let i = 0; i < count; i++) await a.send(new Uint8Array(20_000).fill(i));
        await a.close();
      })();
      for (let i = 0; i < count; i++) assert.equal((await b.receive())?.[0], i);
      assert.equal(await b.receive(), null);
      await sending;
      assert.equal(ends.a.send(bytes(1)), false);
      assert.equal(ends.b.send(bytes(1)), false);
      assert.equal(await a.receive(), null);
    });

    it('close may be called twice, and on both ends at once', async () => {
      take();
      await Promise.all([a.close(), a.close(), b.close()]);
      await b.close();
      assert.equal(await a.receive(), null);
    });

    it('close tells the own receiver of the end', async () => {
      take();
      const waiting = a.receive();
      await a.close();
      assert.equal(await waiting, null);
    });

    it('may be closed again by who is told of the end', async () => {
      const ended: (Error | null)[] = [];
      let again: Promise<void> | undefined;
      const none = { heard() {}, drained() {} };
      ends.a.start({
        ...none,
        message() {},
        ended(reason) {
          ended.push(reason);
          again = ends.a.close();
        },
      });
      b = asked(ends.b);
      for (let i = 0; i < 3; i++) ends.a.send(bytes(i));
      const closing = ends.a.close();
      for (let i = 0; i < 3; i++) assert.equal((await b.receive())?.[0], i);
      assert.equal(await b.receive(), null);
      await Promise.all([closing, again]);
      assert.deepEqual(ended, [null]);
    });

    it('abort tells the own receiver the reason; the peer learns the path is lost', async () => {
      take();
      const reason = new Error('enough');
      const lost = assert.rejects(b.receive(), isCode('PATH_LOST'));
      const told = assert.rejects(a.receive(), reason);
      a.abort(reason);
      await told;
      assert.equal(ends.a.send(bytes(1)), false);
      await lost;
      assert.equal(ends.b.send(bytes(1)), false);
    });

    it('tells a sender that there is no room while its peer is paused, and when there is some again', async () => {
      let received = 0;
      let drains = 0;
      const none = { heard() {}, drained() {}, ended() {} };
      const { promise: all, resolve } = Promise.withResolvers<void>();
      const message = new Uint8Array(60_000);
      const most = 400; // more than any carrier has room for
      ends.b.start({
        ...none,
        message(borrowed) {
          assert.equal(borrowed.length, message.length);
          if (++received === most) resolve();
        },
      });
      let roomy = true;
      let sent = 0;
      const go = (): void => {
        for (roomy = true; roomy && sent < most; sent++) roomy = ends.a.send(message);
      };
      ends.a.start({
        ...none,
        message() {},
        drained() {
          drains++;
          go();
        },
      });
      ends.b.pause();
      go();
      for (let before = -1; before !== sent; ) {
        before = sent;
        await new Promise((done) => setTimeout(done, 250));
      }
      if (!ends.cannotPause) assert.ok(sent < most, `${sent} messages went out unread`);
      ends.b.resume();
      await all;
      assert.ok(drains > 0, 'nobody was told of room');
    });

    it('tells of room also where something short was sent while there was none', async () => {
      const most = 100;
      let received = 0;
      let sent = 0;
      const { promise: all, resolve } = Promise.withResolvers<void>();
      const none = { heard() {}, drained() {}, ended() {} };
      const go = (): void => {
        while (sent < most) {
          sent++;
          if (!ends.a.send(new Uint8Array(60_000))) return;
        }
      };
      ends.b.start({
        ...none,
        message(borrowed) {
          if (borrowed.length === 1) return;
          if (++received === most) return resolve();
          ends.a.send(bytes(1));
        },
      });
      ends.a.start({ ...none, message() {}, drained: go });
      go();
      await all;
    });
  });
}
