// SPDX-License-Identifier: Apache-2.0
// Runs `npm install` when node_modules is not what package-lock.json says, and only then: a clone may be another user's, or read only.
// Plain JavaScript, for whatever Node npm came with (20 or later): the project's own Node is among what is installed.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], dependencies?: Record<string, string>, devDependencies?: Record<string, string>, optionalDependencies?: Record<string, string>, peerDependencies?: Record<string, string>, peerDependenciesMeta?: Record<string, { optional?: boolean }> }} Entry */
/** @typedef {Record<string, Entry>} Packages */

const KINDS = /** @type {const} */ (['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']);

/**
 * Why node_modules is not what the lock file says; null when it is.
 * @param {string} root the folder with package.json
 * @returns {{ why: string, optional: boolean } | null} `optional`: all that is missing can be done without
 */
export function whatIsMissing(root) {
  const must = (/** @type {string} */ why) => ({ why, optional: false });
  const own = /** @type {Entry} */ (read(join(root, 'package.json')));
  const lock = /** @type {Packages | undefined} */ (read(join(root, 'package-lock.json'))?.packages);
  if (!lock) return must('there is no package-lock.json');
  if (KINDS.some((kind) => !same(own[kind], lock['']?.[kind])))
    return must('package.json asks for other packages than package-lock.json has');
  // npm writes down what it has installed.
  const installed = /** @type {Packages | undefined} */ (read(join(root, 'node_modules', '.package-lock.json'))?.packages);
  if (!installed) return must('nothing is installed');
  const wanted = wantedOf(lock);
  let missing = null;
  for (const path of wanted) {
    const entry = /** @type {Entry} */ (lock[path]);
    const found = installed[path];
    const there = found?.version === entry.version && found?.integrity === entry.integrity && isThere(root, path, entry);
    if (there) continue;
    if (!entry.optional) return must(`${path} is not there, or of another version`);
    missing ??= { why: `${path}, which is optional, is not there`, optional: true };
  }
  const stray = Object.keys(installed).find((path) => !Object.hasOwn(lock, path));
  if (stray) return must(`${stray} is there, and should not be`);
  return missing;
}

/** @param {string} root @param {string} path @param {Entry} entry */
function isThere(root, path, entry) {
  return entry.link ? existsSync(join(root, path)) : read(join(root, path, 'package.json'))?.version === entry.version;
}

/**
 * The packages that belong on this computer: what others ask for, but what is optional and for other systems.
 * @param {Packages} lock
 */
function wantedOf(lock) {
  const wanted = new Set();
  const left = [''];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    const entry = lock[path] ?? {};
    for (const kind of KINDS) {
      for (const name of Object.keys(entry[kind] ?? {})) {
        const found = resolve(lock, path, name);
        if (found === null || wanted.has(found)) continue; // what is locked nowhere is a peer that may be missing
        if (!isForHere(lock[found] ?? {})) continue;
        wanted.add(found);
        left.push(found);
      }
    }
  }
  return wanted;
}

/**
 * Where a package finds another: in its own node_modules, or in one above.
 * @param {Packages} lock @param {string} from @param {string} name
 */
function resolve(lock, from, name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const path = `${base === '' ? '' : `${base}/`}node_modules/${name}`;
    if (Object.hasOwn(lock, path)) return path;
    if (base === '') return null;
  }
}

/** Whether a package is for this system; as npm decides it. @param {Entry} entry */
function isForHere({ os, cpu, libc }) {
  return takes(os, process.platform) && takes(cpu, process.arch) && (libc === undefined || takes(libc, libcHere()));
}

/** @param {string[] | undefined} list @param {string} here */
function takes(list, here) {
  if (list === undefined || list.includes('any')) return true;
  if (list.includes(`!${here}`)) return false;
  const named = list.filter((one) => !one.startsWith('!'));
  return named.length === 0 || named.includes(here);
}

/** @type {string | undefined} */
let libc;

function libcHere() {
  if (libc === undefined) {
    const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (/** @type {unknown} */ (process.report.getReport()));
    libc = process.platform !== 'linux' ? '' : report.header.glibcVersionRuntime ? 'glibc' : 'musl';
  }
  return libc;
}

/** @param {Record<string, string>} [one] @param {Record<string, string>} [other] */
function same(one = {}, other = {}) {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** @param {string} file */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} root */
function isWritable(root) {
  try {
    for (const path of [root, join(root, 'node_modules')]) if (existsSync(path)) accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} root @returns {number} the exit status */
function main(root) {
  const missing = whatIsMissing(root);
  if (missing === null) return 0;
  if (!isWritable(root)) {
    if (missing.optional) return 0;
    console.error(
      `What Porthole needs is not installed in ${root} (${missing.why}), and this user cannot write there: let its owner run npm install.`,
    );
    return 1;
  }
  const { status } = spawnSync('npm', ['install', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return status ?? 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main(fileURLToPath(new URL('..', import.meta.url)));
