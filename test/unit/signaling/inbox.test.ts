// SPDX-License-Identifier: Apache-2.0
// Sealed inboxes: patterns, order and limits of the store, what survives a restart, and what a host and a sender are told.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { newIdentity } from '../../../host-agent/identity/identity.ts';
import { boxBinding, decodeInboxRequest, fitsPattern, isInboxPattern } from '../../../proto/inbox.ts';
import { MAX_INBOX_BATCH_BYTES, MAX_INBOX_BOX_BYTES, MAX_INBOX_PATTERN_CHARS, MAX_INBOX_PATTERNS } from '../../../proto/limits.ts';
import { decodeMessage, encodeMessage, type Message } from '../../../proto/rendezvous.ts';
import { Inbox } from '../../../signaling/inbox/inbox.ts';
import { NUMBER_STEP } from '../../../signaling/inbox/store.ts';
import { SUITE_LIMITS } from '../../../signaling/shared/limits.ts';
import { SqliteFile } from '../../../signaling/shared/sqlite.ts';
import { openBox } from '../../../transport/seal/hpke.ts';
import { fakeClock } from '../../support/clock.ts';
import { code } from '../proto/helper.ts';
import { cleanUp, folder, goOffline, host, http, later, openSuite, Peer } from './helper.ts';

const own = newIdentity();
const wish = { patterns: ['/hooks/*'], messages: 0, seconds: 0 };
const from = (series: Uint8Array, done: number, offset = 0): Message<'InboxTake'> => ({ series, done, offset });
const NOTHING = new Uint8Array();
const request = (target: string, body = NOTHING) => ({
  received: '2026-03-01T12:00:00.000Z',
  method: 'POST',
  target,
  authority: 'shop',
  fields: [],
  body,
});
let now = 1000;
const clock = fakeClock();
const FROM = '192.0.2.1';

async function open(limits: Partial<typeof SUITE_LIMITS> = {}, at?: string): Promise<Inbox> {
  const inbox = new Inbox(at ?? (await folder()), { ...SUITE_LIMITS, ...limits }, () => now, clock);
  later(() => inbox.close());
  return inbox;
}
function parts(...sizes: number[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const size of sizes) controller.enqueue(new Uint8Array(size));
      controller.close();
    },
  });
}

describe('inbox', () => {
  afterEach(cleanUp);

  it('knows which paths fit a pattern', () => {
    for (const [pattern, path, fits] of [
      ['/hooks/*', '/hooks/', true],
      ['/hooks/*', '/hooks/a/b', true],
      ['/hooks/*', '/hooks', false],
      ['/a', '/a', true],
      ['/a', '/ab', false],
      ['/*/in/*.json', '/x/in/y.json', true],
      ['/*/in/*.json', '/x/on/y.json', false],
      ['/ab*ba', '/aba', false],
      ['/*', '/', true],
    ] as const) {
      assert.equal(fitsPattern(pattern, path), fits, `${pattern} ${path}`);
    }
    assert.equal(fitsPattern(`/${'*a'.repeat(99)}b`, `/${'a'.repeat(8000)}`), false, 'soon');
    for (const wrong of ['hooks', '', '/a?b', '/a b', '/ü', '/#']) assert.equal(isInboxPattern(wrong), false, wrong);
  });

  it('gives boxes in order, which the host alone opens, each in its place alone; also after a restart', async () => {
    const at = await folder();
    const first = new Inbox(at, SUITE_LIMITS, () => now, clock);
    first.register(own.id, wish);
    for (const target of ['/hooks/1', '/hooks/2', '/hooks/3']) first.put(own.id, request(target));
    first.close();
    const inbox = await open({}, at);
    assert.equal(inbox.takes(own.id, 'POST', '/hooks/x'), true);
    assert.equal(inbox.takes(own.id, 'GET', '/hooks/x'), false);
    const { series, items, waiting } = decodeMessage('InboxBatch', encodeMessage('InboxBatch', inbox.take(own.id, from(NOTHING, 99))));
    assert.equal(waiting, 3, 'nobody who names no series has done anything');
    const opened = items.map(({ number, box }) => decodeInboxRequest(openBox(own.sealKey, boxBinding(own.id, series, number), box)).target);
    assert.deepEqual(opened, ['/hooks/1', '/hooks/2', '/hooks/3']);
    const [one] = items;
    assert.ok(one);
    assert.throws(() => openBox(own.sealKey, boxBinding(own.id, series, 2), one.box), code('SEAL_BROKEN'));
    assert.throws(() => openBox(newIdentity().sealKey, boxBinding(own.id, series, 1), one.box), code('SEAL_BROKEN'));
    const rest = inbox.take(own.id, from(series, 2));
    assert.deepEqual([rest.waiting, rest.items?.map(({ number }) => number)], [1, [3]]);
    assert.equal(inbox.take(own.id, from(series, 3)).waiting, 0);
    assert.equal(inbox.put(own.id, request('/hooks/4')).number, 3 + NUMBER_STEP + 1, 'no number comes twice');
    assert.equal(inbox.put(own.id, request('/hooks/5')).number, 3 + NUMBER_STEP + 2);
  });

  it('gives no number twice when a power cut has taken back the last ones', async () => {
    const [at, cut] = [await folder(), await folder()];
    const before = await open({}, at);
    before.register(own.id, wish);
    before.put(own.id, request('/hooks/1'));
    await cp(at, cut, { recursive: true }); // what the disk has
    for (const target of ['/hooks/2', '/hooks/3']) before.put(own.id, request(target));
    const { series } = before.take(own.id, from(NOTHING, 0));
    assert.equal(before.take(own.id, from(series as Uint8Array, 3)).waiting, 0, 'the host has noted 3');
    const after = await open({}, cut);
    for (const target of ['/hooks/4', '/hooks/5']) after.put(own.id, request(target));
    assert.equal(after.take(own.id, from(series as Uint8Array, 3)).waiting, 2, 'those that got 202 since');
  });

  it('drops an inbox that takes nothing and holds nothing, and one that is empty and whose host was away for inboxIdleMs', async () => {
    const at = await folder();
    const inbox = await open({ inboxIdleMs: 10_000_000 }, at);
    const sites = () => {
      const file = new SqliteFile(join(at, 'inbox.sqlite'));
      try {
        return file.rows('SELECT site FROM inboxes').length;
      } finally {
        file.close();
      }
    };
    const none = { ...wish, patterns: [] };
    inbox.register(own.id, wish);
    inbox.register(own.id, none);
    assert.equal(sites(), 0, 'at once');
    inbox.register(own.id, wish);
    inbox.put(own.id, request('/hooks/1'));
    inbox.register(own.id, none);
    assert.equal(sites(), 1, 'what waits stays');
    const { series } = inbox.take(own.id, from(NOTHING, 0));
    assert.equal(inbox.take(own.id, from(series as Uint8Array, 1)).waiting, 0);
    assert.equal(sites(), 0, 'when the last is done');
    const [away, here, full] = [newIdentity().id, newIdentity().id, newIdentity().id];
    for (const id of [away, here, full]) inbox.register(id, wish);
    now += 10_000_001;
    inbox.put(full, request('/hooks/1'));
    inbox.sweep((id) => (id === here ? now - 10_000_000 : 0));
    assert.deepEqual(
      [away, here, full].map((id) => inbox.takes(id, 'POST', '/hooks/1')),
      [false, true, true],
    );
    assert.equal(sites(), 2);
    assert.throws(() => inbox.put(away, request('/hooks/1')), code('HOST_OFFLINE'));
  });

  it('holds inboxes', async () => {
    const inbox = await open({ inboxes: 1 });
    const other = newIdentity().id;
    assert.deepEqual(inbox.register(own.id, wish), { waiting: 0 });
    assert.equal(inbox.register(other, wish), undefined);
    assert.equal(inbox.takes(other, 'POST', '/hooks/1'), false);
    assert.deepEqual(inbox.register(own.id, { ...wish, messages: 3 }), { waiting: 0 }, 'who has one keeps it');
    inbox.register(own.id, { ...wish, patterns: [] });
    assert.deepEqual(inbox.register(other, wish), { waiting: 0 });
  });

  it('holds inboxReadMs and inboxReadBytesPerAddress', async () => {
    const inbox = await open({ inboxReadBytesPerAddress: 150 });
    inbox.register(own.id, wish);
    let cancelled: unknown;
    const stalled = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(100)),
        cancel: (reason) => {
          cancelled = reason;
        },
      });
    const slow = inbox.read(own.id, stalled(), undefined, FROM);
    await assert.rejects(inbox.read(own.id, parts(100), 100, FROM), code('RATE_LIMITED'));
    assert.equal((await inbox.read(own.id, parts(100), 100, '192.0.2.2')).length, 100, 'the share of another');
    clock.advance(SUITE_LIMITS.inboxReadMs);
    await assert.rejects(slow, code('TIMED_OUT'));
    assert.ok(code('TIMED_OUT')(cancelled));
    assert.equal((await inbox.read(own.id, parts(100), 100, FROM)).length, 100, 'nothing is left of it');
    assert.equal(clock.timers, 0);
  });

  it('shows no host online whose wish could not be kept', async () => {
    const at = await folder();
    const suite = await openSuite({ dataFolder: at, gateway: async () => new Response('live') });
    const file = new SqliteFile(join(at, 'inbox.sqlite'));
    later(() => file.close());
    file.script('DROP TABLE boxes; DROP TABLE inboxes');
    await assert.rejects(host(suite, 'shop', { inbox: { patterns: ['/hooks/*'] } }), /STORAGE_FAILED/);
    assert.match((await http(suite, '/metrics')).body, /porthole_hosts_online 0/);
  });

  it('gives a box longer than MAX_INBOX_BATCH_BYTES alone and in parts, and takes none longer than MAX_INBOX_BOX_BYTES', async () => {
    const inbox = await open();
    inbox.register(own.id, wish);
    inbox.put(own.id, request('/hooks/long', new Uint8Array(MAX_INBOX_BATCH_BYTES + 1000).fill(7)));
    inbox.put(own.id, request('/hooks/short'));
    const { series, items } = inbox.take(own.id, from(NOTHING, 0));
    assert.equal(items?.length, 1);
    const [head] = items ?? [];
    assert.equal(head?.box?.length, MAX_INBOX_BATCH_BYTES);
    const more = inbox.take(own.id, from(series as Uint8Array, 0, MAX_INBOX_BATCH_BYTES)).items ?? [];
    const box = Buffer.concat([head?.box as Uint8Array, more[0]?.box as Uint8Array]);
    assert.equal(box.length, head?.size);
    assert.equal(decodeInboxRequest(openBox(own.sealKey, boxBinding(own.id, series as Uint8Array, 1), box)).target, '/hooks/long');
    assert.throws(() => inbox.put(own.id, request('/hooks/x', new Uint8Array(MAX_INBOX_BOX_BYTES))), code('MESSAGE_TOO_LONG'));
  });

  it('holds inboxRequests, inboxBytes, inboxBytesInAll, inboxMs, and what the host wishes of them', async () => {
    const full = async (limits: Partial<typeof SUITE_LIMITS>, fits: number, wished = wish): Promise<Inbox> => {
      const inbox = await open(limits);
      inbox.register(own.id, wished);
      for (let at = 0; at < fits; at++) inbox.put(own.id, request('/hooks/1', new Uint8Array(1000)));
      assert.throws(() => inbox.put(own.id, request('/hooks/1', new Uint8Array(1000))), code('RATE_LIMITED'));
      return inbox;
    };
    await full({ inboxRequests: 3 }, 3);
    await full({}, 2, { ...wish, messages: 2 });
    await full({ inboxBytes: 3500 }, 3);
    const inAll = await full({ inboxBytesInAll: 3500 }, 3);
    const other = newIdentity();
    inAll.register(other.id, wish);
    assert.throws(() => inAll.put(other.id, request('/hooks/1', new Uint8Array(1000))), code('RATE_LIMITED'));
    const brief = await open({ inboxMs: 5000 });
    brief.register(own.id, { ...wish, seconds: 2 });
    assert.equal(brief.put(own.id, request('/hooks/1')).until, now + 2000);
    brief.register(own.id, wish);
    assert.equal(brief.put(own.id, request('/hooks/2')).until, now + 5000);
    now += 2000;
    assert.equal(brief.take(own.id, from(NOTHING, 0)).waiting, 1);
    now += 3000;
    assert.equal(brief.take(own.id, from(NOTHING, 0)).waiting, 0);
  });

  it('holds inboxRequestBytes and inboxReadBytes', async () => {
    const inbox = await open({ inboxRequestBytes: 100, inboxReadBytes: 150 });
    inbox.register(own.id, wish);
    assert.equal((await inbox.read(own.id, parts(50, 50), undefined, FROM)).length, 100);
    await assert.rejects(inbox.read(own.id, parts(50, 51), undefined, FROM), code('MESSAGE_TOO_LONG'));
    await assert.rejects(inbox.read(own.id, parts(), 101, FROM), code('MESSAGE_TOO_LONG'));
    const both = await Promise.allSettled([inbox.read(own.id, parts(90), 90, FROM), inbox.read(own.id, parts(90), 90, FROM)]);
    assert.deepEqual(both.map((one) => one.status).sort(), ['fulfilled', 'rejected']);
    assert.equal((await inbox.read(own.id, parts(100), 100, FROM)).length, 100, 'nothing is left of it');
  });

  it('refuses at registration more than MAX_INBOX_PATTERNS, and longer ones than MAX_INBOX_PATTERN_CHARS', async () => {
    const suite = await openSuite({ gateway: async () => new Response('live') });
    const peer = await Peer.connect(suite);
    const told = async (patterns: string[]): Promise<string> => {
      const { publicKey, sign } = own;
      void sign;
      return await peer.code('Register', { publicKey, name: 'shop', inbox: { patterns } });
    };
    assert.equal(await told(Array.from({ length: MAX_INBOX_PATTERNS + 1 }, () => '/a')), 'MESSAGE_TOO_LONG');
    assert.equal(await told([`/${'a'.repeat(MAX_INBOX_PATTERN_CHARS)}`]), 'PROTOCOL_VIOLATED');
    assert.equal(await told([`/${'a'.repeat(MAX_INBOX_PATTERN_CHARS - 1)}`]), 'SIGNATURE_WRONG', 'the next thing that is looked at');
  });

  it('takes in only while the host is away, and says to old hosts and by old suites that there is none', async () => {
    const suite = await openSuite({ gateway: async () => new Response('live'), limits: { inboxPerAddress: { perSecond: 1, burst: 3 } } });
    const ask = (path: string) => http(suite, path, { host: `shop.localhost:${suite.port}`, method: 'POST', body: 'x' });
    const shop = await host(suite, 'shop', { inbox: { patterns: ['/hooks/*'] } });
    assert.equal((await ask('/hooks/1')).body, 'live');
    await goOffline(suite, shop);
    const kept = await ask('/hooks/1');
    assert.deepEqual([kept.status, kept.headers['porthole-inbox']], [202, 'sealed; seen-in-plain']);
    assert.equal((await ask('/other')).body, 'live', 'the gateway is asked');
    const limited: number[] = [];
    for (let at = 0; at < 6; at++) limited.push((await ask('/hooks/1')).status);
    assert.ok(limited.includes(429), `inboxPerAddress: ${limited}`);
    const peer = await Peer.connect(suite);
    assert.equal(await peer.code('InboxTake' as 'Find', {} as never), 'PROTOCOL_VIOLATED', 'of no host');
    const bare = await openSuite();
    await host(bare, 'shop', { inbox: { patterns: ['/hooks/*'] } });
  });

  it('a sender that sends all before it reads is told that its content is too long, and may go on', async () => {
    const suite = await openSuite({ gateway: async () => new Response('live'), limits: { inboxRequestBytes: 100 } });
    const shop = await host(suite, 'shop', { inbox: { patterns: ['/hooks/*'] } });
    await goOffline(suite, shop);
    const socket = connect(suite.port, '127.0.0.1');
    const bytes = 10 * 1024 * 1024;
    const head = (length: number): string => `POST /hooks/1 HTTP/1.1\r\nHost: shop.localhost\r\nContent-Length: ${length}\r\n\r\n`;
    socket.write(head(bytes));
    await new Promise((resolve) => socket.write(Buffer.alloc(bytes), resolve));
    for (const wanted of [/^HTTP\/1\.1 413 /, /^HTTP\/1\.1 202 /]) {
      const [came] = await once(socket, 'data');
      assert.match(String(came), wanted);
      socket.write(`${head(1)}x`);
    }
    socket.destroy();
  });
});
