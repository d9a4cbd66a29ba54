// SPDX-License-Identifier: Apache-2.0
// Keeps a copy of the shell's own files, so that a reload works while the suite cannot be reached.

import { PortholeError } from '../../../proto/errors.ts';
import { SHELL_PATH } from '../shared/bridge.ts';

/** Filled in by the build: its number, and the paths of its hashed files. */
declare const PORTHOLE_BUILD: string;
declare const PORTHOLE_ASSETS: readonly string[];

/** Milliseconds that a navigation waits for the suite before the stored shell is shown. */
const NETWORK_WITHIN_MS = 4_000;
/** What the names of our stores begin with; a site of the same origin may have stores of its own. */
export const STORE_PREFIX = 'porthole-shell-';

/** More cookies than the suite reads: those who can set them for all its names are others. What is above is the suite's own trouble. */
const TOO_LONG = 431;

const STORE = `${STORE_PREFIX}${PORTHOLE_BUILD}`;
const ASSETS: ReadonlySet<string> = new Set(PORTHOLE_ASSETS);

/** Whether the path is one of this build's hashed files: their content never changes. */
export function isAsset(path: string): boolean {
  return ASSETS.has(path);
}

/**
 * Stores this build's shell and its files, one consistent set since their names carry their hashes, and deletes the sets
 * of other builds. Done once the first page is on its way, not before: a first visit does not wait for it.
 */
export async function storeShell(): Promise<void> {
  const store = await caches.open(STORE);
  if (await store.match(SHELL_PATH)) return;
  await store.addAll([new Request(SHELL_PATH, { cache: 'no-cache' }), ...ASSETS]);
  for (const name of await caches.keys()) {
    if (name.startsWith(STORE_PREFIX) && name !== STORE) await caches.delete(name);
  }
}

/** One of this build's hashed files. */
export async function answerAsset(request: Request): Promise<Response> {
  return (await stored(request.url)) ?? fetch(request);
}

/**
 * The page for a navigation: the suite's, or the stored shell when the suite is away, broken or slow. The request goes out
 * as it is, so that the suite sees a navigation.
 */
export async function answerShell(request: Request): Promise<Response> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Response>((_, reject) => {
    timer = setTimeout(() => reject(new PortholeError('SUITE_UNREACHABLE')), NETWORK_WITHIN_MS);
  });
  // A form sent to the whole tab arrives at the site without its fields: no page of the shell's could pass them on.
  const fresh = fetch(request.method === 'GET' ? request : request.url);
  try {
    const response = await Promise.race([fresh, late]);
    return response.status < TOO_LONG ? response : ((await stored(SHELL_PATH)) ?? response);
  } catch {
    return (await stored(SHELL_PATH)) ?? fresh;
  } finally {
    clearTimeout(timer);
  }
}

async function stored(url: string): Promise<Response | undefined> {
  const store = await caches.open(STORE);
  return store.match(url, { ignoreSearch: true });
}
