// SPDX-License-Identifier: Apache-2.0
// What Clear-Site-Data says is to be cleared (W3C Clear Site Data), and the clearing of what the site has stored: never what is Porthole's.

import { CLEAR_CHANNEL, type ClearMessage } from '../shared/clear-messages.ts';
import { CACHE_NAME, JAR_NAME } from '../shared/cookie-messages.ts';

/** What can be cleared. `executionContexts` is not, as in Chromium and Firefox. */
export type Cleared = 'cache' | 'cookies' | 'storage';
const KINDS: readonly Cleared[] = ['cache', 'cookies', 'storage'];

/** Milliseconds within which the page that asked has cleared what only a page can; after them it is answered all the same. */
const CLEARED_WITHIN_MS = 500;
/** Milliseconds that an answer waits for databases and files to be gone: one that a page holds open is gone when that lets it go. */
const GONE_WITHIN_MS = 2_000;

/** What the names of our caches begin with (worker/store.ts). */
const OUR_CACHES = 'porthole-';
const OUR_DATABASES: ReadonlySet<string> = new Set([CACHE_NAME, JAR_NAME]);

/** Storage of Chromium's that the types do not have (W3C Storage Buckets). */
interface Buckets {
  readonly storageBuckets?: { keys(): Promise<string[]>; delete(name: string): Promise<void> };
}

/** Reads the field: each kind stands in quotes, and what is not known counts for nothing (section 4.1). */
export function toClear(field: string | null): ReadonlySet<Cleared> {
  const named = new Set((field ?? '').split(',').map((item) => item.trim()));
  return new Set(KINDS.filter((kind) => named.has(`"${kind}"`) || named.has('"*"')));
}

/** The site's storage in this origin: what pages and workers of the site keep in the browser, but for cookies. */
export class SiteStorage {
  readonly #channel = new BroadcastChannel(CLEAR_CHANNEL);
  #acknowledged = new Map<string, () => void>();
  /** When it was cleared last: a page that begins afterwards clears what only pages can, if nobody has done so for it. */
  cleared: string | null = null;

  constructor() {
    this.#channel.onmessage = ({ data }: MessageEvent<ClearMessage>) => {
      // Another session has cleared it: pages are told one and the same time by all.
      if (data.to === 'pages') this.cleared = data.cleared;
      else this.#acknowledged.get(`${data.client} ${data.cleared}`)?.();
    };
  }

  /**
   * Clears it. Resolves when all is gone, or takes too long.
   * @param client the page that asked; empty for none
   */
  async clear(client: string): Promise<void> {
    const cleared = crypto.randomUUID();
    this.cleared = cleared;
    this.#channel.postMessage({ to: 'pages', cleared } satisfies ClearMessage);
    // A database is gone when nobody has it open any longer: pages close theirs.
    if (client !== '') {
      const known = new Promise<void>((resolve) => this.#acknowledged.set(`${client} ${cleared}`, resolve));
      await within(known, CLEARED_WITHIN_MS);
      this.#acknowledged.delete(`${client} ${cleared}`);
    }
    await within(Promise.allSettled([dropDatabases(), dropCaches(), dropFiles(), dropBuckets()]), GONE_WITHIN_MS);
  }
}

async function dropDatabases(): Promise<void> {
  const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
  const drop = (name: string): Promise<void> =>
    new Promise((resolve) => {
      const asked = indexedDB.deleteDatabase(name);
      asked.onsuccess = asked.onerror = () => resolve();
    });
  await Promise.all(names.filter((name) => !OUR_DATABASES.has(name)).map(drop));
}

async function dropCaches(): Promise<void> {
  for (const name of await caches.keys()) if (!name.startsWith(OUR_CACHES)) await caches.delete(name);
}

async function dropFiles(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  // What somebody holds locked stays, and nothing else.
  for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys())
    await root.removeEntry(name, { recursive: true }).catch(() => undefined);
}

async function dropBuckets(): Promise<void> {
  const { storageBuckets } = navigator as Buckets;
  for (const name of (await storageBuckets?.keys()) ?? []) await storageBuckets?.delete(name);
}

async function within(done: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
