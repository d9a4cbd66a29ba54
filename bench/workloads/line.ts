// SPDX-License-Identifier: Apache-2.0
// Workload "line": one visitor's download over a home's slow uplink.

import type { LineWorkload } from '../lib/lining.ts';

export default {
  mbits: [1, 5],
  queueMs: 300,
  vias: ['relay', 'tcp-punch', 'data-channel'],
  rttMs: 50,
  seconds: 8,
  least: { relay: 0.9, 'tcp-punch': 0.9, 'data-channel': 0.85 },
} satisfies LineWorkload;
