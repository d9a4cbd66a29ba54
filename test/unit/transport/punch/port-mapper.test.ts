// SPDX-License-Identifier: Apache-2.0
// A port on request: all ways look for a router at once, one opens the port, and the next when that cannot.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../../proto/errors.ts';
import { type FindRouter, type MapPort, portMapper } from '../../../../transport/nat/punch/port-mapper.ts';

const SIGNAL = new AbortController().signal;

/** A way whose router opens this port, or rejects. */
function way(port: number | Error, ready: Promise<unknown> = Promise.resolve()): FindRouter & { opened: number; stopped: boolean } {
  const mapPort: MapPort = async () => {
    find.opened++;
    if (port instanceof Error) throw port;
    return { ip: '203.0.113.7', port, unmap: async () => {} };
  };
  const find = Object.assign(
    async (signal: AbortSignal) => {
      signal.addEventListener('abort', () => {
        find.stopped = true;
      });
      await ready;
      return mapPort;
    },
    { opened: 0, stopped: false },
  );
  return find;
}
const never = new Promise<never>(() => {});
const noPath = (error: unknown): error is PortholeError => error instanceof PortholeError && error.code === 'NO_PATH';

describe('a port of the router', () => {
  it('is opened by the first that finds a router, and by no other', async () => {
    const slow = way(1, never);
    const quick = way(2);
    assert.equal((await portMapper([slow, quick])(4000, SIGNAL)).port, 2);
    assert.deepEqual([slow.opened, slow.stopped, quick.opened], [0, true, 1]);
  });

  it('is opened by the next when that one cannot, also when both were found at once', async () => {
    const [refusing, opening] = [way(new Error('not today')), way(3)];
    assert.equal((await portMapper([refusing, opening])(4000, SIGNAL)).port, 3);
    assert.deepEqual([refusing.opened, opening.opened], [1, 1]);
  });

  it('is NO_PATH when nobody opens one, with what each said', async () => {
    const absent: FindRouter = () => Promise.reject(new Error('nobody there'));
    await assert.rejects(portMapper([way(new Error('not today')), absent])(4000, SIGNAL), (error) => {
      assert.ok(noPath(error));
      assert.match(error.message, /not today/);
      assert.match(error.message, /nobody there/);
      return true;
    });
  });

  it('is not waited for longer than the signal', async () => {
    const given: FindRouter = (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    await assert.rejects(portMapper([given, given])(4000, AbortSignal.timeout(20)), { name: 'TimeoutError' });
  });
});
