// SPDX-License-Identifier: Apache-2.0
// The suite's half of the exams, and those who would use it against others: scans, floods, forged addresses.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { PortholeError } from '../../../proto/errors.ts';
import { MAX_CALLBACK_MS, MAX_CALLBACKS, MIN_CALLBACK_PORT } from '../../../proto/limits.ts';
import { CallbackFrom, CallbackOutcome, type Message } from '../../../proto/rendezvous.ts';
import type { Fields } from '../../../signaling/shared/end.ts';
import type { Suite, SuiteOptions } from '../../../signaling/suite.ts';
import { takeExam } from '../../../transport/nat/exam/exam.ts';
import { askStun, bindingQuestion } from '../../../transport/nat/probe/prober.ts';
import { openSockets } from '../../../transport/nat/sockets/ffi.ts';
import type { TcpSockets } from '../../../transport/nat/sockets/sockets.ts';
import { Rendezvous } from '../../../transport/rendezvous/client.ts';
import { cleanUp, later, openSuite, Peer, until } from './helper.ts';

describe('examiner', () => {
  afterEach(cleanUp);

  const examining = (options: Partial<SuiteOptions> = {}): Promise<Suite> => openSuite({ moreAddresses: ['127.0.0.2'], ...options });

  /** Goes to a probe port from this address, and stays. */
  async function probe(peer: Peer, from = '127.0.0.1', nth = 0): Promise<Socket> {
    const { ip, port } = peer.welcome.stunTcp[nth] as { ip: string; port: number };
    const socket = connect({ host: ip, port, localAddress: from });
    socket.on('error', () => {});
    later(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  }

  async function listener(host: string, port = 0): Promise<{ server: Server; port: number; came: string[] }> {
    const came: string[] = [];
    const server = createServer((socket) => {
      came.push(socket.remoteAddress ?? '');
      socket.on('error', () => {}).destroy();
    });
    server.listen(port, host);
    await once(server, 'listening');
    later(() => void server.close());
    return { server, port: (server.address() as { port: number }).port, came };
  }

  const callback = (port: number, rest: Partial<Message<'Exam'>['callbacks'][number]> = {}): Fields<'Exam'> => ({
    callbacks: [{ port, from: CallbackFrom.OTHER_PORT, waitMs: 200, ...rest }],
  });

  /** An end with a run, that has come to a probe port. */
  async function begun(suite: Suite): Promise<Peer> {
    const peer = await Peer.connect(suite);
    const { examination } = await peer.ask('Exam', { begin: true });
    assert.ok(examination?.token);
    await probe(peer);
    await until('the probe is seen', async () => (await peer.ask('Exam', {})).examination?.probes.length === 1);
    return peer;
  }

  it('tells who came to which probe port, and leaves out who asked for its address', async () => {
    const peer = await begun(await examining());
    const socket = await probe(peer, '127.0.0.1', 7);
    const probes = async () => (await peer.ask('Exam', {})).examination?.probes ?? [];
    await until('both', async () => (await probes()).length === 2);
    assert.deepEqual((await probes()).find(({ probePort }) => probePort === 7)?.port, socket.localPort);
    await askStun(socket, AbortSignal.timeout(2000));
    assert.deepEqual(
      (await probes()).map(({ probePort }) => probePort),
      [0],
    );
  });

  it('calls back: a connection, a RST, nothing; from another address; by UDP', async () => {
    const peer = await begun(await examining());
    const here = await listener('127.0.0.1');
    const shut = await listener('127.0.0.1');
    shut.server.close();
    const outcome = async (fields: Fields<'Exam'>) => (await peer.ask('Exam', fields)).examination?.outcomes[0];
    assert.equal(await outcome(callback(here.port)), CallbackOutcome.CONNECTED);
    assert.equal(await outcome(callback(here.port, { from: CallbackFrom.OTHER_ADDRESS })), CallbackOutcome.CONNECTED);
    await until('both came', () => here.came.length === 2);
    assert.deepEqual(here.came, ['127.0.0.1', '127.0.0.2']);
    assert.equal(await outcome(callback(shut.port)), CallbackOutcome.RST);
    assert.equal(await outcome(callback(shut.port, { udp: true })), CallbackOutcome.SENT);
    assert.equal(await outcome(callback(here.port, { from: CallbackFrom.SLOT, slot: 99 })), CallbackOutcome.UNABLE);
  });

  it('does nothing towards an address that has not come to a probe port itself', async () => {
    const suite = await examining();
    const peer = await Peer.connect(suite);
    assert.equal(await peer.code('Exam', { begin: true }), 'ok');
    const target = await listener('127.0.0.1');
    assert.equal(await peer.code('Exam', callback(target.port)), 'NOT_ALLOWED');
    // Someone else's coming does not count,
    const bystander = await probe(peer, '127.0.0.5');
    assert.equal(await peer.code('Exam', callback(target.port)), 'NOT_ALLOWED');
    // nor does that of the same family, with the token,
    const { examination } = await peer.ask('Exam', { begin: true });
    bystander.write(bindingQuestion(examination?.token).bytes);
    await once(bystander, 'data');
    const after = await peer.ask('Exam', {});
    assert.deepEqual([after.examination?.other ?? null, after.examination?.probes], [null, []]);
    assert.equal(await peer.code('Exam', callback(target.port)), 'NOT_ALLOWED');
    assert.deepEqual(target.came, []);
  });

  it('a third party’s address cannot be named, nor forged', async () => {
    const suite = await examining();
    const own = await listener('127.0.0.1');
    const third = await listener('127.0.0.9', own.port);
    const liar = await Peer.connect(suite, undefined, { 'X-Forwarded-For': '127.0.0.9' });
    await liar.ask('Exam', { begin: true });
    await probe(liar);
    await until('it came', async () => (await liar.ask('Exam', {})).examination?.probes.length === 1);
    assert.equal(await liar.code('Exam', callback(own.port)), 'ok');
    await until('its own address', () => own.came.length === 1);
    // Behind a proxy that is believed, and lets a forged address pass: that address has not come to a probe port.
    const believing = await examining({ trustProxy: true });
    const forger = await Peer.connect(believing, undefined, { 'X-Forwarded-For': '127.0.0.9' });
    await forger.ask('Exam', { begin: true });
    await probe(forger);
    assert.equal(await forger.code('Exam', callback(own.port)), 'NOT_ALLOWED');
    assert.deepEqual(third.came, []);
  });

  it('calls back at no service’s port, not too often, and waits not too long', async () => {
    const peer = await begun(await examining());
    for (const port of [0, 22, MIN_CALLBACK_PORT - 1, 65_536]) assert.equal(await peer.code('Exam', callback(port)), 'NOT_ALLOWED');
    assert.equal(await peer.code('Exam', callback(MIN_CALLBACK_PORT, { udp: true })), 'ok');
    const many = Array.from({ length: MAX_CALLBACKS - 1 }, () => ({ port: 40_000, udp: true }));
    assert.equal(await peer.code('Exam', { callbacks: many }), 'ok');
    assert.equal(await peer.code('Exam', { callbacks: [{ port: 40_000, udp: true }] }), 'RATE_LIMITED');

    const patient = await begun(await examining());
    const mute = (await openSockets()).bind({ ip: '127.0.0.1', port: 0 }, { minTtl: 255 });
    const silent = await mute.listen(() => {});
    later(() => void silent.close());
    const started = performance.now();
    const answer = await patient.ask('Exam', callback(mute.local.port, { waitMs: 4_000_000_000 }));
    assert.equal(answer.examination?.outcomes[0], CallbackOutcome.SILENCE);
    assert.ok(performance.now() - started < MAX_CALLBACK_MS + 1500);
  }).timeout(10_000);

  it('runs are not without end: at a rate, one an address, so many in all, each so long', async () => {
    const suite = await examining({ limits: { examsPerAddress: { perSecond: 1, burst: 3 }, examMs: 300 } });
    const [first, second] = [await Peer.connect(suite), await Peer.connect(suite)];
    assert.equal(await first.code('Exam', { begin: true }), 'ok');
    assert.equal(await second.code('Exam', { begin: true }), 'RATE_LIMITED', 'the address is being examined');
    await until('the run is over', async () => (await first.code('Exam', {})) === 'PROTOCOL_VIOLATED');
    const codes = [];
    for (let times = 0; times < 6; times++) codes.push(await second.code('Exam', { begin: true }));
    assert.ok(codes.includes('ok') && codes.at(-1) === 'RATE_LIMITED', codes.join());
    const full = await examining({ limits: { examRuns: 0 } });
    assert.equal(await (await Peer.connect(full)).code('Exam', { begin: true }), 'RATE_LIMITED');
  });

  it('many addresses of IPv6 have one of IPv4 examined no more often than it may be', async () => {
    const target = await listener('127.0.0.1');
    /** What each of them is answered, who has proved that address as every one does, and then leaves. */
    const codes = async (burst: number): Promise<string[]> => {
      const suite = await examining({ trustProxy: true, limits: { examsPerAddress: { perSecond: 0.01, burst } } });
      const said: string[] = [];
      for (let nth = 1; nth <= 4; nth++) {
        const peer = await Peer.connect(suite, undefined, { 'X-Forwarded-For': `2001:db8:${nth}::1` });
        const { examination } = await peer.ask('Exam', { begin: true });
        await askStun(await probe(peer), AbortSignal.timeout(2000), examination?.token);
        await until('the address is proved', async () => (await peer.ask('Exam', {})).examination?.other !== undefined);
        await probe(peer, '127.0.0.1', 1);
        said.push(await peer.code('Exam', callback(target.port)));
        peer.socket.disconnect();
      }
      return said;
    };
    assert.deepEqual(await codes(100), ['ok', 'ok', 'ok', 'ok']);
    assert.deepEqual([...new Set((await codes(2)).slice(2))], ['NOT_ALLOWED']);
  });

  it('over IPv6 it goes to an address that has come to a probe port with the token, and to no other', async () => {
    const suite = await examining({ moreAddresses: ['127.0.0.2', '::1'] });
    const here = await listener('::1');
    const peer = await begun(suite);
    assert.equal(await peer.code('Exam', callback(here.port, { ipv6: true })), 'NOT_ALLOWED');
    const six = peer.welcome.stunTcp.findIndex(({ ip }) => ip === '::1');
    const { examination } = await peer.ask('Exam', { begin: true });
    await askStun(await probe(peer, '::1', six), AbortSignal.timeout(2000), 'another token');
    assert.equal(await peer.code('Exam', callback(here.port, { ipv6: true })), 'NOT_ALLOWED');
    await askStun(await probe(peer, '::1', six), AbortSignal.timeout(2000), examination?.token);
    const answer = await peer.ask('Exam', callback(here.port, { ipv6: true }));
    assert.deepEqual([answer.examination?.outcomes, here.came], [[CallbackOutcome.CONNECTED], ['::1']]);
    // It opens IPv4 no further: that address has not come to a probe port in this run.
    assert.equal(await peer.code('Exam', callback(here.port)), 'NOT_ALLOWED');
    const believing = await examining({ moreAddresses: ['127.0.0.2', '::1'], trustProxy: true });
    const forger = await Peer.connect(believing, undefined, { 'X-Forwarded-For': 'fd00::9' });
    const forged = await forger.ask('Exam', { begin: true });
    const nth = forger.welcome.stunTcp.findIndex(({ ip }) => ip === '::1');
    await askStun(await probe(forger, '::1', nth), AbortSignal.timeout(2000), forged.examination?.token);
    assert.equal(await forger.code('Exam', callback(here.port, { ipv6: true })), 'NOT_ALLOWED');
    assert.equal(here.came.length, 1);
  });

  it('is not there where nobody asked for it, and wants a run before anything else', async () => {
    assert.equal(await (await Peer.connect(await openSuite())).code('Exam', { begin: true }), 'NOT_ALLOWED');
    assert.equal(await (await Peer.connect(await examining())).code('Exam', callback(40_000)), 'PROTOCOL_VIOLATED');
  });

  it('an end without a NAT is found to have none', async () => {
    const suite = await examining({ moreAddresses: ['127.0.0.2', '::1'] });
    const rendezvous = new Rendezvous(`http://127.0.0.1:${suite.port}`, {});
    later(() => rendezvous.close());
    const greeting = await rendezvous.ready(5000);
    const profile = await takeExam(
      { greeting, rendezvous },
      { sockets: await openSockets(), localAddresses: ['127.0.0.1'], signal: AbortSignal.timeout(10_000) },
    );
    assert.equal(profile.behindNat, false);
    assert.deepEqual(profile.tcp?.mapping, { behaviour: 'endpoint-independent', step: 0 });
    assert.deepEqual([profile.tcp?.filtering, profile.tcp?.unsolicited], ['endpoint-independent', 'rst']);
    assert.deepEqual(profile.udp, { mapping: { behaviour: 'endpoint-independent', step: 0 }, filtering: 'endpoint-independent' });
    assert.deepEqual([profile.ipv6?.ip, profile.ipv6Unsolicited], ['::1', 'accepted']);
  }).timeout(10_000);

  it('an end that is short of sockets says so, whenever it is, and leaves none open', async () => {
    const suite = await examining({ moreAddresses: ['127.0.0.2', '::1'], limits: { examsPerAddress: { perSecond: 10, burst: 100 } } });
    const rendezvous = new Rendezvous(`http://127.0.0.1:${suite.port}`, {});
    later(() => rendezvous.close());
    const greeting = await rendezvous.ready(5000);
    const sockets = await openSockets();
    const stop = new AbortController();
    // Both ends are in this process: those of the suite, which end with the run, count as well.
    const open = (): number => process.getActiveResourcesInfo().filter((name) => /^TCP|^UDP/.test(name)).length;
    const before = open();
    for (const most of [0, 1, 3, 4, 5, 7, 8, 9, 10, 11]) {
      let bound = 0;
      const scarce: TcpSockets = {
        ...{ kind: sockets.kind, can: sockets.can, why: '' },
        bind(local, options) {
          if (bound++ >= most) throw new PortholeError('SOCKET_FAILED', 'socket EMFILE: too many open files');
          return sockets.bind(local, options);
        },
      };
      const taken = takeExam({ greeting, rendezvous }, { sockets: scarce, localAddresses: ['127.0.0.1'], signal: stop.signal });
      await assert.rejects(taken, (error: PortholeError) => error.code === 'SOCKET_FAILED', `${most} sockets`);
    }
    stop.abort();
    // The suite lets go of the last run when this end leaves.
    rendezvous.close();
    await until('all are closed', async () => open() < before);
  }).timeout(30_000);
});
