// SPDX-License-Identifier: Apache-2.0
// The pages of the API: every export and public member has a doc comment, and what has none is told by its name.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiPages, ownApi } from '../../scripts/docs.ts';
import { scratch } from '../support/porthole.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the pages of the API', function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  const pages = (): string => join(folder.path, 'pages');

  beforeEach(async () => {
    folder = await scratch();
    await writeFile(join(folder.path, 'package.json'), '{ "name": "sample" }');
    await writeFile(join(folder.path, 'tsconfig.json'), '{ "compilerOptions": { "module": "nodenext", "strict": true } }');
  });
  afterEach(() => folder.drop());

  /** What there is to complain of in a source. */
  async function complaintsOf(source: string): Promise<readonly string[]> {
    await writeFile(join(folder.path, 'index.ts'), source);
    return apiPages({ root: folder.path, entries: { sample: 'index.ts' } }, pages());
  }

  it('are of all that package.json exports, and nothing is without a comment', async () => {
    const api = ownApi(ROOT);
    assert.deepEqual(Object.values(api.entries).sort(), [
      'client-runtime/index.ts',
      'host-agent/index.ts',
      'policy-server/index.ts',
      'proto/index.ts',
      'signaling/index.ts',
      'transport/index.ts',
    ]);
    assert.deepEqual(await apiPages(api, pages()), []);
    const front = await readFile(join(pages(), 'index.html'), 'utf8');
    for (const name of Object.keys(api.entries)) assert.ok(front.includes(name), name);
    assert.match(
      await readFile(join(pages(), 'functions', 'porthole_client.connect.html'), 'utf8'),
      /resolves when a path to its host stands/,
    );
  });

  it('tell of exports and public members without a comment, and are not made then', async () => {
    const complaints = await complaintsOf(`// A sample.
      export const bare = 1;
      export type Alias = string;
      export function run(): void {}
      export interface Shape { readonly side: number; area(): number }
      /** A box. */
      export class Box { readonly size = 1; open(): void {}; protected inner = 1; #own = 1; constructor() { void this.#own; } }
      /** Limits. */
      export const LIMITS = { most: 1 };
    `);
    const names = complaints.map((one) => one.slice(0, one.indexOf(' ')));
    assert.deepEqual(names.sort(), [
      'Alias',
      'Box.open',
      'Box.size',
      'LIMITS.__type.most',
      'Shape',
      'Shape.area',
      'Shape.side',
      'bare',
      'run',
    ]);
    assert.ok(!existsSync(pages()));
  });

  it('tell of a link that leads nowhere', async () => {
    const [complaint, ...more] = await complaintsOf('// A sample.\n/** As {@link nobody} does. */\nexport const linked = 1;\n');
    assert.match(complaint ?? '', /nobody/);
    assert.deepEqual(more, []);
  });

  it('take the pieces of a type without a name for explained where it stands', async () => {
    const complaints = await complaintsOf(`// A sample.
      /** What happened. */
      export type News = { readonly type: 'came'; readonly by: string } | { readonly type: 'went' };
      /** Tells. */
      export function tell(news: News, options: { readonly loud?: boolean } = {}): { readonly told: boolean } { return { told: !news || !options }; }
    `);
    assert.deepEqual(complaints, []);
    assert.ok(existsSync(join(pages(), 'index.html')));
  });
});
