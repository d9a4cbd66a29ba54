// SPDX-License-Identifier: Apache-2.0
// The sites that pages are loaded from: one of many small parts, and the manual of a package as its documentation tool makes it.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A site whose front page is loaded. */
export interface LoadedSite {
  readonly name: string;
  readonly title: string;
  /** Makes it in an empty folder. */
  make(folder: string): void;
}

/** Bytes that all of them need, at the most. */
export const LOADED_BYTES = 16_000_000;

/** A whole picture of one point; whatever follows in the file is not looked at. */
const POINT = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const PICTURES = { count: 200, bytes: 4096 };
const SCRIPTS = { count: 20, bytes: 50_000 };

/** Many parts, none of them large. */
export const many: LoadedSite = {
  name: 'many',
  title: `${PICTURES.count} pictures of 4 KiB, ${SCRIPTS.count} scripts of 50 KB, a style sheet`,
  make(folder) {
    for (const part of ['i', 's']) mkdirSync(join(folder, part));
    const each = (count: number, make: (index: number) => string): string =>
      Array.from({ length: count }, (_, index) => make(index)).join('');
    const pictures = each(PICTURES.count, (index) => {
      writeFileSync(join(folder, `i/${index}.png`), Buffer.concat([POINT, randomBytes(PICTURES.bytes - POINT.length)]));
      return `<img src="i/${index}.png" width="10" height="10">`;
    });
    const scripts = each(SCRIPTS.count, (index) => {
      writeFileSync(join(folder, `s/${index}.js`), `window.n=(window.n||0)+1;/*${randomBytes(SCRIPTS.bytes / 2).toString('hex')}*/`);
      return `<script src="s/${index}.js"></script>`;
    });
    writeFileSync(join(folder, 'a.css'), 'body { background: #eee }');
    writeFileSync(
      join(folder, 'index.html'),
      `<!doctype html><meta charset="utf-8"><title>Many</title><link rel="stylesheet" href="a.css">${scripts}<body>${pictures}<p>hello</p>`,
    );
  },
};

/** Sources that say in the manner of TypeScript what jsdoc cannot read. */
const OF_TYPES = 'typescript\\.js$|rpc.service\\.js$';
const root = join(import.meta.dirname, '..', '..');

/**
 * The manual of protobuf.js, made by jsdoc from the package: its README, with style sheets, scripts and fonts of jsdoc's own template.
 * The README's pictures are not in the package; those of the example site stand in their places.
 */
export const manual: LoadedSite = {
  name: 'manual',
  title: 'a documentation page with its style sheets, scripts, fonts and pictures',
  make(folder) {
    const require = createRequire(import.meta.filename);
    const package_ = dirname(require.resolve('protobufjs/package.json'));
    const pictures = join(root, 'examples', 'site', 'images');
    const names = readdirSync(pictures);
    const scratch = mkdtempSync(join(tmpdir(), 'porthole-manual-'));
    try {
      let shown = 0;
      const readme = readFileSync(join(package_, 'README.md'), 'utf8')
        .replace(/<source [^>]*>/g, '')
        .replace(/(<img [^>]*src=")[^"]*"/g, (_, before: string) => `${before}${names[shown++ % names.length]}"`);
      writeFileSync(join(scratch, 'README.md'), readme);
      writeFileSync(
        join(scratch, 'jsdoc.json'),
        JSON.stringify({
          source: { excludePattern: OF_TYPES },
          templates: { default: { staticFiles: { include: [pictures] }, includeDate: false } },
        }),
      );
      const jsdoc = createRequire(require.resolve('protobufjs-cli/package.json')).resolve('jsdoc/jsdoc.js');
      const words = ['-r', join(package_, 'src'), '-R', join(scratch, 'README.md'), '-c', join(scratch, 'jsdoc.json'), '-d', folder];
      execFileSync(process.execPath, [jsdoc, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
};
