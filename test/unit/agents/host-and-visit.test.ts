// SPDX-License-Identifier: Apache-2.0
// Host, suite and visitor in one process, over a third party's strategy.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from 'socket.io';
import { startVisit, visitSite } from '../../../client-runtime/visit/connect.ts';
import type { VisitState } from '../../../client-runtime/visit/visit.ts';
import { createHost } from '../../../host-agent/host.ts';
import type { Host, HostOptions } from '../../../host-agent/host-options.ts';
import { newIdentity } from '../../../host-agent/identity/identity.ts';
import { PortholeError } from '../../../proto/errors.ts';
import { encodeMessage } from '../../../proto/rendezvous.ts';
import { createSuite, type Suite } from '../../../signaling/suite.ts';
import { Rendezvous } from '../../../transport/rendezvous/client.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import type { Site } from '../../../transport/session/site.ts';
import { policyFor } from '../../../transport/strategy/policy.ts';
import { type Strategy, strategyNamed } from '../../../transport/strategy/strategy.ts';
import { systemClock } from '../../../transport/time/clock.ts';
import { loopback } from '../../support/loopback-strategy.ts';

const code =
  (expected: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected, error.message);
    return true;
  };

describe('host and visit', () => {
  const site: Site = async (request) => new Response(`you asked for ${new URL(request.url).pathname}`);
  const strategies = [loopback()];
  const identity = newIdentity();
  let folder: string;
  let suite: Suite;
  let port = 0;
  let host: Host;

  const openSuite = (): Promise<Suite> => createSuite({ port, dataFolder: folder });
  const openHost = (more: Partial<HostOptions> = {}): Host =>
    createHost({ suite: `http://localhost:${port}`, site, identity, name: 'here', card: { title: 'Here' }, strategies, ...more });
  const link = (): string => `http://here.localhost:${port}/`;
  const ask = (path: string) => ({ method: 'GET', url: `http://here${path}`, headers: [] });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-'));
    suite = await openSuite();
    port = suite.port;
    host = openHost();
    await host.ready;
  });
  after(async () => {
    await host.close(0);
    await suite.close();
    await rm(folder, { recursive: true });
  });

  it('registers and tells where it is', async () => {
    const at = await host.ready;
    assert.equal(at.link, `${link()}#key=${identity.id}`);
    assert.equal(at.site, identity.id);
  });

  for (const form of ['link', 'path', 'id'] as const) {
    it(`is visited by its ${form}`, async () => {
      const forms = { link: link(), path: `http://localhost:${port}/here`, id: `http://localhost:${port}/?hostid=${identity.id}` };
      const visit = await visitSite(forms[form], { primitives: nodePrimitives, strategies });
      assert.equal(await (await visit.fetch(ask('/a'))).text(), 'you asked for /a');
      assert.equal(visit.status.state === 'connected' && visit.status.path.via, 'loopback');
      assert.equal((await visit.known()).title, 'Here');
      await visit.close();
      assert.equal(await visit.closed, null);
      await assert.rejects(visit.fetch(ask('/a')), code('SESSION_CLOSED'));
    });
  }

  it('uses the strategies that the policy allows, and no others', async () => {
    const visit = await visitSite(link(), { primitives: nodePrimitives, strategies, policy: policyFor(['direct-only']) });
    assert.equal(visit.status.state === 'connected' && visit.status.path.via, 'loopback');
    await visit.close();
    await assert.rejects(visitSite(link(), { primitives: nodePrimitives, strategies, policy: policyFor(['relay-only']) }), code('NO_PATH'));
  });

  it('a plug-in that says it is relayed is not begun by direct-only, whatever its name', async () => {
    let begun = 0;
    const way = loopback('loopback', 'relayed'); // the host has one of this name
    const relayed: Strategy = {
      ...way,
      attempt(call, signal) {
        begun++;
        return way.attempt(call, signal);
      },
    };
    const visiting = { primitives: nodePrimitives, strategies: [relayed] };
    await assert.rejects(visitSite(link(), { ...visiting, policy: policyFor(['direct-only']) }), code('NO_PATH'));
    assert.equal(begun, 0);
    const visit = await visitSite(link(), { ...visiting, policy: policyFor(['relay-only']) });
    assert.equal(begun, 1);
    const { kind, words } = strategyNamed(visit.status.state === 'connected' ? visit.status.path.via : '', visit.strategies);
    assert.deepEqual([kind, words.adverb], ['relayed', 'on this machine']);
    await visit.close();
  });

  it('the round trip to the suite is the quickest answer', async () => {
    const takes = [40, 8, 30];
    let time = 0;
    let asked = false;
    const now = (): number => {
      if (asked) time += takes.shift() ?? 0;
      asked = !asked;
      return time;
    };
    const rendezvous = new Rendezvous(link(), {}, { ...systemClock, now });
    await rendezvous.ready(5000);
    const measured: (number | null)[] = [rendezvous.rttMs];
    for (let i = 0; i < 3; i++) {
      await rendezvous.ask('find', { link: link() });
      measured.push(rendezvous.rttMs);
    }
    rendezvous.close();
    assert.deepEqual(measured, [null, 40, 8, 8]);
  });

  it('who the site is and how to reach it are asked for together', async () => {
    const slow = await slowSuite();
    const visit = startVisit(`http://localhost:${slow.port}/here`, { primitives: nodePrimitives, strategies });
    assert.deepEqual(await slow.asked, ['find', 'introduce']);
    await visit.close();
    await slow.close();
  });

  it('an unknown site, an unusable link, a strategy nobody has', async () => {
    await assert.rejects(visitSite(`http://localhost:${port}/nobody`, { primitives: nodePrimitives, strategies }), code('SITE_UNKNOWN'));
    await assert.rejects(visitSite('gopher://x', { primitives: nodePrimitives, strategies }), code('LINK_INVALID'));
    await assert.rejects(visitSite(link(), { primitives: nodePrimitives, strategies: [loopback('other')] }), code('NO_PATH'));
  });

  it('a visit begun while the host is away goes on by itself when it comes', async () => {
    await host.close(0);
    await assert.rejects(visitSite(link(), { primitives: nodePrimitives, strategies }), code('HOST_OFFLINE'));
    const visit = startVisit(link(), { primitives: nodePrimitives, strategies });
    const states: VisitState['state'][] = [];
    visit.onStatus(({ state }) => states.push(state));
    const asked = visit.fetch(ask('/late'));
    await until(() => visit.status.state === 'offline');
    host = openHost();
    assert.equal(await (await asked).text(), 'you asked for /late');
    await until(() => visit.status.state === 'connected');
    assert.deepEqual(states.filter((state, i) => state !== states[i - 1]).slice(-3), ['offline', 'connecting', 'connected']);
    await visit.close();
  });

  it('fetch fails with what stands in the way when patience ends', async () => {
    await host.close(0);
    const visit = startVisit(link(), { primitives: nodePrimitives, strategies, patienceMs: 200 });
    await assert.rejects(visit.fetch(ask('/')), code('HOST_OFFLINE'));
    await visit.close();
    host = openHost();
    await host.ready;
  });

  it('a suite that restarts finds host and visitor again; a session that stands is not touched', async function () {
    this.timeout(20_000);
    const visit = await visitSite(link(), { primitives: nodePrimitives, strategies });
    await suite.close();
    assert.equal(await (await visit.fetch(ask('/without'))).text(), 'you asked for /without');
    let back = false;
    suite = await openSuite();
    for (let i = 0; i < 100 && !back; i++) {
      const fresh = await visitSite(link(), { primitives: nodePrimitives, strategies }).catch(() => null);
      back = (await (await fresh?.fetch(ask('/')))?.text()) === 'you asked for /';
      await fresh?.close();
      if (!back) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(back);
    await visit.close();
  });

  it('a session that breaks is replaced, and the request that waited is asked again', async () => {
    let first = true;
    await host.close(0);
    host = openHost({
      site: (request) => {
        if (!first) return site(request, { session: '', via: '', agent: '', who: '' });
        first = false;
        return new Promise(() => {}); // never answers
      },
    });
    await host.ready;
    const visit = await visitSite(link(), { primitives: nodePrimitives, strategies });
    const asked = visit.fetch(ask('/again'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await host.close(0);
    host = openHost();
    await host.ready;
    assert.equal(await (await asked).text(), 'you asked for /again');
    await until(() => visit.status.state === 'connected');
    assert.deepEqual(
      visit.history.filter(({ kind }) => kind !== 'changed').map(({ kind, via }) => [kind, via]),
      [
        ['moved', 'loopback'],
        ['lost', ''],
        ['moved', 'loopback'],
      ],
    );
    await visit.close();
  });

  it('a first path that breaks before the host has answered costs no request, not even one that may not be repeated', async () => {
    for (const method of ['GET', 'POST']) {
      const way = loopback();
      let breaks = 1;
      const frail: typeof way = {
        ...way,
        async attempt(call, signal) {
          const connection = await way.attempt(call, signal);
          if (call.role === 'caller' && breaks-- > 0) connection.abort(new PortholeError('PATH_LOST'));
          return connection;
        },
      };
      const visit = startVisit(link(), { primitives: nodePrimitives, strategies: [frail] });
      const response = await visit.fetch({ ...ask('/frail'), method });
      assert.equal(await response.text(), 'you asked for /frail');
      assert.ok(breaks < 0);
      await visit.close();
    }
  });

  it('a request that finds its session going away is put to the next one', async () => {
    const slow = Promise.withResolvers<Response>();
    await host.close(0);
    host = openHost({
      site: (request) => (request.url.endsWith('/slow') ? slow.promise : site(request, { session: '', via: '', agent: '', who: '' })),
    });
    await host.ready;
    const visit = await visitSite(link(), { primitives: nodePrimitives, strategies });
    const waits = visit.fetch(ask('/slow'));
    await (await visit.fetch(ask('/before'))).text();
    const left = host.close(5000);
    await new Promise((resolve) => setTimeout(resolve, 50)); // the visitor is told
    host = openHost();
    const asked = visit.fetch({ ...ask('/after'), method: 'POST' });
    slow.resolve(new Response('slowly'));
    assert.equal(await (await waits).text(), 'slowly');
    await left;
    assert.equal(await (await asked).text(), 'you asked for /after');
    await visit.close();
  });

  it('a request that crosses the word that its session goes away is put to the next one, whatever its method', async () => {
    const slow = Promise.withResolvers<Response>();
    let taken = 0;
    await host.close(0);
    host = openHost({
      site: (request) => {
        if (!request.url.endsWith('/slow')) taken++;
        return slow.promise;
      },
    });
    await host.ready;
    const visit = await visitSite(link(), { primitives: nodePrimitives, strategies });
    const waits = visit.fetch(ask('/slow'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const left = host.close(5000);
    const asked = visit.fetch({ ...ask('/crossing'), method: 'DELETE' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    host = openHost();
    slow.resolve(new Response('slowly'));
    assert.equal(await (await waits).text(), 'slowly');
    await left;
    assert.equal(await (await asked).text(), 'you asked for /crossing');
    assert.equal(taken, 0);
    await visit.close();
  });

  it('a site that fails as a path does fails its request; the visit goes on', async () => {
    await host.close(0);
    let asked = 0;
    host = openHost({
      site: async (request) => {
        asked++;
        if (request.url.endsWith('/far')) throw new PortholeError('PATH_LOST', 'the site behind this one is gone');
        return new Response('near');
      },
    });
    await host.ready;
    const visit = await visitSite(link(), { primitives: nodePrimitives, strategies, patienceMs: 1000 });
    await assert.rejects(visit.fetch(ask('/far')), code('PATH_LOST'));
    assert.equal(await (await visit.fetch(ask('/near'))).text(), 'near');
    assert.equal(asked, 2);
    await visit.close();
  });

  it('a host whose suite goes away between connecting and registering tries again', async function () {
    this.timeout(20_000);
    await host.close(0);
    const gone: string[] = [];
    const readies: number[] = [];
    const front = await lossySuite();
    host = createHost({
      suite: `http://localhost:${front.port}`,
      site,
      identity,
      name: 'here',
      strategies,
      events: { gone: (reason) => gone.push(reason), ready: () => readies.push(1) },
    });
    await host.ready;
    assert.deepEqual([gone.length, readies.length], [1, 1]);
    await host.close(0);
    assert.equal(await host.closed, null);
    assert.equal(gone.length, 1, 'its own end is no loss of the suite');
    await front.close();
    host = openHost({ site });
    await host.ready;
  });

  it('a name another key holds is refused, and the host ends', async () => {
    const other = openHost({ identity: newIdentity() });
    await assert.rejects(other.ready, code('NAME_TAKEN'));
    code('NAME_TAKEN')(await other.closed);
  });

  async function until(done: () => boolean): Promise<void> {
    for (let i = 0; i < 200 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
    assert.ok(done());
  }
});

/** The rendezvous of a suite that goes away at the first registration, and takes the second. */
async function lossySuite(): Promise<{ port: number; close(): Promise<void> }> {
  const http = createServer();
  const io = new Server(http, { path: '/.porthole/rendezvous' });
  let lost = false;
  io.on('connection', (socket) => {
    socket.on('register', (_payload, acknowledge) => {
      if (lost) return acknowledge(encodeMessage('Answer', { registered: { site: 'x', name: 'here', link: 'http://here/' } }));
      lost = true;
      socket.conn.close();
    });
    socket.emit('welcome', encodeMessage('Welcome', { version: 1, nonce: new Uint8Array(32) }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { port: (http.address() as AddressInfo).port, close: () => io.close() };
}

/** The rendezvous of a suite that answers nothing; `asked` resolves with the first two questions. */
async function slowSuite(): Promise<{ port: number; asked: Promise<string[]>; close(): Promise<void> }> {
  const http = createServer();
  const io = new Server(http, { path: '/.porthole/rendezvous' });
  const { promise: asked, resolve } = Promise.withResolvers<string[]>();
  io.on('connection', (socket) => {
    const questions: string[] = [];
    socket.onAny((question: string) => questions.push(question) === 2 && resolve(questions));
    socket.emit('welcome', encodeMessage('Welcome', { version: 1, nonce: new Uint8Array(32) }));
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  return { port: (http.address() as AddressInfo).port, asked, close: () => io.close() };
}
