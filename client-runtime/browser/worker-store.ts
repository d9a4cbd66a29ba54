// SPDX-License-Identifier: Apache-2.0
// The shell's own files, kept by the worker, so that a reload works while the suite is away.

import { SHELL_PATH } from './bridge.ts';

/** Filled in by the build: its number, and the paths of its hashed files. */
declare const PORTHOLE_BUILD: string;
declare const PORTHOLE_ASSETS: readonly string[];

/** Milliseconds that a navigation waits for the suite before the stored shell is shown. */
const NETWORK_WITHIN_MS = 4_000;
/** What the names of our stores begin with; a site of the same origin may have stores of its own. */
export const STORE_PREFIX = 'porthole-shell-';

const STORE = `${STORE_PREFIX}${PORTHOLE_BUILD}`;
const ASSETS: ReadonlySet<string> = new Set(PORTHOLE_ASSETS);

/** Whether the path is one of this build's hashed files: their content never changes. */
export function isAsset(path: string): boolean {
  return ASSETS.has(path);
}

/** Stores this build's shell and its files: one consistent set, since their names carry their hashes. */
export async function storeShell(): Promise<void> {
  const store = await caches.open(STORE);
  await store.addAll([SHELL_PATH, ...PORTHOLE_ASSETS].map((path) => new Request(path, { cache: 'no-cache' })));
}

/** Deletes the stores of other builds. */
export async function dropOldStores(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(STORE_PREFIX) && name !== STORE) await caches.delete(name);
  }
}

/** One of this build's hashed files. */
export async function answerAsset(request: Request): Promise<Response> {
  return (await stored(request.url)) ?? fetch(request);
}

/** The page for a navigation: the suite's, or the stored shell when the suite is away, broken or slow. */
export async function answerShell(request: Request): Promise<Response> {
  try {
    const fresh = await fetch(request.url, {
      headers: { accept: 'text/html' },
      redirect: 'manual',
      credentials: 'same-origin',
      cache: 'no-cache',
      signal: AbortSignal.timeout(NETWORK_WITHIN_MS),
    });
    if (fresh.status < 500) return fresh;
    return (await stored(SHELL_PATH)) ?? fresh;
  } catch (error) {
    const page = await stored(SHELL_PATH);
    if (page) return page;
    throw error;
  }
}

async function stored(url: string): Promise<Response | undefined> {
  const store = await caches.open(STORE);
  return store.match(url, { ignoreSearch: true });
}
