// SPDX-License-Identifier: Apache-2.0
// Punches where the next outside port of both ends is known: guarded, predicted, and with SYNs that cross.

import { systemCode } from '../../sockets/sockets.ts';
import { PREDICTED_WINDOW, SERIES_TRIES } from '../limits.ts';
import { connectAll, cross, guardedOpenings, type Opening, portAhead, type Stage, type Technique } from '../technique.ts';

export const guarded: Technique = {
  probes: 2,
  needPattern: ['opener', 'connecter'],
  open: async (stage) => {
    await guardedOpenings(stage, [{ local: stage.local, port: portAhead(stage.theirs) }]);
  },
  connect: (stage) => connectAll(stage, [{ local: stage.local, port: portAhead(stage.theirs) }]),
};

/**
 * The pairs of ports of one end. Others behind the same NAT may take ports of a series meanwhile, so that it is further on than
 * predicted, by up to a window. The end with one port waits for the whole window, or goes to all of it; then a few connections
 * of the series meet it. Where both have a series, each goes, port after port, to the last of the other's window: one of them
 * goes from the port that the other's go to.
 */
export function pairs({ own, theirs, local, facts: { sockets } }: Stage): Opening[] {
  const fresh = { ip: local.ip, port: 0 };
  if (own.step === 0) return Array.from({ length: theirs.step === 0 ? 1 : sockets }, (_, at) => ({ local, port: portAhead(theirs, at) }));
  const last = portAhead(theirs, theirs.step === 0 ? 0 : PREDICTED_WINDOW - 1);
  return Array.from({ length: theirs.step === 0 ? SERIES_TRIES : sockets }, () => ({ local: fresh, port: last }));
}

export const predicted: Technique = {
  probes: 3,
  needPattern: ['opener', 'connecter'],
  open: async (stage) => {
    await guardedOpenings(stage, pairs(stage));
  },
  connect: (stage) => connectAll(stage, pairs(stage)),
};

/** How often a SYN that a RST answered is sent again: the other end's may be a moment late. */
const TRIES = 3;

async function dial(stage: Stage): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await connectAll(stage, [{ local: stage.local, port: portAhead(stage.theirs) }]);
    } catch (error) {
      if (tries === TRIES || systemCode(error) !== 'ECONNREFUSED') throw error;
    }
  }
}

export const simultaneous: Technique = {
  probes: 2,
  needPattern: ['opener', 'connecter'],
  async open(stage) {
    cross(stage, () => dial(stage));
  },
  connect: dial,
};
