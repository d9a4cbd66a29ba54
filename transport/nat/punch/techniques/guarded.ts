// SPDX-License-Identifier: Apache-2.0
// The guarded punch: the opener's socket stays in SYN_SENT while its SYN dies on the way; the connecter's ordinary SYN meets it.

import { connectAll, guardedOpenings, portAhead, type Technique } from '../technique.ts';

export const guarded: Technique = {
  probes: 2,
  needPattern: ['opener', 'connecter'],
  open: async (stage) => {
    await guardedOpenings(stage, [{ local: stage.local, port: portAhead(stage.theirs) }]);
  },
  connect: (stage) => connectAll(stage, [{ local: stage.local, port: portAhead(stage.theirs) }]),
};
