// SPDX-License-Identifier: Apache-2.0
// The walls of the gateway of `porthole open`: whose requests are passed on, by Host, Origin and Fetch Metadata.

import assert from 'node:assert/strict';
import { openGateway } from '../../../client-runtime/visit/local-gateway.ts';
import { judge, judgeUpgrade } from '../../../client-runtime/visit/local-walls.ts';
import { cleanUp, http, later } from '../signaling/helper.ts';

const OWN = 'demo.localhost:8081';
const PLAIN = ['localhost:8081', '127.0.0.1:8081', '[::1]:8081'];
const SAFARI = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15';
const CHROME_ON_A_MAC = `${SAFARI.replace('Version/17.4', 'Chrome/130.0.0.0')}`;

type Fields = Record<string, string>;
const verdict = (host: string, headers: Fields = {}, method = 'GET') =>
  judge({ method, url: '/a?b', headers: { host, ...headers } }, 'demo');
const fetched = (site: string, mode: string, dest: string): Fields => ({
  'sec-fetch-site': site,
  'sec-fetch-mode': mode,
  'sec-fetch-dest': dest,
});
const navigated = (site: string, dest = 'document'): Fields => fetched(site, 'navigate', dest);

describe('the walls of a local gateway', () => {
  afterEach(cleanUp);

  it('pass on what the site’s own pages ask for, by whatever method', () => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PURGE']) {
      for (const fields of [
        { ...fetched('same-origin', 'cors', 'empty'), origin: `http://${OWN}` },
        fetched('same-origin', 'no-cors', 'image'),
        navigated('same-origin', 'iframe'),
        navigated('none'),
        { ...navigated('same-origin'), origin: 'null' }, // a form of a page with Referrer-Policy: no-referrer
      ]) {
        assert.equal(verdict(OWN, fields, method).is, 'passed', JSON.stringify(fields));
      }
    }
  });

  it('refuse what pages of other origins ask for', () => {
    for (const host of [OWN, ...PLAIN]) {
      for (const site of ['cross-site', 'same-site', 'cross-site, same-origin', 'nonsense']) {
        for (const [mode, dest] of [
          ['no-cors', 'image'],
          ['no-cors', 'script'],
          ['no-cors', 'empty'],
          ['cors', 'empty'],
          ['navigate', 'iframe'],
          ['navigate', 'frame'],
          ['navigate', 'embed'],
          ['navigate', 'object'],
          ['navigate', 'fencedframe'],
        ] as const) {
          assert.equal(verdict(host, fetched(site, mode, dest)).is, 'refused', `${host} ${site} ${mode} ${dest}`);
        }
        for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
          assert.equal(verdict(host, navigated(site), method).is, 'refused', `${host} ${site} ${method}`);
        }
      }
    }
  });

  it('let in who follows a link, from wherever', () => {
    for (const site of ['cross-site', 'same-site']) assert.equal(verdict(OWN, navigated(site)).is, 'passed');
  });

  it('refuse what a browser without Fetch Metadata would change for a page of another origin', () => {
    for (const host of [OWN, ...PLAIN]) {
      for (const origin of ['http://evil.example', `https://${host}`, `http://${host}1`, 'http://other.localhost:8081', 'null']) {
        assert.equal(verdict(host, { origin }, 'POST').is, 'refused', origin);
        assert.equal(verdict(host, { origin }).is, 'passed', origin);
      }
      assert.equal(verdict(host, { origin: `http://${host}` }, 'POST').is, 'passed');
    }
    // Each name is an origin of its own.
    assert.equal(verdict(OWN, { origin: 'http://localhost:8081' }, 'POST').is, 'refused');
    assert.equal(verdict(OWN, { ...fetched('same-origin', 'cors', 'empty'), origin: 'http://evil.example' }).is, 'refused');
  });

  it('lead a browser’s page from plain names to the site’s own origin, and programs nowhere', () => {
    for (const host of PLAIN) {
      for (const fields of [navigated('none'), navigated('cross-site'), { ...navigated('none'), 'user-agent': CHROME_ON_A_MAC }]) {
        assert.deepEqual(verdict(host, fields), { is: 'moved', to: `http://${OWN}/a?b` });
      }
      assert.deepEqual(verdict(host.replace('8081', '9'), navigated('none')), { is: 'moved', to: 'http://demo.localhost:9/a?b' });
      // curl, and Node's fetch, which says no more than this.
      for (const fields of [{}, { 'sec-fetch-mode': 'cors' }]) {
        for (const method of ['GET', 'POST', 'DELETE']) assert.equal(verdict(host, fields as Fields, method).is, 'passed');
      }
      assert.equal(verdict(host, { ...navigated('none'), 'user-agent': SAFARI }).is, 'passed');
    }
    assert.deepEqual(verdict('localhost', navigated('none')), { is: 'moved', to: 'http://demo.localhost/a?b' });
  });

  it('let a site have a service worker at its own origin alone', () => {
    const script = { ...fetched('same-origin', 'same-origin', 'serviceworker'), 'service-worker': 'script' };
    assert.equal(verdict(OWN, script).is, 'passed');
    for (const host of PLAIN) assert.equal(verdict(host, script).is, 'refused');
  });

  it('refuse names that are not the gateway’s, whoever asks', () => {
    const none = { method: 'GET', url: '/', headers: {} };
    assert.equal(judge(none, 'demo').is, 'refused');
    for (const host of [
      '',
      'evil.example',
      'other.localhost:8081',
      'x.demo.localhost',
      'demo.localhost.evil.example',
      'localhost:x',
      '127.0.0.1.nip.io',
    ]) {
      for (const fields of [{}, navigated('none'), fetched('same-origin', 'cors', 'empty')] as Fields[]) {
        assert.equal(verdict(host, fields).is, 'refused', host);
        assert.equal(judgeUpgrade({ method: 'GET', headers: { host, ...fields } }, 'demo').is, 'refused', host);
      }
    }
  });

  it('open WebSockets to programs and to the site’s own pages', () => {
    const upgrade = (headers: Fields) => judgeUpgrade({ method: 'GET', headers: { host: OWN, ...headers } }, 'demo').is;
    for (const fields of [{}, { origin: `http://${OWN}` }, { origin: `http://${OWN}`, 'sec-fetch-site': 'same-origin' }] as Fields[]) {
      assert.equal(upgrade(fields), 'passed');
    }
    for (const fields of [
      { origin: 'null' },
      { origin: 'http://localhost:8081' },
      { origin: 'http://demo.localhost:8082', 'sec-fetch-site': 'same-site' },
      { origin: `http://${OWN}`, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'cross-site' },
    ] as Fields[]) {
      assert.equal(upgrade(fields), 'refused', JSON.stringify(fields));
    }
  });

  it('stand before a gateway, which tells nobody of what it refused, and keeps cookies to the site’s own name', async () => {
    const cookies = [
      'plain=1; Path=/',
      'own=1; Domain=Site.Example; HttpOnly',
      'dotted=1;domain = .site.example',
      'all=1; Domain=localhost',
      'label=1; Domain=demo.localhost',
      'suite=1; Domain=example',
    ];
    const asked: string[] = [];
    const fetch = async ({ method }: { method: string }): Promise<Response> => {
      asked.push(method);
      return new Response('a site', { headers: cookies.map((cookie) => ['set-cookie', cookie] as [string, string]) });
    };
    const failed: unknown[] = [];
    const gateway = await openGateway(
      { fetch },
      { port: 0, authority: 'site.example:8080', label: 'demo', onError: (error) => failed.push(error) },
    );
    later(() => gateway.close());
    assert.equal(gateway.url, `http://demo.localhost:${gateway.port}/`);
    const host = `demo.localhost:${gateway.port}`;
    const refusal = await http(gateway, '/', { host, method: 'POST', headers: navigated('cross-site') });
    assert.deepEqual(
      [refusal.status, refusal.headers['porthole-error'], refusal.headers['cache-control']],
      [403, 'NOT_ALLOWED', 'no-store'],
    );
    const moved = await http(gateway, '/a?b', { host: `localhost:${gateway.port}`, headers: navigated('none') });
    assert.deepEqual([moved.status, moved.headers.location, moved.headers['cache-control']], [307, `http://${host}/a?b`, 'no-store']);
    assert.deepEqual([asked, failed], [[], []]);
    const answer = await http(gateway, '/', { host });
    assert.deepEqual(answer.headers['set-cookie'], ['plain=1; Path=/', 'own=1; HttpOnly', 'dotted=1', 'label=1']);
  });
});
