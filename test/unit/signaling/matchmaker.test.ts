// SPDX-License-Identifier: Apache-2.0
// Introductions, notes and hang-ups, over real connections, as RENDEZVOUS.md sections 4 to 6 say.

import assert from 'node:assert/strict';
import { MAX_NAMED, MAX_NOTE_BYTES } from '../../../proto/limits.ts';
import { NoteKind, Role } from '../../../proto/rendezvous.ts';
import type { RelayDesk } from '../../../signaling/rendezvous/relay-desk.ts';
import type { Suite, SuiteOptions } from '../../../signaling/suite.ts';
import { cleanUp, goOffline, host, http, openSuite, Peer, until } from './helper.ts';

describe('matchmaker', () => {
  afterEach(cleanUp);

  /** A host, a visitor, and a call between them. */
  async function call(options: Partial<SuiteOptions> = {}, suite?: Suite) {
    const open = suite ?? (await openSuite(options));
    const site = await host(open, 'demo', { strategies: ['relay', 'data-channel', 'other'] });
    const visitor = await Peer.connect(open);
    const { introduction } = await visitor.ask('Introduce', { link: 'demo', strategies: ['data-channel', 'relay', 'tcp-punch', 'relay'] });
    const callee = await site.next('Introduction');
    assert.ok(introduction);
    return { suite: open, site, visitor, introduction, callee, id: introduction.call };
  }

  const desk = (): RelayDesk & { issued: string[]; dropped: string[] } => {
    const issued: string[] = [];
    const dropped: string[] = [];
    return {
      issued,
      dropped,
      issue(id, role) {
        issued.push(`${id} ${role}`);
        return `ticket ${issued.length}`;
      },
      drop: (id) => void dropped.push(id),
    };
  };

  it('gives both ends one call, their roles, each other’s address and the strategies in common', async () => {
    const { site, visitor, introduction, callee } = await call();
    assert.equal(introduction.call, callee.call);
    assert.match(introduction.call, /^[\w-]{22}$/);
    assert.deepEqual([introduction.role, callee.role], [Role.CALLER, Role.CALLEE]);
    for (const half of [introduction, callee]) {
      assert.equal(half.site, site.own.id);
      assert.deepEqual(half.strategies, ['data-channel', 'relay'], 'in the visitor’s order, each once');
      assert.equal(half.relay ?? undefined, undefined, 'there is no relay');
    }
    assert.deepEqual([introduction.peer?.ip, introduction.peer?.port], ['127.0.0.1', site.welcome.observed?.port]);
    assert.deepEqual([callee.peer?.ip, callee.peer?.port], ['127.0.0.1', visitor.welcome.observed?.port]);
  });

  it('gives each end a ticket of its own, and tells the relay when the call is over', async () => {
    const relay = desk();
    const { visitor, introduction, callee, id, site } = await call({ relay });
    assert.deepEqual(new Set(relay.issued), new Set([`${id} caller`, `${id} callee`]));
    assert.notEqual(introduction.relay?.token, callee.relay?.token);
    visitor.send('Hangup', { call: id, code: 'CANCELLED', message: 'changed my mind' });
    await site.next('Hangup');
    assert.deepEqual(relay.dropped, [id]);
  });

  it('codes what cannot be introduced', async () => {
    const suite = await openSuite();
    const site = await host(suite, 'demo');
    const visitor = await Peer.connect(suite);
    assert.equal(await visitor.code('Introduce', { link: 'nobody', strategies: ['relay'] }), 'SITE_UNKNOWN');
    assert.equal(await visitor.code('Introduce', { link: '::', strategies: ['relay'] }), 'LINK_INVALID');
    assert.equal(await visitor.code('Introduce', { link: 'demo', strategies: [] }), 'NO_PATH');
    assert.equal(await visitor.code('Introduce', { link: 'demo', strategies: ['smoke-signals'] }), 'NO_PATH');
    assert.equal(await visitor.code('Introduce', { link: 'demo', strategies: Array(MAX_NAMED + 1).fill('relay') }), 'MESSAGE_TOO_LONG');
    assert.equal(await site.code('Introduce', { link: 'demo', strategies: ['relay'] }), 'PROTOCOL_VIOLATED', 'itself');
    await goOffline(suite, site);
    assert.equal(await visitor.code('Introduce', { link: 'demo', strategies: ['relay'] }), 'HOST_OFFLINE');
    const { body } = await http(suite, '/metrics');
    for (const result of ['SITE_UNKNOWN', 'LINK_INVALID', 'NO_PATH', 'HOST_OFFLINE']) {
      assert.match(body, new RegExp(`porthole_introductions_total\\{result="${result}"\\} [12]`));
    }
  });

  it('passes notes on, whole and in order, both ways', async () => {
    const { site, visitor, id } = await call();
    visitor.send('Note', { call: id, strategy: 'data-channel', kind: NoteKind.ATTEMPT });
    const begun = await site.next('Note');
    assert.deepEqual([begun.call, begun.strategy, begun.kind, begun.payload.length], [id, 'data-channel', NoteKind.ATTEMPT, 0]);
    for (const [from, to] of [[visitor, site] as const, [site, visitor] as const]) {
      for (let index = 0; index < 300; index++)
        from.send('Note', { call: id, strategy: 'relay', payload: Uint8Array.of(index >> 8, index & 255) });
      for (let index = 0; index < 300; index++) {
        const { payload } = await to.next('Note');
        assert.equal((payload[0] ?? 0) * 256 + (payload[1] ?? 0), index);
      }
    }
    const most = new Uint8Array(MAX_NOTE_BYTES).fill(7);
    visitor.send('Note', { call: id, strategy: 'relay', kind: NoteKind.FAILED, payload: most });
    assert.deepEqual(new Uint8Array((await site.next('Note')).payload), most);
  });

  it('drops notes and hang-ups of those who are not in the call', async () => {
    const { suite, site, visitor, id } = await call();
    const stranger = await Peer.connect(suite);
    stranger.send('Note', { call: id, strategy: 'relay', payload: Uint8Array.of(1) });
    stranger.send('Hangup', { call: id });
    stranger.send('Note', { call: 'nothing', strategy: 'relay' });
    assert.equal(await stranger.code('Find', { link: 'demo' }), 'ok', 'and lets them stay');
    visitor.send('Note', { call: id, strategy: 'relay', payload: Uint8Array.of(2) });
    assert.deepEqual([...(await site.next('Note')).payload], [2]);
    assert.equal(site.waiting('Hangup') + visitor.waiting('Hangup'), 0);
  });

  it('refuses notes that are too long, and a strategy begun by the callee', async () => {
    const one = await call();
    one.visitor.send('Note', { call: one.id, strategy: 'relay', payload: new Uint8Array(MAX_NOTE_BYTES + 1) });
    assert.equal((await one.visitor.next('Problem')).code, 'MESSAGE_TOO_LONG');
    assert.equal((await one.site.next('Hangup')).code, 'PATH_LOST');
    const two = await call({}, await openSuite());
    two.visitor.send('Note', { call: two.id, strategy: 'x'.repeat(65) });
    assert.equal((await two.visitor.next('Problem')).code, 'MESSAGE_TOO_LONG');
    const three = await call({}, await openSuite());
    three.site.send('Note', { call: three.id, strategy: 'relay', kind: NoteKind.ATTEMPT });
    assert.equal((await three.site.next('Problem')).code, 'PROTOCOL_VIOLATED');
    const four = await call({}, await openSuite());
    four.visitor.send('Hangup', { call: four.id, message: 'x'.repeat(1025) });
    assert.equal((await four.visitor.next('Problem')).code, 'MESSAGE_TOO_LONG');
  });

  it('ends a call whose notes pass the rate, at both ends, and leaves other calls alone', async () => {
    const { suite, site, visitor, id } = await call({ limits: { notes: { perSecond: 2, burst: 4 } } });
    const other = await Peer.connect(suite);
    const second = (await other.ask('Introduce', { link: 'demo', strategies: ['relay'] })).introduction?.call ?? '';
    await site.next('Introduction');
    for (let index = 0; index < 20; index++) visitor.send('Note', { call: id, strategy: 'relay' });
    assert.equal((await visitor.next('Hangup')).code, 'RATE_LIMITED');
    assert.equal((await site.next('Hangup')).code, 'RATE_LIMITED');
    assert.ok(site.waiting('Note') <= 8);
    other.send('Note', { call: second, strategy: 'relay', payload: Uint8Array.of(9) });
    for (;;) if ((await site.next('Note')).call === second) break;
    site.send('Note', { call: second, strategy: 'relay', payload: new Uint8Array(64 * 1024) });
    assert.equal((await other.next('Hangup')).code, 'RATE_LIMITED', 'a long note counts as many');
  });

  it('passes a hang-up on, and then the call is over', async () => {
    const { site, visitor, id } = await call();
    site.send('Hangup', { call: id, code: 'NOT_ALLOWED', message: 'closed today' });
    const { code, message } = await visitor.next('Hangup');
    assert.deepEqual([code, message], ['NOT_ALLOWED', 'closed today']);
    visitor.send('Note', { call: id, strategy: 'relay' });
    assert.equal(await visitor.code('Find', { link: 'demo' }), 'ok');
    assert.equal(site.waiting('Note'), 0);
  });

  it('hangs up when either end leaves', async () => {
    const relay = desk();
    const one = await call({ relay });
    one.visitor.socket.disconnect();
    const { call: id, code } = await one.site.next('Hangup');
    assert.deepEqual([id, code], [one.id, 'PATH_LOST']);
    const again = await Peer.connect(one.suite);
    const { introduction } = await again.ask('Introduce', { link: 'demo', strategies: ['relay'] });
    one.site.socket.io.engine.close();
    assert.equal((await again.next('Hangup')).call, introduction?.call);
    assert.deepEqual(relay.dropped, [one.id, introduction?.call]);
    assert.match((await http(one.suite, '/metrics')).body, /porthole_calls 0\n/);
  });

  it('bounds the calls of a visitor and of a host', async () => {
    const suite = await openSuite({ limits: { callsPerVisitor: 2, callsPerHost: 3 } });
    await host(suite, 'demo');
    const ask = (visitor: Peer) => visitor.code('Introduce', { link: 'demo', strategies: ['relay'] });
    const one = await Peer.connect(suite);
    assert.deepEqual([await ask(one), await ask(one), await ask(one)], ['ok', 'ok', 'RATE_LIMITED']);
    const two = await Peer.connect(suite);
    assert.deepEqual([await ask(two), await ask(two)], ['ok', 'RATE_LIMITED']);
    one.socket.disconnect();
    await until('places come free', async () => (await ask(two)) === 'ok');
  });

  it('bounds introductions to one site', async () => {
    const suite = await openSuite({ limits: { introductionsPerSite: { perSecond: 1, burst: 1 } } });
    await host(suite, 'demo');
    await host(suite, 'other');
    const visitor = await Peer.connect(suite);
    const codes = [];
    for (let index = 0; index < 4; index++) codes.push(await visitor.code('Introduce', { link: 'demo', strategies: ['relay'] }));
    assert.equal(codes.at(-1), 'RATE_LIMITED');
    assert.equal(await visitor.code('Introduce', { link: 'other', strategies: ['relay'] }), 'ok');
  });

  it('cuts an end that does not read what it is sent', async () => {
    const { suite, site, visitor, id } = await call({
      limits: { queuedBytes: 1024 * 1024, notes: { perSecond: 100_000, burst: 100_000 } },
    });
    // Its TCP socket stops reading: first the kernel's buffers fill, then the suite's memory would.
    const transport = (site.socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void } } } }).transport;
    transport.ws._socket.pause();
    const gone = visitor.next('Hangup');
    const payload = new Uint8Array(MAX_NOTE_BYTES);
    let over = false;
    void gone.then(() => (over = true));
    for (let sent = 0; sent < 1000 && !over; sent++) {
      visitor.send('Note', { call: id, strategy: 'relay', payload });
      if (sent % 20 === 0) await visitor.code('Find', { link: 'demo' });
    }
    assert.equal((await gone).code, 'PATH_LOST');
    assert.equal((await visitor.ask('Find', { link: 'demo' })).status?.online, false);
    assert.equal((await http(suite, '/healthz')).status, 200);
  });
});
