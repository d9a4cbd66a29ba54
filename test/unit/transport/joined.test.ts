// SPDX-License-Identifier: Apache-2.0
// A socket joined with a tunnel: what ends, breaks or falls silent at one side, at the other.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { HALF_OPEN_MS, joined } from '../../../transport/http/joined.ts';
import { fakeClock } from '../../support/clock.ts';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

/** Both ends of a TCP connection on this machine. */
async function sockets(): Promise<[near: Socket, far: Socket]> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [near] = (await once(server, 'connection')) as [Socket];
  server.close();
  return [near, far];
}

function tunnel() {
  const [to, from] = [new TransformStream<Uint8Array, Uint8Array>(), new TransformStream<Uint8Array, Uint8Array>()];
  return { pair: { readable: to.readable, writable: from.writable }, writer: to.writable.getWriter(), reader: from.readable.getReader() };
}

describe('a socket joined with a tunnel', () => {
  it('says first what came behind the handshake', async () => {
    const [near, far] = await sockets();
    const { pair, reader, writer } = tunnel();
    const over = joined(near, text('head'), pair);
    far.end(' and more');
    let heard = '';
    for (let { value } = await reader.read(); value; { value } = await reader.read()) heard += new TextDecoder().decode(value);
    assert.equal(heard, 'head and more');
    await writer.close();
    far.resume();
    await once(far, 'end');
    await over;
  });

  it('is broken off at the tunnel where the socket breaks, and reset where the tunnel does', async () => {
    const [near, far] = await sockets();
    const one = tunnel();
    const over = joined(near, new Uint8Array(0), one.pair);
    far.resetAndDestroy();
    await assert.rejects(one.reader.read());
    await assert.rejects(one.writer.closed);
    await over;

    const [other, end] = await sockets();
    const two = tunnel();
    const done = joined(other, new Uint8Array(0), two.pair);
    const failed = once(end, 'error');
    end.resume();
    await turn();
    await two.writer.abort(new Error('lost'));
    assert.equal(((await failed)[0] as NodeJS.ErrnoException).code, 'ECONNRESET', 'no orderly end, which it was not');
    await done;
  });

  it('is broken off where one way is over and the other one silent for long, and not before', async () => {
    const clock = fakeClock();
    const [near, far] = await sockets();
    const { pair, reader, writer } = tunnel();
    const over = joined(near, new Uint8Array(0), pair, clock);
    far.on('error', () => {});
    far.end();
    assert.equal((await reader.read()).done, true);
    await turn();
    clock.advance(HALF_OPEN_MS - 1);
    await writer.write(text('still here'));
    assert.equal(String((await once(far, 'data'))[0]), 'still here');
    clock.advance(HALF_OPEN_MS - 1);
    await turn();
    assert.equal(far.closed, false);
    clock.advance(2);
    await over;
    await assert.rejects(writer.closed, { code: 'TIMED_OUT' });
    assert.equal(clock.timers, 0);
  });

  it('waits for who does not read, and ends with a socket that is closed meanwhile', async () => {
    let taken = 0;
    const socket = new Duplex({
      read() {},
      write(piece, _encoding, _done) {
        taken += piece.length; // and never has room again
      },
    });
    const { pair, writer } = tunnel();
    const over = joined(socket, new Uint8Array(0), pair);
    let given = 0;
    const giving = (async () => {
      for (; given < 1000; given++) await writer.write(new Uint8Array(10_000));
    })();
    giving.catch(() => {});
    await turn();
    assert.ok(taken <= 10_000 && given < 10, `${given} pieces`);
    socket.destroy();
    await over;
    await assert.rejects(giving);
  });
});
