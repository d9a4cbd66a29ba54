// SPDX-License-Identifier: Apache-2.0
// Loaded in front of the program: says on stderr when it opens its first connection, which is when it opens the link.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const CHANNEL = 'net.client.socket';

function opened(): void {
  unsubscribe(CHANNEL, opened);
  process.stderr.write('{"event":"opened"}\n');
}

subscribe(CHANNEL, opened);
