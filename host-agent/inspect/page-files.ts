// SPDX-License-Identifier: Apache-2.0
// The files of the inspector's page: built with the package; from the source, bundled when it is served.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file as it is served. */
export interface PageFile {
  readonly type: string;
  readonly content: string;
}

const folder = join(import.meta.dirname, 'page');
const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
};

/** The names of the files, and where each is in a folder that `buildPage` made. */
export const PAGE_FILES = Object.keys(TYPES);

/** The page's files by their names. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const isSource = import.meta.filename.endsWith('.ts');
  const built = isSource ? await bundled() : null;
  const files = await Promise.all(
    PAGE_FILES.map(async (name): Promise<[string, PageFile]> => {
      const content = built?.get(name) ?? (await readFile(join(folder, name), 'utf8'));
      return [name, { type: TYPES[name] as string, content }];
    }),
  );
  return new Map(files);
}

/** The script and the style, each in one piece. */
export async function bundled(): Promise<Map<string, string>> {
  const { build } = await import('esbuild'); // only where the sources are: the published package has the built files
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'page.ts'), join(folder, 'page.css')],
    bundle: true,
    minify: true,
    write: false,
    outdir: folder,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
    legalComments: 'none',
    logLevel: 'silent',
  });
  return new Map(outputFiles.map(({ path, text }) => [path.slice(folder.length + 1), text]));
}
