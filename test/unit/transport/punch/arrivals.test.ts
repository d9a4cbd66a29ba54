// SPDX-License-Identifier: Apache-2.0
// Fresh connections of a call: strangers are dropped, both ends choose the same one, whichever way each was made.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Connection } from '../../../../transport/channel/connection.ts';
import { Arrivals, isProof, PROOF_BYTES, proofOf } from '../../../../transport/nat/punch/arrivals.ts';
import { MAX_UNPROVED, PROOF_MS } from '../../../../transport/nat/punch/limits.ts';
import type { Role } from '../../../../transport/nat/punch/notes.ts';
import { type Clock, systemClock } from '../../../../transport/time/clock.ts';
import { asked } from '../../../support/asked.ts';
import { fakeClock } from '../../../support/clock.ts';

interface End {
  readonly arrivals: Arrivals;
  readonly chosen: Promise<Connection>;
}

function end(role: Role, call = 'a call', clock: Clock = systemClock): End {
  let arrivals: Arrivals | undefined;
  const chosen = new Promise<Connection>((resolve) => {
    arrivals = new Arrivals({ call, role, via: 'tcp-punch', clock, onChosen: resolve });
  });
  return { arrivals: arrivals as Arrivals, chosen };
}

/** Resolves when it is; a RST is no failure here. */
const closed = (socket: Socket): Promise<unknown> =>
  new Promise((resolve) => (socket.closed ? resolve(null) : socket.resume().once('close', resolve)));

describe('punch arrivals', () => {
  let server: Server;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  /** Two connected sockets: who dialled, who accepted. */
  async function pair(): Promise<[Socket, Socket]> {
    const accepted = once(server, 'connection');
    const dialled = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
    await once(dialled, 'connect');
    const [other] = (await accepted) as [Socket];
    for (const socket of [dialled, other]) socket.on('error', () => {});
    sockets.push(dialled, other);
    return [dialled, other];
  }

  async function talk(a: Connection, b: Connection): Promise<void> {
    await Promise.all([a.send(Uint8Array.of(1, 2)), b.send(Uint8Array.of(3))]);
    assert.deepEqual([...((await asked(b).receive()) ?? [])], [1, 2]);
    assert.deepEqual([...((await asked(a).receive()) ?? [])], [3]);
    await Promise.all([a.close(), b.close()]);
  }

  for (const dials of ['caller', 'callee', 'both'] as const)
    it(`stands when ${dials} dialled`, async () => {
      const [caller, callee] = [end('caller'), end('callee')];
      const [dialled, accepted] = await pair();
      const [own, its] = dials === 'callee' ? [accepted, dialled] : [dialled, accepted];
      caller.arrivals.take(own, dials === 'callee' ? 'accepted' : 'dialled', 'guarded');
      callee.arrivals.take(its, dials === 'caller' ? 'accepted' : 'dialled', 'guarded');
      const [a, b] = await Promise.all([caller.chosen, callee.chosen]);
      assert.deepEqual([a.via, a.how, b.via, b.how], ['tcp-punch', 'guarded', 'tcp-punch', 'guarded']);
      await talk(a, b);
    });

  it('of many, made in either direction, both ends take the same, and the rest are closed', async () => {
    const [caller, callee] = [end('caller'), end('callee')];
    const pairs: [Socket, Socket][] = [];
    for (let count = 8; count > 0; count--) pairs.push(await pair());
    for (const [at, [dialled, accepted]] of pairs.entries()) {
      const [first, second] = at % 2 === 0 ? [caller, callee] : [callee, caller];
      first.arrivals.take(dialled, 'dialled', 'direct');
      second.arrivals.take(accepted, 'accepted', 'direct');
    }
    const [a, b] = await Promise.all([caller.chosen, callee.chosen]);
    assert.deepEqual([caller.arrivals.size, callee.arrivals.size], [0, 0]);
    await talk(a, b);
    await Promise.all(sockets.map(closed));
  });

  it('one that comes after the choice is closed', async () => {
    const caller = end('caller');
    caller.arrivals.close();
    const [dialled, accepted] = await pair();
    caller.arrivals.take(accepted, 'accepted', 'direct');
    assert.ok(accepted.destroyed);
    await closed(dialled);
  });

  const STRANGERS: Readonly<Record<string, Uint8Array>> = {
    'another call’s proof': proofOf('another call', 'caller'),
    'our own proof, shown back': proofOf('a call', 'callee'),
    'a request': new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: example.com\r\n\r\n${' '.repeat(PROOF_BYTES)}`),
    zeros: new Uint8Array(PROOF_BYTES),
  };
  for (const [name, bytes] of Object.entries(STRANGERS))
    it(`a stranger with ${name} is dropped, and told nothing`, async () => {
      const callee = end('callee');
      const [dialled, accepted] = await pair();
      let told = 0;
      dialled.on('data', (chunk) => {
        told += chunk.length;
      });
      callee.arrivals.take(accepted, 'accepted', 'direct');
      dialled.write(bytes);
      await closed(dialled);
      assert.deepEqual([told, callee.arrivals.size], [0, 0]);
    });

  it('a callee that says more than its proof is none; a choice that is none is dropped', async () => {
    const caller = end('caller');
    const [one, other] = await pair();
    caller.arrivals.take(one, 'dialled', 'guarded');
    other.write(Buffer.concat([proofOf('a call', 'callee'), Buffer.of(9)]));
    await closed(other);
    const callee = end('callee');
    const [first, second] = await pair();
    callee.arrivals.take(first, 'dialled', 'guarded');
    second.write(Buffer.concat([proofOf('a call', 'caller'), Buffer.of(2)]));
    await closed(second);
    assert.deepEqual([caller.arrivals.size, callee.arrivals.size], [0, 0]);
  });

  it('the proof may come in pieces, and the first message with the choice', async () => {
    const callee = end('callee');
    const [dialled, accepted] = await pair();
    callee.arrivals.take(accepted, 'accepted', 'direct');
    dialled.setNoDelay(true);
    const all = Buffer.concat([proofOf('a call', 'caller'), Buffer.of(1), Buffer.of(0, 0, 0, 2, 7, 8)]);
    for (const cut of [0, 1, PROOF_BYTES - 1, PROOF_BYTES]) {
      dialled.write(all.subarray(cut, cut === 0 ? 1 : cut === 1 ? PROOF_BYTES - 1 : cut === PROOF_BYTES - 1 ? PROOF_BYTES : all.length));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const connection = await callee.chosen;
    assert.deepEqual([...((await asked(connection).receive()) ?? [])], [7, 8]);
    connection.abort(new Error('done'));
  });

  it('who proves nothing in time is dropped', async () => {
    const clock = fakeClock();
    const callee = end('callee', 'a call', clock);
    const [dialled, accepted] = await pair();
    callee.arrivals.take(accepted, 'accepted', 'direct');
    clock.advance(PROOF_MS - 1);
    assert.equal(callee.arrivals.size, 1);
    clock.advance(1);
    assert.equal(callee.arrivals.size, 0);
    await closed(dialled);
    assert.equal(clock.timers, 0);
  });

  it(`more than ${MAX_UNPROVED} unproved connections are not taken`, async () => {
    const callee = end('callee', 'a call', fakeClock());
    const [, accepted] = await pair();
    accepted.setMaxListeners(0);
    const like = (): Socket => Object.create(accepted) as Socket; // as many as it takes, of one
    for (let at = 0; at < MAX_UNPROVED; at++) callee.arrivals.take(like(), 'accepted', 'direct');
    const [, late] = await pair();
    callee.arrivals.take(late, 'accepted', 'direct');
    assert.ok(late.destroyed);
    assert.equal(callee.arrivals.size, MAX_UNPROVED);
    callee.arrivals.close();
  });

  it('a proof is one end’s of one call, and of its length', () => {
    assert.ok(isProof(proofOf('x', 'caller'), 'x', 'caller'));
    assert.ok(!isProof(proofOf('x', 'caller'), 'x', 'callee'));
    assert.ok(!isProof(proofOf('x', 'caller').subarray(1), 'x', 'caller'));
  });
});
