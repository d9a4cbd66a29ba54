// SPDX-License-Identifier: Apache-2.0
// A page's WebSocket in the session's worker, with servers that end, stall or ping as no good one does.

import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { FrameReader, OPCODE } from '../../../client-runtime/browser/session/frames.ts';
import { SiteSocket } from '../../../client-runtime/browser/session/socket.ts';
import { live } from '../../../client-runtime/browser/shared/lives.ts';
import type { FromSocket, ToSocket } from '../../../client-runtime/browser/shared/socket-messages.ts';

/** Longer than a server has to close. */
const LONG_MS = 15_000;
const LIFE = 'web-socket-session.test';

const framed = (opcode: number, content: Uint8Array | string): Uint8Array =>
  Buffer.concat([Uint8Array.of(0x80 | opcode, content.length), Buffer.from(content)]);
const close = framed(OPCODE.close, Buffer.concat([Uint8Array.of(4001 >> 8, 4001 & 255), Buffer.from('who are you')]));
const CLOSED = { is: 'closed', code: 4001, reason: 'who are you', clean: true };

/** What a client's whole frame says, as a server would read it. */
const unmasked = (frame: Uint8Array): unknown => {
  const length = (frame[1] as number) & 0x7f;
  const content = frame.slice(6).map((byte, at) => byte ^ (frame[2 + (at & 3)] as number));
  const [heard] = new FrameReader().push(Buffer.concat([Uint8Array.of(frame[0] as number, length), content]));
  return heard?.is === 'ping' || heard?.is === 'pong' ? `${heard.is} ${Buffer.from(content)}` : heard;
};

/** Lets all run that waits for no timer. */
const settle = async (): Promise<void> => {
  for (let at = 0; at < 20; at++) await turn();
};

/** @param write how the server takes what is written to it */
async function opened(write: () => Promise<void>) {
  const said: FromSocket[] = [];
  const port = { postMessage: (message: FromSocket) => said.push(message), close() {}, onmessage: (_: { data: ToSocket }) => {} };
  const written: Uint8Array[] = [];
  const writable = new WritableStream<Uint8Array>({
    write(frame) {
      written.push(frame);
      return write();
    },
  });
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const readable = new ReadableStream<Uint8Array>({
    start(one) {
      controller = one;
    },
  });
  let signal: AbortSignal | null | undefined;
  new SiteSocket(
    port as unknown as MessagePort,
    { id: '1', url: 'wss://demo.suite/x', protocols: [], life: LIFE },
    {
      connect: async (asked) => {
        signal = asked.signal;
        return { status: 200, headers: new Headers(), readable, writable };
      },
      cookieFor: () => '',
      cookiesFrom() {},
      over() {},
    },
  );
  await settle();
  assert.deepEqual(said.splice(0), [{ is: 'open', protocol: '' }]);
  assert.ok(controller);
  return { said, port, written, server: controller, broken: () => signal?.aborted };
}

describe('a WebSocket in the session', () => {
  const location = Object.getOwnPropertyDescriptor(globalThis, 'location');
  before(async () => {
    Object.defineProperty(globalThis, 'location', { value: { host: 'demo.suite', origin: 'https://demo.suite' }, configurable: true });
    await live(LIFE);
  });
  after(() => {
    if (location) Object.defineProperty(globalThis, 'location', location);
    else Reflect.deleteProperty(globalThis, 'location');
  });
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  for (const ends of ['ends', 'breaks off'])
    it(`has the code of a server that closes and ${ends} at once, while the answer is being written`, async () => {
      let took = (): void => undefined;
      const { said, server, written } = await opened(() => new Promise<void>((resolve) => (took = resolve)));
      server.enqueue(close);
      await settle();
      if (ends === 'ends') server.close();
      else server.error(new Error('reset'));
      await settle();
      assert.deepEqual(said, [{ is: 'closing' }]);
      took();
      await settle();
      assert.deepEqual(said, [{ is: 'closing' }, CLOSED]);
      assert.deepEqual(unmasked(written[0] as Uint8Array), { is: 'close', code: 4001, reason: '' });
    });

  it('has the code of a server that closes and ends in one', async () => {
    const { said, server } = await opened(async () => undefined);
    server.enqueue(close);
    server.close();
    await settle();
    assert.deepEqual(said, [{ is: 'closing' }, CLOSED]);
  });

  it('ends without a close as unclean', async () => {
    const { said, server } = await opened(async () => undefined);
    server.close();
    await settle();
    assert.deepEqual(said, [{ is: 'closed', code: 1006, reason: '', clean: false }]);
  });

  it('does not wait for ever for a server that closes and never reads the answer', async () => {
    const { said, server, broken } = await opened(() => new Promise(() => undefined));
    server.enqueue(close);
    await settle();
    assert.deepEqual([said, broken()], [[{ is: 'closing' }], false]);
    mock.timers.tick(LONG_MS);
    await settle();
    assert.deepEqual([said, broken()], [[{ is: 'closing' }, CLOSED], true]);
  });

  it('has the code of a server that answers the page’s close and reads nothing more', async () => {
    const { said, port, server } = await opened(() => new Promise(() => undefined));
    port.onmessage({ data: { is: 'close', code: 4001, reason: 'done' } });
    server.enqueue(close);
    await settle();
    mock.timers.tick(LONG_MS);
    await settle();
    assert.deepEqual(said, [CLOSED]);
  });

  it('does not wait for ever for a server that says nonsense and never reads', async () => {
    const { said, server } = await opened(() => new Promise(() => undefined));
    server.enqueue(framed(3, ''));
    await settle();
    mock.timers.tick(LONG_MS);
    await settle();
    assert.deepEqual(said, [{ is: 'closed', code: 1006, reason: '', clean: false }]);
  });

  it('keeps one answer to a thousand pings that a server does not read the answers of, to the newest', async () => {
    const waiting: (() => void)[] = [];
    const { server, written } = await opened(() => new Promise<void>((resolve) => waiting.push(resolve)));
    for (let at = 0; at < 1000; at++) server.enqueue(framed(OPCODE.ping, `${at}`));
    await settle();
    const answers = async (): Promise<unknown[]> => {
      for (let resolve = waiting.shift(); resolve; resolve = waiting.shift()) {
        resolve();
        await settle();
      }
      return written.splice(0).map(unmasked);
    };
    assert.deepEqual(await answers(), ['pong 0', 'pong 999']);
    server.enqueue(framed(OPCODE.ping, 'again'));
    await settle();
    assert.deepEqual(await answers(), ['pong again']);
  });

  it('writes nothing behind its close', async () => {
    const waiting: (() => void)[] = [];
    const { said, server, written } = await opened(() => new Promise<void>((resolve) => waiting.push(resolve)));
    server.enqueue(Buffer.concat([framed(OPCODE.ping, '1'), framed(OPCODE.ping, '2'), close]));
    await settle();
    for (let resolve = waiting.shift(); resolve; resolve = waiting.shift()) {
      resolve();
      await settle();
    }
    assert.deepEqual(written.map(unmasked), ['pong 1', { is: 'close', code: 4001, reason: '' }]);
    assert.deepEqual(said.at(-1), CLOSED);
  });
});
