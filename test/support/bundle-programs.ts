// SPDX-License-Identifier: Apache-2.0
// The programs that tests start hundreds of times, each in a few files instead of a thousand modules: made once for each state of their sources.

import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { hashOf } from '../../cli/running/browser-assets.ts';
import { PROGRAMS_FOLDER, ROOT } from './programs.ts';

/** What is bundled. Each says `import.meta` of its own place in the sources, so it is and finds what it would there. */
const PROGRAMS = ['cli/main.ts', 'test/lab/end.ts', 'test/lab/examinee.ts'];
/** What they are made from. */
const SOURCES = [
  'cli',
  'client-runtime',
  'host-agent',
  'policy-server',
  'proto',
  'signaling',
  'transport',
  'test/lab',
  'test/support/bundle-programs.ts',
  'package.json',
  'package-lock.json',
];
/** Native code, and what only a clone needs that has never built its page. */
const EXTERNAL = ['koffi', 'node-datachannel', 'sharp', 'esbuild'];
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** Words of `import.meta`, as the source has them where it lies; the browser's builder stays there. */
const inPlace: Plugin = {
  name: 'in place',
  setup(bundler) {
    bundler.onResolve({ filter: /client-runtime\/browser\/build\.ts$/ }, ({ path, resolveDir }) => ({
      path: pathToFileURL(join(resolveDir, path)).href,
      external: true,
    }));
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const words = { dirname: dirname(path), filename: path, url: pathToFileURL(path).href };
      const source = await readFile(path, 'utf8');
      const contents = source.replaceAll(/import\.meta\.(dirname|filename|url)\b/g, (_, word: keyof typeof words) =>
        JSON.stringify(words[word]),
      );
      return { contents, loader: 'ts' };
    });
  },
};

/**
 * Bundles the programs, unless that was done for the same sources.
 * @param cache a folder under the project's own node_modules: what is not bundled is found from there
 * @returns the environment in which `programOf` finds them
 */
export async function bundlePrograms(cache: string): Promise<NodeJS.ProcessEnv> {
  const folder = join(cache, `programs-${await hashOf(SOURCES.map((name) => join(ROOT, name)))}`);
  if (existsSync(folder)) return { [PROGRAMS_FOLDER]: folder };
  const fresh = await mkdtemp(join(cache, '.programs-'));
  try {
    await build({
      entryPoints: PROGRAMS.map((name) => join(ROOT, name)),
      outbase: ROOT,
      outdir: fresh,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      external: EXTERNAL,
      banner: { js: REQUIRE },
      plugins: [inPlace],
      logLevel: 'error',
    });
    await chmod(fresh, 0o755); // some tests start them as another user
    // One that is there already has the same in it.
    await rename(fresh, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return { [PROGRAMS_FOLDER]: folder };
}
