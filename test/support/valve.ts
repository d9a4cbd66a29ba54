// SPDX-License-Identifier: Apache-2.0
// A connection whose directions a test can hold, each by itself, and cut: half-dead paths on any carrier.

import { PortholeError } from '../../proto/errors.ts';
import type { Connection, Receiver } from '../../transport/channel/connection.ts';

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
  const kept: Record<Direction, (() => void)[] | null> = { in: null, out: null };
  let receiver: Receiver | null = null;
  const pass = (direction: Direction, run: () => void): void => {
    if (kept[direction]) kept[direction].push(run);
    else run();
  };
  const open = (direction: Direction): void => {
    const runs = kept[direction] ?? [];
    kept[direction] = null;
    for (const run of runs) run();
  };
  const release = (): void => {
    open('in');
    open('out');
  };
  const held: Connection = {
    via: connection.via,
    maxMessage: connection.maxMessage,
    get resent() {
      return connection.resent;
    },
    start(to) {
      receiver = to;
      connection.start({
        message(borrowed) {
          const own = new Uint8Array(borrowed);
          pass('in', () => to.message(own));
        },
        heard: () => pass('in', () => to.heard()),
        drained: () => to.drained(),
        ended: (reason) => pass('in', () => to.ended(reason)),
      });
    },
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    send(message) {
      if (!kept.out) return connection.send(message);
      const own = new Uint8Array(message);
      kept.out.push(() => {
        if (connection.send(own)) receiver?.drained();
      });
      return false;
    },
    close() {
      release();
      return connection.close();
    },
    abort(reason) {
      release();
      connection.abort(reason);
    },
  };
  return {
    connection: held,
    hold(direction) {
      kept[direction] ??= [];
    },
    release,
    cut: () => held.abort(new PortholeError('PATH_LOST', 'the wire was cut')),
  };
}
