// SPDX-License-Identifier: Apache-2.0
// The inspector of a site: what it keeps of exchanges, replays that are equal byte for byte, and HAR out and in.

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { decodeHeads, encodeHeads } from '../../../../host-agent/inspect/exchange.ts';
import { type Inspector, type InspectorOptions, inspect } from '../../../../host-agent/inspect/inspector.ts';
import { LEAST_SPOOL_BYTES, MAX_EXCHANGES, MAX_REPLAYS } from '../../../../host-agent/inspect/limits.ts';
import { piecesOf, SWEEP_MS } from '../../../../host-agent/inspect/observed.ts';
import { PortholeError } from '../../../../proto/errors.ts';
import type { Header, RequestHead } from '../../../../proto/site.ts';
import { headAsAsked } from '../../../../transport/session/as-asked.ts';
import { requestOfHead } from '../../../../transport/session/http.ts';
import type { Site, Visitor } from '../../../../transport/session/site.ts';
import { fakeClock } from '../../../support/clock.ts';

const VISITOR: Visitor = { session: '7', via: 'tcp', agent: 'test', who: 'anyone' };
/** As literals are: what is compared has a prototype. */
const PLAIN = { noNullPrototype: true };
const never = new AbortController().signal;

/** What reached the site: heads as they were asked, and bodies. */
interface Reached {
  readonly head: RequestHead;
  readonly visitor: Visitor;
  readonly body: Buffer;
}

describe('the inspector', () => {
  const reached: Reached[] = [];
  let open: Inspector[] = [];
  beforeEach(() => {
    reached.length = 0;
  });
  afterEach(async () => {
    for (const inspector of open) await inspector.close();
    open = [];
  });

  const echo: Site = async (request, visitor) => {
    const body = Buffer.from(await request.arrayBuffer());
    reached.push({ head: headAsAsked(request), visitor, body });
    return new Response(body, { status: 201, headers: { 'content-type': 'application/octet-stream', 'set-cookie': 'sid=secret' } });
  };

  async function inspecting(site: Site = echo, options: InspectorOptions = {}): Promise<Inspector> {
    const inspector = await inspect(site, options);
    open.push(inspector);
    return inspector;
  }

  async function ask(inspector: Inspector, head: Partial<RequestHead>, body: Uint8Array | null = null, signal = never): Promise<Buffer> {
    const whole = { method: 'GET', target: '/', authority: 'site.test', headers: [], ...head };
    const stream = body && (new Response(Uint8Array.from(body)).body as ReadableStream<Uint8Array>);
    const response = await inspector.site(requestOfHead(whole, stream, signal), VISITOR);
    const pieces: Uint8Array[] = [];
    if (response.body && whole.method !== 'HEAD') for await (const piece of piecesOf(response.body)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async function bodyOf(inspector: Inspector, id: number, side: 'request' | 'response'): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of inspector.body(id, side) ?? []) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  it('keeps heads and whole bodies, and tells of each exchange', async () => {
    const told: string[] = [];
    const inspector = await inspecting(echo, { onExchange: ({ method, target, status }) => told.push(`${method} ${target} ${status}`) });
    const body = Buffer.from('what a visitor sends').toString('utf8').repeat(5000);
    const given = new TextEncoder().encode(body);
    const headers = [{ name: 'authorization', value: 'Bearer secret' }];
    assert.equal((await ask(inspector, { method: 'POST', target: '/a?token=secret', headers }, given)).toString(), body);
    assert.deepEqual(told, ['POST /a?token=secret 201']);
    const [line] = inspector.exchanges();
    assert.deepEqual(
      [line?.id, line?.status, line?.requestBytes, line?.responseBytes, line?.via, line?.visitor, line?.error],
      [1, 201, given.length, given.length, 'tcp', '7', null],
    );
    assert.ok((line?.answeredMs ?? -1) >= 0 && (line?.endedMs ?? -1) >= (line?.answeredMs ?? 0));
    assert.equal((await bodyOf(inspector, 1, 'request')).toString(), body);
    assert.equal((await bodyOf(inspector, 1, 'response')).toString(), body);
    const masked = await inspector.exchange(1);
    assert.deepEqual(masked?.heads?.request.headers, [{ name: 'authorization', value: 'Bearer ***' }]);
    assert.equal(masked?.heads?.request.target, '/a?token=***');
    assert.equal(masked?.heads?.response?.headers.find(({ name }) => name === 'set-cookie')?.value, 'sid=***');
    assert.deepEqual((await inspector.exchange(1, true))?.heads?.request.headers, headers);
    assert.equal(await inspector.exchange(2), null);
  });

  it('asks again byte for byte, for as who it was asked', async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).map((text) => `x-${text}`);
    const value = fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((text) => text.trim());
    const target = fc.constantFrom('/', '/%7Euser/a%2Fb', '/a/../b?x=%20&x=+', '//host/?access_token=abc', '/?q=a|b');
    const inspector = await inspecting();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ name, value }, PLAIN), { maxLength: 6 }),
        target,
        fc.uint8Array({ maxLength: 40_000 }),
        async (fields, asked, body) => {
          reached.length = 0;
          const headers: Header[] = [...fields, { name: 'cookie', value: 'sid=secret' }];
          await ask(inspector, { method: 'PUT', target: asked, headers }, body);
          const { id } = inspector.exchanges().at(-1) as { id: number };
          const again = await inspector.replay(id);
          await ended(inspector, again.id);
          assert.equal(reached.length, 2);
          assert.deepEqual(reached[1], reached[0]);
          assert.deepEqual(await bodyOf(inspector, again.id, 'request'), Buffer.from(body));
          assert.deepEqual([again.from, again.replayOf], ['replay', id]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('asks again with changes, the secrets that were masked put back', async () => {
    const inspector = await inspecting();
    await ask(
      inspector,
      {
        method: 'POST',
        target: '/a',
        headers: [
          { name: 'cookie', value: 'sid=secret' },
          { name: 'content-length', value: '3' },
        ],
      },
      Buffer.from('one'),
    );
    const headers = [
      { name: 'Cookie', value: 'sid=***; more=1' },
      { name: 'content-length', value: '3' },
    ];
    const again = await inspector.replay(1, { method: 'patch', target: '/b', headers, body: new TextEncoder().encode('two and more') });
    await ended(inspector, again.id);
    const { head, body } = reached[1] as Reached;
    assert.deepEqual([head.method, head.target, body.toString()], ['PATCH', '/b', 'two and more']);
    assert.deepEqual(head.headers, [
      { name: 'cookie', value: 'sid=secret; more=1' },
      { name: 'content-length', value: '12' },
    ]);
  });

  it('tells why nothing is asked again, and stops what does not end', async () => {
    const endless: Site = async () =>
      new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1)) }, { highWaterMark: 0 }));
    const slow: Site = async (request) => {
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
      throw request.signal.reason;
    };
    const inspector = await inspecting(async (request, visitor) =>
      (request.url.endsWith('/endless') ? endless : request.url.endsWith('/slow') ? slow : echo)(request, visitor),
    );
    await assert.rejects(inspector.replay(5), (error: PortholeError) => error.code === 'USAGE');
    await ask(inspector, { target: '/' });
    for (let count = 0; count < MAX_REPLAYS; count++) await inspector.replay(1, { target: '/slow' });
    await assert.rejects(inspector.replay(1), (error: PortholeError) => error.code === 'RATE_LIMITED');
    inspector.stopReplay(2);
    await ended(inspector, 2);
    assert.match(inspector.exchanges()[1]?.error ?? '', /CANCELLED/);
    const { id } = await inspector.replay(1, { target: '/endless' });
    await new Promise<void>((resolve) => {
      const stop = inspector.subscribe((line) => {
        if (line.id !== id || line.responseBytes < 3) return;
        stop();
        resolve();
      });
    });
    inspector.stopReplay(id);
    await ended(inspector, id);
  });

  it('sees a request without a body, one for a head alone, an answer without one, a site that fails, a visitor that leaves', async () => {
    const failing: Site = async (request) => {
      if (request.url.endsWith('/throws')) throw new PortholeError('SITE_FAILED', 'the disk is gone');
      if (request.url.endsWith('/none')) return new Response(null, { status: 204 });
      if (request.url.endsWith('/breaks'))
        return new Response(new ReadableStream({ start: (controller) => controller.error(new Error('in the middle')) }));
      return new Response('here', { headers: { 'content-length': '4' } });
    };
    const clock = fakeClock();
    const inspector = await inspecting(failing, { clock });
    await ask(inspector, {});
    await ask(inspector, { method: 'HEAD' });
    await ask(inspector, { target: '/none' });
    await assert.rejects(ask(inspector, { target: '/throws' }));
    await assert.rejects(ask(inspector, { target: '/breaks' }));
    const shown = inspector
      .exchanges()
      .map(({ status, responseBytes, endedMs, error }) => [status, responseBytes, endedMs !== null, error]);
    assert.deepEqual(shown, [
      [200, 4, true, null],
      [200, 0, true, null],
      [204, 0, true, null],
      [0, 0, true, 'the disk is gone (SITE_FAILED)'],
      [200, 0, true, 'in the middle'],
    ]);
    // Nobody reads the answer on: the visitor's leaving is found out.
    const abort = new AbortController();
    await inspector.site(requestOfHead({ method: 'GET', target: '/', authority: '', headers: [] }, null, abort.signal), VISITOR);
    abort.abort(new PortholeError('CANCELLED'));
    assert.equal(inspector.exchanges()[5]?.endedMs, null);
    clock.advance(2 * SWEEP_MS);
    assert.match(inspector.exchanges()[5]?.error ?? '', /the visitor left/);
    assert.equal(clock.timers, 0, 'nothing is looked for any more');
  });

  it('keeps so many exchanges and no more, and can forget them', async () => {
    const inspector = await inspecting(async () => new Response('x', { headers: { 'content-length': '1' } }));
    for (let count = 0; count < MAX_EXCHANGES + 50; count++) await ask(inspector, { target: `/${count}` });
    const lines = inspector.exchanges();
    assert.equal(lines.length, MAX_EXCHANGES);
    assert.deepEqual([lines[0]?.target, lines.at(-1)?.target], ['/50', `/${MAX_EXCHANGES + 49}`]);
    assert.equal((await inspector.exchange(51))?.heads?.request.target, '/50');
    inspector.clear();
    assert.equal(inspector.exchanges().length, 0);
    await ask(inspector, { target: '/after' });
    assert.equal(inspector.exchanges()[0]?.target, '/after');
  });

  it('drops exchanges whose heads the disk has no room for any more', async () => {
    const inspector = await inspecting(echo, { limit: LEAST_SPOOL_BYTES });
    for (let count = 0; count < 60; count++) await ask(inspector, { method: 'POST', target: `/${count}` }, new Uint8Array(30_000));
    const lines = inspector.exchanges();
    assert.ok(lines.length > 3 && lines.length < 40, `${lines.length}`);
    assert.equal(lines.at(-1)?.target, '/59');
    for (const { id } of lines) assert.notEqual((await inspector.exchange(id))?.heads, null);
    assert.ok(inspector.usage.bytes <= LEAST_SPOOL_BYTES);
    assert.equal((await bodyOf(inspector, 60, 'response')).length, 30_000);
  });

  it('writes a HAR that others read, and reads it again', async () => {
    const json = JSON.stringify({ hello: 'wörld' });
    const site: Site = async (request) =>
      request.method === 'GET'
        ? new Response(gzipSync(json), {
            headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'set-cookie': 'sid=secret; Path=/' },
          })
        : echo(request, VISITOR);
    const inspector = await inspecting(site, {
      origin: () => 'https://mine.suite.example/#key=abc',
      creator: { name: 'porthole', version: '1' },
    });
    await ask(inspector, { target: '/data?token=secret&q=1', headers: [{ name: 'cookie', value: 'a=secret' }] });
    await ask(inspector, { method: 'POST', target: '/bytes' }, Uint8Array.of(0, 255, 254, 1));
    const text = await textOf(inspector.har());
    assert.ok(!text.includes('secret'));
    const { log } = JSON.parse(text);
    assert.deepEqual([log.version, log.creator, log.entries.length], ['1.2', { name: 'porthole', version: '1' }, 2]);
    const [first, second] = log.entries;
    assert.equal(first.request.url, 'https://site.test/data?token=***&q=1');
    assert.deepEqual(first.response.content, { size: Buffer.byteLength(json), text: json, mimeType: 'application/json' });
    assert.deepEqual(first.response.cookies, [{ name: 'sid', value: '***' }]);
    assert.deepEqual(second.request.postData, { mimeType: 'application/octet-stream', size: 4, text: 'AP/+AQ==', encoding: 'base64' });
    for (const key of ['send', 'wait', 'receive']) assert.ok(first.timings[key] >= 0);

    const other = await inspecting();
    const { ids, skipped } = await other.importHar(await textOf(inspector.har({ secrets: true })));
    assert.deepEqual([ids, skipped], [[1, 2], 0]);
    const before = (await inspector.exchange(1, true))?.heads;
    const after = (await other.exchange(1, true))?.heads;
    assert.deepEqual(after, before);
    assert.equal((await other.decodedBody(1, 'response', 1000))?.bytes.toString(), json, 'a file has bodies without their coding');
    const [a, b] = [inspector.exchanges()[0], other.exchanges()[0]];
    assert.deepEqual([b?.startedAt, b?.visitor, b?.via, b?.from], [a?.startedAt, '7', 'tcp', 'import']);
    reached.length = 0;
    const again = await other.replay(2);
    await ended(other, again.id);
    assert.deepEqual([...(reached[0]?.body ?? [])], [0, 255, 254, 1]);
  });

  it('reads what is no HAR, or in part, in words', async () => {
    const inspector = await inspecting();
    await assert.rejects(inspector.importHar('{}'), (error: PortholeError) => error.code === 'USAGE');
    await assert.rejects(inspector.importHar('<html>'), (error: PortholeError) => error.code === 'USAGE');
    const entries = [{ request: { method: 'GET', url: 'https://a/b?c' } }, { request: {} }, 5, { request: { method: 'GET', url: 'none' } }];
    assert.deepEqual(await inspector.importHar(JSON.stringify({ log: { entries } })), { ids: [1], skipped: 3 });
    assert.deepEqual([inspector.exchanges()[0]?.target, inspector.exchanges()[0]?.status], ['/b?c', 0]);
  });

  it('keeps heads as they were, whatever is in them', () => {
    const value = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
    const field = fc.tuple(fc.stringMatching(/^[a-z-]{1,10}$/), value).map(([name, one]) => ({ name, value: one }));
    const fields = fc.array(field);
    const target = fc.constantFrom('/', '/ä?x');
    const request = fc
      .tuple(fc.constantFrom('GET', 'PUT'), target, fc.constantFrom('', 'a:1'), fields)
      .map(([method, asked, authority, headers]) => ({ method, target: asked, authority, headers }));
    const response = fc.option(fc.tuple(fc.integer({ min: 100, max: 599 }), fields).map(([status, headers]) => ({ status, headers })));
    fc.assert(
      fc.property(request, response, (asked, answer) => {
        const heads = { request: asked, response: answer };
        assert.deepEqual(decodeHeads(encodeHeads(heads)), heads);
      }),
    );
  });

  it('gives those that end one by one, until it is told to stop', async () => {
    const inspector = await inspecting();
    const stop = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { target } of inspector.ended(stop.signal)) {
        seen.push(target);
        if (seen.length === 2) stop.abort();
      }
    })();
    await ask(inspector, { target: '/1' });
    await ask(inspector, { target: '/2' });
    await reading;
    assert.deepEqual(seen, ['/1', '/2']);
  });
});

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** Resolves when an exchange is over. */
function ended(inspector: Inspector, id: number): Promise<void> {
  return new Promise((resolve) => {
    const isOver = (): boolean => inspector.exchanges().find((line) => line.id === id)?.endedMs !== null;
    if (isOver()) return resolve();
    const stop = inspector.subscribe((line, change) => {
      if (line.id !== id || change !== 'ended') return;
      stop();
      resolve();
    });
  });
}
