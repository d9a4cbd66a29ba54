// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, headless, for tests: the whole browser, or its engine alone; or the reason why there is none.

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { isLong } from '../../support/long.ts';

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

/** The same engine without the windows and services of the whole browser, which take more than half of what a visit costs. */
const ENGINE = '/usr/bin/chromium-headless-shell';

/** Where the whole browser is, for what its own windows do; null when this machine has none. */
export function chromiumPath(): string | null {
  return PATHS.find((path) => existsSync(path)) ?? null;
}

/** Where its engine is, for what a page does: the whole browser where there is none, and in the long form. */
export function enginePath(): string | null {
  return !isLong && chromiumPath() !== null && existsSync(ENGINE) ? ENGINE : chromiumPath();
}

/** Starts the engine with an empty profile; `executablePath`: a program that starts it, in a namespace say. */
export async function startChromium(executablePath = enginePath()): Promise<Browser> {
  if (!executablePath) throw new Error('no Chromium');
  return chromium.launch({ executablePath, headless: true, args: CHROMIUM_FLAGS });
}
