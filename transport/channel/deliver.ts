// SPDX-License-Identifier: Apache-2.0
// Any Connection's messages to a Receiver: handed out by the connection where it can, else by asking it.

import type { Connection, Flow, Receiver } from './connection.ts';

/** Gives all messages of a connection to a receiver. Nobody else may call its `receive`. */
export function deliverTo(connection: Connection, receiver: Receiver): Flow {
  return connection.deliver?.(receiver) ?? ask(connection, receiver);
}

function ask(connection: Connection, receiver: Receiver): Flow {
  let held: PromiseWithResolvers<void> | null = null;
  const run = async (): Promise<void> => {
    for (;;) {
      let message: Uint8Array | null;
      try {
        message = await connection.receive();
      } catch (reason) {
        return receiver.ended(reason as Error);
      }
      if (message === null) return receiver.ended(null);
      receiver.message(message);
      if (held) await held.promise;
    }
  };
  void run();
  return {
    pause() {
      held ??= Promise.withResolvers();
    },
    resume() {
      held?.resolve();
      held = null;
    },
  };
}
