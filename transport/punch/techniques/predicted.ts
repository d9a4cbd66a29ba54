// SPDX-License-Identifier: Apache-2.0
// Prediction: where an outside port is the next of a series, a window of connections goes from and to the next ports.

import { connectAll, guardedOpenings, type Opening, portAhead, type Stage, type Technique } from '../technique.ts';

/**
 * The pairs of ports of one end. The i-th goes to the other's i-th next port: from one local port where that is one port outside
 * too, else from a new one each, so that this end's own series goes on.
 */
export function pairs(stage: Stage): Opening[] {
  const { own, theirs, local, facts } = stage;
  return Array.from({ length: facts.sockets }, (_, at) => ({
    local: at === 0 || (theirs.step !== 0 && own.step === 0) ? local : { ip: local.ip, port: 0 },
    port: portAhead(theirs, at),
  }));
}

export const predicted: Technique = {
  probes: 3,
  needPattern: ['opener', 'connecter'],
  open: async (stage) => {
    await guardedOpenings(stage, pairs(stage));
  },
  connect: (stage) => connectAll(stage, pairs(stage)),
};
