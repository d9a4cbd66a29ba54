// SPDX-License-Identifier: Apache-2.0
// A port of the router: the opener asks for one and listens behind it, the connecter connects; it is closed with the round.

import { PortholeError } from '../../../../proto/errors.ts';
import { canonical } from '../../addresses.ts';
import { asItIs, type Learned, type LearnRequest } from '../learn.ts';
import { MAP_MS } from '../limits.ts';
import type { MapPort } from '../mapped-port.ts';
import { connectAll, type Technique } from '../technique.ts';

export function mapped(mapPort: MapPort): Technique {
  return {
    probes: 1,
    needPattern: [],
    learn(request, part) {
      // The connecter's port does not matter: the router lets in everybody.
      return part === 'connecter' ? Promise.resolve(asItIs(request)) : learnMapped(mapPort, request);
    },
    async open({ sockets, local, signal, took }) {
      const server = await sockets.bind(local).listen((socket) => took(socket, 'accepted'));
      if (signal.aborted) server.close();
      else signal.addEventListener('abort', () => server.close(), { once: true });
    },
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
