// SPDX-License-Identifier: Apache-2.0
// What a TCP connection keeps for a peer that does not read.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { dialTcp, tcpConnection } from '../../../transport/channel/tcp.ts';
import { WRITE_BYTES } from '../../../transport/channel/write-memory.ts';

/** Bytes of the memory behind what was written and is not with the system yet. */
function heldBy(socket: Socket): () => number {
  const held: ArrayBufferLike[] = [];
  const write = socket.write.bind(socket) as (chunk: Uint8Array, done: (error?: Error | null) => void) => boolean;
  socket.write = ((chunk: Uint8Array, done: (error?: Error | null) => void) => {
    held.push(chunk.buffer);
    return write(chunk, (error) => {
      held.splice(held.indexOf(chunk.buffer), 1);
      done(error);
    });
  }) as Socket['write'];
  return () => held.reduce((bytes, { byteLength }) => bytes + byteLength, 0);
}

describe('a TCP connection whose peer reads nothing', () => {
  it('keeps as much memory as short messages need, and loses none of them', async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const socket = await dialTcp('127.0.0.1', port);
    const held = heldBy(socket);
    const a = tcpConnection(socket);
    const [other] = await accepted;
    const b = tcpConnection(other);
    const none = { heard() {}, drained() {} };
    a.start({ ...none, message() {}, ended() {} });
    let sent = 0;
    const message = Buffer.alloc(2000);
    for (let roomy = true; roomy; ) {
      for (let i = 0; roomy && i < 20; i++) {
        message.writeUInt32BE(sent++);
        roomy = a.send(message);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(held() <= 4 * WRITE_BYTES, `${held()} bytes are held for ${socket.writableLength}`);
    let came = 0;
    const { promise, resolve } = Promise.withResolvers<Error | null>();
    b.start({
      ...none,
      message: (borrowed) => assert.equal(Buffer.from(borrowed).readUInt32BE(), came++),
      ended: resolve,
    });
    const closing = a.close();
    assert.equal(await promise, null);
    assert.equal(came, sent);
    await Promise.all([closing, b.close()]);
    server.close();
  });
});
