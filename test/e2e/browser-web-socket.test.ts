// SPDX-License-Identifier: Apache-2.0
// WebSockets of a site's pages in Chromium, over a data channel and by the relay, to an app that is served by a host.

import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { appConnect } from '../../host-agent/app/upgrade.ts';
import type { Site } from '../../host-agent/index.ts';
import { type App, socketApp } from '../support/web-socket-app.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';
import { shows, until } from './support/browser-stage.ts';
import { type SiteStage, siteStage } from './support/site-stage.ts';

const MIB = 1024 * 1024;

describe('browser: WebSockets of a site', function () {
  this.timeout(120_000);
  before(function () {
    if (chromiumPath()) return;
    console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
    this.skip();
  });

  for (const via of ['data-channel', 'relay']) {
    describe(`by ${via}`, () => {
      let app: App;
      let stage: SiteStage;
      let browser: Browser;
      let context: BrowserContext;
      let tab: Page;
      const pings: string[] = [];
      const closes: string[] = [];

      before(async () => {
        app = await socketApp({
          handleProtocols: (protocols) => (protocols.has('chat') ? 'chat' : false),
          onSocket(socket, request) {
            socket.on('close', (code, reason) => closes.push(`${code} ${reason}`));
            socket.on('pong', (data) => pings.push(data.toString()));
            if (request.url === '/bye') socket.close(4001, 'enough');
            else if (request.url === '/rude') socket.terminate();
            else if (request.url === '/ping') socket.ping('are you there');
            else if (request.url === '/pieces') {
              for (const [part, fin] of [
                ['one ', false],
                ['two ', false],
                ['grüße', true],
              ] as const)
                socket.send(part, { fin, binary: false });
            } else socket.on('message', (data, binary) => socket.send(data, { binary }));
          },
        });
        const site: Site = Object.assign(
          async () =>
            new Response('<!doctype html><title>Sockets</title><h1>Sockets</h1>', {
              headers: { 'content-type': 'text/html; charset=utf-8', 'set-cookie': 'seat=7; HttpOnly' },
            }),
          { connect: appConnect(app.origin) },
        );
        stage = await siteStage('sockets', site);
        browser = await startChromium();
        context = await browser.newContext();
        if (via === 'relay') await context.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
        tab = await context.newPage();
        await tab.goto(`${stage.origin}/`);
        await shows(tab, 'Sockets', '/', 40_000);
        await tab.locator(`#porthole-badge[data-via="${via}"]`).waitFor({ timeout: 40_000 });
      });
      after(async () => {
        await browser?.close();
        await stage?.close();
        await app?.close();
      });

      const frame = (): Frame => tab.frames().find((one) => one.parentFrame() === tab.mainFrame()) as Frame;
      /** How a WebSocket ends to which the server says something at once. */
      const ending = (path: string): Promise<string[]> =>
        frame().evaluate(
          (path) =>
            new Promise<string[]>((resolve) => {
              const told: string[] = [];
              const socket = new WebSocket(path);
              for (const type of ['open', 'error', 'message']) socket.addEventListener(type, () => told.push(type));
              socket.onclose = ({ code, reason, wasClean }) =>
                resolve([...told, `${code} ${reason} ${wasClean}`, String(socket.readyState)]);
            }),
          path,
        );

      it('carries texts and bytes of all forms both ways, whole and in order', async () => {
        const found = await frame().evaluate(async (mib) => {
          const socket = new WebSocket(`ws://${location.host}/echo?x=1`);
          const opened = [socket.readyState, socket.url === `ws://${location.host}/echo?x=1`, socket instanceof WebSocket];
          socket.binaryType = 'arraybuffer';
          const got: string[] = [];
          const form = (data: unknown): string =>
            typeof data === 'string'
              ? `${data.length} ${data.slice(0, 20)}`
              : `bytes ${(data as ArrayBuffer).byteLength} ${new Uint8Array(data as ArrayBuffer).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 0)}`;
          await new Promise((resolve) => {
            socket.onopen = resolve;
          });
          const large = new Uint8Array(mib).map((_, at) => at * 7);
          const sent = [
            '',
            'grüße €😀',
            new Uint8Array(0),
            new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
            new Blob(['blob']),
            'behind the blob',
            large,
            'x'.repeat(mib),
            large.buffer,
            'last',
          ];
          const wanted = await Promise.all(
            sent.map(async (data) => form(typeof data === 'string' ? data : await new Response(data).arrayBuffer())),
          );
          const all = new Promise<void>((resolve) => {
            socket.onmessage = ({ data, origin }) => {
              got.push(form(data));
              if (origin !== `ws://${location.host}`) got.push(`from ${origin}`);
              if (data === 'last') resolve();
            };
          });
          for (const data of sent) socket.send(data);
          const buffered = socket.bufferedAmount;
          await all;
          const drained = socket.bufferedAmount;
          const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
          socket.close(4000, 'done');
          const closing = socket.readyState;
          const { code, reason, wasClean } = await closed;
          return { opened, got, wanted, buffered, drained, closing, end: [code, reason, wasClean, socket.readyState] };
        }, MIB);
        assert.deepEqual(found.got, found.wanted);
        assert.deepEqual(found.opened, [0, true, true]);
        assert.ok(found.buffered >= 3 * MIB);
        assert.equal(found.drained, 0);
        assert.equal(found.closing, 2);
        assert.deepEqual(found.end, [4000, 'done', true, 3]);
        await until('the app heard the close', () => closes.includes('4000 done'));
      });

      it('carries many messages in order', async () => {
        const wrong = await frame().evaluate(
          () =>
            new Promise((resolve) => {
              const socket = new WebSocket('/echo');
              let next = 0;
              socket.onopen = () => {
                for (let at = 0; at < 2000; at++) socket.send(`${at} ${'x'.repeat(at % 700)}`);
              };
              socket.onmessage = ({ data }) => {
                if (data !== `${next} ${'x'.repeat(next % 700)}`) resolve(`${data} for ${next}`);
                if (++next === 2000) resolve('none');
              };
              socket.onclose = ({ code }) => resolve(`closed with ${code}`);
            }),
        );
        assert.equal(wrong, 'none');
      });

      it('has the app’s protocol, the site’s cookies and its origin in the handshake', async () => {
        const protocol = await frame().evaluate(
          () =>
            new Promise((resolve) => {
              const socket = new WebSocket('/named', ['talk', 'chat']);
              socket.onopen = () => resolve(socket.protocol);
              socket.onclose = ({ code }) => resolve(code);
            }),
        );
        assert.equal(protocol, 'chat');
        const { headers } = app.requests.find(({ url }) => url === '/named') ?? assert.fail('it came');
        assert.equal(headers.cookie, 'seat=7');
        assert.match(headers['user-agent'] ?? '', /Chrome/);
        assert.equal(headers['sec-websocket-extensions'], undefined);
      });

      it('answers pings though the page is busy, and puts pieces together', async () => {
        const data = await frame().evaluate(
          () =>
            new Promise((resolve) => {
              const socket = new WebSocket('/pieces');
              socket.onmessage = (event) => resolve(event.data);
            }),
        );
        assert.equal(data, 'one two grüße');
        await frame().evaluate(() => {
          const socket = new WebSocket('/ping');
          socket.onopen = () => {
            const end = performance.now() + 1000;
            while (performance.now() < end);
          };
        });
        await until('it was answered', () => pings.includes('are you there'));
      });

      it('tells how it ended: by the app, roughly, or never open', async () => {
        assert.deepEqual(await ending('/bye'), ['open', '4001 enough true', '3']);
        assert.deepEqual(await ending('/rude'), ['open', 'error', '1006  false', '3']);
      });

      it('is refused what the platform refuses', async () => {
        const names = await frame().evaluate(() => {
          const told = (run: () => void): string => {
            try {
              run();
              return 'nothing';
            } catch (error) {
              return (error as Error).name;
            }
          };
          const socket = new WebSocket('/echo');
          return [
            told(() => new WebSocket('ftp://x/')),
            told(() => new WebSocket('/echo#part')),
            told(() => new WebSocket('/echo', ['a', 'a'])),
            told(() => new WebSocket('/echo', 'not a token')),
            told(() => socket.send('too early')),
            told(() => socket.close(1001)),
            told(() => socket.close(1000, 'x'.repeat(124))),
            told(() => Reflect.apply(WebSocket, undefined, ['/echo'])),
            told(() => socket.close()),
            [WebSocket.CONNECTING, WebSocket.OPEN, socket.CLOSING, socket.CLOSED, WebSocket.name, String(socket)].join(),
          ];
        });
        assert.deepEqual(names, [
          ...[
            'SyntaxError',
            'SyntaxError',
            'SyntaxError',
            'SyntaxError',
            'InvalidStateError',
            'InvalidAccessError',
            'SyntaxError',
            'TypeError',
          ],
          ...['nothing', '0,1,2,3,WebSocket,[object WebSocket]'],
        ]);
      });

      it('leaves other origins to the platform', async () => {
        const data = await frame().evaluate(
          (to) =>
            new Promise((resolve) => {
              const socket = new WebSocket(`${to}/echo`);
              socket.onopen = () => socket.send('direct');
              socket.onmessage = (event) => resolve([event.data, socket instanceof WebSocket]);
              socket.onclose = ({ code }) => resolve(code);
            }),
          app.origin.replace('http', 'ws'),
        );
        assert.deepEqual(data, ['direct', true]);
      });

      it('keeps the class of a page that extends it, to the site and to other origins', async () => {
        const told = await frame().evaluate(
          (all) =>
            Promise.all(
              all.map(
                (to) =>
                  new Promise((resolve) => {
                    class Loud extends WebSocket {
                      override send(data: string): void {
                        super.send(`${data}!`);
                      }
                    }
                    const socket = new Loud(to);
                    socket.binaryType = 'arraybuffer';
                    socket.onopen = () => socket.send('heard');
                    const kinds = [socket instanceof Loud, socket instanceof WebSocket, socket.constructor === Loud];
                    socket.onmessage = ({ data }) => {
                      socket.onclose = () => resolve([data, ...kinds, socket.binaryType, socket.url === to, socket.readyState].join());
                      socket.close();
                    };
                    socket.onclose = ({ code }) => resolve(code);
                  }),
              ),
            ),
          [`${stage.origin.replace('http', 'ws')}/echo`, `${app.origin.replace('http', 'ws')}/echo`],
        );
        assert.deepEqual(told, Array(2).fill('heard!,true,true,true,arraybuffer,true,3'));
      });

      it('ends with its page', async () => {
        await frame().evaluate(
          () =>
            new Promise((resolve) => {
              const socket = new WebSocket('/left');
              socket.onopen = resolve;
            }),
        );
        const at = app.requests.findIndex(({ url }) => url === '/left');
        await frame().evaluate(() => location.assign('/elsewhere'));
        await until('the app was told', () => app.sockets[at]?.readyState === 3, 20_000);
      });
    });
  }
});
