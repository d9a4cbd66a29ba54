// SPDX-License-Identifier: Apache-2.0
// Laid into the shell page by the build: starts the page's script once the page was painted, holds what the worker asks until then,
// and says so when the script does not come.

import type { WithHeld } from './bridge.ts';

/** Filled in by the build. */
declare const PORTHOLE_SCRIPT: string;
declare const PORTHOLE_SESSION: string;

/** Milliseconds after which the script is started without a paint: nobody may be looking. */
const PAINTED_WITHIN_MS = 1000;

// Into the browser's cache: the worker that will want it is started by the page's script.
fetch(PORTHOLE_SESSION).catch(() => undefined);

// A worker's messages are handed out once the document is there, heard or not: when a browser restores the frame by itself, at once.
const held: MessageEvent[] = [];
const hold = (message: MessageEvent): void => void held.push(message);
navigator.serviceWorker?.addEventListener('message', hold);
(window as WithHeld).portholeHeld = () => {
  navigator.serviceWorker.removeEventListener('message', hold);
  return held;
};

let begun = false;
const begin = (): void => {
  if (begun) return;
  begun = true;
  const script = document.createElement('script');
  script.type = 'module';
  script.src = PORTHOLE_SCRIPT;
  script.onerror = failed;
  document.head.append(script);
};

const failed = (): void => {
  const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
  const title = 'The page did not load whole';
  const again = byId('porthole-status-again');
  document.title = title;
  byId('porthole-status').dataset.busy = 'false';
  byId('porthole-status-title').textContent = title;
  byId('porthole-status-text').textContent = 'Its own script did not come. Check your connection, and try again.';
  again.hidden = false;
  again.onclick = () => location.reload();
};

if (document.visibilityState === 'hidden') begin();
else {
  setTimeout(begin, PAINTED_WITHIN_MS);
  new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint').length > 0 && begin()).observe({
    type: 'paint',
    buffered: true,
  });
}
