// SPDX-License-Identifier: Apache-2.0
// Tests of accepted sockets that go on into memory of ours: every byte and the end come, closing is counted, others are left alone.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { readingInto } from '../../../transport/channel/socket-memory.ts';

describe('a socket that goes on into memory of ours', () => {
  let server: Server;
  let dialled: Socket;
  let accepted: Socket;

  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    dialled = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, allowHalfOpen: true });
    dialled.on('error', () => {}); // a test may break what it has not read
    [[accepted]] = (await Promise.all([once(server, 'connection'), once(dialled, 'connect')])) as [[Socket], unknown];
  });
  afterEach(async () => {
    dialled.destroy();
    accepted.destroy();
    if (server.listening) server.close();
  });

  it('gets all that comes and the end, in the memory that was asked for, and answers', async () => {
    dialled.write('early');
    await once(accepted, 'readable');
    const memories = [Buffer.alloc(7), Buffer.alloc(64 * 1024)];
    const came: Buffer[] = [];
    let asked = 0;
    const take = (bytes: Uint8Array): void => {
      assert.ok(memories.some(({ buffer }) => buffer === bytes.buffer));
      came.push(Buffer.from(bytes)); // a copy: it is read into again
    };
    const own = readingInto(accepted, { next: () => memories[asked++ % 2] as Buffer, take });
    assert.ok(own, 'this Node has what it takes');
    assert.equal(String(accepted.read()), 'early');
    const ended = once(own, 'end');
    own.resume();
    const sent = Buffer.alloc(3_000_000, 'no period of the memory’s length ');
    dialled.end(sent);
    await ended;
    assert.ok(Buffer.concat(came).equals(sent));
    own.end('answer');
    const [answer] = (await once(dialled, 'data')) as [Buffer];
    assert.equal(String(answer), 'answer');
  });

  it('is given nothing while it is paused', async () => {
    let bytes = 0;
    const memory = Buffer.alloc(1024);
    const take = (part: Uint8Array): void => {
      bytes += part.length;
      if (bytes >= 4096) own?.pause();
    };
    const own = readingInto(accepted, { next: () => memory, take });
    own?.resume();
    dialled.write(Buffer.alloc(8192));
    while (bytes < 4096) await new Promise(setImmediate);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    assert.equal(bytes, 4096);
    own?.destroy();
  });

  it('counts with its server until it is closed', async () => {
    const own = readingInto(accepted, { next: () => Buffer.alloc(10), take: () => {} });
    const isClosed = once(accepted, 'close');
    const count = (): Promise<number> => new Promise((resolve) => server.getConnections((_, many) => resolve(many)));
    assert.equal(await count(), 1);
    own?.resetAndDestroy();
    await isClosed;
    assert.equal(await count(), 0);
  });

  it('stays what it is where it stands on something else, or has something to write', async () => {
    const memory = { next: () => Buffer.alloc(10), take: () => {} };
    const strange = { _handle: {}, writableLength: 0 } as unknown as Socket;
    assert.equal(readingInto(strange, memory), null);
    assert.deepEqual(strange, { _handle: {}, writableLength: 0 });
    accepted.cork();
    accepted.write('later');
    assert.equal(readingInto(accepted, memory), null);
    accepted.uncork();
    const [said] = (await once(dialled, 'data')) as [Buffer];
    assert.equal(String(said), 'later');
  });

  it('ends with the accepted socket, which counts what came', async () => {
    const memory = Buffer.alloc(1024);
    let came = 0;
    const own = readingInto(accepted, {
      next: () => memory,
      take: ({ length }) => {
        came += length;
      },
    });
    own?.resume();
    dialled.write('some');
    while (came < 4) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(accepted.bytesRead >= 4);
    const closed = once(dialled, 'close');
    dialled.resume().on('end', () => dialled.end());
    accepted.destroy();
    await closed;
    assert.equal(own?.destroyed, true);
  });
});
