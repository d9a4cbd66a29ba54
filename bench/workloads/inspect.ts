// SPDX-License-Identifier: Apache-2.0
// Workload "inspect": what the inspector costs a host, in throughput and CPU, beside the same host without it.

import { BULK, SMALL, type Task, type Workload } from '../lib/workload.ts';
import { inspected, plain } from '../ways/inspected.ts';

/** Bodies that are kept whole, so many that the oldest are dropped all the time. */
const KEPT: Task = { name: 'kept', count: 24, bytes: 40_000_000, inFlight: 1 };
/** The inspector may cost so much of the throughput. */
const SPEED = 0.97;
/** And so much more CPU, both ends together. */
const CPU = 0.9;

export default {
  stages: [
    {
      name: 'inspect',
      title: 'a folder over loopback TCP with the inspector, beside the same without it (bulk: a body longer than what is kept)',
      tasks: [SMALL, BULK, KEPT],
      ours: inspected,
      peers: [plain],
      goals: [SMALL, BULK, KEPT].map(({ name }) => ({ task: name, peer: plain.name, speed: SPEED, cpu: CPU })),
    },
  ],
} satisfies Workload;
