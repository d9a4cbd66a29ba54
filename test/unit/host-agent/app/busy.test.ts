// SPDX-License-Identifier: Apache-2.0
// A host with much to do at the moment when a connection to its app is made: the app is asked all the same.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getDefaultAutoSelectFamilyAttemptTimeout, type Socket } from 'node:net';
import { type AppSite, appSite } from '../../../../host-agent/app/site.ts';
import type { Visitor } from '../../../../transport/session/site.ts';
import { type App, startApp } from './stage.ts';

const visitor: Visitor = { session: '1', via: 'loopback', agent: 'test', who: 'anyone' };

/** Node would give up a connection to the first of a name's addresses after this long, in milliseconds. */
const PATIENCE_MS = getDefaultAutoSelectFamilyAttemptTimeout();

describe('an app, asked while its host has much else to do', () => {
  let app: App;
  let site: AppSite;
  const busy = (message: unknown): void => {
    (message as { socket: Socket }).socket.once('connectionAttempt', () =>
      process.nextTick(() => {
        for (const end = performance.now() + PATIENCE_MS + 100; performance.now() < end; );
      }),
    );
  };
  before(async () => {
    // As most apps do, it listens at one of the addresses of `localhost`.
    app = await startApp((_, response) => response.writeHead(426, { upgrade: 'websocket' }).end('here'));
    site = appSite(`http://localhost:${app.port}`);
    subscribe('net.client.socket', busy);
  });
  after(async () => {
    unsubscribe('net.client.socket', busy);
    await site.close();
    await app.close();
  });

  it('a request is answered by it', async () => {
    const response = await site(new Request('http://site/'), visitor);
    assert.deepEqual([response.status, await response.text()], [426, 'here']);
  });

  it('so is an upgrade', async () => {
    const readable = new ReadableStream<Uint8Array>();
    const request = {
      target: '/',
      authority: 'site',
      headers: new Headers(),
      protocol: 'websocket',
      readable,
      writable: new WritableStream(),
    };
    const answer = await site.connect?.({ ...request, signal: new AbortController().signal }, visitor);
    assert.equal(answer?.status, 426);
  });
});
