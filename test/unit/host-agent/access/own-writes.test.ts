// SPDX-License-Identifier: Apache-2.0
// Where not everyone may visit, pages of others change nothing by a visitor's browser.

import assert from 'node:assert/strict';
import { withOwnWrites } from '../../../../host-agent/access/own-writes.ts';
import type { ConnectRequest, Site, Visitor } from '../../../../transport/session/site.ts';

const VISITOR: Visitor = { session: '1', via: 'relay', agent: 'a page', who: 'password' };

describe('a site that not everyone may visit', () => {
  const asked: string[] = [];
  const site: Site = async ({ method, headers }) => {
    asked.push(`${method} ${headers.get('origin')}`);
    return new Response('done');
  };
  const ask = (method: string, origin?: string, url = 'http://mine.example/write') =>
    withOwnWrites(site)(new Request(url, { method, headers: origin === undefined ? {} : { origin } }), VISITOR);
  beforeEach(() => void asked.splice(0));

  it('is changed by its own pages and by programs', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      for (const origin of [undefined, 'http://mine.example', 'https://mine.example', 'https://MINE.example:443']) {
        assert.equal((await ask(method, origin)).status, 200, `${method} ${origin}`);
      }
    }
    assert.equal((await ask('POST', 'https://mine.example:8443', 'http://mine.example:8443/')).status, 200);
    assert.equal(asked.length, 17);
  });

  it('is not changed by pages of others, and by none that hides whose it is', async () => {
    for (const origin of [
      'http://evil.example',
      'https://mine.example.evil.example',
      'http://mine.example:81',
      'http://x@mine.example',
      'null',
      '',
    ]) {
      for (const method of ['POST', 'PUT', 'DELETE', 'PURGE']) {
        const { status, headers } = await ask(method, origin);
        assert.deepEqual([status, headers.get('porthole-error')], [403, 'NOT_ALLOWED'], `${method} ${origin}`);
      }
    }
    assert.deepEqual(asked, []);
  });

  it('is read as ever, and has the WebSockets that it had', async () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) assert.equal((await ask(method, 'http://evil.example')).status, 200);
    assert.equal(withOwnWrites(site).connect, undefined);
    const connect = async () => ({ status: 204 });
    const guarded = withOwnWrites(Object.assign(async () => new Response(), { connect }));
    assert.deepEqual(await guarded.connect?.({} as ConnectRequest, VISITOR), { status: 204 });
  });
});
