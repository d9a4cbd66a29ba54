// SPDX-License-Identifier: Apache-2.0
// Who may see the inspector's page, and who not: other names, other pages, other links.

import assert from 'node:assert/strict';
import { admit, GUARDS, newToken, RECORDED_GUARDS } from '../../../../host-agent/inspect/door.ts';

const TOKEN = newToken();
const PORT = 4040;
const asked = (headers: Record<string, string>, url = `/${TOKEN}/api/live?x=1`, method = 'GET') =>
  admit({ method, url, headers: { host: '127.0.0.1:4040', ...headers } }, PORT, TOKEN);
const statusOf = (admission: ReturnType<typeof admit>): number => ('words' in admission ? admission.status : 200);

describe('the door of the inspector', () => {
  it('lets in whoever has the link', () => {
    const admission = asked({});
    assert.ok('path' in admission);
    assert.deepEqual([admission.path, admission.query.get('x')], ['/api/live', '1']);
    assert.equal(statusOf(asked({ host: 'localhost:4040' })), 200);
    assert.equal(statusOf(asked({ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:4040' })), 200);
    assert.equal(statusOf(asked({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })), 200, 'a link in a mail');
  });

  it('refuses names that are not its own', () => {
    for (const host of ['evil.example', 'evil.example:4040', '127.0.0.1', 'localhost:80', '127.0.0.1.evil.example:4040', ''])
      assert.equal(statusOf(asked({ host })), 421, host);
  });

  it('refuses links that are not its own, near as they may be', () => {
    for (const url of ['/', '/api/live', `/${TOKEN.slice(0, -1)}/`, `/${TOKEN}x/`, `/x/${TOKEN}/`, `/?token=${TOKEN}`, `/%20${TOKEN}/`])
      assert.equal(statusOf(asked({}, url)), 403, url);
    assert.notEqual(newToken(), newToken());
    assert.ok(TOKEN.length >= 32);
  });

  it('refuses other pages, and forms', () => {
    assert.equal(statusOf(asked({ origin: 'https://evil.example' })), 403);
    assert.equal(statusOf(asked({ origin: 'null' })), 403);
    assert.equal(statusOf(asked({ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' })), 403);
    assert.equal(statusOf(asked({ 'sec-fetch-site': 'cross-site' })), 403);
    const url = `/${TOKEN}/api/clear`;
    assert.equal(statusOf(asked({ 'sec-fetch-site': 'same-origin' }, url, 'POST')), 403, 'without the field no form can send');
    assert.equal(statusOf(asked({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, url, 'POST')), 403);
    assert.equal(statusOf(asked({ 'x-porthole-inspect': '1' }, url, 'POST')), 200);
  });

  it('has nothing run that was recorded', () => {
    assert.match(GUARDS['content-security-policy'] as string, /^default-src 'none'/);
    assert.doesNotMatch(GUARDS['content-security-policy'] as string, /unsafe|\*|blob:/);
    assert.equal(GUARDS['x-content-type-options'], 'nosniff');
    assert.match(RECORDED_GUARDS['content-security-policy'] as string, /sandbox/);
  });
});
