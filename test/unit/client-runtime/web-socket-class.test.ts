// SPDX-License-Identifier: Apache-2.0
// The WebSocket class that a page has, and classes of the page's that extend it, to the site's own host and to others.

import assert from 'node:assert/strict';
import { ownSockets } from '../../../client-runtime/browser/inject/web-socket.ts';
import type { SocketWish } from '../../../client-runtime/browser/shared/socket-messages.ts';
import { type App, socketApp } from '../../support/web-socket-app.ts';

describe('a page’s class WebSocket, extended', () => {
  const GLOBALS = ['WebSocket', 'document', 'location', 'origin'] as const;
  const were = GLOBALS.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  const wishes: SocketWish[] = [];
  let app: App;
  let Own: typeof WebSocket;
  let Loud: typeof WebSocket;

  before(async () => {
    app = await socketApp();
    const href = 'https://demo.suite/';
    const values = { WebSocket, document: { baseURI: href }, location: { href }, origin: 'https://demo.suite' };
    for (const name of GLOBALS) Object.defineProperty(globalThis, name, { value: values[name], configurable: true, writable: true });
    ownSockets((wish) => {
      wishes.push(wish);
      return new MessageChannel().port1;
    });
    Own = WebSocket;
    Loud = class extends Own {
      override send(data: string): void {
        super.send(`${data}!`);
      }
    };
  });
  after(async () => {
    for (const [name, was] of were) {
      if (was) Object.defineProperty(globalThis, name, was);
      else Reflect.deleteProperty(globalThis, name);
    }
    await app.close();
  });

  it('is what was constructed, to the site', async () => {
    const socket = new Loud('/own');
    assert.ok(socket instanceof Loud && socket instanceof Own);
    assert.deepEqual([socket.constructor, socket.readyState, socket.url], [Loud, 0, 'wss://demo.suite/own']);
    assert.throws(() => socket.send('early'), { name: 'InvalidStateError' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(wishes.at(-1)?.url, 'wss://demo.suite/own');
    assert.ok(!(new Own('/own') instanceof Loud));
  });

  it('is what was constructed, to another host, and all of it works there', async () => {
    const to = `${app.origin.replace('http', 'ws')}/other`;
    const told = wishes.length;
    const socket = new Loud(to);
    assert.ok(socket instanceof Loud && socket instanceof Own);
    assert.deepEqual([socket.constructor, socket.readyState, socket.url, socket.OPEN], [Loud, 0, to, 1]);
    assert.deepEqual([socket.binaryType, socket.protocol, socket.extensions, socket.bufferedAmount], ['blob', '', '', 0]);
    socket.binaryType = 'arraybuffer';
    assert.equal(socket.binaryType, 'arraybuffer');
    await new Promise((resolve) => {
      socket.onopen = resolve;
    });
    const said = new Promise<MessageEvent>((resolve) => {
      socket.onmessage = resolve;
    });
    socket.send('hello');
    assert.equal((await said).data, 'hello!');
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    socket.close(4000, 'done');
    const { code, reason } = await closed;
    assert.deepEqual([code, reason, socket.readyState, wishes.length], [4000, 'done', 3, told]);
  });

  it('is of the class that the page has, to another host', () => {
    const socket = new Own(app.origin.replace('http', 'ws'));
    assert.deepEqual([socket.constructor, socket instanceof Own, (socket as object) instanceof Loud], [Own, true, false]);
    socket.close();
  });
});
