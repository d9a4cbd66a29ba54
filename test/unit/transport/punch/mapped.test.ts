// SPDX-License-Identifier: Apache-2.0
// The technique "mapped": a router's word for its outside address counts only where the suite saw the same, and no port stays open.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../../proto/errors.ts';
import type { Learned } from '../../../../transport/nat/punch/learn.ts';
import type { MapPort } from '../../../../transport/nat/punch/port-mapper.ts';
import { mapped } from '../../../../transport/nat/punch/techniques.ts';
import { openSockets } from '../../../../transport/nat/sockets/ffi.ts';
import { systemClock } from '../../../../transport/time/clock.ts';

describe('the technique mapped', () => {
  const asked: number[] = [];
  let unmapped = 0;
  const routerAt =
    (ip: string): MapPort =>
    async (localPort) => {
      asked.push(localPort);
      return { ip, port: 45_000, unmap: async () => void unmapped++ };
    };
  async function learn(mapPort: MapPort, part: 'opener' | 'connecter' = 'opener'): Promise<Learned> {
    const technique = mapped(mapPort);
    assert.ok(technique.learn);
    const learned = await technique.learn(
      {
        lowRange: async () => null,
        sockets: await openSockets(),
        local: { ip: '127.0.0.1', port: 0 },
        outsideIp: '203.0.113.7',
        servers: [],
        clock: systemClock,
        signal: AbortSignal.timeout(2000),
      },
      part,
    );
    assert.ok(learned);
    return learned;
  }
  beforeEach(() => {
    asked.length = 0;
    unmapped = 0;
  });

  it('takes the router’s port where the suite sees the address that it tells, and closes it in the end', async () => {
    const learned = await learn(routerAt('203.0.113.7'));
    assert.deepEqual([learned.outside, asked], [{ port: 45_000, step: 0 }, [learned.local.port]]);
    assert.equal(unmapped, 0);
    learned.release();
    assert.equal(unmapped, 1);
  });

  it('does not believe another address, and closes the port', async () => {
    for (const ip of ['192.168.0.2', '203.0.113.8', '0.0.0.0']) {
      unmapped = 0;
      const unfit = (error: unknown): boolean => error instanceof PortholeError && error.code === 'STRATEGY_UNFIT';
      await assert.rejects(learn(routerAt(ip)), unfit);
      assert.equal(unmapped, 1);
    }
  });

  it('asks no router for the connecter', async () => {
    (await learn(routerAt('203.0.113.7'), 'connecter')).release();
    assert.deepEqual(asked, []);
  });
});
