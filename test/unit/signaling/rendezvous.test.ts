// SPDX-License-Identifier: Apache-2.0
// Registration, presence and bad input, over real connections, as RENDEZVOUS.md sections 1 to 4 say.

import assert from 'node:assert/strict';
import {
  INSTANCE_BYTES,
  MAX_CARD_FIELD_CHARS,
  MAX_KEYWORDS,
  MAX_NAMED,
  MAX_PURPOSE_CHARS,
  MAX_RENDEZVOUS_BYTES,
} from '../../../proto/limits.ts';
import { decodeMessage } from '../../../proto/rendezvous.ts';
import { cleanUp, folder, host, http, identity, openSuite, Peer, until } from './helper.ts';

describe('rendezvous', () => {
  afterEach(cleanUp);

  describe('welcome', () => {
    it('comes first, with a fresh nonce and what the suite sees', async () => {
      const suite = await openSuite({ relayPort: 4711 });
      const [one, other] = [await Peer.connect(suite), await Peer.connect(suite)];
      assert.equal(one.welcome.version, 1);
      assert.equal(one.welcome.nonce.length, 32);
      assert.notDeepEqual(one.welcome.nonce, other.welcome.nonce);
      assert.equal(one.welcome.observed?.ip, '127.0.0.1');
      assert.ok((one.welcome.observed?.port ?? 0) > 0);
      assert.equal(one.welcome.stunPort, suite.stunPort);
      assert.equal(one.welcome.relayPort, 4711);
    });

    it('says what a trusted proxy says, and only then', async () => {
      const headers = { 'X-Forwarded-For': '10.9.9.9, 198.51.100.7' };
      const trusting = await openSuite({ trustProxy: true });
      const { observed } = (await Peer.connect(trusting, undefined, headers)).welcome;
      assert.deepEqual([observed?.ip, observed?.port], ['198.51.100.7', 0]);
      const wary = await openSuite();
      assert.equal((await Peer.connect(wary, undefined, headers)).welcome.observed?.ip, '127.0.0.1');
    });

    it('is answered on a site’s own origin too', async () => {
      const suite = await openSuite();
      assert.equal((await Peer.connect(suite, `demo.localhost:${suite.port}`)).welcome.version, 1);
    });
  });

  describe('register', () => {
    it('brings a site online under its link', async () => {
      const suite = await openSuite();
      const own = identity();
      const { registered } = await (await Peer.connect(suite)).register(own, 'demo');
      assert.equal(registered?.site, own.id);
      assert.equal(registered?.name, 'demo');
      assert.equal(registered?.link, `http://demo.localhost:${suite.port}/`);
      assert.equal(registered?.behindNat, false, 'this very machine');
    });

    it('compares local and observed address', async () => {
      const suite = await openSuite({ trustProxy: 1 });
      const behind = async (seen: string, localAddresses: string[]) => {
        const peer = await Peer.connect(suite, undefined, { 'X-Forwarded-For': seen });
        return (await peer.register(identity(), `n${Math.random().toString(36).slice(2)}`, { localAddresses })).registered?.behindNat;
      };
      assert.equal(await behind('198.51.100.7', ['192.168.1.5']), true);
      assert.equal(await behind('198.51.100.7', ['192.168.1.5', '198.51.100.7']), false);
      assert.equal(await behind('2001:db8:0:0::7', ['2001:db8::7']), false);
    });

    it('refuses a wrong signature, and one made for another suite, another name or another connection', async () => {
      const suite = await openSuite();
      const own = identity();
      const peer = await Peer.connect(suite);
      const code = async (answer: ReturnType<Peer['register']>) => (await answer).problem?.code;
      assert.equal(await code(peer.register(own, 'demo', { signature: new Uint8Array(64) })), 'SIGNATURE_WRONG');
      assert.equal(await code(peer.register(own, 'demo', { signature: new Uint8Array(3) })), 'SIGNATURE_WRONG');
      assert.equal(await code(peer.register(own, 'demo', { publicKey: identity().publicKey })), 'SIGNATURE_WRONG');
      assert.equal(await code(peer.register(own, 'demo', { publicKey: new Uint8Array(31) })), 'SIGNATURE_WRONG');
      assert.equal(await code(peer.register(own, 'demo', {}, 'other.example')), 'SIGNATURE_WRONG');
      const stolen = Object.assign(Object.create(Peer.prototype), { welcome: peer.welcome, ask: (_: string, fields: unknown) => fields });
      const { signature } = (await Peer.prototype.register.call(stolen, own, 'demo')) as unknown as { signature: Uint8Array };
      assert.equal(await code((await Peer.connect(suite)).register(own, 'demo', { signature })), 'SIGNATURE_WRONG');
      assert.equal(await code(peer.register(own, 'demo')), undefined, 'the connection is unharmed');
    });

    it('takes a signature for a name of its own only: no suite passes on what was signed for it', async () => {
      const suite = await openSuite({ domains: ['Porthole.example'] });
      const relayed = await Peer.connect(suite, 'evil.example');
      assert.equal((await relayed.register(identity(), 'demo', {}, 'evil.example')).problem?.code, 'SIGNATURE_WRONG');
      const cases: [dialled: string, signed: string][] = [
        ['porthole.example', 'porthole.example'],
        ['PORTHOLE.example:8080', 'porthole.example'],
        ['x.localhost', 'localhost'],
        ['127.0.0.1:1', '127.0.0.1'],
        ['[::1]:1', '[::1]'],
      ];
      for (const [index, [dialled, signed]] of cases.entries()) {
        const peer = await Peer.connect(suite, dialled);
        assert.equal((await peer.register(identity(), `s${index}`, {}, signed)).problem, undefined, dialled);
      }
    });

    it('refuses what is no name', async () => {
      const suite = await openSuite();
      const peer = await Peer.connect(suite);
      for (const name of ['', 'Demo', 'a.b', '-a', 'a-', 'a'.repeat(64), identity().id, 'healthz', 'metrics', 'ü']) {
        assert.equal((await peer.register(identity(), name)).problem?.code, 'NAME_INVALID', name);
      }
      assert.equal((await peer.register(identity(), 'a'.repeat(63))).problem, undefined);
    });

    it('keeps a name for its key: while the host is away, and after a restart on the same folder', async () => {
      const dataFolder = await folder();
      const first = await openSuite({ dataFolder });
      const holder = await host(first, 'demo');
      assert.equal((await (await Peer.connect(first)).register(identity(), 'demo')).problem?.code, 'NAME_TAKEN');
      holder.socket.disconnect();
      assert.equal((await (await Peer.connect(first)).register(identity(), 'demo')).problem?.code, 'NAME_TAKEN');
      await first.close();
      const second = await openSuite({ dataFolder });
      assert.equal((await (await Peer.connect(second)).register(identity(), 'demo')).problem?.code, 'NAME_TAKEN');
      assert.equal((await (await Peer.connect(second)).register(holder.own, 'demo')).problem, undefined);
    });

    it('lets a key change its name and keep the old one', async () => {
      const suite = await openSuite({ limits: { namesPerKey: 2 } });
      const own = identity();
      const peer = await Peer.connect(suite);
      await peer.register(own, 'old');
      assert.equal((await peer.register(own, 'new')).registered?.name, 'new');
      const { status } = await peer.ask('Find', { link: 'old' });
      assert.deepEqual([status?.site, status?.name, status?.online], [own.id, 'new', true]);
      assert.equal((await (await Peer.connect(suite)).register(identity(), 'old')).problem?.code, 'NAME_TAKEN');
      assert.equal((await peer.register(own, 'third')).problem?.code, 'RATE_LIMITED', 'names are not to be hoarded');
      assert.equal((await peer.ask('Find', { link: own.id })).status?.name, 'new', 'a refused change changes nothing');
    });

    it('replaces the connection that the same key had', async () => {
      const suite = await openSuite();
      const old = await host(suite, 'demo');
      const visitor = await Peer.connect(suite);
      await visitor.ask('Find', { link: 'demo' });
      const { introduction } = await visitor.ask('Introduce', { link: 'demo', strategies: ['relay'] });
      await host(suite, 'demo', {}, old.own);
      assert.equal((await old.next('Problem')).code, 'SITE_REPLACED');
      assert.equal(await old.disconnected(), 'io server disconnect');
      assert.deepEqual({ ...(await visitor.next('Hangup')) }.call, introduction?.call);
      assert.equal((await visitor.next('SiteStatus')).online, true);
      assert.equal((await visitor.ask('Find', { link: 'demo' })).status?.online, true, 'the old one’s leaving takes nothing offline');
      assert.equal(visitor.waiting('SiteStatus'), 0);
    });

    it('keeps the newest registration of a running host, in whatever order they come', async () => {
      const suite = await openSuite();
      const instance = new Uint8Array(INSTANCE_BYTES).fill(1);
      const first = await host(suite, 'demo', { instance, registration: 1 });
      const third = await host(suite, 'demo', { instance, registration: 3 }, first.own);
      assert.equal((await first.next('Problem')).code, 'SITE_REPLACED');
      const late = await Peer.connect(suite);
      assert.equal((await late.register(first.own, 'another', { instance, registration: 2 })).problem?.code, 'SITE_REPLACED');
      assert.equal((await third.register(first.own, 'demo', { instance, registration: 4 })).problem, undefined, 'it is online still');
      late.socket.disconnect();
      const { status } = await (await Peer.connect(suite)).ask('Find', { link: 'demo' });
      assert.deepEqual([status?.name, status?.online], ['demo', true]);
      await host(suite, 'demo', { instance: new Uint8Array(INSTANCE_BYTES).fill(2), registration: 1 }, first.own);
      assert.equal((await third.next('Problem')).code, 'SITE_REPLACED', 'another run of it takes its place');
    });

    it('refuses an instance of another length', async () => {
      const peer = await Peer.connect(await openSuite());
      for (const length of [1, INSTANCE_BYTES - 1, INSTANCE_BYTES + 1]) {
        const { problem } = await peer.register(identity(), 'demo', { instance: new Uint8Array(length), registration: 1 });
        assert.equal(problem?.code, 'PROTOCOL_VIOLATED');
      }
    });

    it('registers one key on one connection', async () => {
      const suite = await openSuite();
      const peer = await host(suite, 'demo');
      assert.equal((await peer.register(identity(), 'other')).problem?.code, 'PROTOCOL_VIOLATED');
    });

    it('holds the card to its limits', async () => {
      const suite = await openSuite();
      const peer = await Peer.connect(suite);
      const own = identity();
      const code = async (rest: Parameters<Peer['register']>[2]) => (await peer.register(own, 'demo', rest)).problem?.code;
      const field = 'ü'.repeat(MAX_CARD_FIELD_CHARS);
      const fitting = {
        title: field,
        owner: field,
        contact: field,
        purpose: '🌊'.repeat(MAX_PURPOSE_CHARS),
        keywords: Array(MAX_KEYWORDS).fill(field),
      };
      assert.equal(
        await code({ card: fitting, localAddresses: Array(MAX_NAMED).fill('10.0.0.1'), strategies: Array(MAX_NAMED).fill('x') }),
        undefined,
      );
      for (const name of ['title', 'owner', 'contact'] as const)
        assert.equal(await code({ card: { ...fitting, [name]: `${field}x` } }), 'MESSAGE_TOO_LONG', name);
      assert.equal(await code({ card: { ...fitting, purpose: 'x'.repeat(MAX_PURPOSE_CHARS + 1) } }), 'MESSAGE_TOO_LONG');
      assert.equal(await code({ card: { ...fitting, keywords: [`${field}x`] } }), 'MESSAGE_TOO_LONG');
      assert.equal(await code({ card: { ...fitting, keywords: Array(MAX_KEYWORDS + 1).fill('x') } }), 'MESSAGE_TOO_LONG');
      assert.equal(await code({ localAddresses: Array(MAX_NAMED + 1).fill('10.0.0.1') }), 'MESSAGE_TOO_LONG');
      assert.equal(await code({ strategies: Array(MAX_NAMED + 1).fill('x') }), 'MESSAGE_TOO_LONG');
      assert.equal(await code({ strategies: ['x'.repeat(65)] }), 'MESSAGE_TOO_LONG');
      assert.equal(await code({ card: undefined }), undefined, 'a card may be absent');
    });
  });

  describe('find', () => {
    it('takes links, names and ids, and tells of each change', async () => {
      const suite = await openSuite({ publicUrl: 'https://porthole.example', domains: ['alias.example'] });
      const card = { title: 'Demo', owner: 'Ada', purpose: 'To show', contact: 'ada@example.org', keywords: ['show'] };
      const site = await host(suite, 'demo', { card });
      const visitor = await Peer.connect(suite);
      const links = ['demo', 'DEMO', site.own.id, 'https://demo.porthole.example/a/b?c=d', `http://${site.own.id}.alias.example:99/`];
      links.push(`http://127.0.0.1:${suite.port}/demo/x`, 'http://porthole.example/demo', `localhost:1/?hostid=${site.own.id}`);
      for (const link of links) {
        const { status } = await visitor.ask('Find', { link });
        assert.equal(status?.site, site.own.id, link);
        assert.deepEqual({ ...status?.card }, card);
        assert.deepEqual([status?.name, status?.online, status?.link], ['demo', true, 'https://demo.porthole.example/']);
      }
      site.socket.disconnect();
      assert.equal((await visitor.next('SiteStatus')).online, false);
      await host(suite, 'renamed', {}, site.own);
      const back = await visitor.next('SiteStatus');
      assert.deepEqual([back.online, back.name], [true, 'renamed']);
      assert.equal(visitor.waiting('SiteStatus'), 0, 'one push a change, however often it was asked for');
    });

    it('codes what is no link and no site', async () => {
      const suite = await openSuite();
      const visitor = await Peer.connect(suite);
      assert.equal(await visitor.code('Find', { link: 'nobody' }), 'SITE_UNKNOWN');
      for (const link of [
        '',
        '://',
        'http://demo.elsewhere.example/',
        `http://localhost:${suite.port}/`,
        'ftp://localhost/demo',
        'x'.repeat(3000),
      ]) {
        assert.equal(await visitor.code('Find', { link }), 'LINK_INVALID', link);
      }
    });

    it('bounds what one connection may watch', async () => {
      const suite = await openSuite({ limits: { watchedPerConnection: 1 } });
      await host(suite, 'one');
      await host(suite, 'two');
      const visitor = await Peer.connect(suite);
      assert.equal(await visitor.code('Find', { link: 'one' }), 'ok');
      assert.equal(await visitor.code('Find', { link: 'one' }), 'ok');
      assert.equal(await visitor.code('Find', { link: 'two' }), 'RATE_LIMITED');
    });
  });

  describe('bad input', () => {
    it('is answered with a code where there is an acknowledgement', async () => {
      const suite = await openSuite();
      const peer = await Peer.connect(suite);
      const ask = async (event: string, payload: unknown) =>
        decodeMessage('Answer', await peer.socket.timeout(5000).emitWithAck(event, payload)).problem?.code;
      for (const event of ['register', 'find', 'introduce']) {
        assert.equal(await ask(event, Uint8Array.of(0xff, 0xff, 0xff)), 'FRAME_MALFORMED');
        assert.equal(await ask(event, { link: 'demo' }), 'FRAME_MALFORMED');
        assert.equal(await ask(event, null), 'FRAME_MALFORMED');
        assert.equal(await ask(event, new Uint8Array(MAX_RENDEZVOUS_BYTES + 1)), 'MESSAGE_TOO_LONG');
      }
      assert.equal((await peer.register(identity(), 'demo')).problem, undefined, 'and harms nothing');
    });

    it('ends the connection with a problem where there is none', async () => {
      const suite = await openSuite();
      const site = await host(suite, 'demo');
      const cases: [event: string, payload: unknown, code: string][] = [
        ['note', Uint8Array.of(0xff), 'FRAME_MALFORMED'],
        ['note', 'text', 'FRAME_MALFORMED'],
        ['note', new Uint8Array(MAX_RENDEZVOUS_BYTES + 1), 'MESSAGE_TOO_LONG'],
        ['hangup', undefined, 'FRAME_MALFORMED'],
        ['find', Uint8Array.of(), 'PROTOCOL_VIOLATED'],
      ];
      for (const [event, payload, code] of cases) {
        const peer = await Peer.connect(suite);
        peer.socket.emit(event, payload);
        assert.equal((await peer.next('Problem')).code, code, `${event} ${String(payload).slice(0, 20)}`);
        assert.equal(await peer.disconnected(), 'io server disconnect');
      }
      const far = await Peer.connect(suite);
      far.socket.emit('note', new Uint8Array(1024 * 1024));
      await far.disconnected();
      assert.equal(site.socket.connected, true);
      assert.equal((await http(suite, '/healthz')).status, 200);
    });

    it('of unknown kinds is passed over', async () => {
      const suite = await openSuite();
      const peer = await Peer.connect(suite);
      peer.socket.emit('disconnecting-soon', { any: 'thing' }, () => {});
      peer.socket.emit('__proto__', new Uint8Array(3));
      assert.equal(await peer.code('Find', { link: 'nobody' }), 'SITE_UNKNOWN');
    });

    it('that is no Socket.IO ends that connection only', async () => {
      const suite = await openSuite();
      const site = await host(suite, 'demo');
      const { WebSocket } = await import('ws');
      const wrongPlace = ['451-["note",{"_placeholder":true,"num":7}]', Buffer.alloc(3)];
      for (const garbage of [['4{'], ['42["note"'], ['49999'], [Buffer.alloc(99, 255)], wrongPlace, ['4511-["note"]']]) {
        const socket = new WebSocket(`ws://127.0.0.1:${suite.port}/.porthole/rendezvous/?EIO=4&transport=websocket`);
        const closed = new Promise((resolve) => socket.on('close', resolve));
        socket.on('message', (data) => {
          if (String(data).startsWith('0')) socket.send('40');
          else if (String(data).startsWith('40')) for (const part of garbage) socket.send(part);
        });
        await closed;
      }
      assert.equal(site.socket.connected, true);
    });

    it('is polling: WebSocket is the only carrier', async () => {
      const suite = await openSuite();
      assert.equal((await http(suite, '/.porthole/rendezvous/?EIO=4&transport=polling')).status, 400);
    });
  });

  describe('limits', () => {
    const tight = { perSecond: 1, burst: 2 };

    it('hold registrations of an address, and of a key', async () => {
      const suite = await openSuite({ limits: { registrationsPerAddress: tight } });
      const guess = await Peer.connect(suite);
      const codes = [];
      for (let index = 0; index < 5; index++)
        codes.push((await guess.register(identity(), 'demo', { signature: new Uint8Array(64) })).problem?.code);
      assert.deepEqual([codes[0], codes.at(-1)], ['SIGNATURE_WRONG', 'RATE_LIMITED']);

      const other = await openSuite({ limits: { registrationsPerKey: tight } });
      const own = identity();
      const peer = await Peer.connect(other);
      for (let index = 0; index < 9; index++) await peer.register(own, 'demo', { signature: new Uint8Array(64) });
      assert.equal((await peer.register(own, 'demo')).problem, undefined, 'a stranger’s tries do not use up a key’s share');
      for (let index = 0; index < 3; index++) await peer.register(own, 'demo');
      assert.equal((await peer.register(own, 'demo')).problem?.code, 'RATE_LIMITED');
    });

    it('hold finds and introductions of an address', async () => {
      const suite = await openSuite({ limits: { findsPerAddress: tight, introductionsPerAddress: tight } });
      await host(suite, 'demo');
      const visitor = await Peer.connect(suite);
      const finds: string[] = [];
      const introductions: string[] = [];
      for (let index = 0; index < 5; index++) {
        finds.push(await visitor.code('Find', { link: 'demo' }));
        introductions.push(await visitor.code('Introduce', { link: 'demo', strategies: ['relay'] }));
      }
      for (const codes of [finds, introductions]) {
        assert.deepEqual([codes[0], codes.at(-1)], ['ok', 'RATE_LIMITED']);
        assert.ok(codes.filter((code) => code === 'ok').length <= 4);
      }
      assert.match((await http(suite, '/metrics')).body, /porthole_rate_limited_total\{limit="findsPerAddress"\} \d/);
    });

    it('hold connections of an address', async () => {
      const suite = await openSuite({ limits: { connectionsPerAddress: 2 } });
      const first = await Peer.connect(suite);
      await Peer.connect(suite);
      await assert.rejects(Peer.connect(suite), /RATE_LIMITED/);
      first.socket.disconnect();
      await until('a place comes free', () =>
        Peer.connect(suite).then(
          () => true,
          () => false,
        ),
      );
    });

    it('by default leave room for 200 visitors from one address at once', async () => {
      const suite = await openSuite();
      await host(suite, 'demo');
      const codes = await Promise.all(
        Array.from({ length: 200 }, async () => {
          const visitor = await Peer.connect(suite);
          return [await visitor.code('Find', { link: 'demo' }), await visitor.code('Introduce', { link: 'demo', strategies: ['relay'] })];
        }),
      );
      assert.deepEqual(new Set(codes.flat()), new Set(['ok']));
    });
  });
});
