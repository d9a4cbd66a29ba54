// SPDX-License-Identifier: Apache-2.0
// STUN over TCP at the suite's probe ports, where they are told to be, and what ends say of their networks passed on.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Nat } from '../../../proto/rendezvous.ts';
import { told } from '../../../signaling/exam/addresses.ts';
import { PROBE_PORTS, ProbePorts, type ProbePortsOptions } from '../../../signaling/exam/probe-ports.ts';
import { SUITE_LIMITS, type SuiteLimits } from '../../../signaling/shared/limits.ts';
import { Rates } from '../../../signaling/shared/rates.ts';
import { bindingAnswer, MAX_STUN_BYTES, readBindingRequest } from '../../../signaling/stun/stun.ts';
import type { NatProfile } from '../../../transport/nat/profile.ts';
import { natToWire } from '../../../transport/nat/profile.ts';
import { fakeClock } from '../../support/clock.ts';
import { cleanUp, host, later, openSuite, Peer } from './helper.ts';

/** A Binding request, its transaction all of one byte; with a USERNAME if one is given. */
function request(byte: number, user = ''): Buffer {
  const head = Buffer.from(`00010000 2112a442 ${Buffer.alloc(12, byte).toString('hex')}`.replaceAll(' ', ''), 'hex');
  if (user === '') return head;
  const padded = Buffer.alloc(4 + Math.ceil(user.length / 4) * 4);
  padded.writeUInt16BE(6, 0);
  padded.writeUInt16BE(user.length, 2);
  padded.write(user, 4);
  head.writeUInt16BE(padded.length, 2);
  return Buffer.concat([head, padded]);
}

const gone = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void (socket.closed ? resolve() : socket.once('close', () => resolve())));

/** What the suite should answer to a request of a socket. */
function answer(socket: Socket, asked: Buffer): Buffer {
  const read = readBindingRequest(asked);
  assert.ok(read);
  return Buffer.from(bindingAnswer(read, socket.localAddress as string, socket.localPort as number));
}

describe('probe ports', () => {
  afterEach(cleanUp);

  async function open(options: Partial<ProbePortsOptions> = {}, limits: Partial<SuiteLimits> = {}): Promise<ProbePorts> {
    const all = { ...SUITE_LIMITS, ...limits };
    const ports = await ProbePorts.open({ addresses: ['127.0.0.1'], port: 0, rates: new Rates(all), limits: all, ...options });
    later(() => ports.close());
    return ports;
  }

  async function dial(ports: ProbePorts, nth = 0): Promise<Socket> {
    const { ip, port } = ports.addresses[nth] as { ip: string; port: number };
    const socket = connect({ host: ip, port });
    later(() => void socket.destroy());
    socket.on('error', () => {});
    // One that is refused is closed, perhaps before it knows that it was open.
    await new Promise<void>((resolve) => void socket.once('connect', resolve).once('close', () => resolve()));
    return socket;
  }

  it('are three on each address, and tell each asker where it comes from', async () => {
    const ports = await open({ addresses: ['127.0.0.1', '127.0.0.2', '::1'] });
    assert.deepEqual(
      ports.addresses.map(({ ip }) => ip),
      ['127.0.0.1', '127.0.0.2', '::1'].flatMap((ip) => Array(PROBE_PORTS).fill(ip)),
    );
    for (let nth = 0; nth < 3 * PROBE_PORTS; nth++) {
      const socket = await dial(ports, nth);
      const asked = request(nth);
      socket.write(asked);
      assert.deepEqual((await once(socket, 'data'))[0], answer(socket, asked));
    }
  });

  it('read requests by their own length, however they are cut', async () => {
    const socket = await dial(await open());
    const both = Buffer.concat([request(1, 'someone'), request(2)]);
    let got = Buffer.alloc(0);
    const wanted = Buffer.concat([answer(socket, request(1, 'someone')), answer(socket, request(2))]);
    socket.on('data', (bytes: Buffer) => {
      got = Buffer.concat([got, bytes]);
    });
    for (const byte of both) {
      socket.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    while (got.length < wanted.length) await once(socket, 'data');
    assert.deepEqual(got, wanted);
  });

  it('tell who came, whether it asked, and the token it brought', async () => {
    const seen: string[] = [];
    const ports = await open({
      onSeen: ({ from, to }) => {
        seen.push(`${from.ip} came to ${to.ip}`);
        return () => seen.push('asked');
      },
      onToken: (token, { ip }) => seen.push(`${token} from ${ip}`),
    });
    const socket = await dial(ports);
    while (seen.length === 0) await new Promise(setImmediate);
    socket.write(request(1, 'token'));
    await once(socket, 'data');
    assert.deepEqual(seen, ['127.0.0.1 came to 127.0.0.1', 'asked', 'token from 127.0.0.1']);
  });

  it('close on what is no request, on one too long, on one too many, and on who stays too long', async () => {
    const clock = fakeClock();
    const ports = await open({ clock }, { probeConnectionsPerAddress: 3, probeIdleMs: 5000, stunPerAddress: { perSecond: 1, burst: 1 } });
    const http = await dial(ports);
    http.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await gone(http);
    const long = await dial(ports);
    const head = request(1);
    head.writeUInt16BE(MAX_STUN_BYTES, 2);
    long.write(head);
    await gone(long);
    const [idle, asks] = [await dial(ports), await dial(ports)];
    for (let times = 0; times < 2; times++) {
      asks.write(request(times));
      await once(asks, 'data');
    }
    asks.write(request(3));
    await gone(asks); // the rate
    const more = [await dial(ports), await dial(ports), await dial(ports)];
    await gone(more[2] as Socket); // a fourth at once
    clock.advance(5000);
    await gone(idle);
  });

  it('listen on ports in a row when a port is named', async () => {
    const { port } = (await open()).addresses[0] as { port: number };
    const taken = ProbePorts.open({ addresses: ['127.0.0.1'], port: port - 1, rates: new Rates(SUITE_LIMITS), limits: SUITE_LIMITS });
    await assert.rejects(taken, { code: 'PORT_IN_USE' });
  });
});

describe('the addresses a caller is told', () => {
  const at = (...ips: string[]) => ips.map((ip, nth) => ({ ip, port: nth + 1 }));

  it('are those that lead to the suite from where it is', () => {
    const far = { ip: '203.0.113.7', reached: '192.0.2.1' };
    assert.deepEqual(told(at('192.0.2.1', '192.0.2.2', '2001:db8::1'), far), at('192.0.2.1', '192.0.2.2', '2001:db8::1'));
    assert.deepEqual(told(at('0.0.0.0', '::'), far), at('192.0.2.1', '192.0.2.1'));
    const near = { ip: '192.168.1.7', reached: '192.168.1.1' };
    assert.deepEqual(told(at('192.168.1.1', '192.168.1.2'), near), at('192.168.1.1', '192.168.1.2'));
  });

  it('are the host that was dialled where a router or a proxy has the address', () => {
    const cloud = { ip: '203.0.113.7', reached: '10.0.0.4' };
    assert.deepEqual(told(at('10.0.0.4', '10.0.0.5'), cloud), at(''));
    assert.deepEqual(told(at('0.0.0.0'), { ip: '203.0.113.7', reached: '' }), at(''));
  });
});

describe('what ends say of their networks', () => {
  afterEach(cleanUp);
  const home: NatProfile = { tcp: { mapping: { behaviour: 'endpoint-independent', step: 0 }, unsolicited: 'silence' } };
  const cgn: NatProfile = { tcp: { mapping: { behaviour: 'address-and-port-dependent', step: null } }, udp: null };

  it('goes with introductions: at once, or as soon as it is known; and an end that says nothing is called like before', async () => {
    const suite = await openSuite();
    const site = await host(suite, 'demo', { nat: natToWire(home) });
    const visitor = await Peer.connect(suite);
    const ask = async (nat?: Nat) => (await visitor.ask('Introduce', { link: 'demo', strategies: ['relay'], nat })).introduction;
    const first = await ask();
    assert.deepEqual(first?.peerNat?.tcp?.unsolicited, natToWire(home).tcp?.unsolicited);
    assert.equal((await site.next('Introduction')).peerNat, null);
    await ask(natToWire(cgn));
    assert.equal((await site.next('Introduction')).peerNat?.udpBlocked, true);
    site.send('Examined', { nat: natToWire(cgn) });
    visitor.send('Examined', { nat: natToWire(home) });
    await site.ask('Find', { link: 'demo' }); // in order behind it
    const third = await ask();
    assert.equal(third?.peerNat?.tcp?.mapping?.patternless, true);
    const callee = await site.next('Introduction');
    assert.deepEqual([callee.peerNat?.udpBlocked, callee.peerOther], [false, null]);
  });

  it('what a host says of it later is a change of its site, to those who watch it; what a visitor says is not', async () => {
    const suite = await openSuite();
    const site = await host(suite, 'demo');
    const visitor = await Peer.connect(suite);
    await visitor.ask('Find', { link: 'demo' });
    visitor.send('Examined', { nat: natToWire(home) });
    await visitor.ask('Find', { link: 'demo' }); // in order behind it
    assert.equal(visitor.waiting('SiteStatus'), 0);
    site.send('Examined', { nat: natToWire(home) });
    assert.deepEqual([(await visitor.next('SiteStatus')).online, visitor.waiting('SiteStatus')], [true, 0]);
  });

  it('is passed on without what this version does not know, and at a rate', async () => {
    const suite = await openSuite({ limits: { examinedPerAddress: { perSecond: 1, burst: 2 } } });
    const site = await host(suite, 'demo');
    const visitor = await Peer.connect(suite);
    const odd = { ...natToWire(home), tcp: { ...natToWire(home).tcp, filtering: 99 } } as unknown as Nat;
    await visitor.ask('Introduce', { link: 'demo', strategies: ['relay'], nat: odd });
    assert.equal((await site.next('Introduction')).peerNat?.tcp?.filtering, 0);
    for (let times = 0; times < 4; times++) visitor.send('Examined', { nat: null });
    assert.equal((await visitor.next('Problem')).code, 'RATE_LIMITED');
  });

  it('needs no ports beside the others where nobody asked for exams', async () => {
    const { stunTcp, stunUdp } = (await Peer.connect(await openSuite())).welcome;
    assert.deepEqual([stunTcp, stunUdp], [[], []]);
    const two = (await Peer.connect(await openSuite({ moreAddresses: ['127.0.0.2'] }))).welcome;
    assert.deepEqual(new Set(two.stunTcp.map(({ ip }) => ip)), new Set(['127.0.0.1', '127.0.0.2']));
    assert.deepEqual([two.stunTcp.length, two.stunUdp.length], [2 * PROBE_PORTS, 4]);
    assert.equal(two.stunUdp[0]?.port, two.stunPort);
  });
});
