// SPDX-License-Identifier: Apache-2.0
// Tests of listings: order, pages, filters, escaping, what is left out and said so, the limits.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Entries, Folder } from '../../../../host-agent/static/folder.ts';
import { LISTINGS_AT_ONCE, Listings, listFolder, MAX_LISTED, MAX_MEASURED } from '../../../../host-agent/static/listing.ts';
import { ENTRIES_PER_PAGE, MAX_FILTER_CHARS, queryOf, readView, sortInTurns } from '../../../../host-agent/static/listing-view.ts';
import { Thumbnails } from '../../../../host-agent/static/thumbnails.ts';
import { type Ask, folderWith, openBelow, put, removeFolders, siteOf } from './fixture.ts';

/** The addresses that a page links to in its table, in order. */
const links = (html: string): string[] => [...html.matchAll(/<td><a[^>]* href="([^"]*)"/g)].map(([, href = '']) => href);
const view = (query = '') => readView(new URLSearchParams(query));
const { signal } = new AbortController();

/** A folder of so many files that are on no disk. */
function largeFolder(files: number, size = 1): Folder & { looks: number } {
  return {
    looks: 0,
    open: async () => 'folder',
    async entries(_name, most): Promise<Entries> {
      const names = Array.from({ length: Math.min(files, most) }, (_, at) => `f${files - at}`);
      return { entries: names.map((name) => ({ name, kind: 'file' })), more: files > most, hidden: false, unlinkable: 0, special: 0 };
    },
    async look() {
      this.looks++;
      return { size, modified: new Date(0) };
    },
  };
}

describe('static/listing', () => {
  let path: string;
  let ask: Ask;
  const shown = async (address: string): Promise<string[]> => links(await (await ask(address)).text());

  beforeEach(async () => {
    path = await folderWith();
    ask = await siteOf(path);
  });
  afterEach(async () => {
    assert.deepEqual(await openBelow(path), []);
    await removeFolders();
  });

  it('shows folders first, then files, as people sort', async () => {
    for (const name of ['b10.txt', 'b2.txt', 'A.txt', 'z/x', 'y/x', '.git/config']) await put(path, name, '');
    const html = await (await ask('/')).text();
    assert.deepEqual(links(html), ['./y/', './z/', './A.txt', './b2.txt', './b10.txt']);
    assert.match(html, /<h1>All files<\/h1>/);
  });

  it('orders by size and time, either way, and says which', async () => {
    for (const [at, name] of ['large', 'small', 'middle'].entries()) {
      await put(path, name, 'x'.repeat(100 - ((at + 1) % 3) * 10));
      await fs.utimes(join(path, name), 1e9 + at, 1e9 + at);
    }
    await put(path, 'folder/x', '');
    assert.deepEqual(await shown('/?sort=size'), ['./folder/', './small', './large', './middle']);
    assert.deepEqual(await shown('/?sort=size&order=desc'), ['./folder/', './middle', './large', './small']);
    assert.deepEqual(await shown('/?sort=changed&order=desc'), ['./folder/', './middle', './small', './large']);
    assert.deepEqual(await shown('/?order=desc'), ['./folder/', './small', './middle', './large']);
    const html = await (await ask('/?sort=size')).text();
    assert.match(html, /<th aria-sort="ascending"><a href="\?sort=size&amp;order=desc">Size/);
    assert.match(html, /<th><a href="\.\/">Name/);
  });

  it('escapes names in text, in links and in what was asked for', async () => {
    const names = ['<img src=x onerror=alert(1)>&"\'', 'a b?c#d%', 'javascript:alert(1)', 'é', 'two\nlines', '🎉'];
    for (const name of names) await put(path, name, name);
    const html = await (await ask('/')).text();
    assert.ok(!html.includes('<img'));
    assert.ok(html.includes('&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;'));
    for (const href of links(html)) {
      const { pathname } = new URL(href.replaceAll('&#39;', "'"), 'http://site.localhost/');
      const name = decodeURIComponent(pathname).slice(1);
      assert.ok(names.includes(name), name);
      assert.equal(await (await ask(pathname)).text(), name);
    }
    assert.equal(links(html).length, names.length);
    const asked = await (await ask(`/?q=${encodeURIComponent('"><script>')}`)).text();
    assert.ok(!asked.includes('"><script>') && asked.includes('value="&quot;&gt;&lt;script&gt;"'));
  });

  it('has a policy that lets its own script run, and no other', async () => {
    const response = await ask('/');
    const script = /<script>(.*)<\/script>/s.exec(await response.text())?.[1] ?? '';
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.ok(policy.includes(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}';`), policy);
  });

  it('leads up and back down, with sizes and times', async () => {
    await put(path, 'one/two/a.bin', new Uint8Array(1_234_567));
    await put(path, 'one/two/b', 'x');
    await fs.utimes(join(path, 'one/two/b'), 1e9, 1e9);
    const html = await (await ask('/one/two/')).text();
    assert.match(html, /<h1><a href="..\/..\/">All files<\/a> \/ <a href="..\/">one<\/a> \/ two<\/h1>/);
    assert.deepEqual(links(html), ['../', './a.bin', './b']);
    assert.match(html, /<td>1\.2 MB<\/td>/);
    assert.match(html, /<td>1 byte<\/td><td><time datetime="2001-09-09T01:46:40.000Z">2001-09-09 01:46<\/time>/);
  });

  it('says what it leaves out, and why; and when a folder is empty or missing', async () => {
    await put(path, 'a/b', '');
    await put(path, 'empty/.keep', '');
    await fs.symlink('/etc', join(path, 'etc'));
    await fs.symlink('nowhere', join(path, 'dangling'));
    await fs.symlink('a', join(path, 'inside'));
    execFileSync('mkfifo', [join(path, 'pipe')]);
    await fs.writeFile(Buffer.concat([Buffer.from(`${path}/latin`), Buffer.from([0xe9])]), '');
    const html = await (await ask('/')).text();
    assert.deepEqual(links(html), ['./a/', './empty/', './inside/']);
    const words = '2 links that lead out or nowhere, 1 that is neither file nor folder, 1 whose name no link can carry';
    assert.ok(html.includes(`Not shown: ${words}.`), html);
    assert.match(await (await ask('/empty/')).text(), /This folder is empty.*Not shown: hidden files\./s);
    assert.deepEqual([(await ask('/none/')).status, (await ask('/etc/')).status], [404, 404]);
  });

  it('leaves out what may not be read, and is forbidden itself where that may not', async () => {
    await put(path, 'open', '');
    await put(path, 'locked', '');
    await put(path, 'room/a', '');
    await fs.chmod(path, 0o755);
    for (const name of ['locked', 'room']) await fs.chmod(join(path, name), 0);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      const html = await (await ask('/')).text();
      assert.deepEqual(links(html), ['./open']);
      assert.match(html, /Not shown: 2 that may not be read\./);
      assert.equal((await ask('/room/')).status, 403);
    } finally {
      if (root) process.seteuid?.(0);
      await fs.chmod(join(path, 'room'), 0o755);
    }
  });

  it('shows pictures as tiles with thumbnails, where most are pictures', async () => {
    for (let at = 0; at < 4; at++) await put(path, `p ${at}.jpg`, 'x');
    const html = await (await ask('/')).text();
    assert.match(html, /<body class="tiles">/);
    assert.match(html, /<img src="\.\/p%200\.jpg(\?porthole=thumbnail&amp;v=[\w-]+)?" alt="" loading="lazy"/);
    assert.match(await (await ask('/?view=list')).text(), /<body class="rows">/);
    for (let at = 0; at < 5; at++) await put(path, `n${at}.txt`, 'x');
    assert.match(await (await ask('/')).text(), /<body class="rows">/);
    assert.match(await (await ask('/?view=grid')).text(), /<body class="tiles">/);
  });

  it('turns pages of ENTRIES_PER_PAGE, to the last entry', async () => {
    const folder = largeFolder(2 * ENTRIES_PER_PAGE + 1);
    const names: string[] = [];
    for (const page of [1, 2, 3]) {
      const listing = await listFolder(folder, '', view(`page=${page}`), signal);
      assert.ok(typeof listing !== 'string');
      assert.deepEqual([listing.pages, listing.found], [3, 2 * ENTRIES_PER_PAGE + 1]);
      names.push(...listing.shown.map(({ name }) => name));
    }
    assert.deepEqual(
      names,
      Array.from({ length: 2 * ENTRIES_PER_PAGE + 1 }, (_, at) => `f${at + 1}`),
    );
    assert.equal(folder.looks, names.length, 'only what is shown is looked at');
    const beyond = await listFolder(folder, '', view('page=99'), signal);
    assert.ok(typeof beyond !== 'string' && beyond.view.page === 3);
    const page = await new Listings(folder, new Thumbnails()).answer('', new Request('http://site.localhost/?page=2&sort=size'));
    assert.ok(typeof page !== 'string');
    const html = await page.text();
    assert.match(html, /<a rel="prev" href="\?sort=size">Previous<\/a><b>Page 2 of 3<\/b><a rel="next" href="\?sort=size&amp;page=3">Next/);
  });

  it('filters by name, whatever the case', async () => {
    for (const name of ['Über.txt', 'uber.txt', 'other']) await put(path, name, '');
    const decomposed = '\u0075\u0308BER';
    assert.deepEqual(await shown(`/?q=${encodeURIComponent(decomposed)}`), ['./%C3%9Cber.txt']);
    assert.match(await (await ask('/?q=none')).text(), /No name contains that/);
    assert.equal(view(`q=${'x'.repeat(MAX_FILTER_CHARS + 1)}`).filter.length, MAX_FILTER_CHARS);
  });

  it('is by name alone beyond MAX_MEASURED entries, unless a filter helps', async () => {
    const folder = largeFolder(MAX_MEASURED + 1);
    const all = await listFolder(folder, '', view('sort=size&order=desc'), signal);
    assert.ok(typeof all !== 'string' && !all.measurable && all.view.sort === 'name' && all.shown[0]?.name === 'f1');
    assert.equal(folder.looks, ENTRIES_PER_PAGE);
    const few = await listFolder(folder, '', view('sort=size&q=f100'), signal);
    assert.ok(typeof few !== 'string' && few.measurable && few.view.sort === 'size');
    assert.ok(typeof (await listFolder(largeFolder(MAX_MEASURED), '', view('sort=size'), signal)) !== 'string');
  });

  it('takes MAX_LISTED entries in, and says so of a larger folder', async () => {
    const page = await new Listings(largeFolder(MAX_LISTED + 1), new Thumbnails()).answer('', new Request('http://site.localhost/'));
    assert.ok(typeof page !== 'string');
    assert.match(await page.text(), /more entries than a listing takes in: 200,000 of them/);
  });

  it('makes LISTINGS_AT_ONCE at a time, and none for who has gone', async () => {
    let running = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const folder: Folder = {
      ...largeFolder(1),
      async entries() {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => release.push(resolve));
        running--;
        return 'missing';
      },
    };
    const listings = new Listings(folder, new Thumbnails());
    const gone = AbortSignal.abort(new Error('gone'));
    const asked = [undefined, undefined, undefined, gone].map((signal) =>
      listings.answer('', new Request('http://site.localhost/', { signal: signal ?? null })).catch((error: Error) => error.message),
    );
    for (let times = 0; times < 3; times++) {
      while (release.length === 0) await new Promise(setImmediate);
      release.shift()?.();
    }
    assert.deepEqual(await Promise.all(asked), ['missing', 'missing', 'missing', 'gone']);
    assert.equal(most, LISTINGS_AT_ONCE);
  });
});

describe('static/listing-view', () => {
  it('reads what it writes', () => {
    const views = fc.record(
      {
        page: fc.integer({ min: 1, max: 1000 }),
        sort: fc.constantFrom('name' as const, 'size' as const, 'changed' as const),
        descending: fc.boolean(),
        filter: fc.string({ maxLength: MAX_FILTER_CHARS }).map((text) => text.trim()),
        layout: fc.constantFrom('list' as const, 'grid' as const, 'auto' as const),
      },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(views, (view) => assert.deepEqual(readView(new URLSearchParams(queryOf(view))), view)));
  });

  it('takes any query', () => {
    for (const query of ['page=-1', 'page=1e400', 'page=x', 'sort=x', 'view=x', 'order=']) assert.deepEqual(view(query), view(), query);
  });

  it('sorts as toSorted does, stably', async () => {
    const items = fc.array(fc.record({ key: fc.nat(50), at: fc.nat() }), { maxLength: 5000, size: 'max' });
    await fc.assert(
      fc.asyncProperty(items, async (all) => {
        const compare = (one: { key: number }, other: { key: number }): number => one.key - other.key;
        assert.deepEqual(await sortInTurns(all, compare), all.toSorted(compare));
      }),
      { numRuns: 30 },
    );
  });
});
