// SPDX-License-Identifier: Apache-2.0
// Tests of listings: order, escaping, what is left out, the limit.

import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { openFolder } from '../../../../host-agent/static/folder.ts';
import { listingOf, MAX_LISTED } from '../../../../host-agent/static/listing.ts';
import { folderWith, openBelow, removeFolders } from './fixture.ts';

/** The addresses that a page links to in its table, in order. */
const links = (html: string | null): string[] => [...(html ?? '').matchAll(/<td><a[^>]* href="([^"]*)"/g)].map(([, href = '']) => href);

describe('static/listing', () => {
  afterEach(removeFolders);

  it('shows folders first, then files, as people sort', async () => {
    const path = await folderWith({ 'b10.txt': '', 'b2.txt': '', 'A.txt': '', 'z/x': '', 'y/x': '', '.git/config': '' });
    const html = await listingOf(await openFolder(path), '');
    assert.deepEqual(links(html), ['./y/', './z/', './A.txt', './b2.txt', './b10.txt']);
    assert.match(html ?? '', /<h1>All files<\/h1>/);
  });

  it('escapes names in text and in links', async () => {
    const path = await folderWith({ '<img src=x onerror=alert(1)>&"\'': '', 'a b?c#d%': '', 'javascript:alert(1)': '', é: '' });
    const html = (await listingOf(await openFolder(path), '')) ?? '';
    assert.ok(!html.includes('<img'));
    assert.ok(html.includes('&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;'));
    const there = links(html).map((href) => decodeURIComponent(new URL(href.replaceAll('&#39;', "'"), 'http://site.localhost/').pathname));
    assert.deepEqual(there.sort(), ['/<img src=x onerror=alert(1)>&"\'', '/a b?c#d%', '/javascript:alert(1)', '/é']);
  });

  it('leads up and back down, with sizes and times', async () => {
    const path = await folderWith({ 'one/two/a.bin': new Uint8Array(1_234_567), 'one/two/b': 'x' });
    await fs.utimes(join(path, 'one/two/b'), 1e9, 1e9);
    const html = (await listingOf(await openFolder(path), 'one/two')) ?? '';
    assert.match(html, /<h1><a href="..\/..\/">All files<\/a> \/ <a href="..\/">one<\/a> \/ two<\/h1>/);
    assert.deepEqual(links(html), ['../', './a.bin', './b']);
    assert.match(html, /<td>1\.2 MB<\/td>/);
    assert.match(html, /<td>1 bytes?<\/td><td><time datetime="2001-09-09T01:46:40.000Z">2001-09-09 01:46<\/time>/);
  });

  it('leaves out links that lead out, and says when a folder is empty or missing', async () => {
    const path = await folderWith({ 'a/b': '', 'empty/.keep': '' });
    await fs.symlink('/etc', join(path, 'etc'));
    await fs.symlink('a', join(path, 'inside'));
    const folder = await openFolder(path);
    assert.deepEqual(links(await listingOf(folder, '')), ['./a/', './empty/', './inside/']);
    assert.match((await listingOf(folder, 'empty')) ?? '', /This folder is empty/);
    assert.equal(await listingOf(folder, 'none'), null);
    assert.equal(await listingOf(folder, 'etc'), null);
    assert.deepEqual(await openBelow(path), []);
  });

  it('shows MAX_LISTED entries of a larger folder, and says so', async () => {
    const path = await folderWith();
    const names = Array.from({ length: MAX_LISTED + 1 }, (_, i) => join(path, `f${i}`));
    while (names.length) await Promise.all(names.splice(0, 500).map((name) => fs.writeFile(name, '')));
    const html = await listingOf(await openFolder(path), '');
    assert.equal(links(html).length, MAX_LISTED);
    assert.match(html ?? '', new RegExp(`Only ${MAX_LISTED} entries`));
    await fs.rm(join(path, 'f0'));
    assert.ok(!(await listingOf(await openFolder(path), ''))?.includes('Only'));
  });
});
