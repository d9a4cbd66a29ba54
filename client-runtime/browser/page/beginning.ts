// SPDX-License-Identifier: Apache-2.0
// The shell's inline script, put there by the build: starts the main script after the first paint, holds the service worker's messages
// until then, and reports when the script does not come. Where the service worker is there already, it starts everything at once.

import { FRAME_ID, type WithHeld } from '../shared/bridge.ts';
import { SESSION_WORKER, SITE_KEY, sharesWorker } from '../shared/names.ts';

/** Filled in by the build. */
declare const PORTHOLE_SCRIPT: string;
declare const PORTHOLE_SESSION: string;

/** Milliseconds after which the script is started without a paint: nobody may be looking. */
const PAINTED_WITHIN_MS = 1000;

if (origin === 'null') {
  // A sandboxed frame of the site's page: no worker is its own, and what it asked for would not be sealed.
  const words = 'Porthole cannot carry a page into a sandboxed frame without “allow-same-origin”.';
  const status = document.getElementById('porthole-status') as HTMLElement;
  status.dataset.busy = 'false';
  (status.querySelector('h1') as HTMLElement).textContent = words;
  throw new Error(words);
}
const { controller } = navigator.serviceWorker ?? {};
// The page's script has it, too: from there on it is told who is here.
const session = controller && sharesWorker() ? new SharedWorker(PORTHOLE_SESSION, SESSION_WORKER) : null;
// Into the browser's cache: the worker that will want it is started by the page's script.
if (!session) fetch(PORTHOLE_SESSION).catch(() => undefined);

/** Whether the site's page may be asked for before it is known how the visit stands. */
const soon = (): boolean => {
  const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (!controller || how?.type !== 'navigate' || window !== window.top || (document as { prerendering?: boolean }).prerendering)
    return false;
  // What stands in the address may be meant for the shell, and this tab may know the site by another key than others do.
  if (/porthole-unregister|[#&](key|invite)=/.test(location.search + location.hash)) return false;
  try {
    return sessionStorage.getItem(SITE_KEY) === null;
  } catch {
    return false;
  }
};
const frame = document.getElementById(FRAME_ID) as HTMLIFrameElement;
// Who came by a link on another site brings no cookie that is for the site's own pages alone.
if (document.referrer && new URL(document.referrer).origin !== location.origin) frame.referrerPolicy = 'no-referrer';
if (soon()) {
  frame.src = location.pathname + location.search + location.hash;
  (window as WithHeld).portholeAsked = controller ?? null;
}

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

if (controller || document.visibilityState === 'hidden') begin();
else {
  setTimeout(begin, PAINTED_WITHIN_MS);
  new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint').length > 0 && begin()).observe({
    type: 'paint',
    buffered: true,
  });
}
