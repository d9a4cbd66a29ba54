// SPDX-License-Identifier: Apache-2.0
// Scripts of the site that navigate the whole tab to another address of the site: the frame goes there, the shell stays.

import type { NavigateEventLike, WithNavigation } from '../shared/navigation-api.ts';

/**
 * Scripts that send the tab to a place of the site mean the frame: the shell stays. `top.location = self.location`, which
 * pages do so as not to be framed, then changes nothing.
 * @param go loads a place of the site
 */
export function stayByScript(go: (path: string) => void): void {
  (window as WithNavigation).navigation?.addEventListener('navigate', (navigation) => {
    const event = navigation as NavigateEventLike;
    const { url, sameDocument } = event.destination;
    if (sameDocument || !event.cancelable || event.navigationType === 'reload' || event.navigationType === 'traverse') return;
    const to = new URL(url);
    if (to.origin !== location.origin || event.downloadRequest !== null) return;
    event.preventDefault();
    go(to.pathname + to.search + to.hash);
  });
}
