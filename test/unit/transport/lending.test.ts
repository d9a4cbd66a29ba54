// SPDX-License-Identifier: Apache-2.0
// Bodies that lend their memory: used again only once it is sent, given up when nobody wants more.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Connection } from '../../../transport/channel/connection.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { dialTcp, tcpConnection } from '../../../transport/channel/tcp.ts';
import { serveSession } from '../../../transport/session/host.ts';
import { type Lender, lenderOf, lendingStream } from '../../../transport/session/lending.ts';
import { openSession, type Session } from '../../../transport/session/visitor.ts';
import { bare } from '../../support/bare.ts';

const PIECE_BYTES = 60_000;

/** Lends pieces of content in few buffers, which it spoils as soon as they are back. */
class FewBuffers implements Lender {
  readonly #content: Uint8Array;
  readonly #back: Uint8Array[] = [];
  readonly stream: ReadableStream<Uint8Array>;
  made = 0;
  cancelled = false;
  #at = 0;

  constructor(content: Uint8Array) {
    this.#content = content;
    const source = {
      pull: () => assert.fail('the stream was read beside its lender'),
      cancel: () => {
        this.cancelled = true;
      },
    };
    this.stream = lendingStream(new ReadableStream(source, { highWaterMark: 0 }), this);
  }

  async lend() {
    if (this.#at === this.#content.length) return null;
    const piece = this.#content.subarray(this.#at, this.#at + PIECE_BYTES);
    this.#at += piece.length;
    let memory = this.#back.pop();
    if (!memory) {
      memory = new Uint8Array(PIECE_BYTES);
      this.made++;
    }
    memory.set(piece);
    const whole = memory;
    return {
      bytes: whole.subarray(0, piece.length),
      release: () => {
        whole.fill(0xee);
        this.#back.push(whole);
      },
    };
  }
}

async function tcpPair(): Promise<{ a: Connection; b: Connection; done(): void }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = await dialTcp('127.0.0.1', (server.address() as AddressInfo).port);
  const [other] = await accepted;
  return { a: tcpConnection(socket), b: tcpConnection(other), done: () => server.close() };
}

const carriers = {
  async memory() {
    return { ...memoryPair(), done: () => {} };
  },
  tcp: tcpPair,
};

for (const [name, makePair] of Object.entries(carriers)) {
  describe(`Lending: ${name}`, () => {
    let session: Session;
    let done: () => void;
    let lender: FewBuffers;
    const content = new Uint8Array(randomBytes(8_000_001));

    beforeEach(async () => {
      const pair = await makePair();
      lender = new FewBuffers(content);
      const announced = { 'content-length': String(content.length) };
      const site = async (request: Request): Promise<Response> =>
        new Response(lender.stream, { headers: request.url.endsWith('/announced') ? announced : {} });
      serveSession(bare(pair.b), site, { session: '1', via: name });
      session = openSession(bare(pair.a));
      done = pair.done;
    });
    afterEach(async () => {
      await session.close();
      done();
    });

    for (const path of ['/', '/announced']) {
      it(`sends every byte, in less memory than there are pieces: ${path}`, async () => {
        const { body } = await session.fetch({ method: 'GET', url: `http://site.test${path}`, headers: [] });
        const got = new Uint8Array(await new Response(body).arrayBuffer());
        assert.equal(Buffer.compare(got, content), 0);
        assert.ok(lender.made < content.length / PIECE_BYTES / 2, `${lender.made} buffers`);
      });
    }

    it('is given up when the visitor wants no more', async () => {
      const { body } = await session.fetch({ method: 'GET', url: 'http://site.test/', headers: [] });
      const reader = (body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      await reader.cancel();
      while (!lender.cancelled) await new Promise(setImmediate);
    });
  });
}

describe('lenderOf', () => {
  it('knows a stream in a Response, and no other', () => {
    const lender = new FewBuffers(new Uint8Array(1));
    assert.equal(lenderOf(new Response(lender.stream).body as ReadableStream<Uint8Array>), lender);
    assert.equal(lenderOf(new ReadableStream()), undefined);
  });
});
