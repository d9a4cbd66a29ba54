// SPDX-License-Identifier: Apache-2.0
// A visitor and its suite: the suite is told the link and nothing of the invitation, and a wait that it asks for is kept.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { withInvite } from '../../../client-runtime/links/invite-link.ts';
import { startVisit } from '../../../client-runtime/visit/connect.ts';
import { newIdentity } from '../../../host-agent/identity/identity.ts';
import type { PortholeError } from '../../../proto/errors.ts';
import { decodeMessage, encodeMessage } from '../../../proto/rendezvous.ts';
import { rateLimited } from '../../../proto/wait.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { fakeClock } from '../../support/clock.ts';
import { loopback } from '../../support/loopback-strategy.ts';

const SITE = newIdentity().id;

type Answer = Parameters<typeof encodeMessage<'Answer'>>[1];

/** A suite that only answers, and remembers all that it was told. */
async function fakeSuite(answer: (event: 'find' | 'introduce') => Answer | Promise<Answer>) {
  const http = createServer();
  const io = new Server(http, { path: '/.porthole/rendezvous' });
  const heard: string[] = [];
  const asked: { event: 'find' | 'introduce'; link: string }[] = [];
  io.on('connection', (socket) => {
    heard.push(JSON.stringify([socket.handshake.url, socket.handshake.headers, socket.handshake.auth]));
    socket.onAny(async (event: 'find' | 'introduce', payload: Buffer, acknowledge: (answer: Uint8Array) => void) => {
      heard.push(payload.toString('latin1'));
      asked.push({ event, link: decodeMessage(event === 'find' ? 'Find' : 'Introduce', payload).link });
      acknowledge(encodeMessage('Answer', await answer(event)));
    });
    socket.emit('welcome', encodeMessage('Welcome', { version: 1, nonce: new Uint8Array(32) }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const link = `http://here.localhost:${(http.address() as AddressInfo).port}/page?q`;
  const tell = (): void => void io.emit('status', encodeMessage('SiteStatus', found().status));
  return { link, heard, asked, tell, close: () => io.close() };
}

/** A site that is online. */
const found = (): { status: Parameters<typeof encodeMessage<'SiteStatus'>>[1] } => ({
  status: { site: SITE, name: 'here', online: true, link: 'http://here/' },
});

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(holds(), what);
}

describe('a visitor and its suite', () => {
  it('the suite is told the link without its fragment, in all that is said', async () => {
    const suite = await fakeSuite((event) => (event === 'find' ? found() : { problem: { code: 'HOST_OFFLINE', message: 'away' } }));
    const invited = withInvite(suite.link, crypto.getRandomValues(new Uint8Array(28)));
    const visit = startVisit(`${invited}&part`, { primitives: nodePrimitives, strategies: [loopback()] });
    await until('both were asked', () => suite.asked.length === 2);
    await visit.close();
    await suite.close();
    assert.deepEqual([...new Set(suite.asked.map(({ link }) => link))], [suite.link]);
    const secret = invited.slice(invited.indexOf('=') + 1);
    assert.ok(secret.length > 30 && !suite.heard.some((text) => text.includes(secret) || text.includes('invite')));
  });

  it('a wait that it asks for is told and kept, also when the site is said to be online meanwhile', async () => {
    const refusal: PortholeError = rateLimited('too many wrong passwords', 90_000);
    const suite = await fakeSuite((event) => (event === 'find' ? found() : { problem: { code: refusal.code, message: refusal.message } }));
    const clock = fakeClock();
    const visit = startVisit(suite.link, { primitives: nodePrimitives, strategies: [loopback()], clock });
    const introduced = (): number => suite.asked.filter(({ event }) => event === 'introduce').length;
    await until('it waits', () => visit.status.state === 'offline');
    assert.ok(visit.status.state === 'offline' && visit.status.error.message === refusal.message);
    suite.tell();
    clock.advance(89_999);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(introduced(), 1);
    clock.advance(1);
    await until('it tries again', () => introduced() === 2);
    await visit.close();
    await suite.close();
  });
});
