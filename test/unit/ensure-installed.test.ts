// SPDX-License-Identifier: Apache-2.0
// When a start installs, and when not; and that the lock files list what npm ci wants.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}
type Packages = Record<string, Entry>;

describe('a start', () => {
  const own = { name: 'own', version: '1.0.0', dependencies: { a: '^1' }, optionalDependencies: { native: '^1' } };
  const lock: Packages = {
    '': own,
    'node_modules/a': { version: '1.2.0', integrity: 'sha512-a', dependencies: { b: '^2' }, optionalDependencies: { 'a-elsewhere': '1' } },
    'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-b2' },
    'node_modules/b': { version: '1.0.0', integrity: 'sha512-b1', optional: true },
    'node_modules/a-elsewhere': { version: '1.0.0', optional: true, os: ['nowhere'], dependencies: { c: '1' } },
    'node_modules/c': { version: '1.0.0', optional: true },
    'node_modules/native': { version: '1.0.0', integrity: 'sha512-n', optional: true, os: [process.platform], dependencies: { b: '^1' } },
  };
  const here = ['node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/b', 'node_modules/native'];
  let folder: string;

  const write = async (file: string, value: unknown): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), JSON.stringify(value));
  };
  const installed = (packages: Packages): Promise<void> => write('node_modules/.package-lock.json', { lockfileVersion: 3, packages });
  const only = (paths: readonly string[]): Packages => Object.fromEntries(paths.map((path) => [path, lock[path] as Entry]));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-installed-'));
    await mkdir(join(folder, 'scripts'));
    await cp(join(ROOT, 'scripts', 'ensure-installed.mjs'), join(folder, 'scripts', 'ensure-installed.mjs'));
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'npm'), '#!/bin/sh\necho "npm $*"\n', { mode: 0o755 });
    await write('package.json', own);
    await write('package-lock.json', { lockfileVersion: 3, packages: lock });
    for (const path of here) await write(`${path}/package.json`, { version: lock[path]?.version });
    await installed(only(here));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What the script has npm do; an npm that tells stands in its place. */
  const said = async (): Promise<string> => {
    const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
    return (await run(process.execPath, [join(folder, 'scripts', 'ensure-installed.mjs')], { env })).stdout.trim();
  };
  const INSTALLS = 'npm install --loglevel=error';

  it('installs nothing where all is there that belongs on this system', async () => {
    assert.equal(await said(), '');
  });

  const changes: [string, () => Promise<void>][] = [
    ['nothing is', () => rm(join(folder, 'node_modules'), { recursive: true })],
    ['npm has not said what is', () => rm(join(folder, 'node_modules/.package-lock.json'))],
    [
      'a package is of another version',
      () => installed({ ...only(here), 'node_modules/a': { ...lock['node_modules/a'], version: '1.1.0' } }),
    ],
    [
      'a package has other content',
      () => installed({ ...only(here), 'node_modules/a': { ...lock['node_modules/a'], integrity: 'sha512-x' } }),
    ],
    ['a package below another is not', () => installed(only(here.filter((path) => !path.endsWith('/b'))))],
    ['an optional package for this system is not', () => installed(only(here.filter((path) => !path.endsWith('native'))))],
    ['a package is that should not be', () => installed({ ...only(here), 'node_modules/z': { version: '1.0.0' } })],
    ['a package’s folder is gone', () => rm(join(folder, 'node_modules/a/node_modules/b'), { recursive: true })],
    ['a package’s folder has another version', () => write('node_modules/a/package.json', { version: '9.0.0' })],
    ['package.json asks for more', () => write('package.json', { ...own, dependencies: { ...own.dependencies, z: '^1' } })],
    ['there is no lock file', () => rm(join(folder, 'package-lock.json'))],
  ];
  for (const [what, change] of changes) {
    it(`installs where ${what}`, async () => {
      await change();
      assert.equal(await said(), INSTALLS);
    });
  }

  it('ends as npm does', async () => {
    await rm(join(folder, 'node_modules'), { recursive: true });
    await writeFile(join(folder, 'bin', 'npm'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    await assert.rejects(said(), { code: 3 });
  });
});

describe('a lock file', () => {
  /** Where a package finds another, as Node looks for it. */
  function find(packages: Packages, from: string, name: string): boolean {
    for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
      if (Object.hasOwn(packages, `${base === '' ? '' : `${base}/`}node_modules/${name}`)) return true;
      if (base === '') return false;
    }
  }

  /** What a package needs, also what it needs on other systems only. */
  function needsOf({ dependencies, devDependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Entry): string[] {
    const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
    return [...Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }), ...peers];
  }

  /** Packages that a lock file lacks. */
  function lacks(packages: Packages): string[] {
    return Object.entries(packages).flatMap(([path, entry]) =>
      needsOf(entry)
        .filter((name) => !find(packages, path, name))
        .map((name) => `${path || 'the project'} wants ${name}`),
    );
  }

  for (const folder of ['.', 'bench']) {
    const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(ROOT, folder, name), 'utf8'));
    const packagesOf = async (): Promise<Packages> => ((await read('package-lock.json')) as { packages: Packages }).packages;

    describe(`of ${folder === '.' ? 'the project' : folder}`, () => {
      it('has each package that one of it may need, also for other systems: npm ci takes no other', async () => {
        const packages = await packagesOf();
        assert.deepEqual(lacks(packages), []);
        assert.ok(Object.keys(packages).length > 100);
      });

      it('knows each package by its version and the hash of its content', async () => {
        const { '': own, ...others } = await packagesOf();
        assert.ok(own);
        const unknown = Object.entries(others).filter(([, { version, integrity }]) => !version || !integrity?.startsWith('sha512-'));
        assert.deepEqual(unknown, []);
      });

      it('has what package.json asks for', async () => {
        const { '': own } = await packagesOf();
        const asked = (await read('package.json')) as Entry;
        for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'] as const) assert.deepEqual(own?.[kind], asked[kind]);
      });
    });
  }

  it('that lacks a package for another system is noticed', () => {
    const packages: Packages = {
      '': { devDependencies: { tool: '^1' } },
      'node_modules/tool': { optionalDependencies: { 'tool-here': '1', 'tool-elsewhere': '1' }, peerDependencies: { host: '1' } },
      'node_modules/tool-here': { optional: true },
      'node_modules/other/node_modules/tool-elsewhere': { optional: true, os: ['nowhere'] },
    };
    assert.deepEqual(lacks(packages), ['node_modules/tool wants tool-elsewhere', 'node_modules/tool wants host']);
  });
});
