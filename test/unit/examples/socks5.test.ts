// SPDX-License-Identifier: Apache-2.0
// The example of a strategy beyond its contract: what a proxy may answer, what strangers get of a host that listens, and the limits.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { loadStrategies } from '../../../cli/settings/strategy-modules.ts';
import type { Call } from '../../../transport/strategy/strategy.ts';
import { twoEnds } from '../../contracts/strategy.ts';
import { fakeClock } from '../../support/clock.ts';
import { type Socks5Server, socks5Server } from '../../support/socks5-server.ts';

type Example = typeof import('../../../examples/strategy/socks5.ts');

const never = new AbortController().signal;

describe('the example of a strategy: socks5', () => {
  let example: Example;
  let proxy: Socks5Server;
  const open = new Set<{ destroy(): void }>();

  before(async () => {
    await loadStrategies([join(import.meta.dirname, '../../../examples/strategy/socks5.ts')]); // from now on it finds porthole/transport
    example = await import('../../../examples/strategy/socks5.ts');
    proxy = await socks5Server('anna:sesame');
  });
  after(() => proxy.close());
  afterEach(() => {
    for (const one of open) one.destroy();
    open.clear();
  });

  const ends = (ip = '127.0.0.1') => {
    const host = example.socks5(undefined);
    return twoEnds({ caller: host, callee: host, nat: { observed: { ip, port: 1 } } });
  };
  /** What a host that listens tells its visitor. */
  const told = async ({ line }: Call): Promise<{ port: number; theirs: Buffer; ours: Buffer }> => {
    const note = Buffer.from(await line.receive());
    const middle = 2 + example.TOKEN_BYTES;
    return { port: note.readUInt16BE(), theirs: note.subarray(2, middle), ours: note.subarray(middle) };
  };
  const dialled = async (port: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    open.add(socket);
    await once(socket, 'connect');
    return socket;
  };
  /** The other end hangs up, which may be with a reset. */
  const closed = async (socket: Socket): Promise<void> => {
    socket.resume();
    if (!socket.closed) await new Promise((resolve) => socket.on('close', resolve));
  };
  /** What becomes of a visitor whose proxy answers so. */
  const fails = async (url: string, words: RegExp, ip?: string): Promise<void> => {
    const { caller, callee } = ends(ip);
    const stop = new AbortController();
    const host = example.socks5(undefined).attempt(callee, stop.signal);
    await assert.rejects(example.socks5(url).attempt(caller, never), words);
    stop.abort();
    await assert.rejects(host);
  };
  /** A program in place of a proxy. */
  const other = async (answer: (socket: Socket) => void): Promise<string> => {
    const server: Server = createServer((socket) => answer(socket.on('error', () => {})));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.add({ destroy: () => server.close() });
    return `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it('says whether it has a chance', () => {
    const { suits } = example.socks5('socks5://[::1]');
    assert.deepEqual([suits({}, {}).chance, suits({}, { behindNat: true }).chance], ['possible', 'unlikely']);
    for (const none of [undefined, '']) assert.equal(example.socks5(none).suits({}, {}).chance, 'no');
    for (const wrong of ['proxy', 'http://proxy:1080']) assert.throws(() => example.socks5(wrong), { code: 'CONFIG_INVALID' });
  });

  it('says at the start that a user or a password is too long for a proxy, or written wrong', () => {
    const long = 'ü'.repeat(127); // two bytes each
    for (const [user, password] of [
      [`${long}ab`, 'x'],
      ['anna', `${long}ab`],
    ]) {
      const message = /a user or a password of more than 255 bytes/;
      assert.throws(() => example.socks5(`socks5://${user}:${password}@proxy:1080`), { code: 'CONFIG_INVALID', message });
    }
    assert.throws(() => example.socks5('socks5://anna:100%@proxy'), { code: 'CONFIG_INVALID', message: /write %25/ });
    example.socks5(`socks5://${long}a:${long}a@proxy:1080`);
  });

  it('says what the proxy answered', async () => {
    await fails(proxy.url.replace('sesame', 'barley'), /does not know this user or password/);
    await fails(proxy.url.replace(/\/\/.*@/, '//'), /wants another way to log in, or is none/);
    await fails(await other((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), /wants another way to log in, or is none/);
    await fails(await other((socket) => socket.end()), /hung up/);
    await fails(
      await other((socket) => socket.once('data', () => socket.write(Buffer.alloc(example.MAX_EARLY_BYTES + 1, 5)))),
      /log in|more came/,
    );
    await fails('socks5://127.0.0.1:1', /ECONNREFUSED/);
    const quiet = ends();
    quiet.callee.line.send(Buffer.concat([Buffer.of(0, 1), Buffer.alloc(2 * example.TOKEN_BYTES)])); // nobody listens there
    await assert.rejects(example.socks5(proxy.url).attempt(quiet.caller, never), /does not reach the host: refused/);
  });

  it('knows by its note where to go, and nobody else’s answer is taken for the host’s', async () => {
    for (const length of [0, 33, 35]) {
      const { caller, callee } = ends();
      callee.line.send(Buffer.alloc(length));
      await assert.rejects(example.socks5(proxy.url).attempt(caller, never), /note of the host is none/);
    }
    const { port } = new URL(await other((socket) => socket.once('data', () => socket.write(Buffer.alloc(example.TOKEN_BYTES)))));
    const { caller, callee } = ends();
    callee.line.send(Buffer.concat([Buffer.of(Number(port) >> 8, Number(port) & 255), Buffer.alloc(2 * example.TOKEN_BYTES, 1)]));
    await assert.rejects(example.socks5(proxy.url).attempt(caller, never), /somebody else’s/);
  });

  it('goes by IPv6 where the host does', async () => {
    const { caller, callee } = ends('::1');
    const [a, b] = await Promise.all([example.socks5(proxy.url).attempt(caller, never), example.socks5(undefined).attempt(callee, never)]);
    assert.match(proxy.dialled.at(-1) ?? '', /^0000:0000:0000:0000:0000:0000:0000:0001 /);
    await Promise.all([a.close(), b.close()]);
  });

  it('a host hangs up on strangers, and takes the first that shows the token', async () => {
    const { caller, callee } = ends();
    const host = example.socks5(undefined).attempt(callee, never);
    const { port, theirs, ours } = await told(caller);
    const stranger = await dialled(port);
    stranger.end(Buffer.alloc(example.TOKEN_BYTES));
    await closed(stranger);
    const [visitor, late] = [await dialled(port), await dialled(port)];
    visitor.write(theirs);
    const [answer] = (await once(visitor, 'data')) as [Buffer];
    assert.deepEqual(answer, ours);
    await closed(late);
    (await host).abort(new Error('enough'));
    await assert.rejects(dialled(port), { code: 'ECONNREFUSED' });
  });

  it('a host looks at a few at once, each for a while, and then has room again', async () => {
    const { caller, callee } = ends();
    const clock = fakeClock();
    const stop = new AbortController();
    const host = example.socks5(undefined).attempt({ ...callee, clock }, stop.signal);
    const { port, theirs, ours } = await told(caller);
    const silent: Socket[] = [];
    while (silent.length < example.MAX_LOOKED_AT) silent.push(await dialled(port));
    while (clock.timers < example.MAX_LOOKED_AT) await new Promise((resolve) => setTimeout(resolve, 5));
    await closed(connect(port, '127.0.0.1').on('error', () => {})); // one too many
    assert.ok(silent.every(({ destroyed }) => !destroyed));
    clock.advance(example.SHOW_MS - 1);
    assert.equal(clock.timers, example.MAX_LOOKED_AT);
    const gone = Promise.all(silent.map(closed));
    clock.advance(1);
    await gone;
    const visitor = await dialled(port);
    visitor.write(theirs);
    assert.deepEqual((await once(visitor, 'data'))[0], ours);
    (await host).abort(new Error('enough'));
  });

  it('a host hangs up on who sends more than anybody has to', async () => {
    const { caller, callee } = ends();
    const stop = new AbortController();
    const host = example.socks5(undefined).attempt(callee, stop.signal);
    const { port } = await told(caller);
    const flood = await dialled(port);
    flood.write(Buffer.alloc(example.MAX_EARLY_BYTES + example.TOKEN_BYTES));
    await closed(flood);
    stop.abort();
    await assert.rejects(host);
  });
});
