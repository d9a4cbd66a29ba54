// SPDX-License-Identifier: Apache-2.0
// Tells a person whose browser lacks or refuses something what to do. Loaded only then.

import type { Notice } from './status.ts';
import type { Missing } from './support.ts';

const TITLE = 'This browser cannot open the site';

const WORDS: Readonly<Record<Missing, Notice>> = {
  'not a secure context': {
    busy: false,
    title: 'This address is not secure enough',
    text: 'Browsers let a page carry a site only over https, or on this machine over a name that ends in “localhost”. Ask for an https link, or open the site with “porthole open”.',
  },
  'no service workers': {
    busy: false,
    title: TITLE,
    text: 'Service workers are missing here. In Firefox they are off in private windows; otherwise a newer browser helps.',
  },
  'no WebRTC, no WebSocket': {
    busy: false,
    title: TITLE,
    text: 'Neither WebRTC nor WebSocket is available here, so there is no way to reach the site.',
  },
};

/** What to say when something is missing. */
export function missingWords(missing: Missing): Notice {
  return { ...WORDS[missing], detail: missing };
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
