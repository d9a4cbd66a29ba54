// SPDX-License-Identifier: Apache-2.0
// The patent's own punch (STUNT #2): a SYN that dies on the way opens the NAT, is cancelled, and the same port listens.

import { asItIs } from '../learn.ts';
import { connectAll, type Technique } from '../technique.ts';

export const lowTtlListen: Technique = {
  probes: 2,
  needPattern: [],
  async learn(request, part) {
    const { step } = request;
    if (part === 'opener' || step === 0 || step === undefined) return null;
    // Whose ports change is let in from any, or not at all: what the suite would see of them is of no use.
    const held = asItIs(request);
    return { ...held, outside: { port: held.outside.port, step } };
  },
  async open({ sockets, local, openingTtl, peerIp, theirs, signal, took }) {
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
    const server = await sockets.bind(local).listen((socket) => took(socket, 'accepted'));
    if (signal.aborted) server.close();
    else signal.addEventListener('abort', () => server.close(), { once: true });
  },
  // Not to the next mapping's port but to the one there is: it is that port which listens.
  connect: (stage) => connectAll(stage, [{ local: stage.local, port: stage.theirs.port }]),
};
