// SPDX-License-Identifier: Apache-2.0
// A session straight on a connection: one that knows nothing of its line, and has room for all.

import { MAX_DATA_BYTES } from '../../proto/limits.ts';
import type { Connection, SessionConnection } from '../../transport/channel/connection.ts';

export function bare(connection: Connection): SessionConnection {
  return {
    via: connection.via,
    rttMs: 0,
    fitBytes: MAX_DATA_BYTES,
    unsent: 0,
    start: (receiver) =>
      connection.start({
        // What a session is given is its own to keep.
        message: (borrowed) => receiver.message(new Uint8Array(borrowed)),
        ended: (reason) => receiver.ended(reason),
        heard() {},
        drained() {},
      }),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    send: (head, content, release) => {
      connection.send(content ? Buffer.concat([head, content]) : head);
      release?.();
    },
    roomy: () => true,
    onRoom: () => {},
    attend: () => {},
    probe: () => {},
    close: () => connection.close(),
    abort: (reason) => connection.abort(reason),
  };
}
