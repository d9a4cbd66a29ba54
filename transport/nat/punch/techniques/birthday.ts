// SPDX-License-Identifier: Apache-2.0
// The birthday punch: each end goes from many ports, or to many, where one of the two has no pattern; some of them meet.

import { PortholeError } from '../../../../proto/errors.ts';
import { asItIs, learn } from '../learn.ts';
import { LOW_PORTS, LOW_ROOM, PREDICTED_WINDOW } from '../limits.ts';
import type { Outside, Range } from '../notes.ts';
import { connectAll, cross, guardedOpenings, type Opening, portAhead, type Stage, type Technique } from '../technique.ts';

/** Ports that NATs give out: not the well-known ones. */
const ANY_PORT: Range = [1024, 65_535];
/** Connections that set out together. */
const BATCH = 32;
/** What lies between two batches, in milliseconds. */
const BATCH_MS = 2;

/** So many different ports; all there are, where those are fewer. */
export function randomPorts(count: number, random: () => number, [least, most]: Range = ANY_PORT): number[] {
  const ports = new Set<number>();
  while (ports.size < Math.min(count, most - least + 1)) ports.add(least + Math.floor(random() * (most - least + 1)));
  return [...ports];
}

/** How an end's ports are known: one for all, the next of a series, or one of a range. */
type Ports = 'one' | 'series' | Range;
const portsOf = ({ step, range }: Outside): Ports => (step === 0 ? 'one' : step !== null ? 'series' : (range ?? ANY_PORT));
const isNarrow = (ports: Ports): boolean => Array.isArray(ports) && ports[1] < ANY_PORT[0];

/**
 * What an end's connections go from and to. Where the one end has one port, the other's may be any: of so many at each, some
 * meet. Where it has a series, each of its ports lets in one other only, so that those must be few: a NAT that leaves low ports
 * low makes them few. The same holds where neither has a pattern.
 * @throws PortholeError STRATEGY_UNFIT where they are not few
 */
export function pairs({ own, theirs, local, facts, random }: Stage): Opening[] {
  const [mine, yours] = [portsOf(own), portsOf(theirs)];
  if (mine !== 'one' && yours !== 'one' && [mine, yours].some((ports) => ports !== 'series' && !isNarrow(ports)))
    throw new PortholeError(
      'STRATEGY_UNFIT',
      'outside ports that are any of 64512 and those of the other end, which are not one for all, meet in one of 64512 tries at the best',
    );
  const count = mine === 'series' ? PREDICTED_WINDOW : facts.sockets;
  // A NAT has room for so many connections from low ports to one.
  const aims = isNarrow(mine) ? Math.ceil(count / LOW_ROOM) : 1;
  const targets =
    yours === 'one'
      ? new Array<number>(Math.min(count, isNarrow(mine) ? LOW_ROOM : count)).fill(portAhead(theirs))
      : yours === 'series'
        ? Array.from({ length: count }, (_, at) => portAhead(theirs, PREDICTED_WINDOW - 1 - (at % aims)))
        : aimed(randomPorts(count, random, yours), mine === 'one' ? 0 : count);
  const locals = isNarrow(mine) ? randomPorts(count, random, LOW_PORTS) : [];
  return targets.map((port, at) => {
    // None twice to the same.
    const turn = yours === 'series' ? Math.floor(at / aims) : at + Math.floor(at / Math.max(1, locals.length));
    return { local: mine === 'one' ? local : { ip: local.ip, port: locals[turn % locals.length] ?? 0 }, port };
  });
}

/** The list, and again from its beginning up to a length. */
const aimed = (list: readonly number[], length: number): number[] =>
  Array.from({ length: Math.max(length, list.length) }, (_, at) => list[at % list.length] as number);

async function connectMany(stage: Stage): Promise<void> {
  const { clock, signal } = stage;
  const all = pairs(stage);
  const ends: Promise<unknown>[] = []; // each batch's: why none of it stood, or null
  for (let at = 0; at < all.length && !signal.aborted; at += BATCH) {
    ends.push(
      connectAll(stage, all.slice(at, at + BATCH)).then(
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
  probes: 3,
  async learn(request) {
    const { step, lowRange } = request;
    // Ports without a pattern are not worth being asked for.
    const learned = step === null ? asItIs(request) : await learn({ ...request, probes: step === 0 ? 1 : birthday.probes });
    if (step !== null && learned.outside.step !== null) return learned;
    const range = await lowRange();
    return { ...learned, outside: { port: learned.outside.port, step: null, ...(range && { range }) } };
  },
  async open(stage) {
    if (stage.facts.ttl === 'crossing') cross(stage, () => connectMany(stage));
    else await guardedOpenings(stage, pairs(stage));
  },
  connect: connectMany,
};
