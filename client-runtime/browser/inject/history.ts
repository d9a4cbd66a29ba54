// SPDX-License-Identifier: Apache-2.0
// Makes the address bar follow navigations within a page (history.pushState and the like).

import type { ShellWindow } from '../shared/outer-shell.ts';

/** Tells the shell of each. */
export function followMoves(shell: ShellWindow): void {
  const moved = (): void => shell.portholePages?.moved();
  addEventListener('hashchange', moved);
  addEventListener('popstate', moved);
  for (const name of ['pushState', 'replaceState'] as const) {
    const native = History.prototype[name];
    History.prototype[name] = function (this: History, ...args: Parameters<History['pushState']>) {
      native.apply(this, args);
      moved();
    };
  }
}
