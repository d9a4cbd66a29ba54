// SPDX-License-Identifier: Apache-2.0
// The rules of this house (CONTRIBUTING.md), checked over every file that git knows.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ERRORS } from '../../proto/errors.ts';

const root = join(import.meta.dirname, '../..');
const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const GENERATED = 'proto/generated/';
const sources = files.filter((file) => file.endsWith('.ts') && !file.startsWith(GENERATED)).map((file) => ({ file, text: textOf(file) }));
const folderOf = (file: string): string => file.slice(0, Math.max(0, file.indexOf('/')));

/** What each folder may import beside itself. Those not named here stand above all: nobody imports them. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  proto: [],
  transport: ['proto'],
  'policy-server': ['proto', 'transport'],
  signaling: ['proto', 'transport', 'policy-server'],
  'host-agent': ['proto', 'transport', 'policy-server'],
  'client-runtime': ['proto', 'transport'],
  cli: ['proto', 'transport', 'policy-server', 'signaling', 'host-agent', 'client-runtime'],
};
/** Folders that are not part of the product, and may import all of it. */
const OUTSIDE = ['test', 'bench', 'examples', 'scripts'];
/** Programs that read the command line or the environment beside cli/. */
const PROGRAMS = ['client-runtime/browser/build.ts', 'proto/generate.ts'];
const MOST_LINES = 400;
/** Files over MOST_LINES, each with the reason why it is not two. */
const LONG: Readonly<Record<string, string>> = {};

const isOutside = (file: string): boolean => OUTSIDE.includes(folderOf(file));

/** What a source imports, in every way there is. */
function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire(?:\.resolve)?\s*\(\s*)(['"])([^'"\n]+)\1/g);
  return [...found].map(([, , name]) => name as string);
}

/** The file that a relative import leads to, from the root. */
const target = (file: string, name: string): string => normalize(join(dirname(file), name));

/** Whether an import is of this package. */
const isOf = (name: string, library: string): boolean => name === library || name.startsWith(`${library}/`);

/** Fails with the list of those who break the rule. */
function nobody(breaks: readonly string[]): void {
  assert.equal(breaks.length, 0, `\n  ${breaks.join('\n  ')}`);
}

describe('house rules', () => {
  it('imports point down: proto, transport, then signaling, host-agent and client-runtime side by side, then cli', () => {
    const breaks: string[] = [];
    for (const { file, text } of sources) {
      if (isOutside(file)) continue;
      const allowed = ARROWS[folderOf(file)];
      if (!allowed) breaks.push(`${file} stands in no folder that this rule knows`);
      for (const name of importsOf(text)) {
        if (!name.startsWith('.')) continue;
        const to = folderOf(target(file, name));
        if (to !== folderOf(file) && !allowed?.includes(to)) breaks.push(`${file} imports ${name}`);
      }
    }
    nobody(breaks);
  });

  it('no file imports itself, by whatever way round, not even its types', () => {
    const product = new Map(sources.filter(({ file }) => !isOutside(file)).map(({ file, text }) => [file, importsOf(text)]));
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
      if (done.has(file)) return;
      done.add(file);
      for (const name of product.get(file) ?? []) if (name.startsWith('.')) walk(target(file, name), [...way, file]);
    };
    for (const file of product.keys()) walk(file, []);
    nobody(circles);
  });

  it('no folder imports itself by way of others: rooms stand above or below each other', () => {
    const room = (file: string): string => dirname(file);
    const below = new Map<string, Map<string, string>>();
    for (const { file, text } of sources) {
      if (isOutside(file)) continue;
      const rooms = below.get(room(file)) ?? new Map<string, string>();
      below.set(room(file), rooms);
      for (const name of importsOf(text)) {
        if (name.startsWith('.') && room(target(file, name)) !== room(file)) rooms.set(room(target(file, name)), `${file} imports ${name}`);
      }
    }
    const circles: string[] = [];
    const done = new Set<string>();
    const walk = (at: string, way: readonly string[]): void => {
      if (way.includes(at)) {
        const round = [...way.slice(way.indexOf(at)), at];
        circles.push(
          round
            .slice(1)
            .map((to, index) => below.get(round[index] as string)?.get(to))
            .join('; '),
        );
      }
      if (done.has(at)) return;
      done.add(at);
      for (const to of below.get(at)?.keys() ?? []) walk(to, [...way, at]);
    };
    for (const at of below.keys()) walk(at, []);
    nobody(circles);
  });

  it('no source of transport/ lies loose: at its top is the index alone', () => {
    nobody(sources.map(({ file }) => file).filter((file) => dirname(file) === 'transport' && file !== 'transport/index.ts'));
  });

  it('relative imports name the file, with .ts', () => {
    nobody(
      sources.flatMap(({ file, text }) =>
        importsOf(text)
          .filter((name) => name.startsWith('.') && !/\.(ts|json)$/.test(name) && !target(file, name).startsWith(GENERATED))
          .map((name) => `${file} imports ${name}`),
      ),
    );
  });

  it('only cli/ reads the command line and the environment', () => {
    const reads = /\bprocess\s*\.\s*(argv|env)\b|\bfrom 'node:process'/;
    const free = (file: string): boolean => isOutside(file) || folderOf(file) === 'cli' || PROGRAMS.includes(file);
    nobody(sources.filter(({ file, text }) => !free(file) && reads.test(text)).map(({ file }) => file));
  });

  it('only transport/rtc/ knows an RTC library', () => {
    const free = (file: string): boolean => file.startsWith('transport/rtc/') || isOutside(file);
    nobody(
      sources.flatMap(({ file, text }) =>
        importsOf(text)
          .filter((name) => !free(file) && (isOf(name, 'werift') || isOf(name, 'node-datachannel')))
          .map((name) => `${file} imports ${name}`),
      ),
    );
  });

  it('only transport/nat/sockets/, and the seal for OpenSSL, call native code by themselves', () => {
    const free = (file: string): boolean =>
      file.startsWith('transport/nat/sockets/') || file === 'transport/seal/openssl.ts' || isOutside(file);
    nobody(sources.filter(({ file, text }) => !free(file) && importsOf(text).some((name) => isOf(name, 'koffi'))).map(({ file }) => file));
  });

  it('only one file knows SQLite', () => {
    const users = sources.filter(({ file, text }) => !isOutside(file) && importsOf(text).includes('node:sqlite'));
    assert.ok(users.length <= 1, users.map(({ file }) => file).join(', '));
  });

  it('every source begins with its licence and one line of what it is for', () => {
    nobody(
      sources
        .filter(({ text }) => !/^(#!.*\n)?\/\/ SPDX-License-Identifier: Apache-2\.0\n\/\/ \S.{10,}\n/.test(text))
        .map(({ file }) => file),
    );
  });

  it(`no source is longer than ${MOST_LINES} lines without a reason`, () => {
    const lines = (text: string): number => text.split('\n').length - 1;
    nobody(sources.filter(({ file, text }) => lines(text) > MOST_LINES && !LONG[file]).map(({ file, text }) => `${file}: ${lines(text)}`));
    nobody(Object.keys(LONG).filter((file) => !sources.some((one) => one.file === file && lines(one.text) > MOST_LINES)));
  });

  it('every error code is documented, as it is', () => {
    const text = textOf('docs/errors.md');
    const codes = Object.keys(ERRORS).sort();
    assert.deepEqual([...text.matchAll(/^### (.+)\n\S.{40,}/gm)].map(([, heading]) => heading).sort(), codes);
    const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (\d+) \| (.+) \|$/gm)].map(([, code, exit, http, summary]) => [
      code,
      { exit: Number(exit), http: Number(http), summary },
    ]);
    assert.deepEqual(Object.fromEntries(rows), { ...ERRORS });
    const exits = new Set([...text.matchAll(/^\| (\d+) \|/gm)].map(([, exit]) => Number(exit)));
    nobody(Object.entries(ERRORS).flatMap(([code, { exit }]) => (exits.has(exit) ? [] : [`${code}: exit status ${exit}`])));
  });

  it('no lock file names a registry', () => {
    const locks = files.filter((file) => /(^|\/)package-lock\.json$/.test(file));
    assert.deepEqual(locks, ['bench/package-lock.json', 'package-lock.json']);
    nobody(locks.filter((file) => /"resolved"|https?:[^"]*\.tgz/.test(textOf(file))));
  });

  it('no file knows the machine it was written on', () => {
    const path = new RegExp(`((?<![\\w.:/-])|file://)/(${['work', 'root', 'home'].join('|')})/`);
    const breaks: string[] = [];
    for (const file of files) {
      const text = textOf(file);
      if (text.includes('\0')) continue; // not text
      const at = text.split('\n').findIndex((line) => path.test(line));
      if (at >= 0) breaks.push(`${file}:${at + 1}`);
    }
    nobody(breaks);
  });

  it('no test is left out or left alone', () => {
    const marks = /\b(?:describe|context|suite|it|specify|test)\.(?:only|skip)\b|\bx(?:it|describe|context|specify)\s*\(/;
    nobody(sources.filter(({ file, text }) => folderOf(file) === 'test' && marks.test(text)).map(({ file }) => file));
  });
});

describe('house rules: the reading of imports', () => {
  it('sees every form', () => {
    const forms = [
      `import a, { type B } from './1.ts';`,
      `import {\n  c,\n} from "./2.ts";`,
      `import './3.ts';`,
      `const d = await import('./4.ts');`,
      `export * from './5.ts';`,
      `type E = import('./6.ts').E;`,
      `require.resolve('./7.ts');`,
      `import type * as f from './8.ts';`,
    ];
    assert.deepEqual(
      importsOf(forms.join('\n')),
      forms.map((_, at) => `./${at + 1}.ts`),
    );
    assert.equal(folderOf(target('cli/commands/get.ts', '../../proto/errors.ts')), 'proto');
  });
});
