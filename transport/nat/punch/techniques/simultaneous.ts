// SPDX-License-Identifier: Apache-2.0
// The plain simultaneous open (P2PNAT): both ends connect at one moment, so that the SYNs cross on the way.

import { systemCode } from '../../sockets/sockets.ts';
import { connectAll, cross, portAhead, type Stage, type Technique } from '../technique.ts';

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
