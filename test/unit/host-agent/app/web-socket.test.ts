// SPDX-License-Identifier: Apache-2.0
// A WebSocket of an app's site: the app is told of it what it is told of requests, and its refusals and absence are answers.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { Tunnel } from '../../../../transport/session/tunnel.ts';
import { socketApp } from '../../../support/web-socket-app.ts';
import { cleanUp, later } from '../../signaling/helper.ts';
import { SITE, startApp, type Way, wayTo } from './stage.ts';

/** A way that is closed after the test. */
function open(...args: Parameters<typeof wayTo>): Way {
  const way = wayTo(...args);
  later(() => way.close());
  return way;
}

const asked = (way: Way, target: string, headers: [string, string][] = []): Promise<Tunnel> =>
  way.session.connect({ target, authority: SITE, headers, protocol: 'websocket' });

const wordsOf = ({ readable }: Tunnel): Promise<string> => new Response(readable).text();

describe('a WebSocket of a local web app', () => {
  afterEach(cleanUp);

  it('comes to the app as requests do: by its own host and origin, with who asks, below its base; what is forged does not', async () => {
    const app = await socketApp();
    later(() => app.close());
    const way = open(`${app.origin}/base/`, { who: 'key ab12 (Anna)', link: () => `https://${SITE}/` });
    const { status, headers, readable, writable } = await asked(way, '/live?a=b', [
      ['origin', `https://${SITE}`],
      ['cookie', 'who=anna'],
      ['x-porthole-visitor', 'key ffff (Eve)'],
      ['X_Forwarded_For', '127.0.0.1'],
      ['sec-websocket-protocol', 'chat'],
    ]);
    assert.equal(status, 200);
    assert.equal(headers.get('sec-websocket-protocol'), 'chat');
    const [{ url, headers: at }] = app.requests as [(typeof app.requests)[0]];
    const { host } = new URL(app.origin);
    assert.deepEqual([url, at.host, at.origin, at.cookie], ['/base/live?a=b', host, app.origin, 'who=anna']);
    assert.deepEqual([at['x-porthole-visitor'], at['x-porthole-host'], at['x-porthole-proto']], ['key ab12 (Anna)', SITE, 'https']);
    assert.deepEqual([at.x_forwarded_for, at['x-forwarded-for']], [undefined, 'unknown']);

    // A text frame of a client, whose mask is four zeros, and what the app says back (RFC 6455 section 5.7).
    const writer = writable.getWriter();
    const text = Buffer.from('hello');
    await writer.write(Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...text]));
    const reader = readable.getReader();
    const heard: number[] = [];
    while (heard.length < 2 + text.length) heard.push(...((await reader.read()).value ?? assert.fail('it ended')));
    assert.deepEqual(heard, [0x81, 5, ...text]);
    const left = once(app.sockets[0] as WebSocket, 'close');
    await writer.abort();
    assert.equal((await left)[0], 1006);
  });

  it('keeps an origin that is another’s, for the app to refuse', async () => {
    const app = await socketApp({ verifyClient: ({ origin }: { origin: string }) => origin === 'http://localhost' });
    later(() => app.close());
    const refused = await asked(open(app.origin), '/', [['origin', 'https://evil.example']]);
    assert.equal(refused.status, 401);
    assert.equal(await wordsOf(refused), 'Unauthorized');
  });

  it('is told in words when the app is not there, and the owner, too; and that it is back', async () => {
    const app = await startApp((_, response) => void response.end());
    const told: (string | null)[] = [];
    const way = open(app.url, { onTrouble: (trouble) => told.push(trouble?.words ?? null) });
    await app.close();
    const refused = await asked(way, '/live');
    assert.equal(refused.status, 502);
    assert.equal(refused.headers.get('porthole-error'), 'SITE_FAILED');
    assert.match(await wordsOf(refused), /^SITE_FAILED: The app is not running/);
    const again = await startApp((_, response) => void response.end(), { port: app.port });
    later(() => again.close());
    const other = await asked(way, '/live');
    assert.equal(other.status, 501, 'an app without WebSockets takes it for a request, and has not agreed');
    assert.match(await wordsOf(other), /^CONNECT_UNSUPPORTED: .* no WebSocket at this address/);
    assert.deepEqual(told, [`nothing listens at ${app.url}: start the app`, null]);
  });

  it('ends with the site', async () => {
    const app = await socketApp();
    later(() => app.close());
    const way = open(app.origin);
    const { readable } = await asked(way, '/live');
    const left = once(app.sockets[0] as WebSocket, 'close');
    const end = assert.rejects(readable.getReader().read());
    await way.site.close();
    await left;
    await end;
  });
});
