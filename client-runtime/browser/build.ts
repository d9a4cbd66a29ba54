// SPDX-License-Identifier: Apache-2.0
// Builds the browser's files into a folder that a suite serves at /.porthole/.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RESERVED_PATH } from './bridge.ts';

/** Hexadecimal digits of a hash in a file name. */
const HASH_CHARS = 12;
/** What the page's scripts may use without asking. Service workers, modules and DecompressionStream came with or before these. */
const TARGET = ['es2022', 'chrome109', 'firefox115', 'safari16.4'];

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const hashOf = (...contents: (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content);
  return hash.digest('hex').slice(0, HASH_CHARS);
};

/**
 * Bundles the shell page and the service worker: `shell.html`, `sw.js` and `assets/*`. Names under `assets/` carry a hash
 * of their content and may be cached for ever; the other two may not be cached without asking.
 * @param outFolder is made if it is missing; files of earlier builds stay
 * @param options `entry`: the page's script in place of `main.ts`, for tests
 */
export async function buildBrowser(outFolder: string, options: { readonly entry?: string } = {}): Promise<void> {
  const esbuild = await import('esbuild'); // only where the sources are: the published package has the built folder
  const common = { bundle: true, minify: true, write: false, target: TARGET, legalComments: 'none', logLevel: 'silent' } as const;

  const shell = await esbuild.build({
    ...common,
    entryPoints: { shell: options.entry ?? here('main.ts') },
    format: 'esm',
    platform: 'browser',
    outdir: outFolder,
    define: { global: 'globalThis' },
    // Its plain entry wants Node's modules; this one has them in.
    alias: { 'simple-peer': fileURLToPath(new URL('simplepeer.min.js', import.meta.resolve('simple-peer'))) },
  });
  const style = await esbuild.build({ ...common, entryPoints: { shell: here('shell.css') }, outdir: outFolder });
  const files = new Map<string, Uint8Array>();
  const asset = (name: string, content: Uint8Array): string => {
    const [stem, extension] = name.split('.');
    const path = `assets/${stem}-${hashOf(content)}.${extension}`;
    files.set(path, content);
    return RESERVED_PATH + path;
  };
  const links: Record<string, string> = { icon: asset('icon.svg', await readFile(here('icon.svg'))) };
  for (const { path, contents } of [...shell.outputFiles, ...style.outputFiles]) {
    links[path.endsWith('.css') ? 'style' : 'script'] = asset(basename(path), contents);
  }
  const template = await readFile(here('shell.html'), 'utf8');
  const page = template.replace(/\{\{(\w+)\}\}/g, (_, key: string) => links[key] ?? '');
  files.set('shell.html', Buffer.from(page));

  const worker = async (build: string): Promise<Uint8Array> => {
    const { outputFiles } = await esbuild.build({
      ...common,
      entryPoints: { sw: here('worker.ts') },
      format: 'iife',
      outdir: outFolder,
      define: { PORTHOLE_BUILD: JSON.stringify(build), PORTHOLE_ASSETS: JSON.stringify(Object.values(links)) },
    });
    return outputFiles[0]?.contents ?? new Uint8Array();
  };
  // The number stands for the page and for the worker's own code, so that a change of either is noticed as an update.
  files.set('sw.js', await worker(hashOf(page, await worker(''))));

  await mkdir(join(outFolder, 'assets'), { recursive: true });
  for (const [path, content] of files) await writeFile(join(outFolder, path), content);
}
