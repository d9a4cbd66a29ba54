// SPDX-License-Identifier: Apache-2.0
// The techniques by their names: a new one is an object here, a name in notes.ts and a rule in plan.ts.

import { PortholeError } from '../../../proto/errors.ts';
import { canonical } from '../addresses.ts';
import { systemCode } from '../sockets/sockets.ts';
import { asItIs, type Learned, type LearnRequest, learn } from './learn.ts';
import { LOW_PORTS, LOW_ROOM, MAP_MS, PREDICTED_WINDOW, SERIES_TRIES } from './limits.ts';
import { type Technique as Name, type Outside, type Range, TECHNIQUES } from './notes.ts';
import type { MapPort } from './port-mapper.ts';
import { connectAll, cross, guardedOpenings, type Opening, portAhead, type Stage, type Technique, type Techniques } from './technique.ts';

export function techniques(mapPort: MapPort): Readonly<Record<Name, Technique>> {
  return { guarded, 'low-ttl-listen': lowTtlListen, simultaneous, predicted, birthday, mapped: mapped(mapPort) };
}

/**
 * Some techniques out of all, to compare them or to leave one out: at the visitor that is enough, for the host follows.
 * @throws PortholeError USAGE for a name that there is not
 */
export function only(all: Techniques, names: readonly string[]): Techniques {
  const unknown = names.find((name) => !(TECHNIQUES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new PortholeError('USAGE', `there is no technique "${unknown}"; there are ${TECHNIQUES.join(', ')}`);
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

const onePair = ({ local, theirs }: Stage): Opening[] => [{ local, port: portAhead(theirs) }];

/**
 * The pairs of ports of one end. Others behind the same NAT may take ports of a series meanwhile, so that it is further on than
 * predicted, by up to a window. The end with one port waits for the whole window, or goes to all of it; then a few connections
 * of the series meet it. Where both have a series, each goes, port after port, to the last of the other's window: one of them
 * goes from the port that the other's go to.
 */
export function predictedPairs({ own, theirs, local, facts: { sockets } }: Stage): Opening[] {
  if (own.step === 0) return Array.from({ length: theirs.step === 0 ? 1 : sockets }, (_, at) => ({ local, port: portAhead(theirs, at) }));
  const last = { local: { ip: local.ip, port: 0 }, port: portAhead(theirs, theirs.step === 0 ? 0 : PREDICTED_WINDOW - 1) };
  return new Array<Opening>(theirs.step === 0 ? SERIES_TRIES : sockets).fill(last);
}

/** The opener's socket stays in SYN_SENT while its SYN dies on the way; the connecter's ordinary SYN meets it. */
const guardedBy = (probes: number, openings: (stage: Stage) => Opening[]): Technique => ({
  probes,
  needsPattern: true,
  open: (stage) => guardedOpenings(stage, openings(stage)),
  connect: (stage) => connectAll(stage, openings(stage)),
});

export const guarded = guardedBy(2, onePair);
export const predicted = guardedBy(3, predictedPairs);

/** How often a SYN that a RST answered is sent again: the other end's may be a moment late. */
const TRIES = 3;

async function dial(stage: Stage): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await connectAll(stage, onePair(stage));
    } catch (error) {
      if (tries === TRIES || systemCode(error) !== 'ECONNREFUSED') throw error;
    }
  }
}

/**
 * The plain simultaneous open (P2PNAT): both ends connect at one moment, so that the SYNs cross on the way. It alone connects two
 * NATs that close both when a SYN dies and when one is answered (test/e2e/tcp-punch.test.ts).
 */
export const simultaneous: Technique = {
  probes: 2,
  needsPattern: true,
  open: async (stage) => cross(stage, () => dial(stage)),
  connect: dial,
};

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
export function birthdayPairs({ own, theirs, local, facts, random }: Stage): Opening[] {
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
  const all = birthdayPairs(stage);
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
    else await guardedOpenings(stage, birthdayPairs(stage));
  },
  connect: connectMany,
};

/** Listens on the port that was learned, until the round is over. */
async function listen({ sockets, local, signal, took }: Stage): Promise<void> {
  const server = await sockets.bind(local).listen((socket) => took(socket, 'accepted'));
  if (signal.aborted) server.close();
  else signal.addEventListener('abort', () => server.close(), { once: true });
}

/** The patent's own (STUNT #2): a SYN that dies on the way opens the NAT, is cancelled, and the same port listens. */
export const lowTtlListen: Technique = {
  probes: 2,
  async learn(request, part) {
    const { step } = request;
    if (part === 'opener' || step === 0 || step === undefined) return null;
    // Whose ports change is let in from any, or not at all: what the suite would see of them is of no use.
    const held = asItIs(request);
    return { ...held, outside: { port: held.outside.port, step } };
  },
  async open(stage) {
    const { sockets, local, openingTtl, peerIp, theirs, signal, took } = stage;
    const cancel = new AbortController();
    const opening = sockets.bind(local, sockets.can.has('ttl') ? { ttl: openingTtl } : {});
    const over = opening.connect({ ip: peerIp, port: theirs.port }, cancel.signal).then(
      (socket) => took(socket, 'dialled'), // it arrived, and somebody answered
      () => {},
    );
    await new Promise(setImmediate); // Node sends the SYN in its next tick
    cancel.abort();
    await over;
    signal.throwIfAborted();
    await listen(stage);
  },
  // Not to the next mapping's port but to the one there is: it is that port which listens.
  connect: (stage) => connectAll(stage, [{ local: stage.local, port: stage.theirs.port }]),
};

/**
 * A port of the router: the opener asks for one and listens behind it, the connecter connects; it is closed with the round. It
 * alone connects NATs that let no SYN in but to such ports (test/e2e/tcp-punch.test.ts).
 */
export function mapped(mapPort: MapPort): Technique {
  return {
    probes: 1,
    // The connecter's port does not matter: the router lets in everybody.
    learn: async (request, part) => (part === 'connecter' ? asItIs(request) : learnMapped(mapPort, request)),
    open: listen,
    connect: (stage) => connectAll(stage, [{ local: { ip: stage.local.ip, port: 0 }, port: stage.theirs.port }]),
  };
}

async function learnMapped(mapPort: MapPort, request: LearnRequest): Promise<Learned> {
  const { outsideIp, signal } = request;
  const held = asItIs(request);
  try {
    const port = await mapPort(held.local.port, AbortSignal.any([signal, AbortSignal.timeout(MAP_MS)]));
    const release = (): void => {
      held.release();
      void port.unmap();
    };
    if (canonical(port.ip) === canonical(outsideIp)) return { ...held, outside: { port: port.port, step: 0 }, release };
    release();
    throw new PortholeError('STRATEGY_UNFIT', `the router's own outside address is ${port.ip}: there is another NAT in front of it`);
  } catch (error) {
    held.release();
    throw error;
  }
}
