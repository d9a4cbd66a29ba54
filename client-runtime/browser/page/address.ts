// SPDX-License-Identifier: Apache-2.0
// Keeps the address bar and the site's frame at the same address, in both directions.

import type { SiteFrame } from './frame.ts';
import type { Navigations } from './navigations.ts';

/** Milliseconds after a step through the history in which the frame is expected to take the same step by itself. */
const STEP_WITHIN_MS = 300;

/** Where the shell is: path, query and fragment, which are the site's. */
export function shellPath(): string {
  return location.pathname + location.search + location.hash;
}

/** Shows in the address bar where the frame is. */
export function followFrame(frame: SiteFrame): void {
  const path = frame.path();
  if (path !== null && path !== shellPath()) history.replaceState(history.state, '', path);
}

/**
 * Makes the frame follow the shell. As a rule the browser moves both at once; but history entries from before a reload
 * know nothing of the new frame, and an address typed with another fragment moves the shell alone.
 */
export function leadFrame(frame: SiteFrame, navigations: Navigations): void {
  const lead = (): void => {
    const at = performance.now();
    setTimeout(() => {
      const path = shellPath();
      if (frame.path() === path) return;
      const asked = navigations.last;
      const underWay = asked !== null && asked.at >= at && asked.url === new URL(path, location.origin).href.replace(/#.*/, '');
      if (!underWay) frame.load(path);
    }, STEP_WITHIN_MS);
  };
  window.addEventListener('popstate', lead);
}
