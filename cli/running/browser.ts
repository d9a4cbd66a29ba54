// SPDX-License-Identifier: Apache-2.0
// Shows an address in this person's browser, by the program that each system has for it.

import { spawn } from 'node:child_process';

/** The program, and its words before the address; on systems that are not named, xdg-open (freedesktop.org), which minds $BROWSER. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [program: string, ...words: string[]]>> = {
  darwin: ['open'],
  // `start` is a word of cmd.exe, which would read `&` in an address as its own.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
const XDG_OPEN = ['xdg-open'] as const;

/**
 * Starts the browser, which goes on when this process ends.
 * @param address http or https
 * @param failed told why there is none to see; a browser that stays in front says so when it ends
 */
export function showInBrowser(address: string, failed: (why: string) => void, platform: NodeJS.Platform = process.platform): void {
  const [program, ...words] = OPENERS[platform] ?? XDG_OPEN;
  // What this program is told (PORTHOLE_PASSWORD) is not the browser's to know.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PORTHOLE_')));
  const child = spawn(program, [...words, new URL(address).href], { detached: true, stdio: 'ignore', windowsHide: true, env });
  child.on('error', (error: NodeJS.ErrnoException) =>
    failed(error.code === 'ENOENT' ? `${program} is not installed` : `${program}: ${error.message}`),
  );
  child.on('exit', (status) => status !== 0 && status !== null && failed(`${program} ended with ${status}`));
  child.unref();
}
