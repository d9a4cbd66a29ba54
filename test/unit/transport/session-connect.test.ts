// SPDX-License-Identifier: Apache-2.0
// Tunnels of a session: extended CONNECT, both ways by themselves, refusals, ends, and their place beside bulk.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { PortholeError } from '../../../proto/errors.ts';
import { INITIAL_STREAM_CREDIT, MAX_TUNNELS } from '../../../proto/limits.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../../proto/site.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { type Served, serveSession } from '../../../transport/session/host.ts';
import type { ConnectRequest, Site } from '../../../transport/session/site.ts';
import type { Connecting, Tunnel } from '../../../transport/session/tunnel.ts';
import { openSession, type Session } from '../../../transport/session/visitor.ts';
import { asked } from '../../support/asked.ts';
import { bare } from '../../support/bare.ts';

const code =
  (expected: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected, error.message);
    return true;
  };
const turn = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const asking = (target = '/echo', over: Partial<Connecting> = {}): Connecting => ({
  target,
  authority: 'site',
  headers: [['Sec-WebSocket-Protocol', 'chat']],
  protocol: 'websocket',
  ...over,
});
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
async function all(readable: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(readable).text();
}

type Connect = NonNullable<Site['connect']>;
const fetched: Site = async () => new Response('fetched');
const withConnect = (connect: Connect): Site => Object.assign((...args: Parameters<Site>) => fetched(...args), { connect });

describe('session: connect', () => {
  let session: Session;
  let served: Served;
  let errors: unknown[];
  let seen: ConnectRequest[];
  const start = (connect: Connect): ReturnType<typeof memoryPair> => {
    const pair = memoryPair();
    errors = [];
    seen = [];
    const site = withConnect((request, visitor) => {
      seen.push(request);
      return connect(request, visitor);
    });
    served = serveSession(bare(pair.b), site, { session: '1', via: 'memory' }, { onSiteError: (error) => errors.push(error) });
    session = openSession(bare(pair.a));
    return pair;
  };
  const echo: Connect = async ({ readable, writable }) => {
    void readable.pipeTo(writable).catch(() => {});
    return {
      status: 200,
      headers: [
        ['Sec-WebSocket-Protocol', 'chat'],
        ['connection', 'upgrade'],
        ['content-length', '5'],
      ],
    };
  };
  afterEach(async () => {
    await Promise.all([session.close(), served.close()]);
  });

  it('opens a tunnel: target, fields and protocol go there, status and fields come back, and bytes go both ways', async () => {
    start(echo);
    const tunnel = await session.connect(asking('/echo?room=1'));
    assert.equal(tunnel.status, 200);
    assert.deepEqual([...tunnel.headers], [['sec-websocket-protocol', 'chat']], 'no fields of one connection, and no length');
    const [{ target, authority, protocol, headers }] = seen as [ConnectRequest];
    assert.deepEqual(
      [target, authority, protocol, [...headers]],
      ['/echo?room=1', 'site', 'websocket', [['sec-websocket-protocol', 'chat']]],
    );
    const writer = tunnel.writable.getWriter();
    const reader = tunnel.readable.getReader();
    for (const word of ['one', 'two', 'three']) {
      await writer.write(text(word));
      assert.deepEqual((await reader.read()).value, text(word), 'at once, as it was written');
    }
    await writer.close();
    assert.equal((await reader.read()).done, true);
    await turn();
    assert.equal(served.streams + served.running + session.streams, 0);
  });

  it('carries more than any credit both ways, whole and in order', async () => {
    start(echo);
    const { readable, writable } = await session.connect(asking());
    const [sent, come] = [createHash('sha256'), createHash('sha256')];
    const writer = writable.getWriter();
    const writing = (async () => {
      for (let i = 0; i < 200; i++) {
        const piece = randomBytes(1 + ((i * 7919) % 150_000));
        sent.update(piece);
        await writer.write(piece);
      }
      await writer.close();
    })();
    for await (const piece of readable) come.update(piece);
    await writing;
    assert.equal(come.digest('hex'), sent.digest('hex'));
  });

  it('lets each way end by itself', async () => {
    let ended = '';
    start(async ({ readable, writable }) => {
      const writer = writable.getWriter();
      void writer.write(text('bye')).then(() => writer.close());
      void all(readable).then((words) => {
        ended = words;
      });
      return { status: 200 };
    });
    const tunnel = await session.connect(asking());
    assert.equal(await all(tunnel.readable), 'bye', 'the site has ended its way');
    const writer = tunnel.writable.getWriter();
    await writer.write(text('still '));
    await turn();
    await writer.write(text('here'));
    await writer.close();
    await turn();
    assert.equal(ended, 'still here');
    assert.equal(served.streams + served.running, 0);
  });

  it('gives a refusal as it is, with its content, and takes nothing more', async () => {
    start(async () => ({ status: 403, headers: [['x-why', 'because']], body: new Response('no').body }));
    const { status, headers, readable, writable } = await session.connect(asking());
    assert.deepEqual([status, headers.get('x-why'), await all(readable)], [403, 'because', 'no']);
    await assert.rejects(writable.getWriter().write(text('x')), TypeError);
    await turn();
    assert.equal(served.streams + served.running + session.streams, 0);
    assert.equal(await (await session.fetch(new Request('http://site/'))).text(), 'fetched');
  });

  it('answers 501 where a site has no connect', async () => {
    const pair = memoryPair();
    served = serveSession(bare(pair.b), fetched, { session: '1', via: 'memory' });
    session = openSession(bare(pair.a));
    const { status, readable, headers } = await session.connect(asking());
    assert.deepEqual([status, headers.get('porthole-error')], [501, 'CONNECT_UNSUPPORTED']);
    assert.match(await all(readable), /^CONNECT_UNSUPPORTED: this site has no websocket/);
  });

  it('fails with SITE_FAILED where the site breaks, and with its own code where it has one', async () => {
    start(async ({ target }) => {
      if (target === '/code') throw new PortholeError('NOT_ALLOWED', 'not you');
      throw new Error('a secret path');
    });
    await assert.rejects(session.connect(asking()), (error: Error) => {
      assert.doesNotMatch(error.message, /secret/);
      return code('SITE_FAILED')(error);
    });
    await assert.rejects(session.connect(asking('/code')), code('NOT_ALLOWED'));
    assert.equal(errors.length, 2);
  });

  it('holds the sender back while nobody reads, either way', async () => {
    let given = 0;
    start(async ({ readable, writable }) => {
      void (async () => {
        const writer = writable.getWriter();
        for (; given < 1000; given++) await writer.write(new Uint8Array(10_000));
      })().catch(() => {});
      void readable;
      return { status: 200 };
    });
    const { writable } = await session.connect(asking());
    const writer = writable.getWriter();
    let taken = 0;
    const writing = (async () => {
      for (; taken < 1000; taken++) await writer.write(new Uint8Array(10_000));
    })();
    writing.catch(() => {});
    await turn(100);
    const most = INITIAL_STREAM_CREDIT / 10_000 + 1;
    assert.ok(given > 10 && given <= most, `${given} pieces from the site`);
    assert.ok(taken > 10 && taken <= most, `${taken} pieces from the visitor`);
    await writer.abort();
    await assert.rejects(writing);
  });

  for (const [what, breaks] of [
    ['aborts what it writes', (tunnel: Tunnel) => tunnel.writable.abort()],
    ['cancels what it reads', (tunnel: Tunnel) => tunnel.readable.cancel()],
  ] as const) {
    it(`breaks both ways where the visitor ${what}, and the site learns it`, async () => {
      start(async () => ({ status: 200 }));
      const tunnel = await session.connect(asking());
      const { signal, readable, writable } = seen[0] as ConnectRequest;
      const reading = readable.getReader().read();
      const writer = writable.getWriter();
      await breaks(tunnel);
      await assert.rejects(reading, code('CANCELLED'));
      await assert.rejects(writer.closed, code('CANCELLED'));
      assert.equal(signal.aborted, true);
      await turn();
      assert.equal(served.streams + served.running, 0);
    });

    it(`breaks both ways where the site ${what}, and the visitor learns it`, async () => {
      start(async () => ({ status: 200 }));
      const tunnel = await session.connect(asking());
      const reading = tunnel.readable.getReader().read();
      const writer = tunnel.writable.getWriter();
      await breaks(seen[0] as unknown as Tunnel);
      await assert.rejects(reading, code('CANCELLED'));
      await assert.rejects(writer.closed, code('CANCELLED'));
      await turn();
      assert.equal(served.streams + served.running, 0);
    });
  }

  it('is given up by its signal, before the answer and after it', async () => {
    let answer = (): void => {};
    start(({ signal }) => {
      const answered = Promise.withResolvers<{ status: number }>();
      answer = () => answered.resolve({ status: 200 });
      signal.addEventListener('abort', () => answered.reject(signal.reason));
      return answered.promise;
    });
    const early = new AbortController();
    const waiting = session.connect(asking('/', { signal: early.signal }));
    await turn();
    early.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    await turn();
    assert.equal(seen[0]?.signal.aborted, true);
    const late = new AbortController();
    const opening = session.connect(asking('/', { signal: late.signal }));
    await turn();
    answer();
    const { readable } = await opening;
    const reading = readable.getReader().read();
    late.abort();
    await assert.rejects(reading, code('CANCELLED'));
    await turn();
    assert.equal(served.running, 0);
    await assert.rejects(session.connect(asking('/', { signal: AbortSignal.abort(new Error('never')) })), /never/);
  });

  it('fails with the session, for who reads and who writes', async () => {
    start(async () => ({ status: 200 }));
    const { readable, writable } = await session.connect(asking());
    const reading = readable.getReader().read();
    const writer = writable.getWriter();
    writer.closed.catch(() => {});
    await served.close();
    await assert.rejects(reading, code('SESSION_CLOSED'));
    await assert.rejects(writer.write(text('x')), code('SESSION_CLOSED'));
    assert.equal(seen[0]?.signal.aborted, true);
  });

  it(`has at most ${MAX_TUNNELS} open at once, and leaves requests their room`, async () => {
    start(async () => ({ status: 200 }));
    const open = await Promise.all(Array.from({ length: MAX_TUNNELS }, () => session.connect(asking())));
    await assert.rejects(session.connect(asking()), code('TOO_MANY_STREAMS'));
    assert.equal(await (await session.fetch(new Request('http://site/'))).text(), 'fetched');
    await open[0]?.writable.abort();
    await turn();
    assert.equal((await session.connect(asking())).status, 200);
  });

  it('is not waited for by a host that stops, which waits for requests', async () => {
    const pair = memoryPair();
    let answer = (_: Response): void => {};
    const site = Object.assign(() => new Promise<Response>((resolve) => (answer = resolve)), { connect: async () => ({ status: 200 }) });
    served = serveSession(bare(pair.b), site, { session: '1', via: 'memory' });
    session = openSession(bare(pair.a));
    const { readable } = await session.connect(asking());
    const reading = readable.getReader().read();
    reading.catch(() => {});
    const response = session.fetch(new Request('http://site/'));
    await turn();
    const drained = served.drain(new PortholeError('SESSION_CLOSED'), 60_000);
    await turn();
    answer(new Response('the last'));
    assert.equal(await (await response).text(), 'the last');
    await drained;
    await assert.rejects(reading, code('SESSION_CLOSED'));
  });

  it('is refused to a visitor that has not said that it knows it, and with another method', async () => {
    for (const [features, method, target] of [
      [[], 'CONNECT', '/'],
      [['connect'], 'GET', '/'],
      [['connect'], 'CONNECT', '*'],
    ] as const) {
      const pair = memoryPair();
      const visitor = asked(pair.a);
      served = serveSession(bare(pair.b), withConnect(echo), { session: '1', via: 'memory' });
      session = { close: async () => {} } as Session;
      const say = (frame: Frame): void => void visitor.send(Uint8Array.of(...encodeFrame(frame)));
      say({ type: 'hello', stream: 0, end: false, hello: { version: 1, features, agent: '', streamCredit: 1000, sessionCredit: 1000 } });
      say({ type: 'request', stream: 1, end: false, request: { method, target, authority: '', headers: [], protocol: 'websocket' } });
      await visitor.receive();
      const frame = decodeFrame((await visitor.receive()) as Uint8Array);
      assert.equal(frame.type === 'reset' && frame.reset.code, 'PROTOCOL_VIOLATED', `${features} ${method} ${target}`);
      pair.a.abort(new PortholeError('PATH_LOST'));
    }
  });

  it('fails where the site answers with no status, and with one that is none', async () => {
    for (const status of [0, 101, 600, Number.NaN]) {
      start(async () => ({ status }));
      await assert.rejects(session.connect(asking()), code('SITE_FAILED'), String(status));
      await Promise.all([session.close(), served.close()]);
    }
  });

  /** A host that says what it is told to, by hand. */
  const byHand = (features: readonly string[]) => {
    const pair = memoryPair();
    const other = asked(pair.b);
    const came: Frame[] = [];
    session = openSession(bare(pair.a));
    const say = (frame: Frame): void => void other.send(Uint8Array.of(...encodeFrame(frame)));
    void (async () => {
      for (let message = await other.receive(); message; message = await other.receive()) came.push(decodeFrame(message));
    })().catch(() => {});
    const hello = { version: 1, features, agent: '', streamCredit: 100_000, sessionCredit: 100_000 };
    served = { close: async () => pair.b.abort(new PortholeError('PATH_LOST')) } as unknown as Served;
    return { came, say, greet: () => say({ type: 'hello', stream: 0, end: false, hello }) };
  };

  it('says what it knows in its Hello, waits for that of the host, and asks a host that knows nothing of it for nothing', async () => {
    const { came, greet } = byHand(['later']);
    const waiting = session.connect(asking());
    await turn();
    assert.deepEqual(
      came.map((frame) => frame.type === 'hello' && frame.hello.features),
      [['connect']],
      'nothing goes out before',
    );
    greet();
    await assert.rejects(waiting, code('CONNECT_UNSUPPORTED'));
    assert.equal(came.length, 1);
  });

  it('puts it on the wire as a CONNECT with its protocol', async () => {
    const { came, greet, say } = byHand(['connect']);
    greet();
    const waiting = session.connect(asking('/a?b'));
    await turn();
    say({ type: 'response', stream: 1, end: false, response: { status: 200, headers: [] } });
    const { writable } = await waiting;
    const writer = writable.getWriter();
    await writer.write(text('x'));
    await writer.close();
    await turn();
    const headers = [{ name: 'sec-websocket-protocol', value: 'chat' }];
    assert.deepEqual(came.slice(1), [
      {
        type: 'request',
        stream: 1,
        end: false,
        request: { method: 'CONNECT', target: '/a?b', authority: 'site', headers, protocol: 'websocket' },
      },
      { type: 'data', stream: 1, end: false, data: text('x') },
      { type: 'data', stream: 1, end: true, data: text('') },
    ]);
  });

  it('takes no status for an answer that is none', async () => {
    for (const status of [0, 101, 199, 600, 2 ** 31]) {
      const { greet, say } = byHand(['connect']);
      greet();
      const waiting = session.connect(asking());
      await turn();
      say({ type: 'response', stream: 1, end: false, response: { status, headers: [] } });
      await assert.rejects(waiting, code('PROTOCOL_VIOLATED'), String(status));
      await Promise.all([session.close(), served.close()]);
    }
  });
});
