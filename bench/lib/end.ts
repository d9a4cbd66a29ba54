// SPDX-License-Identifier: Apache-2.0
// The process of one end: does what run.ts orders, and goes when run.ts goes.

import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { digest, timed, warmUp } from './fetching.ts';
import { startMeter, type Usage } from './meter.ts';
import type { Order, Reply } from './orders.ts';
import { CLIENT, type Client, type Running, type Way, type Workload } from './workload.ts';

let running: Running | null = null;
let client: Client | null = null;
let stopMeter: (() => Promise<Usage>) | null = null;

process.on('message', (order: Order) => {
  carryOut(order).then(
    (value) => reply({ value: value ?? null }, order.do === 'close'),
    (error: unknown) => reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, false),
  );
});
process.on('disconnect', () => process.exit(1));

function reply(answer: Reply, last: boolean): void {
  process.send?.(answer, () => {
    if (last) process.exit(0);
  });
}

async function carryOut(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'start': {
      const { stages }: Workload = (await import(order.workload)).default;
      const stage = stages.find(({ name }) => name === order.stage);
      const way = stage && [stage.ours, ...stage.peers].find(({ name }) => name === order.way);
      if (!way) throw new Error(`no way ${order.way} in ${order.stage}`);
      return start(way, order);
    }
    case 'warm':
      return warmUp(theClient(), order.task);
    case 'digest':
      return digest(theClient(), order.task);
    case 'fetch':
      return timed(theClient(), order.task);
    case 'meter':
      stopMeter = await meter(order.profile);
      return null;
    case 'usage':
      return stopMeter?.();
    case 'close':
      await client?.close();
      await running?.close();
      return null;
  }
}

async function start(way: Way, { role, setting }: Extract<Order, { do: 'start' }>): Promise<unknown> {
  if (role === CLIENT) {
    client = await way.client(setting);
    return null;
  }
  const open = way.ends[role];
  if (!open) throw new Error(`${way.name} has no ${role}`);
  running = await open(setting);
  return running.tells;
}

function theClient(): Client {
  if (!client) throw new Error('this end is not the client');
  return client;
}

async function meter(profile: string | null): Promise<() => Promise<Usage>> {
  if (profile === null) {
    const stop = startMeter(running?.pid);
    return async () => stop();
  }
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 250 });
  await session.post('Profiler.start');
  const stop = startMeter();
  return async () => {
    const usage = stop();
    const taken = await session.post('Profiler.stop');
    writeFileSync(profile, JSON.stringify(taken.profile));
    return usage;
  };
}
