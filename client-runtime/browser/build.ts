// SPDX-License-Identifier: Apache-2.0
// Builds the browser's files into a folder that a suite serves at /.porthole/.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { ERRORS } from '../../proto/errors.ts';
import { compressed } from './lean/compressed.ts';
import { codes, lean, withParts } from './lean/plugin.ts';
import { RESERVED_PATH } from './shared/bridge.ts';

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

/** A script in a page, as a Content-Security-Policy names it. */
const sourceOf = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;

/** What a build made, as it also stands in `build.json` beside the files: for who serves them. */
export interface BrowserBuild {
  /** All that a first visit loads before the site's own first byte, by names in the folder. */
  readonly first: readonly string[];
  /** What is loaded later, if at all. */
  readonly later: readonly string[];
  /** The scripts in shell.html, as a Content-Security-Policy names them (CSP3 section 2.3.1): 'sha256-…'. */
  readonly inline: readonly string[];
}

/**
 * Bundles the shell page and the service worker: `shell.html`, `sw.js` and `assets/*`, each with its `.br` and `.gz`, and
 * `build.json`. Names under `assets/` carry a hash of their content and may be cached for ever; the others may not be cached
 * without asking.
 * @param outFolder is made if it is missing; files of earlier builds stay
 * @param options `entry`, `session`: the page's script in place of `main.ts`, and that of the session's worker in place of
 * `session/main.ts`, for tests
 */
export async function buildBrowser(
  outFolder: string,
  options: { readonly entry?: string; readonly session?: string } = {},
): Promise<BrowserBuild> {
  const esbuild = await import('esbuild'); // only where the sources are: the published package has the built folder
  const common = { bundle: true, minify: true, write: false, target: TARGET, legalComments: 'none', logLevel: 'silent' } as const;
  const text = async (of: BuildOptions): Promise<string> => {
    const { outputFiles } = await esbuild.build({ ...common, ...of, write: false, outdir: outFolder });
    return outputFiles[0]?.text.trim() ?? '';
  };
  const files = new Map<string, string | Uint8Array>();

  const over = await text({ entryPoints: [here('page/over.css')] });
  const overName = `assets/over-${hashOf(over)}.css`;
  files.set(overName, over);

  /** A script and its parts; gives the name of the script. */
  const scripts = async (name: string, entry: string, define: Record<string, string>, errors: Plugin): Promise<string> => {
    const { outputFiles, metafile } = await esbuild.build({
      ...common,
      entryPoints: { [name]: entry },
      format: 'esm',
      platform: 'browser',
      splitting: true,
      metafile: true,
      outdir: outFolder,
      entryNames: 'assets/[name]-[hash]',
      chunkNames: 'assets/[name]-[hash]',
      define: { global: 'globalThis', ...define },
      plugins: [lean, withParts(entry), errors],
    });
    const [script, stub] = mainScript(metafile, name);
    for (const { path, contents } of outputFiles) {
      const own = `assets/${basename(path)}`;
      if (own !== stub) files.set(own, contents);
    }
    return script;
  };
  const uploads = await text({ entryPoints: [here('uploads/main.ts')], format: 'esm' });
  const uploadsName = `assets/uploads-${hashOf(uploads)}.js`;
  files.set(uploadsName, uploads);
  // A function with a name, by which it has its own text to give to workers. It leaves it to what comes behind it whether that is strict.
  const inside = await text({
    entryPoints: [here('inject/main.ts')],
    format: 'esm',
    charset: 'ascii',
    define: { PORTHOLE_UPLOADS: JSON.stringify(RESERVED_PATH + uploadsName) },
  });
  const injected = `(function portholeScript(){"use strict";${inside.replaceAll('\n', '\\n')}})();`;
  if (/<[!/]|\]\]>|[^\x20-\x7e]/.test(injected)) throw new Error('the script for pages cannot stand in every page as it is');
  const inPages = {
    PORTHOLE_INJECTED: JSON.stringify(injected),
    PORTHOLE_INJECTED_HASH: JSON.stringify(sourceOf(injected)),
  };
  const session = await scripts('session', options.session ?? here('session/main.ts'), inPages, codes({ words: true, numbers: false }));
  const paths = { PORTHOLE_SESSION: JSON.stringify(RESERVED_PATH + session) };
  const summaries = Object.fromEntries(Object.entries(ERRORS).map(([code, { summary }]) => [code, summary]));
  const shell = {
    PORTHOLE_OVER_STYLE: JSON.stringify(RESERVED_PATH + overName),
    // A text: what is an object would be laid into the script that all parts share.
    PORTHOLE_SUMMARIES: JSON.stringify(JSON.stringify(summaries)),
    ...paths,
  };
  const script = await scripts('shell', options.entry ?? here('page/main.ts'), shell, codes({ words: false, numbers: false }));

  const beginning = await text({
    entryPoints: [here('page/beginning.ts')],
    format: 'iife',
    define: { PORTHOLE_SCRIPT: JSON.stringify(RESERVED_PATH + script), PORTHOLE_SESSION: paths.PORTHOLE_SESSION },
  });
  const icon = (await readFile(here('page/icon.svg'), 'utf8')).trim();
  const laid: Record<string, string> = {
    script: RESERVED_PATH + script,
    icon: `data:image/svg+xml,${icon.replaceAll('"', "'").replaceAll('#', '%23')}`,
    style: `<style>${await text({ entryPoints: [here('page/shell.css')] })}</style>`,
    beginning: `<script>${beginning}</script>`,
  };
  const template = (await readFile(here('page/shell.html'), 'utf8')).replace(/\n\s+/g, '\n');
  const page = template.replace(/\{\{(\w+)\}\}|<!-- (\w+) -->/g, (_, value, element) => laid[value ?? element] ?? '');
  const assets = [...files.keys()];
  files.set('shell.html', page);

  const worker = (build: string): Promise<string> =>
    text({
      entryPoints: { sw: here('worker/worker.ts') },
      format: 'iife',
      plugins: [codes({ words: false, numbers: true })],
      define: { PORTHOLE_BUILD: JSON.stringify(build), PORTHOLE_ASSETS: JSON.stringify(assets.map((name) => RESERVED_PATH + name)) },
    });
  // The number stands for the page and for the worker's own code, so that a change of either is noticed as an update.
  files.set('sw.js', await worker(hashOf(page, await worker(''))));

  const first = ['shell.html', script, session, 'sw.js'];
  const build: BrowserBuild = {
    first,
    later: assets.filter((name) => !first.includes(name)),
    inline: [sourceOf(beginning)],
  };
  await mkdir(join(outFolder, 'assets'), { recursive: true });
  for (const [name, content] of files) await writeFile(join(outFolder, name), content);
  await compressed(outFolder, [...files.keys()]);
  await writeFile(join(outFolder, 'build.json'), JSON.stringify(build));
  return build;
}

/**
 * The script that is begun with. Where there are parts, all that it has itself is in a script that they share with it,
 * and the entry does no more than to import that one: it is left out.
 */
function mainScript(metafile: Metafile, entry: string): readonly [name: string, stub?: string] {
  const nameOf = (path: string): string => `assets/${basename(path)}`;
  const found = Object.entries(metafile.outputs).find(
    ([path, { entryPoint }]) => entryPoint !== undefined && basename(path).startsWith(`${entry}-`),
  );
  if (!found) throw new Error(`the build has no ${entry} script`);
  const [path, { imports }] = found;
  const shared = imports.filter(({ kind }) => kind === 'import-statement');
  if (shared.length === 0) return [nameOf(path)];
  if (shared.length > 1) throw new Error(`the ${entry} script is in ${shared.length} pieces: a part does not import it`);
  return [nameOf(shared[0]?.path ?? ''), nameOf(path)];
}
