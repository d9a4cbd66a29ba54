// SPDX-License-Identifier: Apache-2.0
// What an HTTP server settles first: forms of targets, methods, and each limit, at the suite and at the gateway of `porthole open`.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { openGateway } from '../../../client-runtime/visit/local-gateway.ts';
import { MAX_HEADER_BYTES, MAX_HEADERS, MAX_TARGET_BYTES } from '../../../proto/limits.ts';
import { frontServer, MAX_HEAD_BYTES, onClientError, readTarget } from '../../../transport/http/http-front.ts';
import { cleanUp, host, later, openSuite } from '../signaling/helper.ts';

/** The whole answer to bytes on a connection of its own. */
function say(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('error', reject);
    socket.on('end', () => {
      socket.end();
      resolve(text);
    });
  });
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

describe('request targets', () => {
  it('are read by their form', () => {
    assert.deepEqual(readTarget('/a?b'), { form: 'origin', target: '/a?b' });
    assert.deepEqual(readTarget('//a'), { form: 'origin', target: '//a' });
    assert.deepEqual(readTarget('*'), { form: 'asterisk' });
    const absolute = (text: string) => {
      const found = readTarget(text);
      return found.form === 'absolute' ? [found.scheme, found.authority, found.target] : found.form;
    };
    assert.deepEqual(absolute('http://a.example:80/b%20c?d=//e'), ['http', 'a.example:80', '/b%20c?d=//e']);
    assert.deepEqual(absolute('HTTPS://A.example'), ['https', 'a.example', '/']);
    assert.deepEqual(absolute('http://[::1]:9?x'), ['http', '[::1]:9', '/?x']);
    for (const text of [
      '',
      'a',
      'a.example:443',
      'ftp://a/',
      'http://',
      'http:///a',
      'http://u@a/',
      'http://a\\b/',
      'http://a/#b',
      '?a',
      '**',
    ])
      assert.equal(absolute(text), 'none', text);
  });

  it('in absolute form always give an authority without a user, and a path', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl({ withQueryParameters: true }),
          fc.string().map((text) => `http://${text}`),
        ),
        (text) => {
          const found = readTarget(text);
          if (found.form !== 'absolute') return;
          assert.match(found.authority, /^[^/?#@\\\s]+$/);
          assert.match(found.target, /^\//);
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });
});

/** A server that answers `/…` with the path it was asked for, and what it calls its own. */
type Opened = { readonly port: number; readonly own: string };
const servers: Readonly<Record<string, () => Promise<Opened>>> = {
  async suite() {
    const suite = await openSuite({ gateway: async (_site, { url }) => new Response(new URL(url).host + new URL(url).pathname) });
    await host(suite, 'demo');
    return { port: suite.port, own: `demo.localhost:${suite.port}` };
  },
  async open() {
    const gateway = await openGateway(
      { fetch: async ({ url }) => new Response(new URL(url).host + new URL(url).pathname) },
      { port: 0, authority: 'demo.example', label: 'demo' },
    );
    later(() => gateway.close());
    return { port: gateway.port, own: `localhost:${gateway.port}` };
  },
};

for (const [name, open] of Object.entries(servers)) {
  describe(`the HTTP server of ${name}`, () => {
    let port: number;
    let own: string;
    before(async () => {
      ({ port, own } = await open());
    });
    after(cleanUp);
    const ask = (line: string, fields = `Host: ${own}\r\n`): Promise<string> =>
      say(port, `${line} HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`);

    it('answers a target in absolute form by its authority, not by Host', async () => {
      for (const fields of [`Host: ${own}\r\n`, 'Host: other.example\r\n']) {
        const answer = await ask(`GET http://${own}/f.txt?x`, fields);
        assert.equal(statusOf(answer), 200, answer);
        assert.ok(bodyOf(answer).includes(`${own}/f.txt`), answer);
      }
      assert.ok(bodyOf(await ask(`GET http://${own.toUpperCase()}`)).includes(`${own}/`));
    });

    it('refuses the authority of another server with 421', async () => {
      for (const target of ['http://other.example/', `http://other.example:${port}/`, 'http://192.0.2.9/', `https://${own}/`]) {
        const answer = await ask(`GET ${target}`);
        assert.equal(statusOf(answer), 421, answer);
        assert.match(bodyOf(answer), /^LINK_INVALID: this server does not answer for /);
      }
      assert.equal(statusOf(await ask(`GET http://user@${own}/`)), 400);
    });

    it('refuses what is no target', async () => {
      for (const line of ['GET *', `GET ftp://${own}/`]) assert.equal(statusOf(await ask(line)), 400, line);
      assert.equal(statusOf(await say(port, 'nonsense\r\n\r\n')), 400);
    });

    it('answers OPTIONS *', async () => {
      const answer = await ask('OPTIONS *');
      assert.equal(statusOf(answer), 204);
      assert.match(answer, /\r\nallow: GET, HEAD, /i);
    });

    it('implements neither TRACE nor CONNECT', async () => {
      for (const line of ['TRACE /', `CONNECT ${own}`]) {
        const answer = await ask(line);
        assert.equal(statusOf(answer), 501, answer);
        assert.match(bodyOf(answer), /^NOT_ALLOWED: /);
      }
    });

    it('takes a target of MAX_TARGET_BYTES, and answers 414 beyond', async () => {
      const target = (bytes: number): string => `/${'a'.repeat(bytes - 1)}`;
      assert.equal(statusOf(await ask(`GET ${target(MAX_TARGET_BYTES)}`)), 200);
      for (const bytes of [MAX_TARGET_BYTES + 1, MAX_HEADER_BYTES, MAX_HEAD_BYTES - 1024, MAX_HEAD_BYTES + 1, 4 * MAX_HEAD_BYTES]) {
        const answer = await ask(`GET ${target(bytes)}`);
        // What is longer than all that is read is a head without an end.
        assert.equal(statusOf(answer), bytes > MAX_HEAD_BYTES ? 431 : 414, `${bytes}: ${answer}`);
        assert.match(bodyOf(answer), /^MESSAGE_TOO_LONG: /);
      }
      assert.equal(statusOf(await ask(`GET http://${own}${target(MAX_TARGET_BYTES + 1)}`)), 414);
    });

    it('takes header fields up to the limits, and answers 431 beyond', async () => {
      const usual = `Host: ${own}\r\n`;
      const many = (count: number): string => usual + Array.from({ length: count }, (_, at) => `X-${at}: 1\r\n`).join('');
      const long = (bytes: number): string => `${usual}X: ${'a'.repeat(bytes - 1)}\r\n`;
      assert.equal(statusOf(await ask('GET /', many(MAX_HEADERS))), 200);
      assert.equal(statusOf(await ask('GET /', many(MAX_HEADERS + 1))), 431);
      assert.equal(statusOf(await ask('GET /', long(MAX_HEADER_BYTES))), 200);
      for (const bytes of [MAX_HEADER_BYTES + 1, MAX_HEAD_BYTES + 1, 4 * MAX_HEAD_BYTES]) {
        const answer = await ask('GET /', long(bytes));
        assert.equal(statusOf(answer), 431, `${bytes}: ${answer}`);
        assert.match(bodyOf(answer), /^MESSAGE_TOO_LONG: /);
        assert.match(answer, /\r\nclear-site-data: "cookies"\r\n/i, 'a browser can come back');
      }
    });
  });
}

describe('an HTTP server behind the front door', () => {
  it('lets an upload take as long as it does, and a head HEAD_MS', async () => {
    const started = frontServer(
      () => true,
      () => {},
    );
    assert.deepEqual([started.requestTimeout, started.headersTimeout], [0, 60_000]);
    const answer: RequestListener = async (request, response) => {
      for await (const _ of request);
      response.end('whole');
    };
    const server = frontServer(() => true, answer, { headersTimeout: 30, connectionsCheckingInterval: 10 });
    server.on('clientError', onClientError).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const upload = connect(port, '127.0.0.1');
    upload.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\na');
    // The head that does not come whole has been given up by then.
    assert.equal(statusOf(await say(port, 'GET / HTTP/1.1\r\nHost: x\r\n')), 408);
    const said = once(upload, 'data');
    upload.write('b');
    assert.equal(statusOf(String((await said)[0])), 200);
    upload.destroy();
    server.close();
  });
});
