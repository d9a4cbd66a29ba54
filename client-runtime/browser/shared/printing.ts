// SPDX-License-Identifier: Apache-2.0
// What shell and pages need to print the site's page: which keys ask for it, and whose window it is.

import { FRAME_ID } from './bridge.ts';

/** Whether a person asks for the browser's print dialog: Ctrl+P, on Apple's keyboards Command+P. */
export function asksToPrint({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  const [asked, other] = /^(Mac|iP)/.test(navigator.platform) ? [metaKey, ctrlKey] : [ctrlKey, metaKey];
  return key.toLowerCase() === 'p' && asked && !other && !altKey && !shiftKey;
}

/** The window of the page that a shell shows; null while there is none. */
export function siteWindow(shell: Window): Window | null {
  return (shell.document.getElementById(FRAME_ID) as HTMLIFrameElement | null)?.contentWindow ?? null;
}
