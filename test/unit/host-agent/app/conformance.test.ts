// SPDX-License-Identifier: Apache-2.0
// A web app behind a site answers as it does when it is asked directly: status, header fields and content, case by case.

import assert from 'node:assert/strict';
import { httpApp } from '../../../support/http-app.ts';
import { HTTP_CASES } from '../../../support/http-cases.ts';
import { type Answer, type App, direct, startApp, through, type Way, wayTo } from './stage.ts';

/** Of one connection, and so not of the answer. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'trailer'];

function comparable({ status, headers, body }: Answer): unknown {
  const fields = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
  return { status, headers: Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1))), body: body.toString('latin1') };
}

describe('an app through its site answers as it does directly', () => {
  let app: App;
  let way: Way;

  before(async () => {
    app = await startApp(httpApp);
    way = wayTo(app.url);
  });
  after(async () => {
    await way.close();
    await app.close();
  });

  for (const [what, target, asked] of HTTP_CASES) {
    it(`${what}: ${asked?.method ?? 'GET'} ${target.slice(0, 60)}`, async () => {
      assert.deepEqual(comparable(await through(way, target, asked)), comparable(await direct(app, target, asked)));
    });
  }

  it('a length without content begins no other request on the connection', async () => {
    for (const method of ['GET', 'HEAD', 'DELETE', 'POST']) {
      await through(way, '/echo', { method, headers: [['content-length', '5']] });
      const next = await through(way, '/echo?next', { headers: [['x-next', '1']] });
      assert.match(next.body.toString(), /"method":"GET","url":"\/echo\?next"/);
    }
  });

  it('with all of them on connections that are kept', async () => {
    const before = app.accepted;
    for (let asked = 0; asked < 20; asked++) assert.equal((await through(way, '/page')).status, 200);
    assert.ok(app.accepted - before <= 1, `${app.accepted - before} connections for 20 requests one after the other`);
  });
});
