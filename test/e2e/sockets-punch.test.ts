// SPDX-License-Identifier: Apache-2.0
// The guarded punch with our sockets, through two kernel NATs that check TCP windows; and what it is better than.

import assert from 'node:assert/strict';
import type { SocketAddress, SocketOptions } from '../../transport/nat/sockets/sockets.ts';
import { ADDRESSES, noNatsReason, TwoNats } from './support/two-nats.ts';

/** Reaches the router between the NATs, and no farther. */
const TTL = 2;
/** Ample for a Time Exceeded or a RST to come back here. */
const WAIT_MS = 200;

describe('sockets: punching through two NATs', function () {
  this.timeout(30_000);
  const nats: Partial<Record<'drop' | 'reject', TwoNats>> = {};

  before(async function () {
    const reason = noNatsReason();
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    nats.drop = await TwoNats.open('drop');
    nats.reject = await TwoNats.open('reject');
  });
  after(() => {
    nats.drop?.close();
    nats.reject?.close();
  });

  /** Both ends have a port; the NATs keep it (nobody else uses it), IPv6 firewalls anyway. */
  async function prepare(two: TwoNats, family: 4 | 6, options: SocketOptions): Promise<Record<'host' | 'visitor', SocketAddress>> {
    const { host, visitor } = ADDRESSES[family];
    const [ours, theirs] = await Promise.all([
      two.host.tell({ do: 'bind', local: { ip: host.inside, port: 0 }, options }),
      two.visitor.tell({ do: 'bind', local: { ip: visitor.inside, port: 0 } }),
    ]);
    return {
      host: { ip: host.outside, port: ours.local?.port ?? 0 },
      visitor: { ip: visitor.outside, port: theirs.local?.port ?? 0 },
    };
  }

  for (const unsolicited of ['drop', 'reject'] as const) {
    for (const family of [4, 6] as const) {
      describe(`IPv${family}, a SYN nobody asked for: ${unsolicited}`, () => {
        it('the guarded punch: the SYN dies on the way, and waits for the other end’s', async () => {
          const two = nats[unsolicited] as TwoNats;
          const before = await two.host.tell({ do: 'count' });
          const { host, visitor } = await prepare(two, family, { ttl: TTL, minTtl: 255 });
          await two.host.tell({ do: 'connect', remote: visitor });
          assert.deepEqual(await two.host.tell({ do: 'outcome', withinMs: WAIT_MS }), { outcome: 'open' });
          const after = await two.host.tell({ do: 'count' });
          assert.equal(after.timeExceeded, (before.timeExceeded ?? 0) + 1, 'the Time Exceeded came');
          assert.equal(after.belowMinTtl, (before.belowMinTtl ?? 0) + 1, 'and was dropped');

          await two.host.tell({ do: 'set', options: { ttl: 64, minTtl: 0 } });
          await two.visitor.tell({ do: 'connect', remote: host });
          const { outcome, tookMs } = await two.visitor.tell({ do: 'outcome', withinMs: 3000 });
          assert.equal(outcome, 'connected');
          assert.ok((tookMs ?? 0) < 900, `${tookMs} ms: by the first SYN, not by one sent again`);
          assert.equal((await two.host.tell({ do: 'outcome', withinMs: 3000 })).outcome, 'connected');
          const [heard, said] = await Promise.all([
            two.host.tell({ do: 'talk', words: 'host' }),
            two.visitor.tell({ do: 'talk', words: 'visitor' }),
          ]);
          assert.deepEqual([heard, said], [{ heard: 'visitor' }, { heard: 'host' }]);
        });

        it('without the guard the Time Exceeded ends it', async () => {
          const two = nats[unsolicited] as TwoNats;
          const { visitor } = await prepare(two, family, { ttl: TTL });
          await two.host.tell({ do: 'connect', remote: visitor });
          assert.deepEqual((await two.host.tell({ do: 'outcome', withinMs: 3000 })).outcome, { failed: 'EHOSTUNREACH' });
        });

        it('without the punch nobody gets in', async () => {
          const two = nats[unsolicited] as TwoNats;
          const { host } = await prepare(two, family, {});
          await two.host.tell({ do: 'listen' });
          await two.visitor.tell({ do: 'connect', remote: host });
          const { outcome } = await two.visitor.tell({ do: 'outcome', withinMs: WAIT_MS });
          assert.deepEqual(outcome, unsolicited === 'drop' ? 'open' : { failed: 'ECONNREFUSED' });
          await Promise.all([two.host.tell({ do: 'cancel' }), two.visitor.tell({ do: 'cancel' })]);
        });
      });
    }
  }

  it('cancel and listen (the patent’s way) fails where windows are checked', async () => {
    const two = nats.drop as TwoNats;
    const { host, visitor } = await prepare(two, 4, { ttl: TTL, minTtl: 255 });
    await two.host.tell({ do: 'connect', remote: visitor });
    await two.host.tell({ do: 'outcome', withinMs: WAIT_MS });
    await two.host.tell({ do: 'cancel' });
    await two.host.tell({ do: 'bind', local: { ip: ADDRESSES[4].host.inside, port: host.port } });
    await two.host.tell({ do: 'listen' });
    await two.visitor.tell({ do: 'connect', remote: host });
    assert.deepEqual((await two.visitor.tell({ do: 'outcome', withinMs: 1500 })).outcome, 'open');
    await Promise.all([two.host.tell({ do: 'cancel' }), two.visitor.tell({ do: 'cancel' })]);
  });
});
