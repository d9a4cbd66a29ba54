// SPDX-License-Identifier: Apache-2.0
// What a suite is told of an invited visitor: the link, and nothing of the invitation.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { startVisit } from '../../../client-runtime/connect.ts';
import { withInvite } from '../../../client-runtime/invite-link.ts';
import { decodeMessage, encodeMessage } from '../../../proto/rendezvous.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { loopback } from '../../support/loopback-strategy.ts';

describe('an invited visitor', () => {
  it('tells the suite the link without its fragment, in all it says', async () => {
    const http = createServer();
    const io = new Server(http, { path: '/.porthole/rendezvous' });
    const heard: string[] = [];
    const links: string[] = [];
    const both = Promise.withResolvers<void>();
    io.on('connection', (socket) => {
      heard.push(JSON.stringify([socket.handshake.url, socket.handshake.headers, socket.handshake.auth]));
      socket.onAny((event: string, payload: Buffer, acknowledge: (answer: Uint8Array) => void) => {
        heard.push(payload.toString('latin1'));
        links.push(decodeMessage(event === 'find' ? 'Find' : 'Introduce', payload).link);
        acknowledge(encodeMessage('Answer', { problem: { code: 'HOST_OFFLINE', message: 'away' } }));
        if (links.length === 2) both.resolve();
      });
      socket.emit('welcome', encodeMessage('Welcome', { version: 1, nonce: new Uint8Array(32) }));
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const link = `http://here.localhost:${(http.address() as AddressInfo).port}/page?q`;
    const invited = withInvite(link, crypto.getRandomValues(new Uint8Array(28)));
    const visit = startVisit(`${invited}&part`, { primitives: nodePrimitives, strategies: [loopback()] });
    await both.promise;
    await visit.close();
    await io.close();
    assert.deepEqual(links, [link, link]);
    const secret = invited.slice(invited.indexOf('=') + 1);
    assert.ok(secret.length > 30 && !heard.some((text) => text.includes(secret) || text.includes('invite')));
  });
});
