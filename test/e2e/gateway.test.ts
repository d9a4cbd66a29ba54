// SPDX-License-Identifier: Apache-2.0
// The same link for clients without a page: the suite's HTTP gateway, a host that refuses it, and policy requests on the same port.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { appConnect } from '../../host-agent/app/upgrade.ts';
import { newIdentity, serve } from '../../host-agent/index.ts';
import { Porthole, scratch } from '../support/porthole.ts';
import { opened, socketApp, type Way } from '../support/web-socket-app.ts';

describe('clients without a page', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let suite: Porthole;
  let port: number;
  const hosts: Porthole[] = [];

  before(async () => {
    folder = await scratch();
    await mkdir(join(folder.path, 'site'));
    await writeFile(join(folder.path, 'site', 'feed.xml'), '<feed/>');
    suite = new Porthole(['suite', '--port', '0', '--address', '127.0.0.1'], join(folder.path, 'suite'), { cwd: folder.path });
    port = (await suite.waitFor('ready')).port as number;
    for (const [name, ...flags] of [['open'], ['shut', '--no-gateway']] as [string, ...string[]][]) {
      const host = new Porthole(
        ['host', 'site', '--suite', `http://localhost:${port}`, '--name', name, ...flags],
        join(folder.path, name),
        { cwd: folder.path },
      );
      await host.waitFor('ready');
      hosts.push(host);
    }
  });
  after(async () => {
    for (const host of hosts) assert.equal(await host.stop(), 0);
    assert.equal(await suite.stop(), 0);
    await folder.drop();
  });

  /** Asks as curl does: the name goes to loopback, no word of a page. */
  async function ask(site: string, path: string): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
    const asked = request({ host: '127.0.0.1', port, path, headers: { host: `${site}.localhost:${port}`, accept: '*/*' } }).end();
    const [response] = await once(asked, 'response');
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += chunk;
    return { status: response.statusCode, headers: response.headers, body };
  }

  it('are answered by the suite, which says that it stands between', async () => {
    const { status, headers, body } = await ask('open', '/feed.xml');
    assert.deepEqual([status, body, headers['porthole-gateway']], [200, '<feed/>', '1']);
    assert.match(String(headers['content-type']), /xml/);
    assert.equal((await ask('open', '/none')).status, 404);
  });

  it('are refused by a host that wants none', async () => {
    const { status, body } = await ask('shut', '/feed.xml');
    assert.equal(status, 403);
    assert.match(body, /NOT_ALLOWED/);
  });

  it('have the WebSockets of a site, by the suite and by `open`, and learn where there are none', async () => {
    const app = await socketApp();
    const site = Object.assign(async () => new Response('an app'), { connect: appConnect(app.origin) });
    const live = await serve({ suite: `http://localhost:${port}`, name: 'live', site, identity: newIdentity() });
    const open = new Porthole(['open', `http://live.localhost:${port}/`, '--port', '0'], join(folder.path, 'visitor'), {
      cwd: folder.path,
    });
    try {
      const { port: local } = await open.waitFor('ready');
      const ways: Way[] = [
        { port, host: `live.localhost:${port}` },
        { port: local as number, host: `localhost:${local}` },
      ];
      const sockets = await Promise.all(ways.map((way) => opened(way, '/chat', ['one'])));
      for (const socket of sockets) {
        socket.send('hello');
        assert.equal(String((await once(socket, 'message'))[0]), 'hello');
        assert.equal(socket.protocol, 'one');
      }
      for (const [name, status] of [
        ['open', 501], // a folder
        ['shut', 501],
        ['nobody', 404],
      ] as const) {
        const answered = opened({ port, host: `${name}.localhost:${port}` });
        await assert.rejects(answered, new RegExp(`Unexpected server response: ${status}`), name);
      }
      const ends = sockets.map((socket) => once(socket, 'close'));
      await live.close(0);
      for (const end of ends) assert.equal((await end)[0], 1006, 'the host has gone');
    } finally {
      await live.close(0);
      assert.equal(await open.stop(), 0);
      await app.close();
    }
  });

  it('get a policy file on the port of suite and relay', async () => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.write('<policy-file-request/>\0');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^<\?xml.*<allow-access-from domain="\*".*<\/cross-domain-policy>\n?\0$/s);
    await once(socket, 'end');
    socket.destroy();
  });

  it('get a policy file from `porthole policy`', async () => {
    const policy = new Porthole(['policy', '--port', '0', '--to-ports', '5000-5010', '--from', 'example.com'], folder.path);
    const ready = await policy.waitFor('ready');
    const socket = connect({ host: '127.0.0.1', port: ready.port as number, allowHalfOpen: true });
    socket.write('<policy-file-request/>\0');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /domain="example.com" to-ports="5000-5010"/);
    await once(socket, 'end');
    socket.destroy();
    assert.equal(await policy.stop(), 0);
  });
});
