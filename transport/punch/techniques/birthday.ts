// SPDX-License-Identifier: Apache-2.0
// The birthday punch: the opener waits for many ports of the other end, which connects many times; some of them meet.

import { asItIs, learn } from '../learn.ts';
import { connectAll, cross, guardedOpenings, portAhead, type Stage, type Technique } from '../technique.ts';

/** Ports that NATs give out: not the well-known ones. */
const PORTS = [1024, 65_535] as const;
/** Connects that set out together. */
const BATCH = 32;
/** What lies between two batches, in milliseconds. */
const BATCH_MS = 2;

/** So many different ports. */
export function randomPorts(count: number, random: () => number): number[] {
  const [least, most] = PORTS;
  const ports = new Set<number>();
  while (ports.size < count) ports.add(least + Math.floor(random() * (most - least + 1)));
  return [...ports];
}

async function connectMany(stage: Stage): Promise<void> {
  const { facts, local, theirs, clock, signal } = stage;
  const to = { local: { ip: local.ip, port: 0 }, port: portAhead(theirs) };
  const ends: Promise<unknown>[] = []; // each batch's: why none of it stood, or null
  for (let left = facts.sockets; left > 0 && !signal.aborted; left -= BATCH) {
    const batch = connectAll(stage, new Array(Math.min(BATCH, left)).fill(to));
    ends.push(
      batch.then(
        () => null,
        (error) => error,
      ),
    );
    await new Promise<void>((resolve) => {
      clock.after(BATCH_MS, resolve);
    });
  }
  const failures = await Promise.all(ends);
  if (!failures.includes(null)) throw failures[0] ?? signal.reason;
}

export const birthday: Technique = {
  probes: 1,
  // The connecter's ports are any: there is nothing to learn.
  learn: (request, part) =>
    part === 'connecter' ? Promise.resolve(asItIs(request.sockets, request.local)) : learn({ ...request, probes: 1, step: 0 }),
  needPattern: ['opener'],
  async open(stage) {
    const openings = randomPorts(stage.facts.sockets, stage.random).map((port) => ({ local: stage.local, port }));
    if (stage.facts.ttl === 'crossing') cross(stage, () => connectAll(stage, openings));
    else await guardedOpenings(stage, openings);
  },
  connect: connectMany,
};
