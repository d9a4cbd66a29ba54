// SPDX-License-Identifier: Apache-2.0
// The badge, with the style of what lies over the site, the tab's title and icon, and printing. Loaded once the site has answered.

import { printSite } from './printing.ts';

export { Badge } from './badge.ts';
export { mirrorHead } from './head.ts';

/** Filled in by the build. */
declare const PORTHOLE_OVER_STYLE: string;

/** Resolves when the style is there, or does not come: what it is for can be read without. */
export const overStyle: Promise<void> = new Promise((resolve) => {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = PORTHOLE_OVER_STYLE;
  link.onload = link.onerror = () => resolve();
  document.head.append(link);
});

printSite();
