// SPDX-License-Identifier: Apache-2.0
// The built files for browsers: published with the package; built on the spot when run from the source.

import { join } from 'node:path';
import { fromSource, packageFolder } from './package-folder.ts';

/** The folder with shell.html, sw.js and what they load. */
export async function browserAssets(): Promise<string> {
  if (!fromSource) return join(packageFolder, 'dist', 'browser');
  const folder = join(packageFolder, 'node_modules', '.cache', 'porthole', 'browser');
  const { buildBrowser } = await import('../client-runtime/browser/build.ts');
  await buildBrowser(folder);
  return folder;
}
