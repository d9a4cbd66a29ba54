// SPDX-License-Identifier: Apache-2.0
// The Socket.IO client as pages have it, with much left out, does what the whole one does: against a real server.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { lean } from '../../../client-runtime/browser/lean/plugin.ts';
import { scratch } from '../../support/porthole.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** As it is in a page's script. */
async function leanIo(): Promise<typeof io> {
  const folder = await scratch();
  try {
    const { outputFiles } = await build({
      stdin: { contents: "export { io } from 'socket.io-client';", resolveDir: ROOT, loader: 'ts' },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      define: { global: 'globalThis' },
      plugins: [lean],
    });
    const file = join(folder.path, 'io.mjs');
    await writeFile(file, outputFiles[0]?.contents ?? '');
    const { io: left } = (await import(file)) as { io: typeof io };
    return left;
  } finally {
    await folder.drop();
  }
}

/** Both ends say and hear all that rendezvous needs. @returns what was heard, in order */
async function conversation(connect: typeof io): Promise<unknown[]> {
  const http = createServer();
  const server = new Server(http, { path: '/rendezvous', transports: ['websocket'], serveClient: false });
  const heard: unknown[] = [];
  const bytes = (it: unknown): number[] => [...new Uint8Array(it as ArrayBuffer)];
  server.on('connection', (socket) => {
    socket.emit('welcome', Uint8Array.of(1, 2, 3));
    socket.on('ask', (question: Uint8Array, answer: (bytes: Uint8Array) => void) => answer(Uint8Array.from([...question].reverse())));
    socket.on('tell', (told: Uint8Array) => socket.emit('told', Uint8Array.from(told), 'and words'));
    socket.on('silence', () => {});
    socket.on('break', () => socket.conn.close());
    socket.on('leave', () => socket.disconnect());
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`, {
    path: '/rendezvous',
    transports: ['websocket'],
    reconnectionDelay: 10,
    reconnectionDelayMax: 20,
    forceNew: true,
  });
  const hears = (event: string): Promise<void> =>
    new Promise((resolve) => {
      client.once(event, (...given: unknown[]) => {
        heard.push([event, ...given.map((it) => (typeof it === 'string' ? it : it instanceof Error ? it.message : bytes(it)))]);
        resolve();
      });
    });
  try {
    // Said before there is a connection: it is sent once there is one.
    const early = client.timeout(5000).emitWithAck('ask', Uint8Array.of(7, 8));
    await hears('welcome');
    heard.push(['answer', bytes(await early)]);
    const told = hears('told');
    client.emit('tell', Uint8Array.of(4, 5, 6));
    await told;
    heard.push(['late', await client.timeout(20).emitWithAck('silence', Uint8Array.of(0)).catch(String)]);
    const [gone, again] = [hears('disconnect'), hears('welcome')];
    const cut = client.timeout(5000).emitWithAck('silence', Uint8Array.of(0)).catch(String);
    client.emit('break');
    await gone;
    heard.push(['cut', await cut]);
    await again;
    heard.push(['asked again', bytes(await client.timeout(5000).emitWithAck('ask', Uint8Array.of(9, 1)))]);
    const left = hears('disconnect');
    client.emit('leave');
    await left;
    client.connect();
    await hears('welcome');
    client.off('disconnect');
    client.on('disconnect', () => heard.push('gone'));
    client.off('disconnect');
    client.disconnect();
    heard.push(client.connected);
    const refused = connect(`http://127.0.0.1:${port}`, {
      path: '/elsewhere',
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    await new Promise<void>((resolve) => refused.once('connect_error', ({ message }) => resolve(void heard.push(message))));
    refused.disconnect();
  } finally {
    client.disconnect();
    await server.close();
  }
  return heard;
}

describe('Socket.IO in a page', () => {
  it('says, asks, hears, breaks off and comes back as the whole client does', async () => {
    const whole = await conversation(io);
    assert.equal(whole.length, 12, JSON.stringify(whole));
    assert.deepEqual(await conversation(await leanIo()), whole);
  });
});
