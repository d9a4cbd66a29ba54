// SPDX-License-Identifier: Apache-2.0
// Punches whose opener listens: the patent's own, and a port of the router.

import { PortholeError } from '../../../../proto/errors.ts';
import { canonical } from '../../addresses.ts';
import { asItIs, type Learned, type LearnRequest } from '../learn.ts';
import { MAP_MS } from '../limits.ts';
import type { MapPort } from '../router.ts';
import { connectAll, type Stage, type Technique } from '../technique.ts';

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
