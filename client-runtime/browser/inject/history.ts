// SPDX-License-Identifier: Apache-2.0
// The address bar follows the moves that a page makes without loading another.

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
