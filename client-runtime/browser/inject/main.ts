// SPDX-License-Identifier: Apache-2.0
// The injected script, which runs first in every page and worker of the site: it hides the differences to a server of its own.

import { beginPage } from './page.ts';
import { beginWorker } from './worker.ts';

/** The function that all of this is in (build.ts): its text is the script. */
declare const portholeScript: () => void;

const script = `(${portholeScript})();`;
if (typeof document === 'object') beginPage(script);
else beginWorker(script);
