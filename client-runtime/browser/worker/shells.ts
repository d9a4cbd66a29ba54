// SPDX-License-Identifier: Apache-2.0
// The shells that the service worker knows: which pages of the origin they are, and which one most likely shows the frame that loads.

import type { NavigationMessage } from '../shared/bridge.ts';
import { type PageClient, scope } from './scope.ts';

/** Pages that said that they are shells. A nested page that never said so is most likely a page of the site. */
const proven = new Set<string>();

export const shells = {
  /** A page said that it is a shell. */
  know(id: string): void {
    proven.add(id);
  },

  /** Whether there is a page that is a shell, or may become one. */
  async any(): Promise<boolean> {
    const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
    for (const id of proven) if (!pages.some((page) => page.id === id)) proven.delete(id);
    return pages.some((page) => page.frameType !== 'nested' || proven.has(page.id));
  },

  /** The shell whose frame loads something now, most likely; undefined when there is none. matchAll lists the one used last first. */
  async likeliest(): Promise<PageClient | undefined> {
    const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const rank = (page: PageClient): number =>
      (page.frameType === 'nested' && !proven.has(page.id) ? 4 : 0) + (page.focused ? 0 : page.visibilityState === 'visible' ? 1 : 2);
    return pages
      .map((page) => [rank(page), page] as const)
      .sort(([a], [b]) => a - b)
      .map(([, page]) => page)[0];
  },
};

/** Tells a shell about a navigation in its frame. */
export function tellNavigation(shell: PageClient | undefined, url: string, stage: NavigationMessage['stage']): void {
  shell?.postMessage({ porthole: 'navigation', url, stage } satisfies NavigationMessage);
}
