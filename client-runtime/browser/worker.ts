// SPDX-License-Identifier: Apache-2.0
// The service worker: decides who answers a request of the site's origin — the network, a stored shell, or a shell page's visit.

import { PortholeError } from '../../proto/errors.ts';
import { type AliveMessage, type ClaimMessage, DOWNLOAD_PATH, type KeepMessage, RESERVED_PATH, type UnknownMessage } from './bridge.ts';
import { answerDownload, answerFromSite } from './worker-answers.ts';
import { isCarried, knowShell, NoShell } from './worker-exchange.ts';
import { errorText } from './worker-pages.ts';
import { type FetchEventLike, scope } from './worker-scope.ts';
import { answerAsset, answerShell, isAsset, storeShell } from './worker-store.ts';

/** Destinations of navigations that are shown inside a page: the site. The others load a page of their own: the shell. */
const INSIDE = new Set(['iframe', 'frame', 'object', 'embed']);

scope.addEventListener('install', (event) => {
  event.waitUntil(scope.skipWaiting());
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(scope.clients.claim());
});

scope.addEventListener('message', (event) => {
  const message = event.data as AliveMessage | ClaimMessage | KeepMessage | undefined;
  if (message?.porthole === 'claim') {
    if (event.source) knowShell(event.source.id);
    event.waitUntil(scope.clients.claim());
  }
  if (message?.porthole === 'keep') event.waitUntil(storeShell());
  if (message?.porthole === 'alive') {
    const ids = message.ids.filter((id) => !isCarried(id));
    if (ids.length > 0) event.source?.postMessage({ porthole: 'unknown', ids } satisfies UnknownMessage);
  }
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.location.origin) return;
  if (url.pathname === DOWNLOAD_PATH) event.respondWith(answerDownload(event, url));
  else if (isAsset(url.pathname)) event.respondWith(answerAsset(request));
  else if (url.pathname.startsWith(RESERVED_PATH)) return;
  else if (request.mode === 'navigate' && !INSIDE.has(request.destination)) event.respondWith(answerShell(request));
  else event.respondWith(answerInside(event));
});

async function answerInside(event: FetchEventLike): Promise<Response> {
  try {
    return await answerFromSite(event);
  } catch (error) {
    if (!(error instanceof NoShell)) throw error;
    // Somebody else's page shows this site in a frame: the shell goes into that frame.
    if (event.request.mode === 'navigate') return answerShell(event.request);
    return errorText(new PortholeError('SESSION_CLOSED', 'no page of this site is open to carry the request'));
  }
}
