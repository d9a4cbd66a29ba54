// SPDX-License-Identifier: Apache-2.0
// Brings what an app needs: packages of npm into a folder that is kept, each at a fixed version, and packages of Debian.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where what takes long is kept for the next run. */
export const CACHE = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'porthole-apps');
/** The longest an installation may take, in milliseconds. */
const INSTALL_MS = 10 * 60_000;

const run = promisify(execFile);

/**
 * Installs packages where they are kept for the next run. No script of theirs runs: none can bring a further download.
 * @returns the folder with `node_modules`
 */
export async function npmInstalled(name: string, packages: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(CACHE, name);
  const wanted = JSON.stringify({ private: true, dependencies: packages }, null, 2);
  const manifest = join(folder, 'package.json');
  const done = join(folder, 'installed.json');
  if (existsSync(done) && (await readFile(done, 'utf8')) === wanted) return folder;
  await mkdir(folder, { recursive: true });
  await writeFile(manifest, wanted);
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, timeout: INSTALL_MS });
  await writeFile(done, wanted);
  return folder;
}

/**
 * Puts installed packages into a project, by hard links where the file system can. A project cannot stand where they are kept:
 * development servers watch nothing below a folder called `node_modules`.
 */
export async function putPackages(from: string, project: string): Promise<void> {
  const [source, target] = [join(from, 'node_modules'), join(project, 'node_modules')];
  try {
    await run('cp', ['-al', source, target]);
  } catch {
    await cp(source, target, { recursive: true, verbatimSymlinks: true });
  }
}

/**
 * Has packages of Debian installed, where they are missing and this user may.
 * @returns the first one's version; null where they are not there and cannot be had
 */
export async function debianInstalled(packages: readonly [string, ...string[]]): Promise<string | null> {
  const missing = packages.filter((name) => versionOf(name) === null);
  if (missing.length > 0) {
    if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env, timeout: INSTALL_MS });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env, timeout: INSTALL_MS });
  }
  return versionOf(packages[0]);
}

/** A package's version; null where it is not installed. */
function versionOf(name: string): string | null {
  try {
    const format = ['db:Status-Status', 'Version'].map((field) => `$\{${field}}`).join(' ');
    const said = execFileSync('dpkg-query', ['-W', '-f', format, name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return said.startsWith('installed ') ? said.slice('installed '.length) : null;
  } catch {
    return null;
  }
}
