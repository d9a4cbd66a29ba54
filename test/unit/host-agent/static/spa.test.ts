// SPDX-License-Identifier: Apache-2.0
// Addresses that name no file: pages without their ending, and a page that stands for all that are missing.

import assert from 'node:assert/strict';
import { type Ask, folderWith, put, removeFolders, siteOf, stillOpenBelow } from './fixture.ts';

const PAGE = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };

describe('pages without their ending', () => {
  let path: string;
  let ask: Ask;
  before(async () => {
    path = await folderWith({
      'about.html': 'about',
      'docs/intro.html': 'intro',
      'both/index.html': 'folder',
      'both.html': 'page',
      'a.b.html': 'dots',
    });
    ask = await siteOf(path);
  });
  after(async () => {
    assert.deepEqual(await stillOpenBelow(path), []);
    await removeFolders();
  });

  const cases: readonly (readonly [asked: string, status: number, body?: string])[] = [
    ['/about', 200, 'about'],
    ['/about.html', 200, 'about'],
    ['/docs/intro', 200, 'intro'],
    ['/about/', 404],
    ['/both', 308],
    ['/both/', 200, 'folder'],
    ['/both.html', 200, 'page'],
    ['/a.b', 404],
    ['/none', 404],
  ];
  for (const [asked, status, body] of cases) {
    it(`${asked}: ${status}`, async () => {
      const response = await ask(asked, { accept: '*/*' });
      const text = await response.text();
      assert.equal(response.status, status);
      if (body !== undefined) assert.deepEqual([text, response.headers.get('content-type')], [body, 'text/html; charset=utf-8']);
    });
  }

  it('no page is found by the name of one that is not public', async () => {
    await put(path, '.secret.html', 'secret');
    await put(path, 'porthole.config.json.html', 'x');
    assert.equal((await ask('/.secret')).status, 404);
  });
});

describe('a site whose index page reads the address', () => {
  let path: string;
  let ask: Ask;
  before(async () => {
    path = await folderWith({
      'index.html': '<title>App</title>',
      'app.js': 'app',
      'about.html': 'about',
      '404.html': 'lost',
      'assets/a.css': 'a',
    });
    ask = await siteOf(path, { spa: true });
  });
  after(async () => {
    assert.deepEqual(await stillOpenBelow(path), []);
    await removeFolders();
  });

  for (const asked of ['/users/7', '/users/7/', '/file.with.dots', '/users?x=1', '/app.js/']) {
    it(`${asked} is the index page to who asks for a page, and missing to others`, async () => {
      const page = await ask(asked, PAGE);
      assert.deepEqual([page.status, await page.text()], [200, '<title>App</title>']);
      const etag = page.headers.get('etag') as string;
      assert.equal((await ask(asked, { ...PAGE, 'if-none-match': etag })).status, 304);
      const head = await ask(asked, PAGE, { method: 'HEAD' });
      assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '18', '']);
      for (const accept of ['*/*', 'application/json', 'image/avif,*/*;q=0.8']) {
        const script = await ask(asked, { accept });
        assert.equal(script.status, 404, accept);
        await script.body?.cancel();
      }
    });
  }

  it('what is there is itself, and what is not public is missing', async () => {
    for (const [asked, body] of [
      ['/app.js', 'app'],
      ['/about', 'about'],
      ['/assets/a.css', 'a'],
    ] as const)
      assert.equal(await (await ask(asked, PAGE)).text(), body);
    const hidden = await ask('/.git/config', PAGE);
    assert.deepEqual([hidden.status, await hidden.text()], [404, 'lost']);
    assert.equal((await ask('/users/7', PAGE, { method: 'POST' })).status, 405);
  });

  it('without an index page there is nothing to answer with', async () => {
    const bare = await siteOf(await folderWith({ 'a.txt': 'a' }), { spa: true });
    assert.equal((await bare('/users/7', PAGE)).status, 404);
  });
});
