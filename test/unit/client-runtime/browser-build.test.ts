// SPDX-License-Identifier: Apache-2.0
// The build of the browser's files: how much a first visit loads, and that the files fit together.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type BrowserBuild, buildBrowser } from '../../../client-runtime/browser/build.ts';
import { FIRST_VISIT_BYTES, FIRST_VISIT_FILE_BYTES } from '../../support/first-visit.ts';

describe("the browser's files", function () {
  this.timeout(30_000);
  let folder: string;
  let build: BrowserBuild;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-build-'));
    build = await buildBrowser(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

  it(`of a first visit have ${FIRST_VISIT_FILE_BYTES} bytes at the most, of the ${FIRST_VISIT_BYTES} that all of it may have`, async () => {
    const sizes = await Promise.all(build.first.map(async (name) => (await stat(join(folder, `${name}.br`))).size));
    const sum = sizes.reduce((a, b) => a + b, 0);
    const listed = build.first.map((name, at) => `${name}: ${sizes[at]}`).join(', ');
    assert.ok(sum <= FIRST_VISIT_FILE_BYTES, `${sum} bytes: ${listed}`);
  });

  it('of a first visit are all that is loaded unasked', async () => {
    const page = await text('shell.html');
    const [script = ''] = build.first.filter(
      (name) => /assets\/.*\.js$/.test(name) && page.includes(`"/.porthole/${name}"`) && !name.includes('session'),
    );
    const namedIn = (code: string): string[] => [...code.matchAll(/["']\/\.porthole\/([^"']+\.js)["']/g)].map(([, name]) => name as string);
    const named = new Set([...namedIn(page), ...namedIn(await text(script)), 'shell.html']);
    assert.deepEqual([...named].sort(), [...build.first].sort(), 'what the page loads, and the workers that it starts');
    for (const name of build.first.filter((name) => /^assets\/.*\.js$/.test(name))) {
      const code = await text(name);
      assert.doesNotMatch(code, /(?:^|[;}])import\s*["'{]|\bfrom\s*["']\.\//, `${name} brings no other with it`);
    }
    assert.doesNotMatch(await text('sw.js'), /importScripts/);
  });

  it('stand beside their compressed forms, and nothing else does but the list of them', async () => {
    const names = [...build.first, ...build.later];
    for (const name of names) {
      const whole = await readFile(join(folder, name));
      assert.deepEqual(brotliDecompressSync(await readFile(join(folder, `${name}.br`))), whole, name);
      assert.deepEqual(gunzipSync(await readFile(join(folder, `${name}.gz`))), whole, name);
    }
    const there = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    assert.deepEqual(
      there.map(({ name }) => name).sort(),
      ['build.json', ...names.flatMap((name) => ['', '.br', '.gz'].map((form) => `${name.split('/').pop()}${form}`))].sort(),
    );
    assert.deepEqual(JSON.parse(await text('build.json')), build);
  });

  it('are all kept by the worker, the parts that come later as well', async () => {
    const worker = await text('sw.js');
    for (const name of [...build.first, ...build.later].filter((name) => name.startsWith('assets/'))) {
      assert.ok(worker.includes(`"/.porthole/${name}"`), name);
    }
    for (const part of ['relay', 'password', 'connect', 'pipeline', 'socket', 'door', 'badge', 'words', 'support'])
      assert.ok(
        build.later.some((name) => name.includes(`/${part}-part-`)),
        part,
      );
  });

  it('say which script stands in the page itself', async () => {
    const page = await text('shell.html');
    const inline = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
      ([, code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
    );
    assert.equal(inline.length, 1);
    assert.deepEqual(build.inline, inline);
  });
});
