// SPDX-License-Identifier: Apache-2.0
// What to tell a person whose browser has not what this page needs, or refuses it. Loaded then.

import type { Notice } from './status.ts';

/** What is missing, in plain words, in a browser that lacks something. */
export function missingSupport(): Notice {
  const busy = false;
  const title = 'This browser cannot open the site';
  if (!window.isSecureContext) {
    return {
      busy,
      title: 'This address is not secure enough',
      text: 'Browsers let a page carry a site only over https, or on this machine over a name that ends in “localhost”. Ask for an https link, or open the site with “porthole open”.',
      detail: 'not a secure context',
    };
  }
  if (!('serviceWorker' in navigator)) {
    return {
      busy,
      title,
      text: 'Service workers are missing here. In Firefox they are off in private windows; otherwise a newer browser helps.',
      detail: 'no service workers',
    };
  }
  return {
    busy,
    title,
    text: 'Neither WebRTC nor WebSocket is available here, so there is no way to reach the site.',
    detail: 'no WebRTC, no WebSocket',
  };
}

/** What to say when the browser has service workers but refuses ours. */
export function refusedWorker(reason: string): Notice {
  if (window !== window.top) {
    return {
      busy: false,
      title: 'Open this site in a tab of its own',
      text: 'This browser does not let a site that is shown inside another page fetch itself from the computer that has it.',
      detail: reason,
      action: 'open',
    };
  }
  return {
    busy: false,
    title: 'The browser refuses the service worker',
    text: 'It carries the site into this page. Allow this address to store data (cookies), or leave the private window, and try again.',
    detail: reason,
    action: 'again',
  };
}
