// SPDX-License-Identifier: Apache-2.0
// A TCP connection over two lines, one each way, as the byte pipes of its two ends.

import { PortholeError } from '../../proto/errors.ts';
import type { BytePipe, PipeEvents } from '../../transport/channel/byte-pipe.ts';
import type { Clock } from '../../transport/time/clock.ts';
import { Flow, type Line } from './line.ts';

interface End {
  readonly pipe: BytePipe;
  readonly flow: Flow;
  tell(run: (events: PipeEvents) => void): void;
}

/**
 * Connects two ends.
 * @param out from the first to the second end
 * @param back from the second to the first
 * @param extraMs of delay each way beside the lines' own
 */
export function linePipes(clock: Clock, out: Line, back: Line, extraMs = 0): [BytePipe, BytePipe] {
  const first: End = openEnd(clock, out, extraMs, () => second);
  const second: End = openEnd(clock, back, extraMs, () => first);
  return [first.pipe, second.pipe];
}

function openEnd(clock: Clock, line: Line, extraMs: number, peer: () => End): End {
  let events: PipeEvents | null = null;
  let destroyed = false;
  let drained: (() => void) | null = null;
  let early: ((to: PipeEvents) => void)[] = []; // what came before anybody listened
  const tell = (run: (to: PipeEvents) => void): void => {
    if (destroyed) return;
    if (events) run(events);
    else early.push(run);
  };
  const flow = new Flow(clock, line, extraMs, {
    data: (chunk) => peer().tell((to) => to.data(chunk)),
    ended: () => peer().tell((to) => to.ended()),
    room: () => {
      const run = drained;
      drained = null;
      run?.();
    },
  });
  const pipe: BytePipe = {
    start(to) {
      events = to;
      const waiting = early;
      early = [];
      for (const run of waiting) run(to);
    },
    write(pieces) {
      // As a socket: what is written belongs to it, and the memory it was in may be used again.
      for (const piece of pieces) flow.write(piece.slice());
    },
    flush() {},
    resent: 0,
    get queued() {
      return flow.queued;
    },
    onceDrained(run) {
      drained = run;
    },
    pause() {},
    resume() {},
    end: () => flow.end(),
    destroy() {
      if (destroyed) return;
      destroyed = true;
      flow.abort();
      const gone = peer();
      gone.flow.abort();
      clock.after(line.delayMs + extraMs, () => gone.tell((to) => to.broken(new PortholeError('PATH_LOST', 'the other end went away'))));
    },
  };
  return { pipe, flow, tell };
}
