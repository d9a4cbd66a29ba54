// SPDX-License-Identifier: Apache-2.0
// What a person means by what stands on the command line, what it is called, and which key it has.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Opening } from '../../../cli/offerings/offering.ts';
import { readOffering, siteHomeOf } from '../../../cli/offerings/read.ts';
import { PortholeError } from '../../../proto/errors.ts';

const code =
  (expected: string, words = /./) =>
  (error: unknown): boolean =>
    error instanceof PortholeError && error.code === expected && words.test(error.message);

describe('what can be brought online', () => {
  let folder: string;
  let before: string;
  const servers: Server[] = [];

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'porthole-offering-')));
    before = process.cwd();
    process.chdir(folder);
  });
  afterEach(async () => {
    process.chdir(before);
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    await rm(folder, { recursive: true });
  });

  const apps: readonly (readonly [given: string, at: string])[] = [
    ['3000', 'http://localhost:3000/'],
    [':3000', 'http://localhost:3000/'],
    ['localhost:3000', 'http://localhost:3000/'],
    ['LOCALHOST:3000', 'http://localhost:3000/'],
    ['localhost', 'http://localhost/'],
    ['app.localhost:3000', 'http://app.localhost:3000/'],
    ['127.0.0.1:8000/base', 'http://127.0.0.1:8000/base/'],
    ['[::1]:3000', 'http://[::1]:3000/'],
    ['192.168.1.5:8123', 'http://192.168.1.5:8123/'],
    ['nas.local:5000', 'http://nas.local:5000/'],
    ['nas:5000/photos', 'http://nas:5000/photos/'],
    ['http://127.0.0.1:8000/base/', 'http://127.0.0.1:8000/base/'],
    ['https://localhost:8443', 'https://localhost:8443/'],
  ];
  for (const [given, at] of apps) {
    it(`${given} is the app at ${at}`, async () => {
      const { kind, at: where, gives } = await readOffering(given, {});
      assert.deepEqual([kind, where, gives], ['app', at, 'use the web app at']);
    });
  }

  const refused: readonly (readonly [given: string, code: string, words: RegExp])[] = [
    ['0', 'USAGE', /no port/],
    ['70000', 'USAGE', /no port/],
    ['http://8.8.8.8/', 'NOT_ALLOWED', /8\.8\.8\.8 is an address of the internet/],
    ['8.8.8.8:80', 'NOT_ALLOWED', /internet/],
    ['ftp://localhost/', 'LINK_INVALID', /http:/],
    ['http://me:secret@localhost:3000', 'LINK_INVALID', /password/],
    ['C:\\\\Users', 'FOLDER_MISSING', /Users/],
    ['no-such-folder', 'FOLDER_MISSING', /no-such-folder/],
    ['./3000', 'FOLDER_MISSING', /3000/],
  ];
  for (const [given, expected, words] of refused) {
    it(`${given} is refused: ${expected}`, () => assert.rejects(readOffering(given, {}), code(expected, words)));
  }

  it('a name that leads nowhere is refused before anything is made for it', async () => {
    const app = await readOffering('http://app.invalid:3000/', {});
    await assert.rejects(app.check(null), code('LINK_INVALID', /app\.invalid leads nowhere/));
    for (const here of ['3000', '192.168.1.5:3000', 'app.localhost']) await (await readOffering(here, {})).check(null);
  });

  it('a folder that is called as a port is shared by its name, and that is said', async () => {
    await mkdir('3000');
    const shared = await readOffering('3000', {});
    assert.deepEqual([shared.kind, shared.at], ['folder', join(folder, '3000')]);
    assert.match(shared.remark ?? '', /for the app on port 3000: localhost:3000/);
    assert.equal((await readOffering('./3000', {})).kind, 'folder');
    assert.equal((await readOffering(':3000', {})).kind, 'app');
    assert.equal((await readOffering('localhost:3000', {})).kind, 'app');
  });

  it('a file is a file, a folder a folder, each with its words', async () => {
    await writeFile('talk.pdf', '%PDF');
    const file = await readOffering('talk.pdf', {});
    assert.deepEqual([file.kind, file.gives, file.keeps], ['file', 'read the file', '(nothing beside it)']);
    const shared = await readOffering('.', {});
    assert.deepEqual([shared.kind, shared.at, shared.gives], ['folder', folder, 'read every file in']);
  });

  it('an app has one key, whichever way it is written; another port, scheme or base has another', async () => {
    const home = join(folder, 'home');
    const key = async (what: string): Promise<string> => (await (await siteHomeOf(what, { home })).identity()).identity.id;
    const first = await key('3000');
    for (const same of ['localhost:3000', '127.0.0.1:3000', 'http://[::1]:3000/', 'http://0.0.0.0:3000'])
      assert.equal(await key(same), first, same);
    for (const other of ['3001', 'https://localhost:3000', 'localhost:3000/base', '192.168.1.5:3000'])
      assert.notEqual(await key(other), first, other);
    const { name } = await (await siteHomeOf('3000', { home })).identity();
    assert.equal(name, `app-3000-${first.slice(0, 5)}`);
    const { name: base } = await (await siteHomeOf('localhost:3000/base', { home })).identity();
    assert.match(base, /^app-3000-base-[a-z2-7]{5}$/);
  });

  /** An offering of an app that answers so, open. */
  async function opened(listener: RequestListener): Promise<{ title: string; told: unknown[] }> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return openedAt((server.address() as AddressInfo).port);
  }
  async function openedAt(port: number): Promise<{ title: string; told: unknown[]; port: number }> {
    const told: unknown[] = [];
    const opening: Opening = {
      own: [],
      hashesFile: join(folder, 'hashes'),
      link: () => undefined,
      onTrouble: (trouble) => told.push(trouble),
      keep: (one) => one,
    };
    const { title } = await (await readOffering(String(port), {})).open(opening);
    return { title, told, port };
  }
  const page =
    (html: string): RequestListener =>
    (_, response) =>
      response.setHeader('content-type', 'text/html; charset=utf-8').end(html);

  it('an app is called as its first page is, also behind redirections', async () => {
    assert.equal((await opened(page('<!doctype html><title>\n My  app </title>'))).title, 'My app');
    const behind = await opened((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/login?next=/' }).end();
      else page(`<title>Sign in at ${request.url}</title>`)(request, response);
    });
    assert.equal(behind.title, 'Sign in at /login?next=/');
  });

  const nameless: readonly (readonly [what: string, listener: RequestListener])[] = [
    ['has no title', page('<p>none')],
    ['answers with an error', (_, response) => response.writeHead(500, { 'content-type': 'text/html' }).end('<title>Error</title>')],
    [
      'answers with something else',
      (_, response) => response.setHeader('content-type', 'application/json').end('{"a":"<title>x</title>"}'),
    ],
    ['redirects without end', (_, response) => response.writeHead(302, { location: '/' }).end()],
    ['sends to a login elsewhere', (_, response) => response.writeHead(302, { location: 'https://login.example/' }).end()],
    ['takes its time', () => {}],
    [
      'sends a page without end',
      (_, response) => {
        response.setHeader('content-type', 'text/html');
        const more = setInterval(() => response.write('<p>'.repeat(5000)), 1);
        response.on('close', () => clearInterval(more));
      },
    ],
  ];
  for (const [what, listener] of nameless) {
    it(`an app that ${what} is called by its address`, async () => assert.match((await opened(listener)).title, /^localhost:\d+$/));
  }

  it('an app that is not there yet is brought online all the same, and that is told', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { title, told } = await openedAt(port);
    assert.equal(title, `localhost:${port}`);
    assert.match(String((told[0] as { words: string }).words), /start the app/);
  });
});
