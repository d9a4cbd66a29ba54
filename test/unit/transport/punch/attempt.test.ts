// SPDX-License-Identifier: Apache-2.0
// A whole attempt on this machine: every technique makes a connection, and a hostile peer gets an error with a code.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { PortholeError } from '../../../../proto/errors.ts';
import type { Connection } from '../../../../transport/channel/connection.ts';
import type { NatProfile } from '../../../../transport/nat/profile.ts';
import { MAX_BIRTHDAYS, MAX_PUNCH_NOTES } from '../../../../transport/nat/punch/limits.ts';
import { decodeNote, encodeNote, type Note } from '../../../../transport/nat/punch/notes.ts';
import type { MappedPort } from '../../../../transport/nat/punch/port-mapper.ts';
import { birthday, only, techniques } from '../../../../transport/nat/punch/techniques.ts';
import { openSockets } from '../../../../transport/nat/sockets/ffi.ts';
import { NodeSockets } from '../../../../transport/nat/sockets/node.ts';
import { tcpPunch } from '../../../../transport/strategies/tcp-punch.ts';
import type { Call } from '../../../../transport/strategy/strategy.ts';
import { asked } from '../../../support/asked.ts';
import { openStunTcp, type StunTcp } from '../../../support/stun-tcp.ts';
import { callOn, lines, type TestLine } from '../data-channel-pair.ts';

const HERE: NatProfile = { observed: { ip: '127.0.0.1', port: 1 } };
const AFAR: NatProfile = { observed: { ip: '192.0.2.1', port: 1 } };
const never = new AbortController().signal;
const isCode =
  (code: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError && error.code === code, String(error));
    return true;
  };
const noMapper = (): Promise<MappedPort> => Promise.reject(new PortholeError('NO_PATH', 'there is no router'));
/** Without candidates: this machine says that it has no address. */
const behind = { own: () => [] };

describe('punch attempts', () => {
  const open: StunTcp[] = [];
  before(async () => {
    for (let count = 0; count < 3; count++) open.push(await openStunTcp());
  });
  after(() => Promise.all(open.map((server) => server.close())));

  function ends(caller: NatProfile = HERE, callee: NatProfile = HERE): [Call, Call, TestLine, TestLine] {
    const [x, y] = lines();
    const offers = { stun: [], stunTcp: open.map(({ address }) => address) };
    return [
      { ...callOn(x, 'caller', { self: caller, peer: callee }), offers },
      { ...callOn(y, 'callee', { self: callee, peer: caller }), offers },
      x,
      y,
    ];
  }

  async function stands(a: Promise<Connection>, b: Promise<Connection>): Promise<string> {
    const [one, other] = await Promise.all([a, b]);
    await one.send(Uint8Array.of(5));
    assert.deepEqual([...((await asked(other).receive()) ?? [])], [5]);
    await Promise.all([one.close(), other.close()]);
    return String(one.how);
  }

  it('one network: direct, without a punch', async () => {
    const [caller, callee] = ends();
    const punch = tcpPunch({ own: () => ['127.0.0.1'] });
    assert.match(await stands(punch.attempt(caller, never), punch.attempt(callee, never)), /direct|guarded/);
  });

  it('guarded, each end as the opener', async () => {
    for (const closes of ['none', 'callee'] as const) {
      const one = { mapping: { behaviour: 'endpoint-independent', step: 0 } } as const;
      const [caller, callee, x] = ends({ ...HERE, tcp: one }, { ...HERE, tcp: { ...one, timeExceededCloses: closes === 'callee' } });
      // Nothing else: on a busy machine another round would begin beside it, and might stand first.
      const punch = tcpPunch({ ...behind, techniques: only(techniques(noMapper), ['guarded']) });
      assert.equal(await stands(punch.attempt(caller, never), punch.attempt(callee, never)), 'guarded');
      assert.match(x.sent[0] ?? '', new RegExp(`"technique":"guarded","opener":"${closes === 'callee' ? 'caller' : 'callee'}"`));
    }
  });

  it('ports that the other end told and that lead nowhere end the round, not the program', async () => {
    const mapping = { mapping: { behaviour: 'endpoint-independent', step: 0 } } as const;
    const [caller, callee] = ends({ ...HERE, tcp: mapping }, { ...HERE, tcp: mapping });
    const punch = tcpPunch({ ...behind, techniques: only(techniques(noMapper), ['guarded']) });
    const attempt = punch.attempt(caller, never);
    attempt.catch(() => {});
    // The callee of a liar: the last port there is, and the one after it.
    for (;;) {
      const note = decodeNote(await callee.line.receive());
      if (note?.type === 'end') break;
      if (note?.type === 'round') callee.line.send(encodeNote({ type: 'here', round: note.round, port: 65_535, step: 1, rttMs: 1 }));
      if (note?.type === 'here') callee.line.send(encodeNote({ type: 'open', round: note.round }));
    }
    await assert.rejects(attempt, isCode('NO_PATH'));
    await assert.rejects(attempt, /guarded: the outside ports have come to their end/);
  });

  it('IPv6', async () => {
    const v6 = { observed: { ip: '::1', port: 1 } };
    const [caller, callee] = ends(v6, v6);
    const punch = tcpPunch({ own: () => ['::1'] });
    assert.match(await stands(punch.attempt(caller, never), punch.attempt(callee, never)), /direct|guarded/);
  });

  it('some techniques only: the visitor’s choice counts, and what is left fails with a reason', async () => {
    const all = techniques(noMapper);
    for (const name of ['guarded', 'low-ttl-listen']) {
      const [caller, callee, x] = ends();
      const visitor = tcpPunch({ own: () => ['127.0.0.1'], direct: false, techniques: only(all, [name]) });
      const host = tcpPunch({ own: () => ['127.0.0.1'] });
      assert.equal(await stands(visitor.attempt(caller, never), host.attempt(callee, never)), name);
      const begun = x.sent.filter((note) => note.includes('"technique"'));
      assert.ok(begun.length > 0 && begun.every((note) => note.includes(name)));
    }
    const birthdays = tcpPunch({ ...behind, direct: false, techniques: only(all, ['birthday']) });
    const { chance, reason } = birthdays.suits({ observed: { ip: '198.51.100.1', port: 1 } }, AFAR);
    assert.deepEqual([chance, /techniques in use \(birthday\)/.test(reason)], ['no', true]);
    const [caller, callee] = ends();
    const [a, b] = await Promise.allSettled([birthdays.attempt(caller, never), tcpPunch(behind).attempt(callee, never)]);
    assert.ok(a.status === 'rejected' && b.status === 'rejected' && isCode('NO_PATH')(a.reason));
    assert.throws(() => only(all, ['magic']), isCode('USAGE'));
  });

  it('a host refuses a round of a technique it does not use', async () => {
    const [caller, callee] = ends();
    const host = tcpPunch({ ...behind, techniques: only(techniques(noMapper), []) });
    const [a, b] = await Promise.allSettled([tcpPunch(behind).attempt(caller, never), host.attempt(callee, never)]);
    assert.ok(a.status === 'rejected' && b.status === 'rejected');
    assert.match(a.reason.message, /guarded is not used here/);
  });

  it('a NAT that lets in every port of an address: the opener listens', async () => {
    const filtering = 'address-dependent';
    const [caller, callee] = ends(
      { ...HERE, tcp: { mapping: { behaviour: 'address-and-port-dependent', step: null } } },
      { ...HERE, tcp: { mapping: { behaviour: 'endpoint-independent', step: 0 }, filtering } },
    );
    const punch = tcpPunch(behind);
    // Whose ports have no pattern asks nobody for one.
    const visitor = { ...caller, offers: { stun: [], stunTcp: [] } };
    assert.equal(await stands(punch.attempt(visitor, never), punch.attempt(callee, never)), 'low-ttl-listen');
  });

  it('sockets without a TTL leave the guard out, and stand by another technique', async () => {
    const [caller, callee, x] = ends();
    const punch = tcpPunch({ ...behind, sockets: async () => new NodeSockets('a test') });
    assert.match(await stands(punch.attempt(caller, never), punch.attempt(callee, never)), /simultaneous|low-ttl-listen/);
    assert.ok(x.sent.some((note) => note.includes('"technique":"guarded"')));
  });

  it('a port of the router, which is closed again', async () => {
    const nothing = { mapping: { behaviour: 'address-and-port-dependent', step: null } } as const;
    const [caller, callee] = ends({ ...HERE, tcp: nothing }, { ...HERE, tcp: nothing });
    let mapped = 0;
    let unmapped = 0;
    const mapPort = async (port: number): Promise<MappedPort> => {
      mapped++;
      return { ip: '127.0.0.1', port, unmap: async () => void unmapped++ };
    };
    const punch = tcpPunch({ ...behind, techniques: techniques(mapPort) });
    assert.equal(await stands(punch.attempt(caller, never), punch.attempt(callee, never)), 'mapped');
    assert.deepEqual([mapped, unmapped], [1, 1]);
  });

  it('says what became of each technique when none stands', async () => {
    const nothing = { mapping: { behaviour: 'address-and-port-dependent', step: null } } as const;
    const [caller, callee] = ends({ ...HERE, tcp: nothing }, { ...HERE, tcp: nothing });
    const punch = tcpPunch({ ...behind, techniques: techniques(noMapper) });
    const [a, b] = await Promise.allSettled([punch.attempt(caller, never), punch.attempt(callee, never)]);
    assert.ok(a.status === 'rejected' && b.status === 'rejected');
    assert.ok(isCode('NO_PATH')(a.reason) && isCode('NO_PATH')(b.reason));
    assert.match(a.reason.message, /mapped: .*there is no router/);
  });

  describe('a hostile peer', () => {
    /** What becomes of an end whose other end says this. */
    async function hears(role: Call['role'], notes: readonly (Note | Uint8Array)[], self = HERE, peer = AFAR): Promise<unknown> {
      const [caller, callee, x, y] = ends(role === 'caller' ? self : peer, role === 'caller' ? peer : self);
      const [call, line] = role === 'caller' ? [caller, x] : [callee, y];
      const attempt = tcpPunch({ own: () => ['127.0.0.1'] }).attempt(call, AbortSignal.timeout(3000));
      for (const note of notes) line.inbox.push(note instanceof Uint8Array ? note : encodeNote(note));
      return attempt.then(
        () => null,
        (error) => error,
      );
    }

    it('that names a third party’s address is refused, and nobody is sent to', async () => {
      const third = createServer();
      third.listen(0, '127.0.0.1');
      await once(third, 'listening');
      let came = 0;
      third.on('connection', () => came++);
      const { port } = third.address() as AddressInfo;
      for (const role of ['caller', 'callee'] as const) {
        const list = [{ ip: '127.0.0.1', port }];
        isCode('NOT_ALLOWED')(await hears(role, [{ type: 'candidates', list }], { observed: { ip: '198.51.100.1', port: 1 } }));
      }
      third.close();
      await once(third, 'close');
      assert.equal(came, 0);
    });

    it('that begins rounds as the callee, or twice, or backwards is refused', async () => {
      const round = { type: 'round', round: 1, technique: 'guarded', opener: 'callee', ttl: 'low', family: 4, sockets: 1 } as const;
      isCode('PROTOCOL_VIOLATED')(await hears('caller', [round], { observed: { ip: '198.51.100.1', port: 1 } }));
      isCode('PROTOCOL_VIOLATED')(await hears('callee', [round, round]));
      isCode('PROTOCOL_VIOLATED')(await hears('callee', [round, { ...round, round: 0 }]));
    });

    it('that sends notes without end, or none that can be read, is refused', async () => {
      const notes: Note[] = new Array(MAX_PUNCH_NOTES + 2).fill({ type: 'open', round: 0 });
      isCode('PROTOCOL_VIOLATED')(await hears('callee', notes));
      isCode('FRAME_MALFORMED')(await hears('callee', [Uint8Array.of(1)]));
      isCode('MESSAGE_TOO_LONG')(await hears('callee', [new Uint8Array(100_000)]));
    });

    it('that gives up ends the callee’s half', async () => {
      isCode('NO_PATH')(await hears('callee', [{ type: 'end' }]));
    });

    it(`of a program with ${MAX_BIRTHDAYS} birthday punch under way has to wait`, async () => {
      const random = { ...HERE, tcp: { mapping: { behaviour: 'address-and-port-dependent', step: null } } } as const;
      const slow = { ...birthday, open: () => new Promise<void>(() => {}) };
      const callees = tcpPunch({ ...behind, techniques: { ...techniques(noMapper), birthday: slow }, sockets: openSockets });
      const stop = new AbortController();
      const refused: string[] = [];
      const attempts = [ends(random), ends(random)].flatMap(([caller, callee, , y]) => {
        const send = (note: Uint8Array): void => {
          refused.push(new TextDecoder().decode(note));
          y.send(note);
        };
        const heard = { ...callee, line: { ...callee.line, send } };
        return [tcpPunch(behind).attempt(caller, stop.signal), callees.attempt(heard, stop.signal)];
      });
      const over = Promise.allSettled(attempts);
      while (!refused.some((note) => note.includes('under way already'))) await new Promise((resolve) => setTimeout(resolve, 10));
      stop.abort(new Error('seen'));
      await over;
    });
  });
});
