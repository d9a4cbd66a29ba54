// SPDX-License-Identifier: Apache-2.0
// Starts the shell, if this browser can run it and the page is not a frame within another shell.

import { outerShell } from '../shared/outer-shell.ts';
import { loadPart } from '../shared/parts.ts';
import { takeFragment } from '../shared/visitor-store.ts';
import { StatusPage } from '../status/status.ts';
import { missingSupport } from '../status/support.ts';
import { reportNested, unregisterAsked } from './install.ts';
import { Shell } from './shell.ts';

/** Runs the shell page. */
export function runShell(): void {
  const name = location.hostname.split('.')[0] ?? location.hostname;
  const page = new StatusPage(name);
  const missing = missingSupport();
  if (missing) {
    void loadPart(() => import('../status/support-part.ts')).then(
      ({ missingWords }) => page.show(missingWords(missing)),
      ({ message }) => page.show({ busy: false, title: 'This browser cannot open the site', text: message, action: 'again' }),
    );
    return;
  }
  const outer = outerShell();
  if (outer) {
    page.hide();
    reportNested(outer);
    return;
  }
  takeFragment();
  if (unregisterAsked()) return;
  const start = (): void => void new Shell(page, name);
  // A browser may load the page ahead of the person's wish: nobody is visited for that.
  if ((document as { prerendering?: boolean }).prerendering) document.addEventListener('prerenderingchange', start, { once: true });
  else start();
}
