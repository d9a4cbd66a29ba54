// SPDX-License-Identifier: Apache-2.0
// What a browser must have for this page to work, and what to tell a person whose browser has it not.

import type { Words } from './words.ts';

/** What is missing, in plain words, or null when everything is there. */
export function missingSupport(): (Words & { readonly detail: string }) | null {
  const title = 'This browser cannot open the site';
  if (!window.isSecureContext) {
    return {
      title: 'This address is not secure enough',
      text: 'Browsers let a page carry a site only over https, or on this machine over a name that ends in “localhost”. Ask for an https link, or open the site with “porthole open”.',
      detail: 'not a secure context',
    };
  }
  if (!('serviceWorker' in navigator)) {
    return {
      title,
      text: 'Service workers are missing here. In Firefox they are off in private windows; otherwise a newer browser helps.',
      detail: 'no service workers',
    };
  }
  if (!('RTCPeerConnection' in window) && !('WebSocket' in window)) {
    return {
      title,
      text: 'Neither WebRTC nor WebSocket is available here, so there is no way to reach the site.',
      detail: 'no WebRTC, no WebSocket',
    };
  }
  return null;
}
