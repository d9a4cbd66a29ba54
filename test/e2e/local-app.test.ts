// SPDX-License-Identifier: Apache-2.0
// A web app that runs on its host's machine, as visitors meet it: by the gateway, by `get` and by `open`; and the app's own life beside.

import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Porthole, scratch } from '../support/porthole.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { site } from './support/browser-stage.ts';

/** A program that nobody of us wrote would look like this: it has a login, a form, an upload, events, and guards against strangers. */
const APP = `
const { createServer } = require('node:http');
const { createHash } = require('node:crypto');
const own = () => 'http://localhost:' + server.address().port;
const server = createServer(async (request, response) => {
  // As development servers do against DNS rebinding, and frameworks against forgery.
  if (request.headers.host !== 'localhost:' + server.address().port) return response.writeHead(403).end('This host is not allowed.');
  if (request.method === 'POST' && request.headers.origin !== undefined && request.headers.origin !== own()) return response.writeHead(403).end('Cross-site request.');
  const { pathname } = new URL(request.url, own());
  if (pathname === '/') return response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html><title>Guest book</title><h1>Guest book</h1>');
  if (pathname === '/login') return response.writeHead(303, { location: own() + '/me', 'set-cookie': 'who=anna; Domain=localhost; Path=/; HttpOnly' }).end();
  if (pathname === '/me') return response.end(request.headers.cookie + ' ' + request.headers['x-porthole-visitor'] + ' ' + request.headers['x-porthole-host']);
  if (pathname === '/upload') {
    const hash = createHash('sha256');
    for await (const piece of request) hash.update(piece);
    return response.end(hash.digest('hex'));
  }
  if (pathname === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: hello\\n\\n');
    return request.socket.on('close', () => console.log('left'));
  }
  response.writeHead(404).end('none');
});
server.listen(Number(process.argv[1]) || 0, 'localhost', () => console.log('ready ' + server.address().port));
`;

describe('a local web app', function () {
  this.timeout(120_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  let app: ChildProcess;
  let lines: string[];
  let port: number;
  let up: Porthole;
  let link: string;

  /** Starts the app as a process of its own. */
  async function startApp(at: number): Promise<void> {
    app = spawn(process.execPath, ['-e', APP, String(at)], { stdio: ['ignore', 'pipe', 'inherit'] });
    lines = [];
    createInterface({ input: app.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(line));
    while (!lines[0]?.startsWith('ready')) await new Promise((resolve) => setTimeout(resolve, 20));
    port = Number(lines[0].split(' ')[1]);
  }
  async function stopApp(): Promise<void> {
    const closed = once(app, 'close');
    app.kill('SIGKILL');
    await closed;
  }
  const curl = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('curl', ['-s', '--max-time', '30', ...args])).stdout;

  before(async () => {
    folder = await scratch();
    await startApp(0);
    up = new Porthole(['up', String(port), '--port', '0'], folder.path);
    const ready = await up.waitFor('ready');
    link = String(ready.link).replace(/#.*/, '');
    const shares = await up.waitFor('shares');
    assert.deepEqual([shares.kind, shares.app, shares.access], ['app', `http://localhost:${port}/`, ['anyone']]);
  });
  after(async () => {
    assert.equal(await up.stop(), 0);
    await stopApp();
    await folder.drop();
  });

  it('its page, by its link; the portal has its title', async () => {
    assert.match(await curl(link), /<title>Guest book<\/title>/);
    const suite = new URL(link);
    suite.hostname = 'localhost';
    assert.match(await curl(suite.href), /Guest book/);
  });

  it('a login: the redirection and the cookie are the site’s own', async () => {
    const jar = join(folder.path, 'jar');
    const { origin, host } = new URL(link);
    const head = await curl('-i', '-X', 'POST', '-H', `Origin: ${origin}`, '-c', jar, `${origin}/login`);
    assert.match(head, /^HTTP\/1\.1 303/);
    assert.match(head, /^location: \/me\r$/im);
    assert.match(head, /^set-cookie: who=anna; Path=\/; HttpOnly\r$/im);
    assert.equal(await curl('-b', jar, '-H', 'X-Porthole-Visitor: admin', `${origin}/me`), `who=anna anyone ${host}`);
  });

  it('a form of another site is the app’s to refuse', async () => {
    assert.equal(await curl('-X', 'POST', '-H', 'Origin: https://evil.example', new URL('/login', link).href), 'Cross-site request.');
  });

  it('an upload', async () => {
    const file = join(folder.path, 'large');
    const bytes = Buffer.alloc(20_000_000, 'porthole');
    await writeFile(file, bytes);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    assert.equal(await curl('-T', file, new URL('/upload', link).href), Buffer.from(hash).toString('hex'));
  });

  it('events at once, and the app learns that the visitor left', async () => {
    const child = spawn('curl', ['-sN', new URL('/events', link).href], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(first.toString(), 'data: hello\n\n');
    child.kill();
    while (!lines.includes('left')) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('porthole get', async () => {
    const file = join(folder.path, 'page');
    const get = new Porthole(['get', link, '-o', file], join(folder.path, 'visitor'), { cwd: folder.path });
    assert.equal(await get.ended, 0);
    assert.match(await curl(`file://${file}`), /Guest book/);
  });

  it('porthole open: a form of a page there is the site’s own', async () => {
    const open = new Porthole(['open', link, '--port', '0'], join(folder.path, 'visitor'), { cwd: folder.path });
    const { origin } = new URL(String((await open.waitFor('ready')).url));
    assert.match(await curl(origin), /Guest book/);
    const head = await curl('-i', '-X', 'POST', '-H', `Origin: ${origin}`, '-H', `Referer: ${origin}/`, `${origin}/login`);
    assert.match(head, /^HTTP\/1\.1 303/);
    assert.match(head, /^location: \/me\r$/im);
    // The gateway refuses what the app would refuse, too.
    assert.match(await curl('-X', 'POST', '-H', 'Origin: http://evil.localhost', `${origin}/login`), /^NOT_ALLOWED: pages of other sites/);
    assert.equal(await open.stop(), 0);
  });

  it('dies, and is told; comes back by itself when it is started again', async () => {
    const at = port;
    await stopApp();
    const seen = up.events.length;
    assert.match(await curl('-i', link), /^HTTP\/1\.1 502.*^porthole-error: SITE_FAILED.*The app is not running/ms);
    const { message } = await up.waitFor('app-failed', 10_000, seen);
    assert.match(String(message), /nothing listens at http:\/\/localhost:\d+: start the app/);
    await startApp(at);
    assert.match(await curl(link), /Guest book/);
    await up.waitFor('app-back', 10_000, seen);
  });

  it('in Chromium, by the link: page and events, and a page for the absent app that finds it again', async function () {
    if (!chromiumPath()) {
      console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    const browser = await startChromium();
    try {
      const page = await browser.newPage();
      const heading = (text: string) => site(page).locator('h1', { hasText: text });
      await page.goto(link);
      await heading('Guest book').waitFor();
      const first = await heading('Guest book').evaluate(
        () =>
          new Promise<string>((resolve) => {
            const events = new EventSource('/events');
            events.onmessage = ({ data }) => {
              events.close();
              resolve(data);
            };
          }),
      );
      assert.equal(first, 'hello');
      const at = port;
      await stopApp();
      await page.reload();
      await heading('The app is not running').waitFor();
      await startApp(at);
      await heading('Guest book').waitFor();
    } finally {
      await browser.close();
    }
  });

  it('host: the same at another suite, with its own name; an app of the internet is refused', async () => {
    const { port: suite } = new URL(link);
    const host = new Porthole(
      ['host', `http://127.0.0.1:${port}/`, '--suite', `http://localhost:${suite}`, '--name', 'book', '--keep-host'],
      join(folder.path, 'host'),
      { cwd: folder.path },
    );
    const { link: named } = await host.waitFor('ready');
    // The app guards itself against a Host that it does not know: with --keep-host it is the visitor's.
    assert.equal(await curl(String(named).replace(/#.*/, '')), 'This host is not allowed.');
    assert.equal(await host.stop(), 0);
    const refused = new Porthole(['host', 'http://8.8.8.8/', '--suite', `http://localhost:${suite}`], join(folder.path, 'host'), {
      cwd: folder.path,
    });
    assert.equal(await refused.ended, 4);
    assert.match(refused.stderr + JSON.stringify(refused.events), /NOT_ALLOWED/);
  });

  it('several at once from one command, each with its own link and settings', async () => {
    const home = join(folder.path, 'several');
    await mkdir(join(home, 'papers'), { recursive: true });
    await writeFile(join(home, 'papers', 'index.html'), '<title>Papers</title>');
    const { port: suite } = new URL(link);
    const sites = [
      { what: `localhost:${port}`, name: 'first' },
      { what: 'papers', name: 'second', gateway: false },
      { what: 'papers', name: 'third', spa: true, title: 'Again' },
      { what: String(port), name: 'fourth', gateway: false },
    ];
    await writeFile(join(home, 'porthole.config.json'), JSON.stringify({ suite: `http://localhost:${suite}`, sites }));
    const host = new Porthole(['host'], home, { cwd: home });
    const links = new Map<unknown, string>();
    for (const { name } of sites)
      links.set(name, String((await host.waitFor((event) => event.event === 'ready' && event.of === name)).link).replace(/#.*/, ''));
    const ask = (name: string, path = ''): Promise<string> =>
      curl('-H', 'Accept: text/html', '-H', 'Sec-Fetch-Mode: cors', `${links.get(name)}${path}`);
    assert.match(await ask('first'), /Guest book/);
    assert.match(await ask('second'), /NOT_ALLOWED/);
    assert.match(await ask('fourth'), /NOT_ALLOWED/);
    // A WebSocket is a way past the page as well.
    const key = ['-H', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', '-H', 'Sec-WebSocket-Version: 13'];
    const upgrade = ['-i', '--http1.1', '-H', 'Connection: Upgrade', '-H', 'Upgrade: websocket', ...key];
    assert.match(await curl(...upgrade, String(links.get('fourth'))), /^HTTP\/1\.1 403 .*NOT_ALLOWED/s);
    assert.match(await curl(...upgrade, String(links.get('first'))), /^HTTP\/1\.1 501 .*CONNECT_UNSUPPORTED/s);
    assert.match(await ask('third', 'no/such/page'), /Papers/);
    assert.equal(await host.stop(), 0);

    await writeFile(
      join(home, 'porthole.config.json'),
      JSON.stringify({ suite: `http://localhost:${suite}`, sites: [{ what: 'papers' }, { what: './papers/' }] }),
    );
    const twice = new Porthole(['host'], home, { cwd: home });
    assert.equal(await twice.ended, 2);
    assert.match(JSON.stringify(twice.events), /is there twice/);
  });
});
