// SPDX-License-Identifier: Apache-2.0
// The injected script in a page: it hides the differences between Porthole's frame and a page of its own.

import type { PageGift } from '../shared/cookie-messages.ts';
import { outerShell } from '../shared/outer-shell.ts';
import type { PageMessage } from '../shared/session-messages.ts';
import { ownCookieStore } from './cookie-store.ts';
import { ownCookies } from './document-cookie.ts';
import { followMoves } from './history.ts';
import { guideLinks } from './links.ts';
import { refuseWorkers } from './own-worker.ts';
import { PageCookies } from './page-cookies.ts';
import { keepRequestsCarried } from './past-workers.ts';
import { printFrame } from './printing.ts';
import { clearAsTold, keepOwnItems } from './storage.ts';
import { handUploads } from './uploads.ts';
import { ownSockets } from './web-socket.ts';
import { beginWorkers } from './worker-beginning.ts';

/** @param script this script, for workers of the page */
export function beginPage(script: string): void {
  const own = document.currentScript as HTMLScriptElement;
  const gift = JSON.parse(own.dataset.porthole as string) as PageGift;
  own.remove(); // the page finds its own elements, and no other

  const shell = outerShell();
  if (!shell && parent !== window && gift.guarded) {
    // A page of somebody else's is around this one, which the browser was not told to refuse: whoever clicks here does not see where.
    window.stop();
    document.documentElement.remove();
  } else if (shell) {
    refuseWorkers();
    keepRequestsCarried();
    keepOwnItems();
    clearAsTold(gift);
    beginWorkers(script);
    const say = (message: PageMessage, ports: Transferable[] = []): void => {
      if (shell.portholePages) shell.portholePages.say(message, ports);
      else shell.portholeSaid = [...(shell.portholeSaid ?? []), [message, ports]];
    };
    const cookies = new PageCookies(gift, say);
    ownCookies(cookies);
    ownCookieStore(cookies);
    ownSockets((wish) => {
      const { port1, port2 } = new MessageChannel();
      say({ is: 'socket', wish }, [port2]);
      return port1;
    });
    handUploads(shell);
    guideLinks(shell, parent === shell);
    printFrame(shell);
    if (parent === shell) {
      followMoves(shell);
      // Whoever opened the tab opened the shell.
      if (shell.opener)
        Object.defineProperty(window, 'opener', { value: shell.opener, configurable: true, enumerable: true, writable: true });
    }
  }
}
