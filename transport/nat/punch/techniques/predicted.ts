// SPDX-License-Identifier: Apache-2.0
// Prediction: where an outside port is the next of a series, a window of connections goes from and to the next ports.

import { PREDICTED_WINDOW, SERIES_TRIES } from '../limits.ts';
import { connectAll, guardedOpenings, type Opening, portAhead, type Stage, type Technique } from '../technique.ts';

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
