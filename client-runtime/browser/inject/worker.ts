// SPDX-License-Identifier: Apache-2.0
// The injected script in a worker of the site: what a worker asks for past the service worker goes the way of all else.

import { refuseWorkers } from './own-worker.ts';
import { clearAsTold } from './storage.ts';
import { ownSockets } from './web-socket.ts';
import { beginWorkers } from './worker-beginning.ts';
import { askByRequest } from './worker-socket.ts';

/** By this a worker knows that the script has run: each module of a worker begins with it. */
const BEGUN = Symbol.for('porthole');

/** @param script this script, for workers of this worker */
export function beginWorker(script: string): void {
  if (BEGUN in globalThis) return;
  Object.defineProperty(globalThis, BEGUN, { value: true });
  refuseWorkers();
  clearAsTold(null);
  beginWorkers(script);
  ownSockets(askByRequest);
}
