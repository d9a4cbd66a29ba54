// SPDX-License-Identifier: Apache-2.0
// Punches where the next outside port of both ends is known: guarded, predicted, and with SYNs that cross.

import { systemCode } from '../../sockets/sockets.ts';
import { PREDICTED_WINDOW, SERIES_TRIES } from '../limits.ts';
import { connectAll, cross, guardedOpenings, type Opening, portAhead, type Stage, type Technique } from '../technique.ts';

const onePair = ({ local, theirs }: Stage): Opening[] => [{ local, port: portAhead(theirs) }];

/**
 * The pairs of ports of one end. Others behind the same NAT may take ports of a series meanwhile, so that it is further on than
 * predicted, by up to a window. The end with one port waits for the whole window, or goes to all of it; then a few connections
 * of the series meet it. Where both have a series, each goes, port after port, to the last of the other's window: one of them
 * goes from the port that the other's go to.
 */
export function pairs({ own, theirs, local, facts: { sockets } }: Stage): Opening[] {
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
export const predicted = guardedBy(3, pairs);

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
