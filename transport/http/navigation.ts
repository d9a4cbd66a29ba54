// SPDX-License-Identifier: Apache-2.0
// Which requests are a browser's for a page to show.

import type { IncomingMessage } from 'node:http';

/** Headers on which an answer depends that is another one for a page to show. */
export const NAVIGATION_HEADERS = 'Accept, Sec-Fetch-Dest, Sec-Fetch-Mode';

/** Whether a browser asks for a page to show, in its window or in a frame. */
export function isNavigation(request: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  // A navigation that a service worker passes on has lost its destination, not its mode.
  const mode = request.headers['sec-fetch-mode'];
  if (mode === 'navigate') return true;
  const wantsPage = /\btext\/html\b/i.test(request.headers.accept ?? '');
  // In Firefox its mode as well: what is left is what a browser accepts in place of a page.
  if (mode === 'same-origin' && wantsPage) return true;
  if (mode !== undefined && mode !== 'same-origin') return false; // a script asks, or a page for a part of it
  const destination = request.headers['sec-fetch-dest'];
  if (destination !== undefined) return ['document', 'iframe', 'frame'].includes(String(destination));
  return wantsPage;
}
