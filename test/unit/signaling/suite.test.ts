// SPDX-License-Identifier: Apache-2.0
// The suite's lifetime: opening, what cannot be opened, the seams for relay and front, draining and closing.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { Directory } from '../../../signaling/directory/directory.ts';
import { createSuite } from '../../../signaling/suite.ts';
import type { Clock } from '../../../transport/time/clock.ts';
import { cleanUp, folder, host, http, identity, later, openSuite, Peer, until } from './helper.ts';

describe('suite', () => {
  afterEach(cleanUp);

  it('tells its URL, and makes links with its public one', async () => {
    const plain = await openSuite();
    assert.equal(plain.url, `http://localhost:${plain.port}`);
    const dressed = await openSuite({ publicUrl: 'https://Porthole.example/' });
    assert.equal(dressed.url, 'https://porthole.example');
    const { registered } = await (await Peer.connect(dressed, 'porthole.example')).register(identity(), 'demo', {}, 'porthole.example');
    assert.equal(registered?.link, 'https://demo.porthole.example/');
  });

  it('names the address in its links when it listens on that one only', async () => {
    const suite = await openSuite({ address: '127.0.0.2' });
    assert.equal(suite.url, `http://127.0.0.2:${suite.port}`);
  });

  it('says in a code why it cannot open, and leaves nothing behind', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    later(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const dataFolder = await folder();
    await assert.rejects(createSuite({ port, dataFolder }), { code: 'PORT_IN_USE' });
    const suite = await openSuite();
    await assert.rejects(createSuite({ port: 0, stunPort: suite.stunPort, dataFolder }), { code: 'PORT_IN_USE' });
    await assert.rejects(createSuite({ port: 0, address: '192.0.2.1', dataFolder }), { code: 'CONFIG_INVALID' });
    await writeFile(join(dataFolder, 'file'), '');
    await assert.rejects(createSuite({ port: 0, dataFolder: join(dataFolder, 'file') }), { code: 'STORAGE_FAILED' });
    for (const publicUrl of ['nonsense', 'ftp://x', 'http://x/path', 'http://x/?q']) {
      await assert.rejects(createSuite({ port: 0, dataFolder, publicUrl }), { code: 'CONFIG_INVALID' }, publicUrl);
    }
    for (const domain of ['a b', 'x:80', 'http://x', '']) {
      await assert.rejects(createSuite({ port: 0, dataFolder, domains: [domain] }), { code: 'CONFIG_INVALID' }, domain);
    }
    await openSuite({ dataFolder });
  });

  it('gives relay upgrades away, and refuses others', async () => {
    const taken: string[] = [];
    const suite = await openSuite({
      relayUpgrade: (request, socket) => {
        taken.push(request.url ?? '');
        socket.end('HTTP/1.1 418 Taken\r\n\r\n');
      },
    });
    const dial = async (path: string) => {
      const socket = new WebSocket(`ws://127.0.0.1:${suite.port}${path}`);
      return (await once(socket, 'error').catch((error) => [error]))[0].message as string;
    };
    assert.match(await dial('/.porthole/relay'), /418/);
    assert.deepEqual(taken, ['/.porthole/relay']);
    for (const path of ['/', '/.porthole/relayer', '/x']) assert.match(await dial(path), /404/, path);
  });

  it('works behind a front that accepts for it', async () => {
    const seen: string[] = [];
    const front = (httpServer: Server): Server =>
      createServer((socket: Socket) => {
        socket.once('readable', () => {
          const first: Buffer | null = socket.read();
          if (first === null) return;
          seen.push(String.fromCharCode(first[0] ?? 0));
          socket.unshift(first);
          if (first[0] === 0) socket.end('other');
          else httpServer.emit('connection', socket);
        });
      });
    const suite = await openSuite({ front, relayPort: 'shared', limits: { drainMs: 200 } });
    const peer = await host(suite, 'demo');
    assert.equal(peer.welcome.relayPort, suite.port);
    assert.equal((await http(suite, '/healthz')).status, 200);
    const other = connect(suite.port, '127.0.0.1');
    other.write(Uint8Array.of(0, 0));
    assert.equal(String((await once(other, 'data'))[0]), 'other');
    assert.deepEqual(new Set(seen), new Set(['G', '\0']));
    const half = connect(suite.port, '127.0.0.1');
    half.on('error', () => {});
    half.write('GET / HTTP/1.1\r\n');
    await wait(50);
    const begun = performance.now();
    await suite.close();
    assert.ok(performance.now() - begun < 1900);
    await assert.rejects(http(suite, '/healthz'), { code: 'ECONNREFUSED' });
  });

  it('takes sockets that were accepted elsewhere', async () => {
    const suite = await openSuite();
    const outside = createServer((socket) => suite.handle(socket)).listen(0, '127.0.0.1');
    await once(outside, 'listening');
    later(() => void outside.close());
    const { port } = outside.address() as { port: number };
    assert.equal((await http({ port }, '/healthz')).status, 200);
  });

  it('writes down when hosts were last seen: as they leave, and now and then', async () => {
    const timers = new Set<{ ms: number; run: () => void }>();
    const clock: Clock = {
      now: () => 0,
      after(ms, run) {
        const timer = { ms, run };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    };
    const fire = (ms: number) => {
      for (const timer of [...timers]) {
        if (timer.ms === ms && timers.delete(timer)) timer.run();
      }
    };
    let time = 1000;
    const dataFolder = await folder();
    const suite = await openSuite({ dataFolder, clock, now: () => time, limits: { lastSeenMs: 77 } });
    const reader = new Directory(dataFolder);
    later(() => reader.close());
    const site = await host(suite, 'demo');
    assert.equal(reader.find('demo')?.lastSeen, 1000);
    for (time = 2000; time <= 3000; time += 1000) {
      fire(77);
      assert.equal(reader.find('demo')?.lastSeen, time, 'and again');
    }
    time = 4000;
    site.socket.disconnect();
    for (let tries = 0; reader.find('demo')?.lastSeen !== 4000 && tries < 100; tries++) await wait(10);
    assert.equal(reader.find('demo')?.lastSeen, 4000);
    await suite.close();
    assert.equal(timers.size, 0, 'no timer is left');
  });

  it('closes without a word to those connected, who take it for a loss and come back', async () => {
    const dataFolder = await folder();
    const first = await openSuite({ dataFolder });
    const site = await host(first, 'demo');
    const socket = io(`http://127.0.0.1:${first.port}`, {
      path: '/.porthole/rendezvous',
      transports: ['websocket'],
      reconnectionDelay: 20,
      reconnectionDelayMax: 40,
      forceNew: true,
    });
    later(() => void socket.disconnect());
    await once(socket as never, 'welcome');
    const begun = performance.now();
    await Promise.all([first.close(), first.close()]);
    assert.ok(performance.now() - begun < 1500, `${performance.now() - begun} ms`);
    assert.equal(await site.disconnected(), 'transport close');
    assert.equal(site.waiting('Problem'), 0);
    await openSuite({ dataFolder, port: first.port });
    await once(socket as never, 'welcome');
  });

  it('lets requests under way end, refuses new ones, and cuts what takes too long', async () => {
    let answer: ((response: Response) => void) | undefined;
    const gateway = () => new Promise<Response>((resolve) => (answer = resolve));
    const suite = await openSuite({ gateway, limits: { drainMs: 8000 } });
    await host(suite, 'demo');
    const agent = new Agent({ keepAlive: true });
    later(() => agent.destroy());
    const idle = get({ port: suite.port, host: '127.0.0.1', path: '/healthz', agent, headers: { Host: 'localhost' } });
    (await once(idle, 'response'))[0].resume();
    const events = get({ port: suite.port, host: '127.0.0.1', path: '/.porthole/presence', headers: { Host: 'localhost' } });
    const [stream] = await once(events, 'response');
    stream.resume();
    const early = connect(suite.port, '127.0.0.1').on('error', () => {});
    const slow = http(suite, '/', { host: 'demo.localhost' });
    await until('the request is under way', () => answer !== undefined);
    const closed = suite.close();
    const refused = (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED';
    await until('new ones are refused', () => http(suite, '/healthz').then(() => false, refused));
    const begun = performance.now();
    answer?.(new Response('in the end'));
    answer = undefined;
    assert.equal((await slow).body, 'in the end');
    await closed;
    assert.ok(performance.now() - begun < 3000, 'nothing else was waited for');
    early.destroy();

    const other = await openSuite({ gateway, limits: { drainMs: 100 } });
    await host(other, 'demo');
    const lost = http(other, '/', { host: 'demo.localhost' });
    lost.catch(() => {});
    await until('the request is under way', () => answer !== undefined);
    const late = performance.now();
    await other.close();
    assert.ok(performance.now() - late < 1500);
    await assert.rejects(lost);
  });

  it('leaves nothing open', async () => {
    // The first suite of a process opens things of the process, such as its metrics.
    await (await openSuite()).close();
    const count = () =>
      process
        .getActiveResourcesInfo()
        .filter((kind) => !/Timeout|Immediate|TTY|Pipe/.test(kind))
        .sort()
        .join(' ');
    await wait(50);
    const before = count();
    const suite = await openSuite();
    await host(suite, 'demo');
    await http(suite, '/');
    await suite.close();
    await until(`what was open before is open: ${before}`, () => count() === before);
  });
});
