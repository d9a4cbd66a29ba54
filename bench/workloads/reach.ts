// SPDX-License-Identifier: Apache-2.0
// Workload "reach": pairs of networks in the lab, and who reaches whom directly, by what and how soon.

import { systemOf } from '../lib/lab-ends.ts';
import type { Reach } from '../lib/reach.ts';
import { stack as hyperdht } from '../ways/hyperdht-lab.ts';
import { stack as libp2p } from '../ways/libp2p-lab.ts';
import { porthole } from '../ways/porthole-lab.ts';

export default {
  systems: [porthole, systemOf(libp2p), systemOf(hyperdht)],
  kinds: ['open', 'full-cone', 'home', 'home-rst', 'step1', 'random', 'cgn', 'upnp'],
} satisfies Reach;
