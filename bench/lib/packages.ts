// SPDX-License-Identifier: Apache-2.0
// The peers' packages: a folder of their own, installed when they are missing, so that nobody who does not measure has them.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const bench = join(import.meta.dirname, '..');
/** Where a package may be: beside the bench, or Porthole's own. */
const PLACES = [join(bench, 'node_modules'), join(bench, '..', 'node_modules')];
/** How long the installation may take, in milliseconds. */
const INSTALL_MS = 180_000;

/** The version of an installed package; null when it is not installed. */
export function versionOf(name: string): string | null {
  for (const place of PLACES) {
    const file = join(place, name, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return null;
}

/**
 * Installs what bench/package-lock.json names, unless it is there already.
 * @returns why that failed, in words; null when all is there
 */
export function installPackages(log: (line: string) => void): string | null {
  const lock: { packages: Record<string, { version?: string }> } = JSON.parse(readFileSync(join(bench, 'package-lock.json'), 'utf8'));
  const { dependencies } = JSON.parse(readFileSync(join(bench, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const isThere = (name: string): boolean => versionOf(name) === lock.packages[`node_modules/${name}`]?.version;
  if (Object.keys(dependencies).every(isThere)) return null;
  log('installing the peers');
  try {
    // Told where: a script of npm runs with its own package in the environment.
    execFileSync('npm', ['install', '--prefix', bench, '--loglevel=error', '--no-audit', '--no-fund'], {
      cwd: bench,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: INSTALL_MS,
      shell: process.platform === 'win32',
    });
    return null;
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? '').trim();
    return `npm could not install it: ${(said || (error as Error).message).split('\n')[0]}`;
  }
}

/**
 * A peer's package. By a name that no compiler follows, for it may not be there; what is used of it is the caller's to say.
 * Rejects when it is not installed.
 */
export const peerPackage = <T>(name: string): Promise<T> => import(name);

/** The versions of the peers that are installed, by package. */
export function peerVersions(): Record<string, string> {
  const names = Object.keys((JSON.parse(readFileSync(join(bench, 'package.json'), 'utf8')) as { dependencies: object }).dependencies);
  return Object.fromEntries([...names, 'node-datachannel', 'werift'].flatMap((name) => [[name, versionOf(name) ?? 'not installed']]));
}
