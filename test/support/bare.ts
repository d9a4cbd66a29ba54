// SPDX-License-Identifier: Apache-2.0
// A session straight on a connection: one that knows nothing of its line, and has room for all.

import { MAX_DATA_BYTES } from '../../proto/limits.ts';
import type { Connection, SessionConnection } from '../../transport/channel/connection.ts';

export function bare(connection: Connection): SessionConnection {
  return {
    via: connection.via,
    rttMs: 0,
    fitBytes: MAX_DATA_BYTES,
    send: (message) => connection.send(message),
    sendPieces: (head, content, release) => {
      const sent = connection.send(Buffer.concat([head, content]));
      release?.();
      return sent;
    },
    receive: () => connection.receive(),
    roomy: () => true,
    onRoom: () => {},
    attend: () => {},
    probe: () => {},
    close: () => connection.close(),
    abort: (reason) => connection.abort(reason),
  };
}
