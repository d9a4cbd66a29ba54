// SPDX-License-Identifier: Apache-2.0
// Content between Node's HTTP and ours, as bytes: no answer is longer than announced, and content that nobody reads holds up nobody.

import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { openGateway } from '../../../client-runtime/visit/local-gateway.ts';
import { MAX_DISCARDED_BYTES } from '../../../transport/http/content.ts';
import type { Asking } from '../../../transport/session/http.ts';
import { cleanUp, host, later, openSuite } from '../signaling/helper.ts';

type Ask = (asking: Asking) => Promise<Response>;
type Opened = { readonly port: number; readonly host: string };
const servers: Readonly<Record<string, (ask: Ask) => Promise<Opened>>> = {
  async suite(ask) {
    const suite = await openSuite({ gateway: (_site, asking) => ask(asking) });
    await host(suite, 'demo');
    return { port: suite.port, host: `demo.localhost:${suite.port}` };
  },
  async open(ask) {
    const gateway = await openGateway({ fetch: ask }, { port: 0, authority: 'demo.example', label: 'demo' });
    later(() => gateway.close());
    return { port: gateway.port, host: `localhost:${gateway.port}` };
  },
};

/** Content in pieces, each only once the one before has been taken. */
function content(...pieces: string[]): ReadableStream<Uint8Array> {
  const left = pieces.map((piece) => Buffer.from(piece));
  return new ReadableStream(
    {
      pull(controller) {
        const piece = left.shift();
        if (piece) controller.enqueue(piece);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

const response = (body: ReadableStream<Uint8Array> | null, status: number, length: string): Response =>
  new Response(body, { status, headers: { 'content-length': length } });

/** All that comes until the connection ends; a reset is an end. */
async function allOf(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
  });
  socket.on('error', () => {});
  socket.resume();
  await new Promise((resolve) => socket.on('close', resolve));
  return text;
}

const STOLEN = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen';

for (const [name, open] of Object.entries(servers)) {
  describe(`content at ${name}`, () => {
    afterEach(cleanUp);

    /** What a connection brings that asks for a site's answer, and behind it for an honest one. */
    async function behind(found: () => Response, method = 'GET'): Promise<string> {
      const at = await open(async ({ url }) => (url.endsWith('/bad') ? found() : new Response('honest')));
      const socket = connect(at.port, '127.0.0.1');
      const head = `Host: ${at.host}\r\n`;
      socket.write(`${method} /bad HTTP/1.1\r\n${head}\r\nGET /good HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
      return allOf(socket);
    }

    for (const [what, pieces] of [
      ['in the same piece', [`hello${STOLEN}`]],
      ['in the next piece', ['hello', STOLEN]],
      ['after a part', ['he', `llo${STOLEN}`]],
      ['after no content', ['', STOLEN]],
    ] as const) {
      it(`bytes beyond the announced length never leave: ${what}`, async () => {
        const came = await behind(() => response(content(...pieces), 200, what === 'after no content' ? '0' : '5'));
        assert.ok(!came.includes('stolen'), came);
        assert.ok(!came.includes('hello'), came);
        // Refused, where the head had not gone; else broken off.
        if (came.startsWith('HTTP/1.1 502 ')) assert.match(came, /porthole-error: PROTOCOL_VIOLATED/i);
        else assert.ok(!came.includes('honest'), came);
      });
    }

    for (const [what, found] of [
      ['fewer bytes', () => response(content('hel'), 200, '5')],
      ['no bytes', () => response(content(), 200, '5')],
      ['no content at all', () => response(null, 200, '5')],
    ] as const) {
      it(`${what} than announced: the next answer is not taken for the rest`, async () => {
        const came = await behind(found);
        if (came.startsWith('HTTP/1.1 502 ')) assert.match(came, /porthole-error: PROTOCOL_VIOLATED/i);
        else assert.ok(!came.includes('honest'), came);
      });
    }

    for (const length of ['5, 5', '-5', '+5', '5;', '0x5', '', '5e0', '9'.repeat(16)]) {
      it(`refuses a length that is none: ‘${length}’`, async () => {
        const came = await behind(() => response(content('hello'), 200, length));
        assert.match(came, /^HTTP\/1\.1 502 /);
        assert.match(came, /porthole-error: PROTOCOL_VIOLATED/i);
        assert.ok(came.includes('honest'), 'the connection is good');
      });
    }

    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 204],
      ['GET', 304],
    ] as const) {
      it(`an answer without content has none: ${method}, ${status}`, async () => {
        const found = response(null, status, '5');
        Object.defineProperty(found, 'body', { value: content(STOLEN) });
        const came = await behind(() => found, method);
        assert.ok(came.startsWith(`HTTP/1.1 ${status} `) && came.includes('honest') && !came.includes('stolen'), came);
        assert.equal(/content-length: 5/i.test(came), status !== 204);
      });
    }

    it('an interim status is no answer', async () => {
      const came = await behind(() => Object.defineProperty(new Response(null), 'status', { value: 103 }));
      assert.match(came, /^HTTP\/1\.1 502 /);
    });

    it('passes on content of the announced length, in any pieces', async () => {
      assert.ok((await behind(() => response(content('he', '', 'llo'), 200, '5'))).includes('hello'));
    });

    /** Sends all of an upload, then reads; resolves with the socket when all has been taken from it. */
    async function uploaded({ port, host }: Opened, bytes: number): Promise<Socket> {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.pause();
      socket.write(`POST /up HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${bytes}\r\n\r\n`);
      await new Promise<void>((resolve) => {
        socket.on('close', () => resolve()).write(Buffer.alloc(bytes), () => resolve());
      });
      return socket;
    }

    for (const [what, leave] of [
      ['left', async () => {}],
      ['cancelled', async ({ body }: Asking) => body?.cancel()],
      [
        'cancelled after a part',
        async ({ body }: Asking) => {
          const reader = body?.getReader();
          await reader?.read();
          await reader?.cancel();
        },
      ],
    ] as const) {
      it(`a client that sends all before it reads has its answer, and the next: content that is ${what}`, async () => {
        const at = await open(async (asking) => {
          if (asking.method === 'GET') return new Response('next');
          await leave(asking);
          return new Response('too long', { status: 413 });
        });
        const socket = await uploaded(at, 10 * 1024 * 1024);
        socket.write(`GET / HTTP/1.1\r\nHost: ${at.host}\r\nConnection: close\r\n\r\n`);
        const came = await allOf(socket);
        assert.match(came, /^HTTP\/1\.1 413 .*too long.*HTTP\/1\.1 200 .*next/s);
      });
    }

    it('beyond MAX_DISCARDED_BYTES the connection is closed, and the answer could be read', async () => {
      const at = await open(async () => new Response('too long', { status: 413 }));
      const whole = connect(at.port, '127.0.0.1');
      const came = allOf(whole);
      const more = 32 * 1024 * 1024;
      whole.write(`POST /up HTTP/1.1\r\nHost: ${at.host}\r\nContent-Length: ${MAX_DISCARDED_BYTES + more}\r\n\r\n`);
      const piece = Buffer.alloc(1024 * 1024);
      for (let left = MAX_DISCARDED_BYTES + more; left > 0 && whole.writable; left -= piece.length) {
        const taken = new Promise<void>((resolve) => whole.write(piece, () => resolve()));
        await Promise.race([taken, came]);
      }
      assert.match(await came, /^HTTP\/1\.1 413 .*too long/s);
      assert.ok(whole.bytesWritten >= MAX_DISCARDED_BYTES, 'not before');
      assert.ok(whole.bytesWritten < MAX_DISCARDED_BYTES + more, 'not all of it');
    });
  });
}
