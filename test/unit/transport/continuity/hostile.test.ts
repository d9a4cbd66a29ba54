// SPDX-License-Identifier: Apache-2.0
// Peers that lie, out of turn or without measure: each gets a code, nothing grows, and the session of others goes on.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_FRAME_BYTES, MAX_PATH_MESSAGE_BYTES, MAX_UNACKED_BYTES } from '../../../../proto/limits.ts';
import { memoryPair } from '../../../../transport/channel/memory.ts';
import { MAX_UNSAID } from '../../../../transport/continuity/limits.ts';
import { MAY_BE_SAID } from '../../../../transport/continuity/path-end.ts';
import { asked } from '../../../support/asked.ts';
import { RawPath } from '../../../support/raw-path.ts';
import { HOST_KEY, Resumables, settled, VISITOR_KEY } from '../../../support/resumables.ts';
import { plainSealed } from '../../../support/sealed.ts';
import { code } from '../../proto/helper.ts';

const ID = new Uint8Array(16).fill(5);
const byte = (value: number): Uint8Array => Uint8Array.of(value);

type Lie = (path: RawPath) => void;

describe('resumable session: hostile peers', () => {
  let resumables: Resumables;
  beforeEach(() => {
    resumables = new Resumables();
  });
  afterEach(() => resumables.end());

  /** A raw visitor of the host under test. */
  function visitor(): RawPath {
    const { a, b } = memoryPair();
    void resumables.acceptor.take(plainSealed(b, VISITOR_KEY));
    return new RawPath(plainSealed(a, HOST_KEY));
  }

  /** A raw host of the visitor under test, which has said Join. */
  async function host(): Promise<{ path: RawPath; added: Promise<unknown> }> {
    const { a, b } = memoryPair();
    const added = resumables.visitor.add(plainSealed(a, HOST_KEY));
    added.catch(() => {});
    const path = new RawPath(plainSealed(b, VISITOR_KEY));
    await path.next('join');
    return { path, added };
  }

  const toHost: [string, Lie, string][] = [
    ['acknowledges what was never sent', (path) => path.say({ type: 'ack', received: 1 }), 'PROTOCOL_VIOLATED'],
    ['acknowledges almost all numbers there are', (path) => path.say({ type: 'ack', received: 2 ** 31 - 1 }), 'PROTOCOL_VIOLATED'],
    ['carries beyond what came', (path) => path.say({ type: 'carry', move: 2, next: 1 }), 'PROTOCOL_VIOLATED'],
    ['carries from before the first', (path) => path.say({ type: 'carry', move: 2, next: 2 ** 32 - 1 }), 'PROTOCOL_VIOLATED'],
    ['carries and has what was never sent', (path) => path.say({ type: 'carry', move: 2, received: 9 }), 'PROTOCOL_VIOLATED'],
    ['joins twice', (path) => path.say({ type: 'join' }), 'PROTOCOL_VIOLATED'],
    ['proves what nobody asked', (path) => path.say({ type: 'proof', password: byte(1) }), 'PROTOCOL_VIOLATED'],
    ['says what a host says: joined', (path) => path.say({ type: 'joined', session: ID }), 'PROTOCOL_VIOLATED'],
    ['says what a host says: challenge', (path) => path.say({ type: 'challenge', code: 'PASSWORD_NEEDED' }), 'PROTOCOL_VIOLATED'],
    ['sends garbage about the path', (path) => path.bytes(1, Uint8Array.of(0xff, 0xff, 0xff)), 'FRAME_MALFORMED'],
    ['sends too much about the path', (path) => path.bytes(1, new Uint8Array(MAX_PATH_MESSAGE_BYTES + 1)), 'MESSAGE_TOO_LONG'],
    ['sends a frame that is too long', (path) => path.number(new Uint8Array(MAX_FRAME_BYTES + 1)), 'MESSAGE_TOO_LONG'],
    [
      'goes on after its end mark',
      (path) => {
        path.number(new Uint8Array(0));
        path.number(byte(1));
      },
      'PROTOCOL_VIOLATED',
    ],
  ];
  for (const [what, lie, expected] of toHost) {
    it(`a visitor that ${what}: ${expected}, and only its path ends`, async () => {
      const path = visitor();
      path.say({ type: 'join' });
      path.say({ type: 'carry' });
      const { session } = (await path.next('joined')) ?? { session: ID };
      path.say({ type: 'ping' });
      await settled();
      lie(path);
      assert.equal((await path.next('refused'))?.code, expected);
      await path.ended;
      if (what.includes('end mark')) return; // that ends the session, too
      assert.equal(resumables.acceptor.sessions, 1);
      const again = visitor();
      again.say({ type: 'join', session });
      assert.ok(await again.next('joined'));
    });
  }

  it('a path that begins with anything but Join: PROTOCOL_VIOLATED', async () => {
    for (const lie of [
      (path: RawPath) => path.number(byte(1)),
      (path: RawPath) => path.say({ type: 'carry' }),
      (path: RawPath) => path.say({ type: 'ping' }),
      (path: RawPath) => path.say({ type: 'over' }),
    ]) {
      const path = visitor();
      lie(path);
      assert.equal((await path.next('refused'))?.code, 'PROTOCOL_VIOLATED');
    }
    assert.equal(resumables.acceptor.sessions, 0);
  });

  it('numbered messages before the first Carry: PROTOCOL_VIOLATED', async () => {
    const path = visitor();
    path.say({ type: 'join' });
    path.number(byte(1));
    assert.equal((await path.next('refused'))?.code, 'PROTOCOL_VIOLATED');
  });

  const toVisitor: [string, Lie, string][] = [
    ['says Joined twice', (path) => path.say({ type: 'joined', session: ID }), 'PROTOCOL_VIOLATED'],
    ['asks for a proof too late', (path) => path.say({ type: 'challenge', code: 'PASSWORD_NEEDED' }), 'PROTOCOL_VIOLATED'],
    ['joins', (path) => path.say({ type: 'join' }), 'PROTOCOL_VIOLATED'],
    ['acknowledges what was never sent', (path) => path.say({ type: 'ack', received: 77 }), 'PROTOCOL_VIOLATED'],
    ['carries beyond what came', (path) => path.say({ type: 'carry', next: 3 }), 'PROTOCOL_VIOLATED'],
    ['sends before it carries', (path) => path.number(byte(1)), 'PROTOCOL_VIOLATED'],
    ['sends garbage', (path) => path.bytes(1, Uint8Array.of(0xff)), 'FRAME_MALFORMED'],
  ];
  for (const [what, lie, expected] of toVisitor) {
    it(`a host that ${what}: ${expected}`, async () => {
      const { path, added } = await host();
      path.say({ type: 'joined', session: ID });
      await added;
      lie(path);
      assert.equal((await path.next('refused'))?.code, expected);
      await settled();
      const lost = resumables.events.findLast((event) => event.type === 'lost');
      assert.ok(lost?.type === 'lost' && lost.error.code === expected);
    });
  }

  it('a host that names another session on a further path: PROTOCOL_VIOLATED', async () => {
    const first = await host();
    first.path.say({ type: 'joined', session: ID });
    await first.added;
    const second = await host();
    second.path.say({ type: 'joined', session: new Uint8Array(16) });
    await assert.rejects(second.added, code('PROTOCOL_VIOLATED'));
    assert.equal(resumables.visitor.paths.length, 1);
  });

  it('a host that says anything before Joined: PROTOCOL_VIOLATED', async () => {
    for (const lie of [(path: RawPath) => path.number(byte(1)), (path: RawPath) => path.say({ type: 'carry' })]) {
      const { path, added } = await host();
      lie(path);
      await assert.rejects(added, code('PROTOCOL_VIOLATED'));
    }
  });

  it('a host that asks again before it was answered: PROTOCOL_VIOLATED', async () => {
    resumables = new Resumables({ credentials: { answer: () => new Promise(() => {}) } });
    const { path, added } = await host();
    path.say({ type: 'challenge', code: 'PASSWORD_NEEDED' });
    path.say({ type: 'challenge', code: 'PASSWORD_NEEDED' });
    await assert.rejects(added, code('PROTOCOL_VIOLATED'));
  });

  it('words and codes of a peer are taken with care', async () => {
    const { path, added } = await host();
    path.say({ type: 'refused', code: 'NEWER_CODE', message: 'a\u001b[31mb' });
    await assert.rejects(added, (error: Error) => code('PROTOCOL_VIOLATED')(error) && !error.message.includes('\u001b'));
  });

  it('an Over of a peer ends the session, and nothing else', async () => {
    await resumables.added();
    const path = visitor();
    path.say({ type: 'join' });
    path.say({ type: 'carry' });
    await path.next('joined');
    path.say({ type: 'over', code: 'CANCELLED', message: 'enough' });
    await settled();
    assert.equal(resumables.acceptor.sessions, 1);
  });

  it('messages and types of a newer version are skipped', async () => {
    const path = visitor();
    path.bytes(1, Uint8Array.of(0x52, 2, 8, 1)); // number 10
    path.bytes(2, Uint8Array.of(1, 2, 3)); // type 2
    path.say({ type: 'join' });
    assert.ok(await path.next('joined'));
  });

  for (const [what, say] of [
    ['pings', (path: RawPath, id: number) => path.say({ type: 'ping', id: (id % 60_000) + 1 })],
    ['carries', (path: RawPath, move: number) => path.say({ type: 'carry', move })],
  ] as const) {
    it(`a peer that ${what} without end and reads nothing is given up (MAX_UNSAID)`, async () => {
      const { a, b, wire } = memoryPair();
      const sealed = plainSealed(b, VISITOR_KEY);
      let unsaid = 0;
      // A path that takes nothing more.
      const full = Object.create(sealed, {
        send: {
          value: () => {
            unsaid++;
            return new Promise(() => {});
          },
        },
        receive: { value: () => asked(sealed).receive() },
        deliver: { value: undefined },
        close: { value: () => sealed.close() },
        abort: { value: (reason: Error) => sealed.abort(reason) },
        ready: { value: sealed.ready },
        proved: { value: sealed.proved },
        via: { value: 'memory' },
      });
      void resumables.acceptor.take(full);
      const path = new RawPath(plainSealed(a, HOST_KEY));
      path.say({ type: 'join' });
      for (let i = 0; i < 4 * MAX_UNSAID; i++) say(path, i + 1);
      await settled();
      assert.ok(unsaid <= MAX_UNSAID + 2, `${unsaid} messages wait`);
      if (what === 'pings') assert.ok(await path.ended);
      wire.cut();
    });
  }

  it('thousands of Joins leave nothing behind', async () => {
    for (let i = 0; i < 3000; i++) {
      const path = visitor();
      path.say({ type: 'join', session: Uint8Array.from({ length: 16 }, () => i & 0xff) });
      if (i % 100 === 0) assert.equal((await path.next('refused'))?.code, 'SESSION_LOST');
    }
    await settled();
    assert.equal(resumables.acceptor.sessions, 0);
  });

  it('thousands of sessions that are not gone on with end with their paths', async () => {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 2000; i++) {
      const path = visitor();
      path.say({ type: 'join' });
      path.say({ type: 'carry' });
      await path.next('joined');
      path.say({ type: 'over', code: 'CANCELLED' });
      if (i % 50 === 0) await settled(3);
    }
    await settled();
    assert.equal(resumables.acceptor.sessions, 0);
    resumables.hosts.length = 0;
    resumables.authorizations.length = 0;
    assert.ok(process.memoryUsage().heapUsed - before < 100e6);
  });

  it('a sender that ignores what may be under way is stopped: MAX_UNACKED_BYTES', async () => {
    const path = visitor();
    path.say({ type: 'join' });
    path.say({ type: 'carry' });
    await path.next('joined');
    // Nobody reads the session.
    const most = Math.floor(MAX_UNACKED_BYTES / (MAX_FRAME_BYTES + 64));
    for (let i = 0; i < most; i++) path.number(new Uint8Array(MAX_FRAME_BYTES));
    await settled();
    // It is told that it is heard, and that nothing was taken.
    assert.ok(!path.heard.some((said) => said.type === 'refused' || (said.type === 'ack' && said.received > 0)));
    for (let i = 0; i < 3; i++) path.number(new Uint8Array(MAX_FRAME_BYTES));
    assert.equal((await path.next('refused'))?.code, 'PROTOCOL_VIOLATED');
  });

  it('empty-handed messages count, too', async () => {
    const path = visitor();
    path.say({ type: 'join' });
    path.say({ type: 'carry' });
    await path.next('joined');
    const most = Math.ceil((MAX_UNACKED_BYTES + MAX_FRAME_BYTES + 64) / 65);
    for (let i = 0; i <= most; i++) {
      path.number(byte(1));
      if (i % 20_000 === 0) await settled(2);
    }
    assert.equal((await path.next('refused'))?.code, 'PROTOCOL_VIOLATED');
  }).timeout(20_000);

  it('what may be said, by where a path stands, is what SITE.md says', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../../proto/SITE.md'), 'utf8');
    const said = new Map<string, Set<string>>();
    for (const [, states = '', may = ''] of text.matchAll(/^\| (fresh|asked|joining|live) \| [^|]+ \| [^|]+ \| ([^|]+) \|$/gm)) {
      const words = may.replace(/\([^)]*\)/g, '').match(/\b[A-Z]\w+/g) ?? [];
      said.set(states, new Set(words.map((word) => word.toLowerCase())));
    }
    const { gone, ...places } = MAY_BE_SAID;
    assert.equal(gone.size, 0);
    const sorted = (sets: Iterable<[string, ReadonlySet<string>]>): [string, string[]][] =>
      [...sets].map(([place, set]): [string, string[]] => [place, [...set].sort()]).sort();
    assert.deepEqual(sorted(said), sorted(Object.entries(places)));
  });
});
