// SPDX-License-Identifier: Apache-2.0
// Webhooks that come while the host is off: sealed on arrival, delivered once each and in order when it returns, whoever was killed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Porthole, type Scratch, scratch } from '../support/porthole.ts';

const HOOKS = 1000;
const MARKER = 'a-word-that-stands-nowhere-else';

/** What the app was told by one request. */
interface Got {
  readonly number: number;
  readonly inbox: string | undefined;
}

describe('a sealed inbox', function () {
  this.timeout(180_000);
  let folder: Scratch;
  let app: Server;
  let got: Got[] = [];
  let onGot: () => void = () => {};
  let status = 204;
  /** The answer that the app never gives, counted from 1. */
  let holdAt = 0;
  let suite: Porthole;
  let port: number;
  const hosts: Porthole[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });

  const openSuite = async (): Promise<void> => {
    suite = new Porthole(['suite', '--port', String(port), '--address', '127.0.0.1'], join(folder.path, 'suite'), { cwd: folder.path });
    port = (await suite.waitFor('ready')).port as number;
  };
  const openHost = async (): Promise<Porthole> => {
    const host = new Porthole(
      ['host', String((app.address() as AddressInfo).port), '--suite', `http://localhost:${port}`, '--name', 'shop', '--inbox', '/hooks/*'],
      join(folder.path, 'host'),
      { cwd: folder.path },
    );
    hosts.push(host);
    await host.waitFor('ready');
    return host;
  };
  /** Sends one as a webhook is sent. */
  const post = async (
    path: string,
    number: number,
    method = 'POST',
  ): Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }> => {
    const headers = {
      host: `shop.localhost:${port}`,
      'content-type': 'application/json',
      'x-porthole-inbox': 'forged',
      'x-secret': MARKER,
    };
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent }).end(
      method === 'GET' ? '' : JSON.stringify({ number, MARKER }),
    );
    const [response] = await once(asked, 'response');
    let body = '';
    for await (const part of response.setEncoding('utf8')) body += part;
    return { status: response.statusCode, body, headers: response.headers };
  };
  /** Waits until the app got so many. */
  const until = async (enough: () => boolean): Promise<void> => {
    while (!enough()) {
      await new Promise<void>((resolve) => {
        onGot = resolve;
      });
    }
  };
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

  before(async () => {
    folder = await scratch();
    app = createServer(async (asked, answer) => {
      let text = '';
      for await (const part of asked.setEncoding('utf8')) text += part;
      if (status < 500) got.push({ number: JSON.parse(text).number, inbox: asked.headers['x-porthole-inbox'] as string | undefined });
      if (holdAt === 0 || got.length !== holdAt) answer.writeHead(status).end();
      onGot();
    }).listen(0, '127.0.0.1');
    await once(app, 'listening');
    port = 0;
    await openSuite();
    // The suite knows what the site wants from then on.
    await (await openHost()).stop();
  });
  beforeEach(() => {
    got = [];
    status = 204;
    holdAt = 0;
  });
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.kill();
  });
  after(async () => {
    agent.destroy();
    assert.equal(await suite.stop(), 0);
    app.closeAllConnections();
    app.close();
    await folder.drop();
  });

  it('keeps what comes while the host is off, and says honestly that it was read', async () => {
    const host = await openHost();
    assert.equal((await post('/hooks/live', 1)).status, 204);
    assert.deepEqual(got, [{ number: 1, inbox: undefined }], 'live, and nobody forges the field');
    await host.stop();
    for (const [path, method] of [
      ['/other', 'POST'],
      ['/hooks/x', 'GET'],
      ['/hooks/../other', 'POST'],
    ] as const) {
      const refused = await post(path, 2, method);
      assert.deepEqual([refused.status, refused.headers['porthole-error']], [503, 'HOST_OFFLINE'], `${method} ${path}`);
    }
    const kept = await post('/hooks/a?b=c', 3);
    assert.equal(kept.status, 202);
    assert.equal(kept.headers['porthole-inbox'], 'sealed; seen-in-plain');
    const said = JSON.parse(kept.body);
    assert.deepEqual([said.status, said.seenInPlain], ['sealed', true]);
    assert.match(said.note, /read your request in plain/);
    const again = await openHost();
    const news = await again.waitFor('inbox');
    assert.deepEqual([news.delivered, news.waiting], [1, 0]);
    assert.equal(got.at(-1)?.number, 3);
    assert.equal(got.at(-1)?.inbox, `${said.received}; 1`);
    assert.equal((await post('/hooks/live', 4)).status, 204, 'live again');
    await again.stop();
  });

  it(`delivers ${HOOKS} once, in order, within 10 s of the host's return, through a kill of the suite`, async () => {
    for (const number of range(0, HOOKS / 2)) assert.equal((await post('/hooks/order', number)).status, 202);
    await suite.kill();
    await openSuite();
    for (const number of range(HOOKS / 2, HOOKS)) assert.equal((await post('/hooks/order', number)).status, 202);
    for (const name of await readdir(join(folder.path, 'suite', 'suite'))) {
      const bytes = await readFile(join(folder.path, 'suite', 'suite', name));
      assert.equal(bytes.includes(MARKER), false, `${name} holds nothing plain`);
    }
    const host = await openHost();
    const began = performance.now();
    const news = await host.waitFor('inbox');
    const took = performance.now() - began;
    assert.deepEqual([news.delivered, news.waiting], [HOOKS, 0]);
    assert.deepEqual(
      got.map(({ number }) => number),
      range(0, HOOKS),
    );
    assert.ok(took < 10_000, `${took} ms`);
    await host.stop();
  });

  it('loses nothing when the host is killed amid the delivery, and repeats the one in hand at the most', async () => {
    const all = range(0, 300);
    for (const number of all) assert.equal((await post('/hooks/kill', number)).status, 202);
    holdAt = 100;
    const host = await openHost();
    await until(() => got.length === holdAt);
    await host.kill();
    const again = await openHost();
    await again.waitFor('inbox');
    const numbers = got.map(({ number }) => number);
    assert.deepEqual(numbers, [...range(0, 100), ...range(99, 300)], 'each, in order; that in hand twice');
    await again.stop();
  });

  it('keeps what the app fails at, and what comes meanwhile goes behind it', async () => {
    for (const number of [0, 1]) assert.equal((await post('/hooks/fails', number)).status, 202);
    status = 500;
    const host = await openHost();
    const failed = await host.waitFor('inbox');
    assert.match(String(failed.problem), /500/);
    assert.equal(failed.waiting, 2);
    assert.equal((await post('/hooks/fails', 2)).status, 202, 'behind those that wait');
    status = 200;
    const done = await host.waitFor((event) => event.event === 'inbox' && event.waiting === 0);
    assert.equal(done.delivered, 3);
    assert.deepEqual(
      got.map(({ number }) => number),
      [0, 1, 2],
    );
    await host.stop();
  });
});
