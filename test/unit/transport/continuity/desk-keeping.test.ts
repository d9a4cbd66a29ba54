// SPDX-License-Identifier: Apache-2.0
// What the host's desk keeps of sessions that have lost their paths: how long, and how much.

import assert from 'node:assert/strict';
import { MAX_FRAME_BYTES, RETAINED_OVERHEAD_BYTES } from '../../../../proto/limits.ts';
import { KEPT_LOOK_MS } from '../../../../transport/continuity/desk.ts';
import * as limits from '../../../../transport/continuity/limits.ts';
import type { Thread } from '../../../../transport/continuity/thread.ts';
import { memoryPair } from '../../../../transport/memory.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { RawPath } from '../../../support/raw-path.ts';
import { plainSealed } from '../../../support/sealed.ts';
import { HOST_KEY, settled, Threads, VISITOR_KEY } from '../../../support/threads.ts';

const NONE = new Uint8Array(0);

describe('thread desk: keeping', () => {
  let threads: Threads;
  afterEach(() => threads.end());

  /** A visitor of the test's own words. */
  function raw(): RawPath {
    const { a, b } = memoryPair();
    void threads.desk.take(plainSealed(b, 'host', VISITOR_KEY));
    return new RawPath(plainSealed(a, 'visitor', HOST_KEY));
  }

  it(`keeps ${limits.MAX_KEPT_SESSIONS} sessions without a path (MAX_KEPT_SESSIONS), and drops the oldest first`, async function () {
    this.timeout(20_000);
    threads = new Threads();
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
    assert.equal(threads.desk.sessions, limits.MAX_KEPT_SESSIONS);
    const resume = async (at: number): Promise<string> => {
      const path = raw();
      path.say({ type: 'join', session: sessions[at] });
      return (await Promise.race([path.next('joined'), path.next('refused')]))?.type ?? 'none';
    };
    assert.deepEqual([await resume(0), await resume(1), await resume(2)], ['refused', 'refused', 'joined']);
  });

  /** A session that has just lost its only path, and what joins it again without showing that it is no replay. */
  async function stranded(): Promise<{ clock: FakeClock; rejoin(): Promise<RawPath> }> {
    const clock = fakeClock();
    threads = new Threads({ clock });
    const first = raw();
    first.say({ type: 'join' });
    const session = (await first.next('joined'))?.session.slice();
    first.say({ type: 'ping' });
    await settled();
    first.sealed.abort(new Error('enough'));
    await settled();
    const rejoin = async (): Promise<RawPath> => {
      const path = raw();
      path.say({ type: 'join', session });
      await path.next('joined');
      return path;
    };
    return { clock, rejoin };
  }

  it('as long as it is used, once a path has shown that it is none', async () => {
    const { clock, rejoin } = await stranded();
    clock.advance(limits.HOST_KEEP_MS - 1000);
    (await rejoin()).say({ type: 'ping' });
    await settled();
    clock.advance(1200);
    await settled();
    assert.equal(threads.desk.sessions, 1);
  });

  it('no longer for a path that may be a replay', async () => {
    const { clock, rejoin } = await stranded();
    clock.advance(limits.HOST_KEEP_MS - 1000);
    await rejoin();
    clock.advance(900);
    await settled();
    assert.equal(threads.desk.sessions, 1);
    clock.advance(200);
    await settled();
    assert.equal(threads.desk.sessions, 0);
    assert.equal(clock.timers, 0, 'timers are left');
  });

  it('keeps MAX_KEPT_BYTES of them', async function () {
    this.timeout(20_000);
    threads = new Threads();
    // What each retains does not go out; the same memory serves for all.
    const memory = new Uint8Array(MAX_FRAME_BYTES);
    const messages = 128;
    const most = Math.floor(limits.MAX_KEPT_BYTES / (messages * (memory.length + RETAINED_OVERHEAD_BYTES)));
    for (let i = 0; i < most + 2; i++) {
      const path = raw();
      path.say({ type: 'join' });
      await path.next('joined');
      path.say({ type: 'ping' });
      await settled(3);
      for (let sent = 0; sent < messages; sent++) threads.host.send(memory).catch(() => {});
      path.sealed.abort(new Error('enough'));
      await settled(1);
    }
    await settled();
    assert.equal(threads.desk.sessions, most);
  });

  it('and no more when they grow without a path', async () => {
    const clock = fakeClock();
    threads = new Threads({ clock });
    const memory = new Uint8Array(MAX_FRAME_BYTES);
    const fit = Math.floor(limits.MAX_KEPT_BYTES / (memory.length + RETAINED_OVERHEAD_BYTES));
    const hosts: Thread[] = [];
    for (let i = 0; i < 2; i++) {
      const path = raw();
      path.say({ type: 'join' });
      await path.next('joined');
      path.say({ type: 'ping' });
      await settled(3);
      hosts.push(threads.host);
      path.sealed.abort(new Error('enough'));
      await settled(1);
    }
    for (let sent = 0; sent < fit / 2; sent++) for (const host of hosts) host.send(memory).catch(() => {});
    clock.advance(KEPT_LOOK_MS);
    await settled();
    assert.equal(threads.desk.sessions, 2);
    for (let sent = 0; sent < 2; sent++) hosts[1]?.send(memory).catch(() => {});
    clock.advance(KEPT_LOOK_MS);
    await settled();
    assert.deepEqual([threads.desk.sessions, hosts[0]?.over, hosts[1]?.over], [1, true, false], 'the one that lost its path first');
  });
});
