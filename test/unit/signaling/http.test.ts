// SPDX-License-Identifier: Apache-2.0
// The HTTP side: portal, links that lead to sites, the shell on a site's origin, health and metrics.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Gauge } from 'prom-client';
import { SqliteFile } from '../../../signaling/shared/sqlite.ts';
import type { Suite } from '../../../signaling/suite.ts';
import { type Ask, cleanUp, folder, goOffline, host, http, identity, later, openSuite, PAGE, Peer } from './helper.ts';

/** A folder as the shell's build leaves it. */
async function assets(): Promise<string> {
  const path = await folder();
  await writeFile(join(path, 'shell.html'), '<!doctype html><title>shell</title>');
  await writeFile(join(path, 'sw.js'), '// worker');
  await writeFile(join(path, 'shell-A1B2C3D4.js'), '// hashed');
  await writeFile(join(path, 'settings.js'), '// plain');
  await mkdir(join(path, 'deep'));
  await writeFile(join(path, 'deep', 'icon.0123abcd.svg'), '<svg/>');
  return path;
}

describe('portal', () => {
  afterEach(cleanUp);

  it('says so when there is no site yet', async () => {
    const suite = await openSuite();
    const { status, headers, body } = await http(suite, '/');
    assert.equal(status, 200);
    assert.match(headers['content-type'] ?? '', /^text\/html; charset=utf-8$/);
    assert.match(body, /No sites yet/);
    assert.ok(body.includes(`porthole host ./my-site --suite http://localhost:${suite.port}`));
  });

  it('shows hosts online and offline, and hides the unlisted', async () => {
    const suite = await openSuite({ version: '1.2.3' });
    await host(suite, 'here', {
      card: { title: 'Here now', owner: 'Ada', purpose: 'Shows', contact: 'ada@example.org', keywords: ['sea', 'c++ & co'] },
    });
    const away = await host(suite, 'away', { card: { title: 'Away now' } });
    await host(suite, 'secret', { unlisted: true, card: { title: 'Secret now' } });
    await goOffline(suite, away);
    const { body } = await http(suite, '/');
    assert.ok(body.includes(`href="http://here.localhost:${suite.port}/"`));
    assert.match(
      body,
      /Online <span class="count">1<[\s\S]*Here now[\s\S]*Offline <span class="count">1<[\s\S]*Away now[\s\S]*last seen <time[^>]*>just now</,
    );
    for (const text of ['Ada · ada@example.org', 'Shows', '/?q=sea"', '/?q=c%2B%2B%20%26%20co"', 'c++ &amp; co', 'Porthole 1.2.3'])
      assert.ok(body.includes(text), text);
    for (const path of ['/', '/?q=secret', '/?q=now']) assert.ok(!(await http(suite, path)).body.includes('Secret now'), path);
    assert.equal((await http(suite, '/secret', { headers: PAGE })).status, 302, 'but its link works');
  });

  it('searches', async () => {
    const suite = await openSuite();
    await host(suite, 'boats', { card: { title: 'Boats', keywords: ['sailing'] } });
    await host(suite, 'trains', { card: { title: 'Trains' } });
    const found = (await http(suite, '/?q=sail')).body;
    assert.ok(found.includes('>Boats<') && !found.includes('>Trains<') && found.includes('value="sail"'));
    assert.match((await http(suite, '/?q=planes')).body, /Nothing matches “planes”/);
    const part = (await http(suite, '/.porthole/sites?q=train')).body;
    assert.ok(part.includes('>Trains<') && !part.includes('<html'));
    assert.equal((await http(suite, `/?q=${'x'.repeat(5000)}`)).status, 200);
  });

  it('lets no text of a host or of a visitor be markup', async () => {
    const suite = await openSuite();
    const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
    const card = { title: evil, owner: evil, purpose: evil, contact: evil, keywords: [evil] };
    await host(suite, 'evil', { card });
    const query = encodeURIComponent(`evil ${evil}`);
    for (const path of [
      '/',
      '/?q=alert',
      `/?q=${query}`,
      `/.porthole/sites?q=${query}`,
      `/${encodeURIComponent(evil)}`,
      `/?hostid=${query}`,
    ]) {
      const { body } = await http(suite, path, { headers: PAGE });
      assert.ok(!body.includes('<script>alert') && !body.includes('<img') && !body.includes(`"'>`), path);
    }
    assert.ok((await http(suite, '/')).body.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
    const policy = String((await http(suite, '/')).headers['content-security-policy']);
    assert.match(policy, /default-src 'none'; script-src 'self'/);
    assert.ok(!policy.includes('unsafe'));
  });

  it('tells open pages of changes without a reload', async () => {
    const suite = await openSuite({ limits: { presenceMs: 10 } });
    const stream = await new Promise<IncomingMessage>((resolve) => {
      const request = get(`http://127.0.0.1:${suite.port}/.porthole/presence`, { headers: { Host: 'localhost' } }, resolve);
      later(() => void request.destroy());
    });
    assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8');
    let text = '';
    const events = async (count: number) => {
      while (text.split('event: change').length - 1 < count) text += String(await new Promise((resolve) => stream.once('data', resolve)));
    };
    await events(1);
    const site = await host(suite, 'demo');
    await events(2);
    site.socket.disconnect();
    await events(3);
    assert.match((await http(suite, '/metrics')).body, /porthole_hosts_online 0\n/);
  });

  it('bounds open pages', async () => {
    const suite = await openSuite({ limits: { presenceStreams: 0 } });
    assert.equal((await http(suite, '/.porthole/presence')).status, 503);
  });

  it('serves its own files, and no others', async () => {
    const suite = await openSuite();
    const names = [
      ['style.css', 'text/css'],
      ['portal.js', 'application/javascript'],
      ['icon.svg', 'image/svg+xml'],
    ] as const;
    for (const dialled of [`localhost:${suite.port}`, `demo.localhost:${suite.port}`]) {
      for (const [name, type] of names) {
        const { status, headers } = await http(suite, `/.porthole/pages/${name}`, { host: dialled });
        assert.equal(status, 200, name);
        assert.ok(headers['content-type']?.startsWith(type), headers['content-type']);
        assert.equal(headers['x-content-type-options'], 'nosniff');
      }
      for (const name of ['portal.ts', '../suite.ts', '..%2fsuite.ts', '', 'none.css']) {
        assert.ok([403, 404].includes((await http(suite, `/.porthole/pages/${name}`, { host: dialled })).status), name);
      }
    }
  });
});

describe('links to sites', () => {
  afterEach(cleanUp);

  it('lead to the site’s own origin, under the name the suite was dialled by', async () => {
    const suite = await openSuite({ domains: ['p.example'], publicUrl: 'https://porthole.example' });
    const { own } = await host(suite, 'demo');
    const to = async (path: string, ask: Ask = {}) => {
      const { status, headers } = await http(suite, path, { headers: PAGE, ...ask });
      assert.equal(status, 302, path);
      return headers.location;
    };
    assert.equal(await to('/demo'), `http://demo.localhost:${suite.port}/`);
    assert.equal(await to('/Demo/'), `http://demo.localhost:${suite.port}/`);
    assert.equal(await to(`/${own.id}`), `http://${own.id}.localhost:${suite.port}/`);
    assert.equal(await to('/demo/a/b%20c?d=e&f'), `http://demo.localhost:${suite.port}/a/b%20c?d=e&f`);
    assert.equal(await to('/?hostid=demo'), `http://demo.localhost:${suite.port}/`);
    assert.equal(await to(`/?hostid=${own.id}&x=y`), `http://${own.id}.localhost:${suite.port}/?x=y`);
    assert.equal(await to('/demo//evil.example'), `http://demo.localhost:${suite.port}//evil.example`);
    assert.equal(await to('/demo', { host: 'p.example' }), 'http://demo.p.example/');
    assert.equal(await to('/demo', { host: 'porthole.example' }), 'https://demo.porthole.example/');
    assert.equal(await to('/demo', { host: `127.0.0.1:${suite.port}` }), `http://demo.localhost:${suite.port}/`);
    assert.equal(await to('/demo', { host: '192.0.2.1' }), 'https://demo.porthole.example/');
    assert.equal(await to('/demo', { host: 'unknown.example' }), 'https://demo.porthole.example/');
  });

  it('believe a trusted proxy about scheme and host', async () => {
    const suite = await openSuite({ domains: ['p.example'], trustProxy: true });
    await host(suite, 'demo', {}, identity());
    const headers = { ...PAGE, 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'p.example' };
    assert.equal((await http(suite, '/demo', { headers })).headers.location, 'https://demo.p.example/');
    const wary = await openSuite({ domains: ['p.example'] });
    await host(wary, 'demo');
    assert.equal((await http(wary, '/demo', { headers })).headers.location, `http://demo.localhost:${wary.port}/`);
  });

  it('to nothing are told so, in a page or in a line', async () => {
    const suite = await openSuite();
    for (const [path, code] of [
      ['/nobody', 'SITE_UNKNOWN'],
      ['/?hostid=nobody', 'SITE_UNKNOWN'],
      ['/favicon.ico', 'LINK_INVALID'],
      ['//evil.example/x', 'LINK_INVALID'],
      ['/%E0%A4%A', 'LINK_INVALID'],
    ] as const) {
      const page = await http(suite, path, { headers: PAGE });
      assert.ok(page.status === 404 || page.status === 400, path);
      assert.match(page.body, /<!doctype html>/);
      assert.ok(page.body.includes(code), path);
      const line = await http(suite, path);
      assert.equal(line.status, page.status);
      assert.equal(line.headers['content-type'], 'text/plain; charset=utf-8');
      assert.match(line.body, new RegExp(`^${code}: .+\n$`));
    }
    assert.equal((await http(suite, '/nobody', { method: 'POST', body: 'x' })).status, 404);
  });

  it('need a name: from an address that has none there is a page that says so', async () => {
    const suite = await openSuite({ publicUrl: 'http://192.0.2.1:8080' });
    await host(suite, 'demo');
    const { status, body } = await http(suite, '/demo', { host: '192.0.2.1:8080', headers: PAGE });
    assert.equal(status, 404);
    assert.ok(body.includes('porthole open http://192.0.2.1:8080/demo'));
  });

  it('send 127.0.0.1 to localhost, for pages only', async () => {
    const suite = await openSuite();
    const dialled = { host: `127.0.0.1:${suite.port}` };
    const page = await http(suite, '/?q=x', { ...dialled, headers: PAGE });
    assert.deepEqual([page.status, page.headers.location], [302, `http://localhost:${suite.port}/?q=x`]);
    assert.equal((await http(suite, '/', { host: '[::1]:99', headers: PAGE })).headers.location, 'http://localhost:99/');
    assert.equal((await http(suite, '/', dialled)).status, 200);
    assert.equal((await http(suite, '/healthz', { ...dialled, headers: PAGE })).status, 200);
  });
});

describe('a site’s origin', () => {
  afterEach(cleanUp);

  async function site(): Promise<{ suite: Suite; at: (path: string, ask?: Ask) => ReturnType<typeof http>; id: string; peer: Peer }> {
    const suite = await openSuite({ browserAssets: await assets(), version: '9' });
    const peer = await host(suite, 'demo', { card: { title: 'Demo' } });
    return { suite, at: (path, ask) => http(suite, path, { host: `demo.localhost:${suite.port}`, ...ask }), id: peer.own.id, peer };
  }

  it('answers navigations with the shell, at any path, host online or not', async () => {
    const { at, peer, suite, id } = await site();
    const forms: Ask[] = [
      { headers: { 'Sec-Fetch-Dest': 'document' } },
      { headers: { 'Sec-Fetch-Dest': 'iframe' } },
      { headers: { 'Sec-Fetch-Dest': 'frame' } },
      { headers: { 'Sec-Fetch-Dest': 'empty', 'Sec-Fetch-Mode': 'navigate', Accept: '*/*' } },
      { headers: { 'Sec-Fetch-Dest': 'empty', 'Sec-Fetch-Mode': 'same-origin', Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } },
      { headers: { Accept: 'text/html,application/xhtml+xml;q=0.9' } },
      { headers: PAGE, host: `${id.toUpperCase()}.localhost:${suite.port}` },
    ];
    for (const online of [true, false]) {
      for (const form of forms) {
        for (const path of ['/', '/a/b?c=d', '/healthz', '/metrics', '/demo', '/?hostid=x', '//x', '/.well-known/x']) {
          const { status, headers, body } = await at(path, form);
          assert.equal(status, 200, `${path} ${JSON.stringify(form)} ${online ? 'online' : 'offline'}`);
          assert.ok(body.includes('<title>shell</title>'));
          assert.equal(headers['cache-control'], 'no-cache');
          assert.match(headers['content-type'] ?? '', /^text\/html/);
          const policy = String(headers['content-security-policy']);
          for (const rule of ["script-src 'self'", "frame-src 'self'", "worker-src 'self'", "connect-src 'self' ws: wss:"])
            assert.ok(policy.includes(rule), rule);
          assert.equal(headers['x-content-type-options'], 'nosniff');
          assert.ok(headers['referrer-policy']);
        }
      }
      if (online) await goOffline(suite, peer);
    }
    assert.equal((await at('/', { headers: PAGE, method: 'HEAD' })).body, '');
  });

  it('answers everything else honestly: 404, no page', async () => {
    const { at } = await site();
    const forms: Ask[] = [
      {},
      { headers: { 'Sec-Fetch-Dest': 'script', Accept: 'text/html' } },
      { headers: { 'Sec-Fetch-Dest': 'image' } },
      { headers: PAGE, method: 'POST', body: 'x' },
      { method: 'PROPFIND' },
      { method: 'OPTIONS' },
    ];
    for (const form of forms) {
      const { status, headers } = await at('/missing.js', form);
      assert.equal(status, 404, JSON.stringify(form));
      assert.match(headers['content-type'] ?? '', /^text\/plain/);
    }
    assert.equal((await at('/.porthole/none.js', { headers: { 'Sec-Fetch-Dest': 'script' } })).status, 404);
    assert.equal((await at('/.porthole/none', { headers: PAGE })).status, 404, 'no shell for what is ours');
  });

  it('that nobody has says so', async () => {
    const { suite } = await site();
    for (const label of ['nobody', 'a.b', identity().id]) {
      const dialled = { host: `${label}.localhost:${suite.port}` };
      const page = await http(suite, '/x', { ...dialled, headers: PAGE });
      assert.equal(page.status, 404);
      assert.ok(page.body.includes('SITE_UNKNOWN') && page.body.includes(`href="http://localhost:${suite.port}/"`));
      assert.match((await http(suite, '/x', dialled)).body, /^SITE_UNKNOWN: /);
      assert.equal((await http(suite, '/.porthole/site.json', dialled)).status, 404);
    }
  });

  it('serves the files for browsers, each with its caching', async () => {
    const { at, suite } = await site();
    const worker = await at('/.porthole/sw.js', { headers: { 'Service-Worker': 'script' } });
    assert.deepEqual([worker.status, worker.headers['service-worker-allowed'], worker.headers['cache-control']], [200, '/', 'no-cache']);
    for (const path of ['shell-A1B2C3D4.js', 'deep/icon.0123abcd.svg']) {
      assert.equal((await at(`/.porthole/${path}`)).headers['cache-control'], 'public, max-age=31536000, immutable', path);
    }
    const plain = await at('/.porthole/settings.js');
    assert.deepEqual([plain.headers['cache-control'], plain.headers['service-worker-allowed']], ['no-cache', undefined]);
    assert.equal((await at('/.porthole/settings.js', { headers: { 'If-None-Match': plain.headers.etag ?? '' } })).status, 304);
    for (const path of ['../suite.ts', '..%2f..%2fetc/passwd', 'deep', 'deep/']) {
      assert.ok([403, 404].includes((await at(`/.porthole/${path}`)).status), path);
    }
    assert.equal((await at('/%zz', { headers: PAGE })).status, 400, 'what is no URL');
    assert.equal((await http(suite, '/.porthole/sw.js')).status, 404, 'the suite’s own origin has no worker');
  });

  it('takes no service worker from the site', async () => {
    const { at, suite } = await site();
    for (const path of ['/sw.js', '/.porthole/settings.js', '/.porthole/sw.js/x', '/x?/.porthole/sw.js']) {
      const { status, body } = await at(path, { headers: { 'Service-Worker': 'script', 'Sec-Fetch-Dest': 'serviceworker' } });
      assert.equal(status, 403, path);
      assert.match(body, /^NOT_ALLOWED: /);
    }
    assert.equal((await http(suite, '/sw.js', { headers: { 'Service-Worker': 'script' } })).status, 403);
  });

  it('tells the shell what it needs to know', async () => {
    const { at, id, peer, suite } = await site();
    const { headers, body } = await at('/.porthole/site.json');
    assert.equal(headers['cache-control'], 'no-store');
    const link = `http://demo.localhost:${suite.port}/`;
    assert.deepEqual(JSON.parse(body), { site: id, name: 'demo', title: 'Demo', online: true, link, suiteVersion: '9' });
    await goOffline(suite, peer);
    assert.equal(JSON.parse((await at('/.porthole/site.json')).body).online, false);
  });

  it('without files for browsers says whose fault it is', async () => {
    const suite = await openSuite();
    await host(suite, 'demo');
    const { status, body } = await http(suite, '/', { host: 'demo.localhost', headers: PAGE });
    assert.equal(status, 500);
    assert.ok(body.includes('without its files for browsers'));
    await assert.rejects(openSuite({ browserAssets: await folder() }), { code: 'CONFIG_INVALID' });
  });
});

describe('health and metrics', () => {
  afterEach(cleanUp);

  it('health is 200 while the suite can serve', async () => {
    const suite = await openSuite({ version: '7' });
    const { status, body } = await http(suite, '/healthz');
    assert.deepEqual([status, JSON.parse(body)], [200, { status: 'ok', version: '7', problems: [] }]);
  });

  it('health is 503 when it cannot, and says why; so is a host told', async () => {
    const dataFolder = await folder();
    const suite = await openSuite({ dataFolder });
    const vandal = new SqliteFile(join(dataFolder, 'directory.sqlite'));
    vandal.script('PRAGMA foreign_keys = OFF; DROP TABLE names');
    vandal.close();
    const { status, body } = await http(suite, '/healthz');
    assert.equal(status, 503);
    assert.match(JSON.parse(body).problems[0], /names/);
    assert.equal((await (await Peer.connect(suite)).register(identity(), 'demo')).problem?.code, 'STORAGE_FAILED');
    assert.equal((await http(suite, '/demo', { headers: PAGE })).status, 500);
  });

  it('metrics count what happens, beside the process’s own and those of others', async () => {
    const suite = await openSuite({
      collect: (registry) => new Gauge({ name: 'relay_pairs', help: 'Pairs.', registers: [registry] }).set(3),
    });
    const site = await host(suite, 'demo');
    const visitor = await Peer.connect(suite);
    const { introduction } = await visitor.ask('Introduce', { link: 'demo', strategies: ['relay'] });
    visitor.send('Note', { call: introduction?.call ?? '', strategy: 'relay' });
    await site.next('Note');
    await site.register(identity(), 'demo');
    const { headers, body } = await http(suite, '/metrics');
    assert.match(headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
    for (const line of ['hosts_online', 'visitors', 'calls', 'notes_total']) assert.ok(body.includes(`porthole_${line} 1\n`), line);
    assert.ok(body.includes('relay_pairs 3\n'));
    for (const line of [
      'introductions_total{result="ok"',
      'registrations_total{result="ok"',
      'registrations_total{result="PROTOCOL_VIOLATED"',
    ]) {
      assert.match(body, new RegExp(`porthole_${line.replaceAll('{', '\\{')}.*\\} 1\n`), line);
    }
    assert.match(body, /process_cpu_seconds_total/);
    await openSuite();
    assert.equal((await http(suite, '/metrics')).status, 200, 'two suites in one process');
  });
});
