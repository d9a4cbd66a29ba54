// SPDX-License-Identifier: Apache-2.0
// What the host's acceptor keeps of sessions that have lost their paths: how long, and how much.

import assert from 'node:assert/strict';
import { MAX_FRAME_BYTES, UNACKED_OVERHEAD_BYTES } from '../../../../proto/limits.ts';
import { memoryPair, type Wire } from '../../../../transport/channel/memory.ts';
import type { ResumableHost } from '../../../../transport/continuity/host.ts';
import * as limits from '../../../../transport/continuity/limits.ts';
import type { ResumableSession } from '../../../../transport/continuity/resumable-session.ts';
import { beginResumable } from '../../../../transport/continuity/visitor.ts';
import { nodePrimitives } from '../../../../transport/seal/node.ts';
import { sealAsHost, sealAsVisitor } from '../../../../transport/seal/sealed.ts';
import { asked } from '../../../support/asked.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { RawPath } from '../../../support/raw-path.ts';
import { HOST_KEY, Resumables, settled, VISITOR_KEY } from '../../../support/resumables.ts';
import { plainSealed } from '../../../support/sealed.ts';

const NONE = new Uint8Array(0);

describe('session acceptor: keeping', () => {
  let resumables: Resumables;
  afterEach(() => resumables.end());

  /** A visitor of the test's own words. */
  function raw(): RawPath {
    const { a, b } = memoryPair();
    void resumables.acceptor.take(plainSealed(b, VISITOR_KEY));
    return new RawPath(plainSealed(a, HOST_KEY));
  }

  it(`keeps ${limits.MAX_KEPT_SESSIONS} sessions without a path (MAX_KEPT_SESSIONS), and drops the oldest first`, async function () {
    this.timeout(20_000);
    resumables = new Resumables();
    const sessions: Uint8Array[] = [];
    for (let i = 0; i < limits.MAX_KEPT_SESSIONS + 2; i++) {
      const path = raw();
      path.say({ type: 'join' });
      const joined = await path.next('joined');
      path.say({ type: 'ping' });
      await settled(3);
      sessions.push(joined?.session.slice() ?? NONE);
      path.sealed.abort(new Error('enough'));
      await settled(1);
    }
    await settled();
    assert.equal(resumables.acceptor.sessions, limits.MAX_KEPT_SESSIONS);
    const resume = async (at: number): Promise<string> => {
      const path = raw();
      path.say({ type: 'join', session: sessions[at] });
      return (await Promise.race([path.next('joined'), path.next('refused')]))?.type ?? 'none';
    };
    assert.deepEqual([await resume(0), await resume(1), await resume(2)], ['refused', 'refused', 'joined']);
  });

  it('as long as it is used, once a path has joined it', async () => {
    const clock = fakeClock();
    resumables = new Resumables({ clock });
    const first = raw();
    first.say({ type: 'join' });
    const session = (await first.next('joined'))?.session.slice();
    first.say({ type: 'ping' });
    await settled();
    first.sealed.abort(new Error('enough'));
    await settled();
    clock.advance(limits.HOST_KEEP_MS - 1000);
    const again = raw();
    again.say({ type: 'join', session });
    await again.next('joined');
    await settled();
    clock.advance(1200);
    await settled();
    assert.equal(resumables.acceptor.sessions, 1);
  });

  describe('MAX_HELD_BYTES for all sessions together', () => {
    const memory = new Uint8Array(MAX_FRAME_BYTES);
    const EACH = memory.length + UNACKED_OVERHEAD_BYTES;
    const FIT = Math.floor(limits.MAX_HELD_BYTES / EACH);
    let clock: FakeClock;
    beforeEach(() => {
      clock = fakeClock();
      resumables = new Resumables({ clock });
    });

    /** A session with a path. */
    async function session(): Promise<{ host: ResumableHost; path: RawPath }> {
      const path = raw();
      path.say({ type: 'join' });
      await path.next('joined');
      path.say({ type: 'carry' });
      await settled();
      return { host: resumables.host as ResumableHost, path };
    }
    const send = (host: ResumableSession, count: number): void => {
      for (let sent = 0; sent < count; sent++)
        asked(host)
          .send(memory)
          .catch(() => {});
    };
    const over = (...hosts: ResumableSession[]): boolean[] => hosts.map((host) => host.over);

    it('of those without a path the one goes first that lost it first; those with one stay', async () => {
      const [live, older, newer] = [await session(), await session(), await session()];
      for (const { path } of [older, newer]) {
        path.sealed.abort(new Error('enough'));
        await settled();
      }
      assert.equal(resumables.acceptor.kept, 2);
      send(newer.host, 10);
      send(older.host, 10);
      send(live.host, FIT - 20);
      assert.deepEqual(over(live.host, older.host, newer.host), [false, false, false]);
      send(live.host, 1);
      assert.deepEqual(over(live.host, older.host, newer.host), [false, true, false]);
      send(live.host, 11);
      assert.deepEqual(over(live.host, older.host, newer.host), [false, true, true]);
      assert.ok(live.host.held <= limits.MAX_HELD_BYTES);
    });

    it('of those with a path the one goes first to which nothing has got through for the longest time', async () => {
      const [slow, quick, empty] = [await session(), await session(), await session()];
      send(slow.host, FIT / 2);
      clock.advance(100);
      send(quick.host, FIT / 2);
      quick.path.say({ type: 'ack', received: 1 });
      await settled();
      send(quick.host, FIT / 2 - quick.host.held / EACH + 2);
      assert.deepEqual(over(slow.host, quick.host, empty.host), [true, false, false]);
      assert.deepEqual((await slow.path.next('over'))?.code, 'SESSION_LOST', 'its visitor is told');
    });

    it('what came and is not read counts, and so does what is read and held above', async () => {
      const one = await session();
      one.path.number(new Uint8Array(1000));
      await settled();
      assert.equal(one.host.held, 1000 + UNACKED_OVERHEAD_BYTES);
      await asked(one.host).receive();
      assert.equal(one.host.held, 0);
      let above = limits.MAX_HELD_BYTES;
      one.host.heldAbove = () => above;
      one.host.pause();
      one.path.number(new Uint8Array(1));
      await settled();
      assert.equal(one.host.over, true);
      above = 0;
    });

    it('what was acknowledged meanwhile is not counted against anybody', async () => {
      const [one, two] = [await session(), await session()];
      one.host.heldAbove = () => held;
      let held = limits.MAX_HELD_BYTES - 2 * EACH;
      send(one.host, 1);
      held = 0;
      send(two.host, FIT - 2);
      assert.deepEqual(over(one.host, two.host), [false, false]);
    });
  });

  it('a resume that somebody recorded and says again and again, also before the paths go, keeps a session no longer than HOST_KEEP_MS', async () => {
    const clock = fakeClock();
    const key = nodePrimitives.newKeyPair();
    const visitorKey = nodePrimitives.newKeyPair();
    resumables = new Resumables({ clock });
    const recorded: Uint8Array[][] = [];
    const resumable = beginResumable({ clock });
    const add = async (): Promise<Wire> => {
      const { a, b, wire } = memoryPair();
      const send = a.send.bind(a);
      const said: Uint8Array[] = [];
      recorded.push(said);
      a.send = (message) => {
        said.push(message.slice());
        return send(message);
      };
      void resumables.acceptor.take(sealAsHost(b, { key, primitives: nodePrimitives, clock }));
      await resumable.add(sealAsVisitor(a, { key: visitorKey, primitives: nodePrimitives, site: key.publicKey, clock }));
      await settled(30);
      return wire;
    };
    const replay = async (): Promise<void> => {
      const { a, b } = memoryPair();
      void resumables.acceptor.take(sealAsHost(b, { key, primitives: nodePrimitives, clock }));
      for (const message of recorded[1] ?? []) {
        asked(a)
          .send(message.slice())
          .catch(() => {});
        await settled(10);
      }
    };
    const wires = [await add(), await add()];
    await replay();
    assert.deepEqual([resumables.hosts.length, resumables.host.paths.length], [1, 2], 'it is no path');
    assert.equal(resumables.acceptor.kept, 0);
    for (const wire of wires) wire.cut();
    resumable.abort(new Error('the visitor is gone'));
    await settled();
    assert.deepEqual([resumables.acceptor.sessions, resumables.acceptor.kept], [1, 1], 'it counts as kept');
    for (let ms = 0; ms < limits.HOST_KEEP_MS - 1000; ms += 250) {
      clock.advance(250);
      await settled(6);
      if (ms % 5000 === 0) await replay();
    }
    assert.equal(resumables.acceptor.sessions, 1);
    for (let ms = 0; ms < 1000; ms += 250) {
      clock.advance(250);
      await settled(6);
    }
    assert.equal(resumables.acceptor.sessions, 0);
  });

  it('a session that waited for nothing but to know that the visitor has all is over with the path that tells, and takes that along', async () => {
    const clock = fakeClock();
    resumables = new Resumables({ clock });
    const first = raw();
    first.say({ type: 'join' });
    const session = (await first.next('joined'))?.session.slice();
    first.say({ type: 'carry' });
    first.number(NONE); // the visitor's end mark
    await settled();
    void resumables.host.close();
    await settled();
    assert.equal(resumables.acceptor.sessions, 1, 'the acknowledgement is on its way');
    const second = raw();
    second.say({ type: 'join', session, received: 1 });
    assert.equal((await second.next('joined'))?.received, 1, 'the visitor learns that its own end is known');
    assert.equal(await second.ended, null, 'the path is closed in good order');
    assert.equal(resumables.acceptor.sessions, 0);
    clock.advance(limits.DEAD_IDLE_MS);
    await settled();
    assert.equal(clock.timers, 0);
  });
});
