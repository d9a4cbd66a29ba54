// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium and Firefox ESR behind one driver, for tests of what every browser must show.

import { existsSync } from 'node:fs';
import puppeteer, { type Browser, type Frame, type Page } from 'puppeteer-core';
import { CHROMIUM_FLAGS, chromiumPath, enginePath } from './browser-chromium.ts';

const FIREFOX = '/usr/bin/firefox-esr';

export interface AnyBrowser {
  readonly name: 'Chromium' | 'Firefox';
  /** The Debian package that has it, when this machine has it not. */
  readonly missing: string | null;
  /** Starts it with an empty profile; `whole`: with what is not its engine's, such as a viewer of PDF. */
  start(whole?: boolean): Promise<Browser>;
}

export const BROWSERS: readonly AnyBrowser[] = [
  {
    name: 'Chromium',
    missing: chromiumPath() ? null : 'chromium',
    start: (whole = false) => {
      const executablePath = (whole ? chromiumPath() : enginePath()) ?? '';
      const headless = executablePath === chromiumPath() ? true : 'shell';
      return puppeteer.launch({ browser: 'chrome', executablePath, headless, args: CHROMIUM_FLAGS });
    },
  },
  {
    name: 'Firefox',
    missing: existsSync(FIREFOX) ? null : 'firefox-esr',
    start: () => puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true }),
  },
];

/** How often a page is looked at for what is expected of it, in milliseconds. */
const LOOK_EVERY_MS = 100;
/** How long that may take: long beyond what a busy machine needs. */
const WITHIN_MS = 45_000;

/** Waits until something is there, and returns it; what throws meanwhile (a page that is being replaced) is not there yet. */
export async function eventually<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const until = Date.now() + WITHIN_MS;
  let last: unknown;
  while (Date.now() < until) {
    try {
      const found = await look();
      if (found) return found;
    } catch (thrown) {
      last = thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`${what} did not come within ${WITHIN_MS} ms`, { cause: last });
}

/** The frame in which the shell shows the site, once a document of it is there whose path is this one. */
export function siteFrame(page: Page, path?: string): Promise<Frame> {
  return eventually(`the page ${path ?? 'of the site'}`, async () => {
    for (const frame of page.frames()) {
      if (frame === page.mainFrame()) continue;
      const at = await frame.evaluate(() => (document.readyState === 'complete' ? location.pathname + location.search : ''));
      if (at.startsWith('/') && (path === undefined || at === path)) return frame;
    }
    return null;
  });
}
