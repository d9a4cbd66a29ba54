// SPDX-License-Identifier: Apache-2.0
// WebSockets of an app, end to end: a client of `ws` at a gateway, the session, the host, and an app of `ws`.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { PortholeError } from '../../../proto/errors.ts';
import { settled } from '../../support/resumables.ts';
import { type App, AppSession, byOpen, bySuite, opened, socketApp, type Way } from '../../support/web-socket-app.ts';
import { cleanUp, http, later, until } from '../signaling/helper.ts';

const hashOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** An app, and a way to it. */
async function site(
  by: 'open' | 'suite',
  options: Parameters<typeof socketApp>[0] = {},
): Promise<{ app: App; way: Way; through: AppSession }> {
  const app = await socketApp(options);
  later(() => app.close());
  const through = new AppSession(app.origin);
  later(() => through.end());
  const way = by === 'open' ? await byOpen(through.session, later) : await bySuite(through.session);
  return { app, way, through };
}

for (const by of ['open', 'suite'] as const) {
  describe(`WebSockets of an app, by the gateway of ${by === 'open' ? '`open`' : 'the suite'}`, function () {
    this.timeout(30_000);
    afterEach(cleanUp);

    it('carry text, binary and fragments both ways', async () => {
      const { way } = await site(by);
      const socket = await opened(way, '/chat?room=1');
      const said = async (): Promise<[string, boolean]> => {
        const [data, isBinary] = await once(socket, 'message');
        return [data.toString('latin1'), isBinary];
      };
      socket.send('text');
      assert.deepEqual(await said(), ['text', false]);
      socket.send(Buffer.from('bin\0ary\xff', 'latin1'));
      assert.deepEqual(await said(), ['bin\0ary\xff', true]);
      socket.send('one, ', { fin: false });
      socket.send('two, ', { fin: false });
      socket.send('three', { fin: true });
      assert.deepEqual(await said(), ['one, two, three', false]);
      socket.send('');
      assert.deepEqual(await said(), ['', false]);
      const long = randomBytes(3_000_000);
      socket.send(long);
      assert.equal(hashOf((await once(socket, 'message'))[0]), hashOf(long));
      socket.close();
    });

    it('carry the request as it is, and its fields, but for those of one connection', async () => {
      const { app, way } = await site(by);
      const headers = { cookie: 'a=1; b=2', 'x-one': '1', 'user-agent': 'a client', authorization: 'Basic eDp5' };
      const socket = await opened(way, '/chat?room=1&x=%20', [], { headers } as never);
      const [request] = app.requests as [(typeof app.requests)[0]];
      assert.equal(request.url, '/chat?room=1&x=%20');
      for (const [name, value] of Object.entries(headers)) assert.equal(request.headers[name], value, name);
      assert.equal(request.headers.host, new URL(app.origin).host, 'the app’s own');
      socket.close();
    });

    it('answer pings from either end, and carry their content', async () => {
      const { app, way } = await site(by);
      const socket = await opened(way);
      socket.ping('from the client');
      assert.equal(String((await once(socket, 'pong'))[0]), 'from the client');
      app.sockets[0]?.ping('from the app');
      assert.equal(String((await once(app.sockets[0] as WebSocket, 'pong'))[0]), 'from the app');
      socket.close();
    });

    for (const [who, code, reason] of [
      ['client', 1000, ''],
      ['client', 4321, 'enough'],
      ['app', 1001, 'going away'],
      ['app', 1013, 'try again later'],
    ] as const) {
      it(`close with ${code}${reason && ` "${reason}"`} from the ${who}, and both ends know it`, async () => {
        const { app, way, through } = await site(by);
        const socket = await opened(way);
        const [ended, appEnded] = [once(socket, 'close'), once(app.sockets[0] as WebSocket, 'close')];
        if (who === 'client') socket.close(code, reason);
        else app.sockets[0]?.close(code, reason);
        for (const [given, words] of await Promise.all([ended, appEnded])) assert.deepEqual([given, String(words)], [code, reason]);
        await until('nothing is left of it', () => through.session.streams === 0 && through.served?.running === 0);
      });
    }

    it('settle a sub-protocol between the ends', async () => {
      const { way } = await site(by, { handleProtocols: (offered) => (offered.has('two') ? 'two' : false) });
      const socket = await opened(way, '/', ['one', 'two']);
      assert.equal(socket.protocol, 'two');
      socket.close();
      // An app that takes none of them: the client decides, as it would directly.
      await assert.rejects(opened(way, '/', ['one']), /no subprotocol/);
    });

    for (const [here, there] of [
      [true, true],
      [true, false],
      [false, true],
    ] as const) {
      it(`compress with permessage-deflate where both ends can (client ${here}, app ${there})`, async () => {
        const { app, way } = await site(by, { perMessageDeflate: there && { threshold: 0 } });
        const socket = await opened(way, '/', [], { perMessageDeflate: here && { threshold: 0 } });
        const both = here && there ? 'permessage-deflate' : '';
        assert.deepEqual([socket.extensions, app.sockets[0]?.extensions], [both, both]);
        for (const text of ['a'.repeat(100_000), 'b', 'a'.repeat(100_000)]) {
          socket.send(text);
          assert.equal(String((await once(socket, 'message'))[0]), text);
        }
        socket.close();
      });
    }

    it('break off at the app when the client’s connection breaks, and the other way round', async () => {
      const { app, way, through } = await site(by);
      const socket = await opened(way);
      const appEnd = once(app.sockets[0] as WebSocket, 'close');
      socket.terminate();
      assert.equal((await appEnd)[0], 1006, 'no close frame came');
      const other = await opened(way);
      const end = once(other, 'close');
      app.sockets[1]?.terminate();
      assert.equal((await end)[0], 1006);
      await until('nothing is left of it', () => through.session.streams === 0 && through.served?.running === 0);
    });

    it('break off at both ends with the session', async () => {
      const { app, way, through } = await site(by);
      const socket = await opened(way);
      const [end, appEnd] = [once(socket, 'close'), once(app.sockets[0] as WebSocket, 'close')];
      through.resumables.visitor.abort(new PortholeError('SESSION_LOST'));
      assert.deepEqual([(await end)[0], (await appEnd)[0]], [1006, 1006]);
    });

    it('hold the app back while the client does not read, and go on when it does', async () => {
      const piece = Buffer.alloc(64 * 1024, 'x');
      const pieces = 400; // 25 MiB: far beyond what the way may hold
      let sent = 0;
      const { app, way } = await site(by, {
        onSocket: (socket) =>
          socket.on('message', () => {
            const more = (): void => {
              if (sent++ < pieces) socket.send(piece, () => setImmediate(more));
            };
            more();
          }),
      });
      const socket = await opened(way);
      (socket as unknown as { _socket: Socket })._socket.pause();
      socket.send('begin');
      let before = -1;
      await until('the app waits', async () => {
        const stands = sent === before && sent > 0;
        before = sent;
        await new Promise((resolve) => setTimeout(resolve, 150));
        return stands && sent === before;
      });
      assert.ok(sent < pieces / 2, `${sent} of ${pieces} pieces went out`);
      let come = 0;
      const all = new Promise<void>((resolve) => socket.on('message', () => ++come === pieces && resolve()));
      (socket as unknown as { _socket: Socket })._socket.resume();
      await all;
      assert.equal(app.sockets[0]?.bufferedAmount, 0);
      socket.close();
    });

    it('are refused by the app as it refuses them, and by who stands between where the app is not there', async () => {
      const { app, way } = await site(by, {
        verifyClient: ({ req }, done) => done(req.url !== '/no', 401, 'not you', { 'x-why': 'because' }),
      });
      const upgrade = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
      };
      const refused = await http(way, '/no', { host: way.host, headers: upgrade });
      assert.deepEqual([refused.status, refused.headers['x-why'], refused.body], [401, 'because', 'not you']);
      await app.close();
      const absent = await http(way, '/', { host: way.host, headers: upgrade });
      assert.deepEqual([absent.status, absent.headers['porthole-error']], [502, 'SITE_FAILED']);
      assert.doesNotMatch(absent.body, /127\.0\.0\.1/);
    });

    it('are refused with the code where there is no way to the host', async () => {
      const failing = {
        fetch: () => Promise.reject(new PortholeError('HOST_OFFLINE')),
        connect: () => Promise.reject(new PortholeError('HOST_OFFLINE', 'away')),
      };
      const way = by === 'open' ? await byOpen(failing, later) : await bySuite(failing);
      const upgrade = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
      };
      const { status, headers, body } = await http(way, '/', { host: way.host, headers: upgrade });
      assert.deepEqual([status, headers['porthole-error'], body], [503, 'HOST_OFFLINE', 'HOST_OFFLINE: away\n']);
    });

    it('are refused as RFC 6455 says when the handshake is none, and other upgrades are requests like any', async () => {
      const { app, way } = await site(by);
      const good = {
        connection: 'keep-alive, Upgrade',
        upgrade: 'WebSocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
      };
      const ask = (over: Record<string, string | undefined>, method = 'GET') => {
        const headers = Object.fromEntries(Object.entries({ ...good, ...over }).filter(([, value]) => value !== undefined)) as Record<
          string,
          string
        >;
        return http(way, '/', { host: way.host, method, headers });
      };
      assert.equal((await ask({ 'sec-websocket-version': '8' })).status, 426);
      const old = await ask({ 'sec-websocket-version': '8' });
      assert.deepEqual([old.headers['sec-websocket-version'], old.headers.upgrade], ['13', 'websocket']);
      assert.equal((await ask({ 'sec-websocket-version': undefined })).status, 400);
      assert.equal((await ask({ 'sec-websocket-key': undefined })).status, 400);
      assert.equal((await ask({ 'sec-websocket-key': 'short' })).status, 400);
      assert.equal((await ask({}, 'POST')).status, 400);
      const other = await ask({ upgrade: 'h2c', 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' });
      assert.deepEqual([other.status, other.body], [200, 'a site'], 'as if no upgrade had been asked for');
      assert.equal(app.requests.length, 0, 'none of these came to the app');
    });

    it('go on over another path as if nothing had happened, in order and whole', async function () {
      this.timeout(120_000);
      const { way, through } = await site(by);
      const socket = await opened(way, '/', [], { perMessageDeflate: false });
      const count = 1000;
      const largest = 256 * 1024;
      const sizes = Array.from({ length: count }, (_, at) => (at % 50 === 0 ? largest : (at * 7919) % 3000));
      const content = randomBytes(largest + count);
      const piece = (at: number): Buffer => content.subarray(at, at + (sizes[at] as number));
      let come = 0;
      const all = new Promise<void>((resolve, reject) =>
        socket.on('message', (data: Buffer) => {
          if (!data.equals(piece(come))) reject(new Error(`message ${come} is another one`));
          if (++come === count) resolve();
        }),
      );
      let done = false;
      const churn = (async () => {
        for (let i = 1; !done; i++) {
          const one = through.resumables.add(`way-${i}`);
          await one.path.catch(() => {});
          await settled(30);
          for (const path of through.resumables.visitor.paths.slice(0, -1)) {
            through.resumables.visitor.drop(path, new PortholeError('PATH_LOST', 'the test'));
          }
          if (i % 3 === 0) one.wire.cut();
        }
        return through.resumables.events.filter(({ type }) => type === 'moved').length;
      })();
      for (let at = 0; at < count; at++) {
        await new Promise<void>((resolve) => socket.send(piece(at), () => resolve()));
      }
      await all;
      done = true;
      assert.ok((await churn) > 2, 'it moved');
      socket.close();
      await once(socket, 'close');
    });
  });
}
