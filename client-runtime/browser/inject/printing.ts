// SPDX-License-Identifier: Apache-2.0
// Has the keys for printing print the site's page alone, page by page, as they do without a frame around it.

import type { ShellWindow } from '../shared/outer-shell.ts';
import { asksToPrint, siteWindow } from '../shared/printing.ts';

/** Listens behind the page's own listeners: what the page does by these keys is its own affair. */
export function printFrame(shell: ShellWindow): void {
  const native = window.print;
  addEventListener(
    'keydown',
    (event) => {
      if (!asksToPrint(event)) return;
      const last = (same: KeyboardEvent): void => {
        if (same !== event || event.defaultPrevented) return;
        event.preventDefault();
        const top = siteWindow(shell);
        if (top === window) native.call(window);
        else top?.print();
      };
      addEventListener('keydown', last);
      setTimeout(() => removeEventListener('keydown', last));
    },
    { capture: true },
  );
}
