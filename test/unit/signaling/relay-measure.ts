// SPDX-License-Identifier: Apache-2.0
// Measures the relay beside a bare `net` pipe, in one run, processes apart: `node test/unit/signaling/relay-measure.ts`. No test.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { connect, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { createRelay } from '../../../signaling/relay/index.ts';
import { frontOf } from '../../../transport/http/first-bytes.ts';
import { listen } from '../../../transport/system/listen.ts';
import { type Carrier, HOST, joinMessage, readAnswer, take, WebSocketStream } from './relay-ends.ts';

const BULK_BYTES = 1024 * 1024 * 1024;
const WARM_BYTES = 64 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 7);
const ROUNDS = 5;
const PINGS = 300;

/** What the main process asks of the others. */
type Order =
  | { role: 'relay' | 'pipe' | 'ends' }
  | { ask: 'usage' }
  | { ask: 'tickets' }
  | { ask: 'pipe-to'; port: number }
  | { ask: 'bulk'; path: Path; bytes: number }
  | { ask: 'load'; path: Path }
  | { ask: 'unload' }
  | { ask: 'ping'; path: Path };
/** A pair of ends: through the relay with two tickets, or through the pipe to the listener. */
type Path = { port: number; carriers: [Carrier, Carrier]; tokens: [string, string] } | { port: number; sink: true };

const reply = (message: unknown): void => void process.send?.(message);
const ask = async <T>(child: ChildProcess, order: Order): Promise<T> => {
  child.send(order);
  const [answer] = await once(child, 'message');
  return answer as T;
};
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

async function beRelay(): Promise<void> {
  const relay = createRelay();
  const server = createHttp();
  server.on('upgrade', (request, socket, head) => relay.handleUpgrade(request, socket, head));
  frontOf(server, { framed: (socket) => relay.handleSocket(socket) });
  let calls = 0;
  process.on('message', (order: Order) => {
    if ('ask' in order && order.ask === 'tickets') reply([relay.issue(`${++calls}`, 'caller'), relay.issue(`${calls}`, 'callee')]);
  });
  reply({ port: await listen(server, { port: 0, host: HOST }) });
}

async function bePipe(): Promise<void> {
  let target = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (one) => {
    const other = connect({ port: target, host: HOST, allowHalfOpen: true, noDelay: true });
    one.on('error', () => other.destroy());
    other.on('error', () => one.destroy());
    one.pipe(other).pipe(one);
  });
  process.on('message', (order: Order) => {
    if (!('ask' in order) || order.ask !== 'pipe-to') return;
    target = order.port;
    reply('ok');
  });
  reply({ port: await listen(server, { port: 0, host: HOST }) });
}

/** Both ends of each path, so that the relay's process has nothing to do but relay. */
async function beEnds(): Promise<void> {
  const accepted: ((end: Duplex) => void)[] = [];
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => accepted.shift()?.(socket));
  let loading = false;

  const dial = (port: number, carrier: Carrier): Duplex =>
    carrier === 'tcp'
      ? connect({ port, host: HOST, allowHalfOpen: true, noDelay: true })
      : new WebSocketStream(`ws://${HOST}:${port}/.porthole/relay`);

  async function open(path: Path): Promise<[Duplex, Duplex]> {
    if ('sink' in path) {
      const far = new Promise<Duplex>((resolve) => accepted.push(resolve));
      return [dial(path.port, 'tcp'), await far];
    }
    const ends = path.carriers.map((carrier) => dial(path.port, carrier)) as [Duplex, Duplex];
    ends.forEach((end, i) => void end.write(joinMessage(path.tokens[i] as string)));
    await Promise.all(ends.map(readAnswer));
    return ends;
  }

  async function pour(end: Duplex, goOn: (sent: number) => boolean): Promise<void> {
    for (let sent = 0; goOn(sent); sent += PIECE.length) if (!end.write(PIECE)) await once(end, 'drain');
    end.end();
  }

  async function bulk(path: Path, bytes: number): Promise<number> {
    const [from, to] = await open(path);
    const began = performance.now();
    to.resume().on('end', () => to.end());
    await Promise.all([pour(from, (sent) => sent < bytes), once(from.resume(), 'end')]);
    return bytes / 1e6 / ((performance.now() - began) / 1000);
  }

  async function ping(path: Path): Promise<{ p50: number; p99: number }> {
    const [from, to] = await open(path);
    to.on('data', (chunk) => to.write(chunk));
    const times: number[] = [];
    for (let i = 0; i < PINGS; i++) {
      const began = performance.now();
      from.write('a ping of some bytes');
      await take(from, 20);
      times.push(performance.now() - began);
    }
    from.destroy();
    to.destroy();
    times.sort((a, b) => a - b);
    return { p50: times[Math.floor(PINGS * 0.5)] as number, p99: times[Math.floor(PINGS * 0.99)] as number };
  }

  async function load(path: Path): Promise<void> {
    const [from, to] = await open(path);
    loading = true;
    from.on('error', () => {});
    to.on('error', () => {}).resume();
    to.on('end', () => to.end());
    from.resume();
    void pour(from, () => loading);
  }

  process.on('message', async (order: Order) => {
    if (!('ask' in order)) return;
    if (order.ask === 'bulk') reply(await bulk(order.path, order.bytes));
    else if (order.ask === 'ping') reply(await ping(order.path));
    else if (order.ask === 'load') {
      await load(order.path);
      reply('ok');
    } else if (order.ask === 'unload') {
      loading = false;
      setTimeout(reply, 200, 'ok');
    }
  });
  reply({ port: await listen(listener, { port: 0, host: HOST }) });
}

/** A row's numbers of one round. */
interface Round {
  mbps: number;
  cpu: number;
  rss: number;
  idle: { p50: number; p99: number };
  loaded: { p50: number; p99: number };
}

async function main(): Promise<void> {
  const children: ChildProcess[] = [];
  const start = async (role: 'relay' | 'pipe' | 'ends'): Promise<{ child: ChildProcess; port: number }> => {
    const child = fork(import.meta.filename);
    children.push(child);
    return { child, ...(await ask<{ port: number }>(child, { role })) };
  };
  const kinds: { name: string; carriers?: [Carrier, Carrier] }[] = [
    { name: 'bare net pipe' },
    { name: 'relay tcp-tcp', carriers: ['tcp', 'tcp'] },
    { name: 'relay tcp-ws', carriers: ['tcp', 'websocket'] },
    { name: 'relay ws-tcp', carriers: ['websocket', 'tcp'] },
  ];
  const rounds = new Map<string, Round[]>(kinds.map(({ name }) => [name, []]));
  try {
    // The bulk flow and the small one have processes of their own: they share the middle, which is what is measured.
    const [ends, small] = [await start('ends'), await start('ends')];
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, carriers } of kinds) {
        const middle = await start(carriers ? 'relay' : 'pipe');
        const path = async (via: { child: ChildProcess; port: number }): Promise<Path> => {
          if (carriers) return { port: middle.port, carriers, tokens: await ask(middle.child, { ask: 'tickets' }) };
          await ask(middle.child, { ask: 'pipe-to', port: via.port });
          return { port: middle.port, sink: true };
        };
        await ask(ends.child, { ask: 'bulk', path: await path(ends), bytes: WARM_BYTES });
        const before = await ask<{ cpu: number; rss: number }>(middle.child, { ask: 'usage' });
        const mbps = await ask<number>(ends.child, { ask: 'bulk', path: await path(ends), bytes: BULK_BYTES });
        const after = await ask<{ cpu: number; rss: number }>(middle.child, { ask: 'usage' });
        const idle = await ask<Round['idle']>(small.child, { ask: 'ping', path: await path(small) });
        await ask(ends.child, { ask: 'load', path: await path(ends) });
        const loaded = await ask<Round['loaded']>(small.child, { ask: 'ping', path: await path(small) });
        await ask(ends.child, { ask: 'unload' });
        rounds.get(name)?.push({ mbps, cpu: (after.cpu - before.cpu) / (BULK_BYTES / 1e9), rss: after.rss / 1e6, idle, loaded });
        middle.child.kill();
      }
    }
  } finally {
    for (const child of children) child.kill();
  }
  console.log(
    `medians of ${ROUNDS} rounds, in turn; ${BULK_BYTES / 1e6} MB bulk; round trips in ms of a small flow, alone and beside one bulk flow`,
  );
  console.table(
    [...rounds].map(([name, all]) => ({
      name,
      'MB/s': Math.round(median(all.map((one) => one.mbps))),
      'CPU s/GB': Number(median(all.map((one) => one.cpu)).toFixed(2)),
      'RSS MB': Math.round(median(all.map((one) => one.rss))),
      'alone p50': Number(median(all.map((one) => one.idle.p50)).toFixed(2)),
      'alone p99': Number(median(all.map((one) => one.idle.p99)).toFixed(2)),
      'beside p50': Number(median(all.map((one) => one.loaded.p50)).toFixed(2)),
      'beside p99': Number(median(all.map((one) => one.loaded.p99)).toFixed(2)),
    })),
  );
}

if (process.send === undefined) await main();
else {
  process.on('message', (order: Order) => {
    if ('role' in order) void { relay: beRelay, pipe: bePipe, ends: beEnds }[order.role]();
    else if (order.ask === 'usage') {
      const { user, system } = process.cpuUsage();
      reply({ cpu: (user + system) / 1e6, rss: process.memoryUsage().rss });
    }
  });
}
