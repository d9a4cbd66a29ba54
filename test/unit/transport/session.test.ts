// SPDX-License-Identifier: Apache-2.0
// The session: requests and answers as streams, with credit, half-close, reset, go-away.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { PortholeError } from '../../../proto/errors.ts';
import { INITIAL_STREAM_CREDIT, MAX_STREAMS } from '../../../proto/limits.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { type Served, serveSession } from '../../../transport/session/host.ts';
import { MAX_UNSENT } from '../../../transport/session/sender.ts';
import type { Site } from '../../../transport/session/site.ts';
import { openSession, type Session } from '../../../transport/session/visitor.ts';
import { bare } from '../../support/bare.ts';

const code =
  (expected: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected, error.message);
    return true;
  };
const turn = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const get = (path: string, init?: RequestInit): Request => new Request(`http://site${path}`, init);

const site: Site = async (request) => {
  const url = new URL(request.url);
  switch (url.pathname) {
    case '/hello':
      return new Response('hello', { headers: { 'content-type': 'text/plain', 'content-length': '5', 'x-query': url.search } });
    case '/echo':
      return new Response(request.body, { status: 201, headers: { 'x-method': request.method } });
    case '/empty':
      return new Response(null, { status: 204 });
    case '/wait':
      return new Promise(() => {});
    case '/fail':
      throw new Error('a secret path');
    case '/short':
      return new Response('abc', { headers: { 'content-length': '10' } });
    case '/long':
      return new Response('abc', { headers: { 'content-length': '2' } });
    default:
      return new Response('nothing here', { status: 404 });
  }
};

describe('session', () => {
  let session: Session;
  let served: Served;
  let errors: unknown[];
  const start = (handler: Site = site): ReturnType<typeof memoryPair> => {
    const pair = memoryPair();
    errors = [];
    served = serveSession(bare(pair.b), handler, { session: '1', via: 'memory' }, { onSiteError: (error) => errors.push(error) });
    session = openSession(bare(pair.a));
    return pair;
  };
  afterEach(async () => {
    await Promise.all([session.close(), served.close()]);
  });

  it('asks and is answered, with status, headers, query and content', async () => {
    start();
    const response = await session.fetch(get('/hello?a=1'));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('x-query'), '?a=1');
    assert.equal(await response.text(), 'hello');
  });

  it('sends a request behind its Hello, and the answer comes after one flight each way', async () => {
    const { wire } = start();
    wire.hold();
    const asked = session.fetch(get('/hello'));
    await turn();
    wire.release(); // Hello and Request arrive together; the answer follows without another flight of the visitor's
    assert.equal(await (await asked).text(), 'hello');
  });

  it('streams bodies both ways at once, longer than any credit', async () => {
    start();
    const chunk = randomBytes(100_000);
    const count = 200;
    const hash = createHash('sha256');
    let made = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (made++ === count) return controller.close();
        hash.update(chunk);
        controller.enqueue(new Uint8Array(chunk));
      },
    });
    const response = await session.fetch(get('/echo', { method: 'POST', body, duplex: 'half' } as RequestInit));
    assert.equal(response.status, 201);
    const back = createHash('sha256');
    for await (const part of response.body as ReadableStream<Uint8Array>) back.update(part);
    assert.equal(back.digest('hex'), hash.digest('hex'));
  });

  it('answers HEAD and 204 without content', async () => {
    start();
    assert.equal((await session.fetch(get('/empty'))).status, 204);
    const head = await session.fetch(get('/hello', { method: 'HEAD' }));
    assert.equal(head.headers.get('content-length'), '5');
    assert.equal(await head.text(), '');
    await turn();
    assert.equal(served.streams, 0);
  });

  it('runs hundreds of requests at once', async () => {
    start();
    const texts = await Promise.all(Array.from({ length: 500 }, async () => (await session.fetch(get('/hello'))).text()));
    assert.ok(texts.every((text) => text === 'hello'));
    await turn();
    assert.equal(served.streams, 0);
  });

  it('refuses more streams than MAX_STREAMS, and goes on', async () => {
    start(() => new Promise(() => {}));
    const waiting = Array.from({ length: MAX_STREAMS }, () => session.fetch(get('/hello')));
    for (const one of waiting) one.catch(() => {});
    await assert.rejects(session.fetch(get('/hello')), code('TOO_MANY_STREAMS'));
    await session.close();
    await Promise.all(waiting.map((one) => assert.rejects(one, code('SESSION_CLOSED'))));
  });

  it('tells SITE_FAILED without the words of the error', async () => {
    start();
    await assert.rejects(session.fetch(get('/fail')), (error: PortholeError) => {
      code('SITE_FAILED')(error);
      return !error.message.includes('secret');
    });
    assert.equal((errors[0] as Error).message, 'a secret path');
  });

  it('tells CONTENT_CHANGED when a body is shorter or longer than announced', async () => {
    start();
    await assert.rejects((await session.fetch(get('/short'))).text(), code('CONTENT_CHANGED'));
    await assert.rejects(
      session.fetch(get('/long')).then((response) => response.text()),
      code('CONTENT_CHANGED'),
    );
  });

  it('stops the source while nobody reads, and starts it again', async () => {
    let made = 0;
    const size = 32 * 1024;
    const count = 400;
    start(
      async () =>
        new Response(
          new ReadableStream<Uint8Array>(
            {
              pull(controller) {
                if (made++ === count) controller.close();
                else controller.enqueue(new Uint8Array(size));
              },
            },
            { highWaterMark: 0 },
          ),
        ),
    );
    const response = await session.fetch(get('/big'));
    await turn(100);
    const stalled = made * size;
    assert.ok(stalled <= 2 * INITIAL_STREAM_CREDIT + 2 * size, `${stalled} bytes were read for nobody`);
    await turn(100);
    assert.equal(made * size, stalled);
    assert.equal((await response.arrayBuffer()).byteLength, count * size);
  });

  it('a stalled stream does not hold up another', async () => {
    start(async (request) => new Response(new Uint8Array(request.url.endsWith('/big') ? 4_000_000 : 10)));
    const stalled = await session.fetch(get('/big'));
    for (let i = 0; i < 50; i++) assert.equal((await (await session.fetch(get('/small'))).arrayBuffer()).byteLength, 10);
    assert.equal((await stalled.arrayBuffer()).byteLength, 4_000_000);
  });

  it('many stalled streams, whose credit has grown, do not hold up another', async () => {
    start(async (request) => new Response(new Uint8Array(request.url.endsWith('/big') ? 12_000_000 : 10)));
    for (let i = 0; i < 12; i++) {
      const reader = ((await session.fetch(get('/big'))).body as ReadableStream<Uint8Array>).getReader();
      for (let got = 0; got < 3_000_000; ) got += (await reader.read()).value?.length ?? 0;
    }
    await turn(100);
    for (let i = 0; i < 50; i++) assert.equal((await (await session.fetch(get('/small'))).arrayBuffer()).byteLength, 10);
  });

  it('a HEAD whose site answers with content ends', async () => {
    start(async () => new Response(new Uint8Array(1_000_000), { headers: { 'content-length': '1000000' } }));
    const response = await session.fetch(get('/', { method: 'HEAD' }));
    assert.equal(response.headers.get('content-length'), '1000000');
    await turn();
    assert.equal(served.streams, 0);
  });

  it('a request with content that crosses the go-away is refused by itself', async () => {
    const { wire } = start((request) =>
      request.url.endsWith('/slow')
        ? turn(100).then(() => new Response('done'))
        : site(request, { session: '', via: '', agent: '', who: '' }),
    );
    const slow = session.fetch(get('/slow'));
    await turn();
    wire.hold();
    void served.drain(new PortholeError('SESSION_CLOSED'), 5000);
    const crossing = session.fetch(get('/echo', { method: 'POST', body: 'content' }));
    wire.release();
    await assert.rejects(crossing, code('SESSION_CLOSED'));
    assert.equal(await (await slow).text(), 'done');
  });

  it('cancelling the body cancels the source', async () => {
    let cancelled!: (reason: unknown) => void;
    const told = new Promise((resolve) => {
      cancelled = resolve;
    });
    start(
      async () =>
        new Response(
          new ReadableStream<Uint8Array>({
            pull: (controller) => controller.enqueue(new Uint8Array(1000)),
            cancel: (why) => cancelled(why),
          }),
        ),
    );
    const response = await session.fetch(get('/endless'));
    await response.body?.cancel();
    code('CANCELLED')(await told);
    assert.equal(served.streams, 0);
  });

  it('a source that gives nothing is cancelled when the visitor gives up', async () => {
    start();
    const filling = memoryPair();
    let cancelled = false;
    const body = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        cancel: () => {
          cancelled = true;
        },
      });
    const host = serveSession(bare(filling.b), async () => new Response(body()), { session: '1', via: 'memory' });
    const visitor = openSession(bare(filling.a));
    const response = await visitor.fetch(get('/endless'));
    await response.body?.cancel();
    for (let i = 0; i < 3; i++) await turn();
    assert.equal(cancelled, true);
    await Promise.all([visitor.close(), host.close()]);
  });

  it('a request whose body is being read already is refused, and nothing is left of it', async () => {
    start();
    const asked = get('/echo', { method: 'POST', body: 'content' });
    asked.body?.getReader();
    await assert.rejects(session.fetch(asked), TypeError);
    assert.equal(session.streams, 0);
  });

  it("aborting the request rejects with the signal's reason, and aborts the site's signal", async () => {
    let aborted = false;
    start(
      (request) =>
        new Promise((resolve) => {
          request.signal.addEventListener('abort', () => {
            aborted = true;
            resolve(new Response('late'));
          });
        }),
    );
    const abort = new AbortController();
    const asked = session.fetch(get('/slow', { signal: abort.signal }));
    await turn();
    abort.abort(new Error('changed my mind'));
    await assert.rejects(asked, /changed my mind/);
    await turn();
    assert.equal(aborted, true);
  });

  it('an answer before the request has ended stops the upload', async () => {
    start(async () => new Response('enough'));
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
      cancel: () => {
        cancelled = true;
      },
    });
    const response = await session.fetch(get('/upload', { method: 'POST', body, duplex: 'half' } as RequestInit));
    assert.equal(await response.text(), 'enough');
    await turn();
    assert.equal(cancelled, true);
    assert.equal(served.streams, 0);
  });

  it('a cut wire fails every stream and both ends with PATH_LOST', async () => {
    const { wire } = start();
    const response = await session.fetch(get('/echo', { method: 'POST', body: new ReadableStream({}), duplex: 'half' } as RequestInit));
    wire.cut();
    await assert.rejects(response.text(), code('PATH_LOST'));
    code('PATH_LOST')(await session.closed);
    code('PATH_LOST')(await served.closed);
    await assert.rejects(session.fetch(get('/hello')), code('SESSION_CLOSED'));
  });

  it('drain lets what is under way finish, and takes nothing new', async () => {
    let release!: () => void;
    start(() => new Promise((resolve) => (release = () => resolve(new Response('done')))));
    const asked = session.fetch(get('/slow'));
    await turn();
    const drained = served.drain(new PortholeError('SESSION_CLOSED', 'the host is stopping'), 5000);
    await turn();
    await assert.rejects(session.fetch(get('/new')), code('SESSION_CLOSED'));
    release();
    assert.equal(await (await asked).text(), 'done');
    await drained;
    await session.closed;
  });

  it('drain gives up after its time', async () => {
    start(() => new Promise(() => {}));
    const asked = session.fetch(get('/never'));
    const failed = assert.rejects(asked, code('SESSION_CLOSED'));
    await turn();
    await served.drain(new PortholeError('SESSION_CLOSED'), 50);
    await failed;
  });

  it('refuses a request over the limits before it is sent', async () => {
    start();
    await assert.rejects(session.fetch(get(`/${'x'.repeat(9000)}`)), code('MESSAGE_TOO_LONG'));
    await assert.rejects(session.fetch(get('/', { headers: { 'x-long': 'y'.repeat(40_000) } })), code('MESSAGE_TOO_LONG'));
    assert.equal(await (await session.fetch(get('/hello'))).text(), 'hello');
  });

  it('a request that ends the session by being one too many fails with it', async () => {
    start();
    const connection = { ...bare(memoryPair().a), unsent: 0 };
    const stuck = openSession(connection);
    connection.unsent = MAX_UNSENT + 1;
    await assert.rejects(stuck.fetch(get('/hello')), code('PROTOCOL_VIOLATED'));
    assert.equal(stuck.streams, 0);
  });
});
