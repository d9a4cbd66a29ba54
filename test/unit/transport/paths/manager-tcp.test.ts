// SPDX-License-Identifier: Apache-2.0
// The path manager between two direct strategies: a session on a data channel moves to TCP, and looks for it no longer than it may come.

import assert from 'node:assert/strict';
import { STANDBY_AFTER_MS } from '../../../../transport/paths/manager.ts';
import { POLITE_MS } from '../../../../transport/paths/search.ts';
import { failure, type Management, manage } from '../../../support/fake-management.ts';
import type { FakePath } from '../../../support/fake-session.ts';

const NODE = ['tcp-punch', 'data-channel', 'relay'];
const BROWSER = ['data-channel', 'relay'];

describe('path manager: TCP and a data channel', () => {
  let k: Management;
  const first = async (via: string, rttMs: number): Promise<FakePath> => {
    const started = k.manager.start();
    const path = k.resumable.join(via, rttMs);
    await started;
    return path;
  };
  afterEach(() => k.manager.stop());

  it('the data channel carries at once, and TCP takes over when it stands, however far it is', async () => {
    k = manage(undefined, NODE);
    await first('data-channel', 3);
    assert.deepEqual([k.resumable.inUse?.via, k.trying()], ['data-channel', NODE.join()]);
    k.resumable.join('tcp-punch', 5);
    assert.equal(k.resumable.inUse?.via, 'tcp-punch');
    assert.deepEqual(k.told(), [
      'moved: data-channel stood first; tcp-punch still being tried',
      'moved: a better path stands: tcp-punch is 5 ms away, data-channel was 3 ms',
    ]);
  });

  it('the data channel stands by until the relay does, and is closed then', async () => {
    k = manage(undefined, NODE);
    const channel = await first('data-channel', 3);
    k.resumable.join('tcp-punch', 3);
    await k.last().done();
    assert.equal(k.news.at(-1)?.standby, 'data-channel');
    k.clock.advance(STANDBY_AFTER_MS);
    assert.equal(k.trying(), 'relay');
    k.resumable.join('relay', 40);
    await k.last().done();
    k.clock.advance(POLITE_MS[1]);
    assert.deepEqual(
      k.resumable.paths.map(({ via }) => via),
      ['tcp-punch', 'relay'],
    );
    assert.ok(!k.resumable.paths.includes(channel));
    assert.equal(k.trying(), '', 'and then all is well');
  });

  it('a program on a data channel looks for TCP, politely', async () => {
    k = manage(undefined, NODE);
    await first('data-channel', 3);
    k.resumable.join('relay', 40);
    await k.last().done(failure('tcp-punch', 'no connection stood in time'));
    assert.equal(k.told().at(-1), 'sought: no better path yet (tcp-punch: no connection stood in time); the next try is in 60 s');
    k.clock.advance(POLITE_MS[0] - 1);
    assert.equal(k.trying(), '');
    k.clock.advance(1);
    assert.equal(k.trying(), 'tcp-punch');
    k.resumable.join('tcp-punch', 3);
    assert.equal(k.resumable.inUse?.via, 'tcp-punch');
  });

  it('one that is told to use direct strategies only does so, too', async () => {
    k = manage(['direct-only'], NODE);
    await first('data-channel', 3);
    await k.last().done(failure('tcp-punch', 'no'));
    k.clock.advance(POLITE_MS[0]);
    assert.equal(k.trying(), 'tcp-punch');
  });

  it('a browser, which has no TCP to punch with, does not', async () => {
    k = manage(undefined, BROWSER);
    await first('data-channel', 3);
    k.resumable.join('relay', 40);
    await k.last().done();
    k.clock.advance(2 * POLITE_MS[1]);
    assert.equal(k.openings.length, 1);
  });

  it('a list in which the data channel is before TCP stays on it', async () => {
    k = manage(['data-channel', 'tcp-punch'], NODE);
    await first('data-channel', 3);
    k.resumable.join('tcp-punch', 1);
    assert.equal(k.resumable.inUse?.via, 'data-channel');
    assert.equal(k.news.at(-1)?.standby, 'tcp-punch');
  });
});
