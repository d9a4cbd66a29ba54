// SPDX-License-Identifier: Apache-2.0
// A suite that shows a site to its network: who is answered, by which names, and what stays the suite's.

import assert from 'node:assert/strict';
import { SuiteNames } from '../../../signaling/naming/names.ts';
import { isStranger } from '../../../signaling/naming/near.ts';
import type { Gateway } from '../../../signaling/web/answers.ts';
import { type Ask, cleanUp, host, http, openSuite, PAGE, Peer } from './helper.ts';

const gateway: Gateway = async (_site, { url, method, headers }) =>
  new Response(`${method} ${url}`, {
    headers: {
      'content-type': new Map([...headers].map(([...pair]) => pair)).get('accept')?.includes('html') ? 'text/html' : 'text/plain',
    },
  });

describe('a site for this network', () => {
  afterEach(cleanUp);

  async function open(options: { trustProxy?: boolean } = {}) {
    let site: string | undefined;
    const suite = await openSuite({ gateway, lan: { site: () => site, names: ['box.local'] }, ...options });
    const peer = await host(suite, 'demo');
    const other = await host(suite, 'other');
    site = peer.own.id;
    const at = (path: string, ask: Ask = {}) => http(suite, path, { host: `192.168.1.20:${suite.port}`, ...ask });
    return { suite, at, own: peer.own, other: other.own, leave: () => (site = undefined) };
  }

  it('is at the root of each address and of this machine’s own name, for every method', async () => {
    const { at, suite } = await open();
    const origin = `http://192.168.1.20:${suite.port}`;
    for (const path of ['/', '/demo', '/healthz', '/metrics', '/?hostid=other', '/a%20b//c?d=e']) {
      assert.deepEqual((await at(path)).body, `GET ${origin}${path}`);
    }
    assert.equal((await at('/x', { method: 'POST', body: 'y' })).body, `POST ${origin}/x`);
    assert.equal((await at('/x', { method: 'HEAD' })).status, 200);
    assert.equal((await at('/x', { host: 'BOX.local' })).body, 'GET http://box.local/x');
    assert.equal((await at('/x', { host: '[fd00::1]:9' })).body, 'GET http://[fd00::1]:9/x');
    const { headers } = await at('/x');
    assert.deepEqual([headers['porthole-gateway'], headers.vary], ['1', undefined]);
  });

  it('is shown as a page with its badge, and the script is ours', async () => {
    const { at } = await open();
    const page = await at('/', { headers: { Accept: 'text/html' } });
    assert.match(page.body, /<script src="http:\/\/192\.168\.1\.20:\d+\/\.porthole\/lan\.js" async><\/script>\n$/);
    assert.equal(page.headers.vary, 'Accept, Sec-Fetch-Dest, Sec-Fetch-Mode');
    const script = await at('/.porthole/lan.js', { headers: { 'Sec-Fetch-Dest': 'script' } });
    assert.match(String(script.headers['content-type']), /^text\/javascript/);
    assert.match(String(script.headers['cache-control']), /max-age=\d{3,}/);
    const again = await at('/.porthole/lan.js', { headers: { 'If-None-Match': String(script.headers.etag) } });
    assert.deepEqual([again.status, again.body], [304, '']);
    for (const path of ['/.porthole/', '/.porthole/site.json', '/.porthole/sites', '/.porthole/presence']) {
      assert.equal((await at(path, { headers: PAGE })).status, 404, path);
    }
  });

  it('is nobody’s by another name: a page elsewhere may have had its name led here', async () => {
    const { at } = await open();
    for (const dialled of ['evil.example', 'evil.example:80', 'other.local', 'demo.box.local']) {
      for (const headers of [PAGE, {}]) {
        const { status, body } = await at('/x', { host: dialled, headers });
        assert.deepEqual([status, body.startsWith('NOT_ALLOWED: this machine is not known by that name')], [403, true], dialled);
      }
    }
    const without = await openSuite({ gateway });
    assert.equal((await http(without, '/', { host: 'evil.example' })).status, 200, 'a suite shows its portal');
  });

  it('leaves the suite what is its own on this machine', async () => {
    const { suite } = await open();
    assert.equal((await http(suite, '/healthz')).status, 200);
    assert.match((await http(suite, '/')).body, /demo/);
    assert.equal((await http(suite, '/x', { host: `demo.localhost:${suite.port}` })).body, `GET http://demo.localhost:${suite.port}/x`);
    const stay = await http(suite, '/', { host: '127.0.0.1', headers: PAGE });
    assert.equal(stay.headers.location, 'http://localhost/');
  });

  it('is found by a link to the address, and the link stays that', async () => {
    const { suite, own, other } = await open();
    const visitor = await Peer.connect(suite, `192.168.1.20:${suite.port}`);
    const link = `http://192.168.1.20:${suite.port}/a/b`;
    const { status } = await visitor.ask('Find', { link });
    assert.deepEqual([status?.site, status?.link], [own.id, `http://192.168.1.20:${suite.port}/`]);
    await host(suite, 'demo', {}, own);
    assert.equal((await visitor.next('SiteStatus')).link, `http://192.168.1.20:${suite.port}/`, 'also in what it is told later');
    const named = await visitor.ask('Find', { link: 'other' });
    assert.deepEqual([named.status?.site, named.status?.link], [other.id, `http://other.localhost:${suite.port}/`]);
  });

  it('that is not there yet is told so', async () => {
    const { at, leave, suite } = await open();
    leave();
    assert.deepEqual([(await at('/')).status, (await at('/')).headers['porthole-error']], [503, 'HOST_OFFLINE']);
    const visitor = await Peer.connect(suite, '192.168.1.20');
    assert.equal(await visitor.code('Find', { link: 'http://192.168.1.20/' }), 'HOST_OFFLINE');
  });

  it('is shown to nobody from elsewhere, whatever they dial', async () => {
    const names = new SuiteNames({ address: '0.0.0.0', lan: { site: () => 'x', names: [] } });
    const from = (remoteAddress: string) => isStranger(names, { socket: { remoteAddress } } as never);
    for (const near of ['127.0.0.1', '::1', '::ffff:192.168.1.9', '10.0.0.9', 'fe80::1%eth0', 'fd00::9'])
      assert.equal(from(near), false, near);
    for (const far of ['8.8.8.8', '::ffff:8.8.8.8', '100.64.0.9', '2001:db8::9', '']) assert.equal(from(far), true, far);
    const plain = new SuiteNames({ address: '0.0.0.0' });
    assert.equal(isStranger(plain, { socket: { remoteAddress: '8.8.8.8' } } as never), false, 'without --lan');
    // Behind a proxy it is who the proxy names.
    const { at } = await open({ trustProxy: true });
    const proxied = await at('/x', { headers: { 'X-Forwarded-For': '8.8.8.8' } });
    assert.deepEqual([proxied.status, proxied.headers['porthole-error']], [403, 'NOT_ALLOWED']);
    assert.equal((await at('/x', { headers: { 'X-Forwarded-For': '192.168.1.9' } })).status, 200);
  });
});
