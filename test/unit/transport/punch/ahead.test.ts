// SPDX-License-Identifier: Apache-2.0
// What is learned ahead of a call: whether ports are kept, a port that is held and let go, and that another network begins anew.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { bindingAnswer, readBindingRequest } from '../../../../signaling/stun/stun.ts';
import { Ahead } from '../../../../transport/nat/punch/ahead.ts';
import { type LearnRequest, lowRange } from '../../../../transport/nat/punch/learn.ts';
import { FRESH_MS, HOLD_MS, LOW_PORTS, NEARLY_MS } from '../../../../transport/nat/punch/limits.ts';
import { openSockets } from '../../../../transport/nat/sockets/ffi.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { openStunTcp, type StunTcp } from '../../../support/stun-tcp.ts';

const HERE = '127.0.0.1';

/** A suite that sees ports as a NAT makes them. */
const seenAs = (outside: (port: number) => number): Promise<StunTcp> =>
  openStunTcp(HERE, 0, (socket: Socket, request) => {
    const binding = readBindingRequest(request);
    if (binding) socket.write(bindingAnswer(binding, HERE, outside(socket.remotePort ?? 0)));
  });

describe('punch: what is learned ahead', () => {
  const open: StunTcp[] = [];
  const stop = new AbortController();
  let clock: FakeClock;
  beforeEach(() => {
    clock = fakeClock();
  });
  after(async () => {
    stop.abort();
    await Promise.all(open.map((server) => server.close()));
  });

  async function suite(outside: (port: number) => number): Promise<LearnRequest> {
    const servers = await Promise.all([seenAs(outside), seenAs(outside)]);
    open.push(...servers);
    return {
      sockets: await openSockets(),
      local: { ip: HERE, port: 0 },
      outsideIp: HERE,
      servers: servers.map(({ address }) => address),
      clock,
      signal: stop.signal,
    };
  }
  const held = (): number => open.reduce((sum, server) => sum + server.open.size, 0);
  const settled = (until: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => void (until() ? resolve() : setTimeout(look, 2));
      look();
    });

  it('a NAT that keeps port numbers: every call has a port of its own, and nothing is held for it', async () => {
    const ahead = new Ahead(Math.random);
    const request = await suite((port) => port);
    assert.equal(await ahead.take(request), null);
    ahead.prepare(request);
    const [one, other] = [await ahead.take(request), await ahead.take(request)];
    assert.ok(one && other);
    assert.equal(one.outside.port, one.local.port);
    assert.notEqual(one.local.port, other.local.port);
    await settled(() => held() === 0);
    one.release();
    other.release();
    assert.equal(clock.timers, 0);
  });

  it('a NAT with one other port for all: the port is held, belongs to the first who takes it, and is let go in time', async () => {
    const ahead = new Ahead(Math.random);
    const request = await suite(() => 40_000);
    ahead.prepare(request);
    const taken = await ahead.take(request);
    assert.deepEqual(taken?.outside, { port: 40_000, step: 0 });
    assert.equal(await ahead.take(request), null);
    clock.advance(HOLD_MS);
    assert.ok(held() > 0, 'who took it has it still');
    taken?.release();
    await settled(() => held() === 0);
    ahead.prepare(request);
    await settled(() => held() > 0 && clock.timers > 0);
    clock.advance(HOLD_MS);
    await settled(() => held() === 0);
    assert.equal(await ahead.take(request), null);
  });

  it('the signal lets go of what is held', async () => {
    const ahead = new Ahead(Math.random);
    const one = new AbortController();
    const request = { ...(await suite(() => 40_001)), signal: one.signal };
    ahead.prepare(request);
    await settled(() => clock.timers > 0);
    one.abort();
    await settled(() => held() === 0);
    assert.equal(clock.timers, 0);
    assert.equal(await ahead.take(request), null);
  });

  it('a series, and ports without a pattern, are told but not held', async () => {
    let next = 50_000;
    const series = await suite(() => next++);
    const ahead = new Ahead(Math.random);
    ahead.prepare(series);
    assert.equal(await ahead.take(series), null);
    assert.equal(ahead.seen(HERE)?.step, 1);
    assert.equal(ahead.seen('192.0.2.1'), null);
    let turn = 0;
    const chance = await suite(() => (turn++ % 2 ? 20_000 : 40_000));
    const other = new Ahead(Math.random);
    other.prepare(chance);
    assert.equal(await other.take(chance), null);
    assert.equal(other.seen(HERE)?.step, null);
    await settled(() => held() === 0);
  });

  it('where a series is counts once, and for a moment', async () => {
    let next = 50_000;
    const request = await suite(() => next++);
    const ahead = new Ahead(Math.random);
    ahead.prepare(request);
    const seen = await ahead.series(request);
    assert.deepEqual(seen?.outside, { port: 50_001, step: 1 });
    assert.ok(seen.local.port > 0 && seen.rttMs > 0);
    assert.equal(await ahead.series(request), null);
    for (const [ms, port] of [
      [FRESH_MS + 1, undefined],
      [FRESH_MS, 50_005],
    ] as const) {
      ahead.prepare(request);
      await settled(() => held() === 0 && next % 2 === 0);
      await ahead.take(request); // until it has learned
      clock.advance(ms);
      const again = await ahead.series(request);
      assert.equal(again?.outside.port, port);
      again?.release();
    }
    seen.release();
    ahead.prepare(request);
    await ahead.take(request);
    ahead.saw(request, { local: request.local, outside: { port: 50_009, step: 1 }, rttMs: 5, release() {} });
    assert.equal(await ahead.series(request), null, 'a call went on from it');
    assert.equal(await ahead.series({ ...request, outsideIp: '192.0.2.1' }), null);
    const one = new Ahead(Math.random);
    one.prepare(await suite((port) => port));
    assert.equal(await one.series(request), null, 'that is no series');
  });

  it('what is nearly learned is waited for, a moment', async () => {
    const ahead = new Ahead(Math.random);
    await ahead.nearly(clock);
    const request = await suite((port) => port);
    ahead.prepare(request);
    assert.equal(ahead.seen(HERE), null);
    await ahead.nearly(clock);
    assert.equal(ahead.seen(HERE)?.step, 0);
    assert.equal(clock.timers, 0);
    const late = new Ahead(Math.random);
    const silent = await openStunTcp(HERE, 0, () => {});
    open.push(silent);
    late.prepare({ ...request, servers: [silent.address] });
    let waited = false;
    const waiting = late.nearly(clock).then(() => {
      waited = true;
    });
    await settled(() => silent.open.size > 0);
    clock.advance(NEARLY_MS - 1);
    await settled(() => true);
    assert.equal(waited, false);
    clock.advance(1);
    await waiting;
    assert.equal(late.seen(HERE), null);
  });

  it('another outside address is another network: nothing of the last counts', async () => {
    const ahead = new Ahead(Math.random);
    const request = await suite((port) => port);
    ahead.prepare(request);
    (await ahead.take(request))?.release();
    ahead.saw({ ...request, outsideIp: '192.0.2.1' }, { local: request.local, outside: { port: 9, step: 0 }, rttMs: 5, release() {} });
    assert.equal(await ahead.take(request), null);
    assert.deepEqual([ahead.rttMs(HERE), ahead.rttMs('192.0.2.1')], [0, 5]);
  });

  it('a suite that does not answer is no failure', async () => {
    const request = await suite(() => 1);
    const ahead = new Ahead(Math.random);
    ahead.prepare({ ...request, servers: [] });
    assert.equal(await ahead.take(request), null);
  });

  describe('low ports', () => {
    const system = async (): Promise<LearnRequest['sockets']> => {
      const real = await openSockets();
      // As where everybody may bind them: from another port, in truth.
      return { ...real, can: real.can, kind: real.kind, why: real.why, bind: (local) => real.bind({ ...local, port: 0 }) };
    };

    it('that stay low are few; as few as on Linux where that is what is seen', async () => {
      const cases: readonly (readonly [seen: (turn: number) => number, range: readonly [number, number] | null])[] = [
        [(turn) => 700 + turn, LOW_PORTS],
        [(turn) => 500 + turn, [1, LOW_PORTS[1]]],
        [(turn) => 1020 + turn * 10, null],
        [() => 30_000, null],
      ];
      for (const [seen, range] of cases) {
        let turn = 0;
        const request = { ...(await suite(() => seen(turn++))), sockets: await system() };
        assert.deepEqual(await lowRange(request, Math.random), range);
      }
    });

    it('that may not be bound here are none; the network is asked once', async () => {
      const request = await suite(() => 700);
      const sockets = {
        ...request.sockets,
        bind: () => {
          throw new Error('not here');
        },
      };
      assert.equal(await lowRange({ ...request, sockets }, Math.random), null);
      const ahead = new Ahead(Math.random);
      const able = { ...request, sockets: await system() };
      assert.deepEqual(await ahead.lowRange(able), LOW_PORTS);
      assert.deepEqual(await ahead.lowRange({ ...able, servers: [] }), LOW_PORTS);
    });
  });
});
