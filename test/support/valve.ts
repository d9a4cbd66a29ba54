// SPDX-License-Identifier: Apache-2.0
// A connection whose directions a test can hold, each by itself, and cut: half-dead paths on any carrier.

import { PortholeError } from '../../proto/errors.ts';
import type { Connection } from '../../transport/channel/connection.ts';

export type Direction = 'in' | 'out';

export interface Valve {
  readonly connection: Connection;
  /** Nothing passes in this direction from now on; it is kept, and whoever sends waits. */
  hold(direction: Direction): void;
  /** What was kept passes, in order. */
  release(): void;
  /** The connection breaks. */
  cut(): void;
}

/** Puts valves into both directions of one end of a connection. */
export function valveOn(connection: Connection): Valve {
  const gates: Record<Direction, PromiseWithResolvers<void> | null> = { in: null, out: null };
  const queue: (() => void)[] = [];
  const send = (pass: () => Promise<void>): Promise<void> => {
    if (!gates.out) return pass();
    return new Promise((resolve, reject) => {
      queue.push(() => pass().then(resolve, reject));
    });
  };
  const open = (direction: Direction): void => {
    gates[direction]?.resolve();
    gates[direction] = null;
  };
  const release = (): void => {
    open('in');
    open('out');
    for (const pass of queue.splice(0)) pass();
  };
  const held: Connection = {
    via: connection.via,
    maxMessage: connection.maxMessage,
    send: (message) => send(() => connection.send(message)),
    async receive() {
      const message = await connection.receive();
      await gates.in?.promise;
      return message;
    },
    close() {
      release();
      return connection.close();
    },
    abort(reason) {
      open('in');
      for (const pass of queue.splice(0)) pass();
      connection.abort(reason);
    },
  };
  return {
    connection: held,
    hold(direction) {
      gates[direction] ??= Promise.withResolvers();
    },
    release,
    cut: () => held.abort(new PortholeError('PATH_LOST', 'the wire was cut')),
  };
}
