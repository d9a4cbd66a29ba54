// SPDX-License-Identifier: Apache-2.0
// The service worker: decides who answers a request of the site's origin: the network, a stored shell, or the session's visit.

import { PortholeError } from '../../../proto/errors.ts';
import {
  ALIVE_PATH,
  type AwakeMessage,
  BRIDGE_VERSION,
  type ClaimMessage,
  DOWNLOAD_PATH,
  type KeepMessage,
  type LineMessage,
  RESERVED_PATH,
  SAY_PATH,
  type WelcomeMessage,
} from '../shared/bridge.ts';
import { answerDownload, answerFromSite, noteReload } from './answers.ts';
import { NoShell } from './exchange.ts';
import { errorText } from './pages.ts';
import { type FetchEventLike, scope } from './scope.ts';
import { addLine } from './sessions.ts';
import { shells } from './shells.ts';
import { answerAsset, answerShell, isAsset, storeShell } from './store.ts';

/** Destinations of navigations that are shown inside a page: the site. The others load a page of their own: the shell. */
const INSIDE = new Set(['iframe', 'frame', 'object', 'embed']);

scope.addEventListener('install', (event) => {
  event.waitUntil(scope.skipWaiting());
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(scope.clients.claim());
});

scope.addEventListener('message', (event) => {
  // An `awake` has done its work by coming.
  const message = event.data as AwakeMessage | ClaimMessage | KeepMessage | LineMessage | undefined;
  if (message?.porthole === 'claim') {
    if (event.source) shells.know(event.source.id);
    event.source?.postMessage({ porthole: 'welcome', bridge: BRIDGE_VERSION } satisfies WelcomeMessage);
    event.waitUntil(scope.clients.claim());
  }
  if (message?.porthole === 'keep') event.waitUntil(storeShell());
  if (message?.porthole === 'line' && event.ports[0]) addLine(message.session, event.ports[0]);
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.location.origin) return;
  if (url.pathname === DOWNLOAD_PATH) event.respondWith(answerDownload(event, url));
  else if (url.pathname === ALIVE_PATH) event.respondWith(Promise.resolve(new Response(null, { status: 204 })));
  // Only a script asks with HEAD: whoever can put an image or a form into a page would choose the visitor's session.
  else if (url.pathname === SAY_PATH && request.method === 'HEAD') event.respondWith(answerInside(event));
  else if (isAsset(url.pathname)) event.respondWith(answerAsset(request));
  else if (url.pathname.startsWith(RESERVED_PATH)) return;
  else if (request.mode === 'navigate' && !INSIDE.has(request.destination)) {
    noteReload(event);
    event.respondWith(answerShell(request));
  } else event.respondWith(answerInside(event));
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
