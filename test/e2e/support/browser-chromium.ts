// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, headless, for tests; or the reason why there is none.

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const CHROMIUM_FLAGS: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

/** Where the browser is; null when this machine has none. */
export function chromiumPath(): string | null {
  return PATHS.find((path) => existsSync(path)) ?? null;
}

/** Starts the browser with an empty profile; `executablePath`: a program that starts it, in a namespace say. */
export async function startChromium(executablePath = chromiumPath()): Promise<Browser> {
  if (!executablePath) throw new Error('no Chromium');
  return chromium.launch({ executablePath, headless: true, args: CHROMIUM_FLAGS });
}
