// SPDX-License-Identifier: Apache-2.0
// Learning an outside port: STUN over TCP from a local port that stays, and what a suite may answer.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { PortholeError } from '../../../../proto/errors.ts';
import { bindingAnswer } from '../../../../signaling/stun/stun.ts';
import { gapOf, MAX_STEP } from '../../../../transport/nat/probe/prediction.ts';
import { serversOf, spread } from '../../../../transport/nat/probe/prober.ts';
import { asItIs, type LearnOptions, learn } from '../../../../transport/nat/punch/learn.ts';
import { openSockets } from '../../../../transport/nat/sockets/ffi.ts';
import type { BoundSocket, TcpSockets } from '../../../../transport/nat/sockets/sockets.ts';
import { systemClock } from '../../../../transport/time/clock.ts';
import { openStunTcp, type StunTcp } from '../../../support/stun-tcp.ts';

const isCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof PortholeError && error.code === code;

/** Waits until nobody is connected any more; without that the test takes too long. */
async function noneOpen(...servers: StunTcp[]): Promise<void> {
  while (servers.some(({ open }) => open.size > 0)) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('punch: learning the outside port', () => {
  const open: StunTcp[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });
  async function server(answer?: (socket: Socket, request: Uint8Array) => void): Promise<StunTcp> {
    const stun = await openStunTcp('127.0.0.1', 0, answer);
    open.push(stun);
    return stun;
  }
  async function options(servers: readonly StunTcp[], more: Partial<LearnOptions> = {}): Promise<LearnOptions> {
    return {
      sockets: await openSockets(),
      local: { ip: '0.0.0.0', port: 0 },
      outsideIp: '127.0.0.1',
      servers: servers.map(({ address }) => address),
      probes: 2,
      clock: systemClock,
      signal: new AbortController().signal,
      ...more,
    };
  }

  it('asks from one port, keeps the mapping open, and lets it go', async () => {
    const [one, two] = [await server(), await server()];
    const learned = await learn(await options([one, two]));
    assert.deepEqual(learned.outside, { port: learned.local.port, step: 0 });
    assert.deepEqual([one.open.size, two.open.size], [1, 1]);
    learned.release();
    await noneOpen(one, two);
  });

  it('tells a gap by the order of asking; what an exam has found comes first', async () => {
    const seenAs = (port: number) => (socket: Socket, request: Uint8Array) =>
      socket.write(bindingAnswer({ transaction: request.slice(8, 20), unknown: [], fingerprint: false }, '127.0.0.1', port));
    const servers = [await server(seenAs(40_000)), await server(seenAs(40_002))];
    const learned = await learn(await options(servers));
    assert.deepEqual(learned.outside, { port: 40_002, step: 2 });
    learned.release();
    const examined = await learn(await options(servers, { step: 1, probes: 1 }));
    assert.deepEqual(examined.outside, { port: 40_000, step: 1 });
    examined.release();
  });

  it('takes the round trip that the system has measured, where it does: a busy program sees each come late', async () => {
    const real = await openSockets();
    const measured = (ms: number | null): TcpSockets => ({
      ...real,
      can: real.can,
      bind(local, given) {
        const bound = real.bind(local, given);
        return {
          local: bound.local,
          set() {},
          connect: bound.connect.bind(bound),
          listen: bound.listen.bind(bound),
          close() {},
          rttMs: () => ms,
        };
      },
    });
    let time = 0;
    const late = { ...systemClock, now: () => (time += 40) }; // each look at it is 40 ms later
    for (const [ms, taken] of [
      [2.4, 2],
      [0.05, 1],
      [null, 40],
      [500, 40],
    ] as const) {
      const learned = await learn(await options([await server()], { sockets: measured(ms), clock: late, probes: 1 }));
      assert.equal(learned.rttMs, taken, String(ms));
      learned.release();
    }
  });

  it('one server of two is enough', async () => {
    const gone = await server();
    const { address } = gone;
    await gone.close();
    open.pop();
    const there = await server();
    const learned = await learn({ ...(await options([there])), servers: [address, there.address] });
    assert.equal(learned.outside.port, learned.local.port);
    learned.release();
  });

  it('no server, one that refuses, another outside address: each said with a code', async () => {
    await assert.rejects(learn(await options([])), isCode('STRATEGY_UNFIT'));
    const hangsUp = await server((socket) => socket.end());
    await assert.rejects(learn(await options([hangsUp])), isCode('NO_PATH'));
    const nonsense = await server((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await assert.rejects(learn(await options([nonsense])), isCode('NO_PATH'));
    const there = await server();
    await assert.rejects(learn(await options([there], { outsideIp: '192.0.2.1' })), isCode('STRATEGY_UNFIT'));
    await noneOpen(there);
  });

  it('a signal ends it, leaving nothing open', async () => {
    const silent = await server(() => {});
    const stop = new AbortController();
    const reason = new Error('enough');
    const rejected = assert.rejects(learn(await options([silent], { signal: stop.signal })), reason);
    while (silent.open.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(reason);
    await rejected;
    await noneOpen(silent);
  });

  it('a gap is a pattern up to a limit', () => {
    assert.equal(gapOf([7]), 0);
    assert.equal(gapOf([100, 100]), 0);
    assert.equal(gapOf([100, 102, 101]), -1);
    assert.equal(gapOf([100, 100 + MAX_STEP]), MAX_STEP);
    assert.equal(gapOf([100, 101 + MAX_STEP]), null);
  });

  it('asks different addresses first, in one family; a name is looked up', async () => {
    const at = (ip: string, port: number) => ({ ip, port });
    assert.deepEqual(spread([at('a', 1), at('a', 2), at('b', 1)]), [at('a', 1), at('b', 1), at('a', 2)]);
    const servers = [at('192.0.2.1', 1), at('2001:db8::1', 2), at('my.localhost', 3), at('no such name', 4)];
    assert.deepEqual(await serversOf(servers, 4), [at('192.0.2.1', 1), at('127.0.0.1', 3)]);
  });

  it('where there is no second socket it says so, and no promise is left behind', async () => {
    const [one, two] = [await server(), await server()];
    const given = await options([one, two]);
    const bound: BoundSocket[] = [];
    const scarce: TcpSockets = {
      ...{ kind: given.sockets.kind, can: given.sockets.can, why: '' },
      bind(local) {
        if (bound.length === 1) throw new PortholeError('SOCKET_FAILED', 'socket EMFILE: too many open files');
        const socket = given.sockets.bind(local);
        bound.push(socket);
        return socket;
      },
    };
    const stop = new AbortController();
    await assert.rejects(learn({ ...given, sockets: scarce, signal: stop.signal }), isCode('SOCKET_FAILED'));
    stop.abort(new Error('the round is over'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(one.open.size, 0);
    await assert.rejects(bound[0]?.connect(two.address, stop.signal) as Promise<unknown>, isCode('INTERNAL'), 'its port is given back');
  });

  it('without a NAT a port is the same outside, and is held', async () => {
    const learned = asItIs({ sockets: await openSockets(), local: { ip: '127.0.0.1', port: 0 } });
    assert.equal(learned.outside.port, learned.local.port);
    learned.release();
  });
});
