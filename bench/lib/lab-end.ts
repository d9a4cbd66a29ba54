// SPDX-License-Identifier: Apache-2.0
// The process of one part of a stack in a place of the lab: does what lab-ends.ts orders, and goes when that goes.

import type { LabOrder, Reply } from './orders.ts';
import type { Reached, Stack } from './reach.ts';

let visit: ((host: unknown) => Promise<Reached>) | null = null;

async function carryOut(order: LabOrder): Promise<unknown> {
  switch (order.do) {
    case 'suite':
      return (await load(order.file)).suite(order.ipv4, order.ipv6);
    case 'host':
      return (await load(order.file)).host(order.meeting);
    case 'visitor':
      visit = await (await load(order.file)).visitor(order.meeting);
      return null;
    case 'reach':
      if (!visit) throw new Error('this end is not the visitor');
      return visit(order.host);
  }
}

const load = async (file: string): Promise<Stack> => ((await import(file)) as { stack: Stack }).stack;

process.on('message', (order: LabOrder) => {
  carryOut(order).then(
    (value) => process.send?.({ value: value ?? null } satisfies Reply),
    (error: Error) => process.send?.({ error: error.message } satisfies Reply),
  );
});
process.on('disconnect', () => process.exit());
