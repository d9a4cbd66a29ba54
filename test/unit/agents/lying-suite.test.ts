// SPDX-License-Identifier: Apache-2.0
// A suite that lies about who the host is: caught by the key, by every strategy, before anything is said to the wrong one.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withInvite } from '../../../client-runtime/links/invite-link.ts';
import { startVisit, visitSite } from '../../../client-runtime/visit/connect.ts';
import { createHost } from '../../../host-agent/host.ts';
import type { Host } from '../../../host-agent/host-options.ts';
import { type Identity, newIdentity } from '../../../host-agent/identity/identity.ts';
import { PortholeError } from '../../../proto/errors.ts';
import { createRelay } from '../../../signaling/relay/relay.ts';
import { createSuite, type Suite } from '../../../signaling/suite.ts';
import type { Gate } from '../../../transport/continuity/gate.ts';
import { frontOf } from '../../../transport/http/first-bytes.ts';
import { Calls } from '../../../transport/rendezvous/calls.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { dialRelayFromNode } from '../../../transport/strategies/node.ts';
import { relay } from '../../../transport/strategies/relay.ts';
import type { Strategy } from '../../../transport/strategy/strategy.ts';
import { loopback } from '../../support/loopback-strategy.ts';

const honest = newIdentity();
const thief = newIdentity();
/** Registered as the honest site, as only a suite that lies would have it; what it can prove is its own key. */
const posing: Identity = { ...honest, sealKey: thief.sealKey };

const wrongKey = (error: unknown): boolean => error instanceof PortholeError && error.code === 'KEY_WRONG';

for (const way of [loopback(), relay(dialRelayFromNode)] satisfies Strategy[]) {
  describe(`a suite that lies, over ${way.name}`, () => {
    const strategies = [way];
    const own = { strategies, primitives: nodePrimitives };
    let folder: string;
    let suite: Suite;
    let joint: ReturnType<typeof createRelay>;
    let asked: string[];
    let tokens: Uint8Array[];
    let introduced: number;
    let host: Host | null = null;

    const begin = async (identity: Identity): Promise<void> => {
      const site = async (request: Request): Promise<Response> => {
        asked.push(request.url);
        return new Response('mine');
      };
      const gate: Gate = {
        async authorize({ token }) {
          tokens.push(new Uint8Array(token));
          return { who: 'anyone' };
        },
      };
      host = createHost({ suite: `http://localhost:${suite.port}`, site, identity, name: 'here', strategies, gate });
      await host.ready;
    };
    const link = (): string => `http://here.localhost:${suite.port}/`;
    const keyed = (): string => `${link()}#key=${honest.id}`;
    const ask = { method: 'GET', url: 'http://here/secret', headers: [] };

    const { answer } = Calls.prototype;
    before(() => {
      Calls.prototype.answer = function (introduction) {
        introduced++;
        return answer.call(this, introduction);
      };
    });
    after(() => {
      Calls.prototype.answer = answer;
    });
    beforeEach(async () => {
      asked = [];
      introduced = 0;
      tokens = [];
      folder = await mkdtemp(join(tmpdir(), 'porthole-'));
      joint = createRelay();
      suite = await createSuite({
        port: 0,
        dataFolder: folder,
        relay: joint,
        relayPort: 'shared',
        front: (server) => frontOf(server, { framed: (socket) => joint.handleSocket(socket) }).server,
      });
    });
    afterEach(async () => {
      await host?.close(0);
      host = null;
      await suite.close();
      await joint.close();
      await rm(folder, { recursive: true });
    });

    it('leads a link with a key to another site: refused before any strategy is tried', async () => {
      await begin(thief);
      await assert.rejects(visitSite(keyed(), own), wrongKey);
      await assert.rejects(visitSite(link(), { ...own, site: honest.id }), wrongKey);
      assert.deepEqual([tokens, introduced], [[], 0], 'the other host does not even learn who asked');
    });

    for (const form of ['with the key', 'with a name only'] as const) {
      it(`names the right site and leads to another host, in a link ${form}: nothing is said to it`, async () => {
        await begin(posing);
        const invited = withInvite(form === 'with the key' ? keyed() : link(), Uint8Array.of(1, 2, 3));
        const visit = startVisit(invited, own);
        await assert.rejects(visit.fetch(ask), wrongKey);
        assert.ok(wrongKey(await visit.closed));
        assert.deepEqual([asked, tokens], [[], []]);
      });
    }

    it('tells the truth: the same visitor is served', async () => {
      await begin(honest);
      for (const whole of [keyed(), link()]) {
        const visit = await visitSite(withInvite(whole, Uint8Array.of(1, 2, 3)), own);
        assert.equal(await (await visit.fetch(ask)).text(), 'mine');
        await visit.close();
      }
      assert.deepEqual(tokens, [Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 3)]);
    });
  });
}
