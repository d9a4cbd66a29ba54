// SPDX-License-Identifier: Apache-2.0
// One page in one profile of Chromium: loaded for the first time, again, and once more after the browser was started anew.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DevTools, removeProfile } from './devtools.ts';

/** When a page is loaded, by what the browser has of it. */
export const MOMENTS = ['cold', 'warm', 'later'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface LoadOptions {
  readonly url: string;
  /** The site is in a frame of the page, as Porthole shows it; otherwise it is the page. */
  readonly framed: boolean;
  readonly signal: AbortSignal;
}

export interface Load {
  /** Milliseconds from the start of the navigation to the end of the site's own `load` event. */
  readonly ms: number;
  /** Files that came, the page among them. */
  readonly files: number;
}
export type Loads = Readonly<Record<Moment, Load>>;

/** How long a page may take, in milliseconds. */
const LOADED_WITHIN_MS = 60_000;
/** A look costs the page some of its time, so looks are few: they do not change what is read. */
const LOOK_EVERY_MS = 100;
/** How long a page stays before it is left, in milliseconds: what it keeps is kept by then. */
const STAYS_MS = 2_000;
/** How long the tab is empty between two loads, in milliseconds. */
const EMPTY_MS = 500;

/**
 * Loads a page three times, in a profile that is made for it: `cold`, with nothing of it there; `warm`, again in the same tab, with
 * all caches filled and what was connected still connected; `later`, with the caches, in a browser that was started anew.
 * @throws Error in words when the page is not there in time, or a picture of it is broken; the signal's reason
 */
export async function loadPage(options: LoadOptions): Promise<Loads> {
  const profile = mkdtempSync(join(tmpdir(), 'porthole-profile-'));
  try {
    const [cold, warm] = await inBrowser(profile, options, 2);
    const [later] = await inBrowser(profile, options, 1);
    return { cold, warm, later } as Record<Moment, Load>;
  } finally {
    removeProfile(profile);
  }
}

async function inBrowser(profile: string, options: LoadOptions, times: number): Promise<Load[]> {
  const tools = await DevTools.start(null, profile);
  try {
    const session = await tools.attach(await tools.open());
    const loads: Load[] = [];
    while (loads.length < times) {
      if (loads.length > 0) {
        await tools.send('Page.navigate', { url: 'about:blank' }, session);
        await sleep(EMPTY_MS, undefined, options);
      }
      await tools.send('Page.navigate', { url: options.url }, session);
      loads.push(await loaded(tools, session, options));
      await sleep(STAYS_MS, undefined, options);
    }
    return loads;
  } finally {
    await tools.close();
  }
}

interface Seen extends Load {
  /** The addresses of pictures that did not come. */
  readonly broken: readonly string[];
}

/** Read in the page once its `load` event is over; null before. */
const READ = (framed: boolean): string => `(() => {
  const site = ${framed ? "document.getElementById('porthole-frame')?.contentWindow" : 'window'};
  const [own] = site?.performance?.getEntriesByType('navigation') ?? [];
  if (!own || own.loadEventEnd === 0 || site.location.href === 'about:blank') return null;
  const came = site.performance.getEntriesByType('resource').filter(({ responseStatus }) => responseStatus === 200 || responseStatus === 304);
  return {
    ms: site.performance.timeOrigin - performance.timeOrigin + own.loadEventEnd,
    files: 1 + new Set(came.map(({ name }) => name)).size,
    broken: [...site.document.images].filter(({ naturalWidth }) => naturalWidth === 0).map(({ currentSrc }) => currentSrc),
  };
})()`;

async function loaded(tools: DevTools, session: string, { framed, url, signal }: LoadOptions): Promise<Load> {
  const end = Date.now() + LOADED_WITHIN_MS;
  while (Date.now() < end) {
    const answer = await tools
      .send<{ result: { value: Seen | null } }>('Runtime.evaluate', { expression: READ(framed), returnByValue: true }, session)
      .catch(() => null); // between two documents
    const seen = answer?.result.value;
    if (seen && seen.broken.length > 0) throw new Error(`pictures did not come: ${seen.broken.join(', ')}`);
    if (seen) return { ms: seen.ms, files: seen.files };
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
  throw new Error(`${url} was not loaded within ${LOADED_WITHIN_MS / 1000} s`);
}
