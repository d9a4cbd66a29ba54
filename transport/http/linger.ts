// SPDX-License-Identifier: Apache-2.0
// Closes a connection once its last answer could be read.

import type { Duplex } from 'node:stream';

/** How long a client whose connection ends over bytes that are left unread may take to read why, in milliseconds. */
export const LINGER_MS = 2000;

/** Sends what is written and an end, and lets go after LINGER_MS: closed at once, a connection with unread bytes is reset, and the answer lost. */
export function endThenLetGo(socket: Duplex, last?: string): void {
  socket.on('error', () => {});
  socket.end(last);
  const late = setTimeout(() => socket.destroy(), LINGER_MS);
  late.unref();
  socket.on('close', () => clearTimeout(late));
}
