// SPDX-License-Identifier: Apache-2.0
// Modules of strategies: where they are looked for, what they may export, and what is said of those that are none.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CONFIG_FILE, readSettings } from '../../../cli/settings/settings.ts';
import { LOADING_MS, loadStrategies } from '../../../cli/settings/strategy-modules.ts';
import { PortholeError } from '../../../proto/errors.ts';
import { MAX_COST } from '../../../transport/strategy/strategy.ts';

const GOOD: Record<string, string> = {
  name: `'smoke'`,
  kind: `'direct'`,
  cost: '3',
  words: `{ label: 'Smoke', sentence: 'By smoke.', adverb: 'by smoke' }`,
  suits: `() => ({ chance: 'likely', reason: 'the wind is right' })`,
  attempt: `async () => { throw new Error() }`,
};
/** The source of a strategy; a member that is empty is left out. */
const source = (members: Record<string, string> = {}): string =>
  `({ ${Object.entries({ ...GOOD, ...members })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')} })`;

describe('modules of strategies', () => {
  let folder: string;
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-strategies-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** A module of that text, under a name of its own: what was loaded once stays. */
  async function module(text: string, file = `m${++count}.ts`): Promise<string> {
    await writeFile(join(folder, file), text);
    return `./${file}`;
  }
  const refused = async (modules: string[], words: RegExp): Promise<void> => {
    await assert.rejects(loadStrategies(modules, folder), (error) => {
      assert.ok(error instanceof PortholeError, String(error));
      assert.equal(error.code, 'USAGE');
      assert.ok(error.message.startsWith(`the strategy ${modules.at(-1)} cannot be used: `), error.message);
      assert.match(error.message, words);
      return true;
    });
  };

  it('have a strategy by default, or what makes one, now or later', async () => {
    for (const text of [source(), `() => ${source()}`, `async () => ${source()}`, `Promise.resolve(${source({ needs: `'node'` })})`]) {
      const [strategy] = await loadStrategies([await module(`export default ${text}`)], folder);
      assert.deepEqual([strategy?.name, strategy?.cost, strategy?.suits({}, {}).chance], ['smoke', 3, 'likely']);
    }
  });

  it('are given LOADING_MS until they are ready', async () => {
    assert.equal(LOADING_MS, 10_000);
    for (const text of [
      'export default () => new Promise(() => {})',
      'await new Promise((resolve) => setTimeout(resolve, 2000)); export default 1',
    ]) {
      await assert.rejects(loadStrategies([await module(text)], folder, 50), { code: 'USAGE', message: /it is not ready after 0\.05 s$/ });
    }
  });

  it('have porthole/transport of this program, also by require', async () => {
    const names = `const api = require('porthole/transport');`;
    const [strategy] = await loadStrategies(
      [await module(`${names} module.exports = { ...${source()}, made: typeof api.framedConnection };`, 'old.cjs')],
      folder,
    );
    assert.equal((strategy as unknown as { made: string }).made, 'function');
  });

  it('are files, file: URLs, and packages, seen from the folder', async () => {
    await mkdir(join(folder, 'deep'));
    await mkdir(join(folder, 'node_modules', 'smoke-signals'), { recursive: true });
    await writeFile(join(folder, 'deep', 'a.ts'), `export default ${source({ name: `'a'` })}`);
    await writeFile(join(folder, 'b.js'), `export default ${source({ name: `'b'` })}`);
    await writeFile(join(folder, 'c d.ts'), `const name: string = 'c'; export default ${source({ name: 'name' })}`);
    const own = join(folder, 'node_modules', 'smoke-signals');
    await writeFile(join(own, 'package.json'), '{ "name": "smoke-signals", "type": "module", "exports": { "import": "./signals.js" } }');
    await writeFile(join(own, 'signals.js'), `export default ${source({ name: `'d'` })}`);
    const url = pathToFileURL(join(folder, 'c d.ts')).href;
    const loaded = await loadStrategies(['deep/a.ts', join(folder, 'b.js'), url, 'smoke-signals'], folder);
    assert.deepEqual(
      loaded.map(({ name }) => name),
      ['a', 'b', 'c', 'd'],
    );
  });

  it('mean this program by porthole/transport', async () => {
    const text = `import { PortholeError } from 'porthole/transport';
      export default () => { throw new PortholeError('NO_PATH', 'no smoke without fire') };`;
    await assert.rejects(loadStrategies([await module(text)], folder), ({ cause }: Error) => cause instanceof PortholeError);
  });

  it('are told from what is not there, cannot be loaded, or exports nothing', async () => {
    await refused(['./none.ts'], /there is no such file$/);
    await refused([pathToFileURL(join(folder, 'none.ts')).href], /there is no such file$/);
    await refused(['file://elsewhere/none.ts'], /there is no such file$/);
    await refused([folder], /it is a folder, and not a file$/);
    await mkdir(join(folder, 'strategies', 'mine'), { recursive: true });
    for (const path of ['./strategies', 'strategies/', 'strategies/mine']) await refused([path], /it is a folder, and not a file$/);
    for (const path of ['~/none.ts', '../none.ts', 'C:\\none.ts']) await refused([path], /there is no such file$/);
    // Without a dot at the beginning it might be of a package.
    for (const path of ['strategies/none.ts', 'none.ts', 'wayz/none.ts', '@none/of-these/strategy.ts', 'strategies'])
      await refused([path], /there is no such file, and no such package is installed here$/);
    await refused(['none-of-these'], /there is no such file, and no such package is installed here$/);
    await refused([await module(`import 'none-of-these'; export default ${source()}`)], /none-of-these/);
    for (const thrown of [`new Error('it rains')`, `'it rains'`]) await refused([await module(`throw ${thrown}`)], /it rains$/);
    await refused([await module(`export const strategy = ${source()}`)], /it has no default export$/);
    await refused([await module(`export default () => { throw new Error('it rains') }`)], /it rains$/);
    for (const text of ['7', `() => 'smoke'`, 'async () => null'])
      await refused([await module(`export default ${text}`)], /what it exports by default is no strategy$/);
  });

  const rows: [member: string, value: string, words: RegExp][] = [
    ...Object.keys(GOOD).map((member): [string, string, RegExp] => [member, '', new RegExp(`: it has no ${member}$`)]),
    ['words', `{ label: 'Smoke', adverb: 'by smoke' }`, /: it has no words\.sentence$/],
    ['words', `{ label: '', sentence: 'By smoke.', adverb: 'by smoke' }`, /words\.label: it is empty$/],
    ['words', `'smoke'`, /words: it is no object$/],
    ['name', '7', /name: it is no text$/],
    ['name', `'Smoke'`, /name: a name is a small letter, then/],
    ['name', `'a${'b'.repeat(64)}'`, /name: a name is a small letter, then up to 63/],
    ['name', `'relay'`, /its name, relay, is taken$/],
    ['name', `'fastest'`, /its name, fastest, is taken$/],
    ['kind', `'sideways'`, /kind: it is neither "direct" nor "relayed"$/],
    ['cost', `'3'`, /cost: it is no number$/],
    ['cost', '0', /cost: it is not from 1 to 1000$/],
    ['cost', `${MAX_COST + 1}`, /cost: it is not from 1 to 1000$/],
    ['needs', `'browser'`, /needs: this program is no browser$/],
    ['suits', `'likely'`, /suits: it is no function$/],
    ['attempt', '7', /attempt: it is no function$/],
    ['prepare', '7', /prepare: it is no function$/],
  ];
  for (const [member, value, words] of rows) {
    it(`are refused with ${member} ${value || 'left out'}`, async () => {
      await refused([await module(`export default ${source({ [member]: value })}`)], words);
    });
  }

  it('may have a name of 64 characters and any cost up to the most, and each a name of its own', async () => {
    const long = `a${'b'.repeat(63)}`;
    const [strategy] = await loadStrategies([await module(`export default ${source({ name: `'${long}'`, cost: `${MAX_COST}` })}`)], folder);
    assert.deepEqual([strategy?.name, strategy?.cost], [long, MAX_COST]);
    await refused([await module(`export default ${source()}`), await module(`export default ${source()}`)], /smoke, is taken$/);
  });

  it('stand in the settings: flags, else the environment, else the file', async () => {
    await writeFile(join(folder, CONFIG_FILE), '{ "strategies": ["./a,b.ts"] }');
    assert.deepEqual((await readSettings({}, {}, folder)).strategies, ['./a,b.ts']);
    const env = { PORTHOLE_STRATEGIES: './a.ts, smoke' };
    assert.deepEqual((await readSettings({}, env, folder)).strategies, ['./a.ts', 'smoke']);
    assert.deepEqual((await readSettings({ strategies: ['./c.ts'] }, env, folder)).strategies, ['./c.ts']);
  });
});
