// SPDX-License-Identifier: Apache-2.0
// Coming back to the suite: a connection that is dead without a sign is noticed when it is asked, and replaced at once.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { visitSite } from '../../../client-runtime/visit/connect.ts';
import { createHost } from '../../../host-agent/host.ts';
import { newIdentity } from '../../../host-agent/identity/identity.ts';
import { PortholeError } from '../../../proto/errors.ts';
import { createSuite, type Suite } from '../../../signaling/suite.ts';
import type { Connection } from '../../../transport/channel/connection.ts';
import { Rendezvous } from '../../../transport/rendezvous/client.ts';
import { HURRIED_OPENING_MS, HURRIED_RETRY_MS, SIGN_MS } from '../../../transport/rendezvous/reconnect.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import type { Strategy } from '../../../transport/strategy/strategy.ts';
import { DeafProxy } from '../../support/deaf-proxy.ts';
import { loopback } from '../../support/loopback-strategy.ts';

/** What a busy machine may need beside the times that are looked at, in milliseconds. */
const SLACK_MS = 1500;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('coming back to the suite', function () {
  this.timeout(15_000);
  let folder: string;
  let suite: Suite;
  let proxy: DeafProxy;
  let rendezvous: Rendezvous | null = null;
  let heard: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-'));
    suite = await createSuite({ port: 0, dataFolder: folder });
    proxy = await DeafProxy.to(suite.port);
    heard = [];
  });
  afterEach(async () => {
    rendezvous?.close();
    await proxy.close();
    await suite.close();
    await rm(folder, { recursive: true });
  });

  const dial = async (): Promise<Rendezvous> => {
    rendezvous = new Rendezvous(`http://127.0.0.1:${proxy.port}`, {
      welcome: () => heard.push('welcome'),
      gone: () => heard.push('gone'),
    });
    await rendezvous.ready(5000);
    return rendezvous;
  };
  /** Milliseconds until that much was heard. */
  const until = async (count: number): Promise<number> => {
    const since = performance.now();
    while (heard.length < count) await pause(10);
    return performance.now() - since;
  };

  it('a connection that lives stays, however often it is asked', async () => {
    const end = await dial();
    for (let i = 0; i < 5; i++) end.check(i % 2 === 0);
    await pause(SIGN_MS + 200);
    assert.deepEqual([heard, proxy.came], [['welcome'], 1]);
  });

  it('one that is dead without a sign is replaced as soon as it gives none; who asks meanwhile learns it', async () => {
    const end = await dial();
    proxy.deafen();
    const asked = end.ask('find', { link: 'nobody' });
    const refused = assert.rejects(asked, { code: 'SUITE_UNREACHABLE' });
    end.check();
    end.check();
    const ms = await until(3);
    assert.deepEqual([heard, proxy.came], [['welcome', 'gone', 'welcome'], 2]);
    assert.ok(ms >= SIGN_MS && ms < SIGN_MS + SLACK_MS, `${ms} ms`);
    await refused;
    await assert.rejects(end.ask('find', { link: 'nobody' }), { code: 'SITE_UNKNOWN' });
  });

  it('one that is replaced soon after another has twice the time, but not in another network', async () => {
    const end = await dial();
    proxy.deafen();
    end.check();
    await until(3);
    proxy.deafen();
    end.check();
    const ms = await until(5);
    assert.ok(ms >= 2 * SIGN_MS && ms < 2 * SIGN_MS + SLACK_MS, `${ms} ms`);
    assert.equal(proxy.came, 3);
    proxy.deafen();
    end.check(true);
    const anew = await until(7);
    assert.ok(anew < 2 * SIGN_MS, `in another network ${anew} ms`);
  });

  it('a try that goes nowhere is given up soon, and at once when the network is another one', async () => {
    const end = await dial();
    proxy.carries = false;
    proxy.deafen();
    end.check();
    while (proxy.came < 2) await pause(10);
    const since = performance.now();
    while (proxy.came < 3) await pause(10);
    const ms = performance.now() - since;
    assert.ok(ms < HURRIED_OPENING_MS + 1.5 * HURRIED_RETRY_MS + SLACK_MS, `${ms} ms`);
    await pause(200); // the third one is under way
    proxy.carries = true;
    end.check();
    await pause(200);
    assert.deepEqual(heard, ['welcome', 'gone'], 'one that was begun a moment ago has its time');
    end.check(true);
    assert.ok((await until(3)) < SLACK_MS);
  });

  it('a host whose path is silent makes sure of its suite: a visitor that lost both finds it', async () => {
    const way = loopback();
    const stood: Connection[] = [];
    const strategies: Strategy[] = [
      {
        ...way,
        async attempt(call, signal) {
          const connection = await way.attempt(call, signal);
          stood.push(connection);
          return connection;
        },
      },
    ];
    const host = createHost({
      suite: `http://localhost:${proxy.port}`,
      site: async () => new Response('here'),
      identity: newIdentity(),
      name: 'here',
      strategies,
      events: { gone: () => heard.push('gone') },
    });
    await host.ready;
    const visit = await visitSite(`http://here.localhost:${suite.port}/`, { primitives: nodePrimitives, strategies });
    const ask = { method: 'GET', url: 'http://here/', headers: [] };
    assert.equal(await (await visit.fetch(ask)).text(), 'here');
    proxy.deafen();
    const lost = visit.history.length;
    for (const connection of stood) connection.abort(new PortholeError('PATH_LOST'));
    const since = performance.now();
    assert.equal(await (await visit.fetch(ask)).text(), 'here');
    const ms = performance.now() - since;
    assert.ok(ms < SIGN_MS + SLACK_MS, `${ms} ms`);
    assert.ok(visit.history.length > lost);
    assert.deepEqual(heard, ['gone']);
    await visit.close();
    await host.close(0);
  });
});
