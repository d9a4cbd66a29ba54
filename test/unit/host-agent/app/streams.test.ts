// SPDX-License-Identifier: Apache-2.0
// Content between a visitor and an app: as it comes, at the reader's pace, and broken off at both ends when one breaks it off.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PortholeError } from '../../../../proto/errors.ts';
import { type App, SITE, startApp, through, type Way, wayTo } from './stage.ts';

const MIB = 1024 * 1024;
const url = (target: string): string => `http://${SITE}${target}`;
const code =
  (...expected: string[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.ok(expected.includes(error.code), `${error.code}: ${error.message}`);
    return true;
  };
/** Waits until something holds; the test's own time ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
/** Content that is made when it is asked for. */
function made(
  bytes: number,
  piece = 65_536,
): { body: ReadableStream<Uint8Array>; taken: () => number; hash: () => string; cancelled: () => boolean } {
  const chunk = randomBytes(piece);
  const hash = createHash('sha256');
  let taken = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (taken >= bytes) return controller.close();
        taken += piece;
        hash.update(chunk);
        controller.enqueue(new Uint8Array(chunk));
      },
      cancel() {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, taken: () => taken, hash: () => hash.digest('hex'), cancelled: () => cancelled };
}

describe('content between a visitor and an app', () => {
  let app: App;
  let way: Way;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    app = await startApp((request, response) => answer(request, response));
    way = wayTo(app.url);
  });
  afterEach(async () => {
    await way.close();
    await app.close();
  });

  it('events come one by one, each at once', async () => {
    const release: (() => void)[] = [];
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      release.push(
        () => response.write('data: one\n\n'),
        () => response.write('data: two\n\n'),
        () => response.end(),
      );
    };
    const { body, headers } = await way.session.fetch({ method: 'GET', url: url('/'), headers: [] });
    assert.equal(headers.get('content-type'), 'text/event-stream');
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    // Each is written only once the one before it was read: nothing waits for more.
    for (const expected of ['data: one\n\n', 'data: two\n\n']) {
      release.shift()?.();
      assert.equal(Buffer.from((await reader.read()).value as Uint8Array).toString(), expected);
    }
    release.shift()?.();
    assert.equal((await reader.read()).done, true);
  });

  it('an answer’s head comes before its content, and a long poll waits', async () => {
    let poll: ServerResponse | undefined;
    answer = (_, response) => {
      poll = response;
    };
    const asked = through(way, '/poll');
    await until(() => poll !== undefined);
    assert.equal((await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 100, 'waits'))])) as unknown, 'waits');
    poll?.end('news');
    assert.equal((await asked).body.toString(), 'news');
  });

  it('a conversation: the app answers each piece before the next one is sent', async () => {
    answer = (request, response) => {
      response.flushHeaders();
      request.on('data', (piece: Buffer) => response.write(piece.toString().toUpperCase()));
      request.on('end', () => response.end());
    };
    const pieces = new TransformStream<Uint8Array, Uint8Array>();
    const writer = pieces.writable.getWriter();
    // The app is asked with the first piece of the content.
    const asked = way.session.fetch({ method: 'POST', url: url('/'), headers: [], body: pieces.readable });
    await writer.write(Buffer.from('one'));
    const reader = ((await asked).body as ReadableStream<Uint8Array>).getReader();
    for (const word of ['one', 'two', 'three']) {
      if (word !== 'one') await writer.write(Buffer.from(word));
      assert.equal(Buffer.from((await reader.read()).value as Uint8Array).toString(), word.toUpperCase());
    }
    await writer.close();
    assert.equal((await reader.read()).done, true);
  });

  it('an upload comes whole, at the app’s pace and in little memory', async () => {
    const gate = Promise.withResolvers<void>();
    answer = async (request, response) => {
      await gate.promise;
      const hash = createHash('sha256');
      for await (const piece of request) hash.update(piece as Buffer);
      response.end(hash.digest('hex'));
    };
    const content = made(256 * MIB);
    const asked = way.session.fetch({ method: 'PUT', url: url('/'), headers: [], body: content.body });
    await until(() => content.taken() > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(content.taken() < 32 * MIB, `${content.taken()} bytes were taken while nobody read`);
    const before = process.memoryUsage();
    let most = 0;
    const look = setInterval(() => {
      const { arrayBuffers } = process.memoryUsage();
      most = Math.max(most, arrayBuffers - before.arrayBuffers);
    }, 5);
    gate.resolve();
    const answered = await asked;
    clearInterval(look);
    assert.equal(await answered.text(), content.hash());
    assert.ok(most < 96 * MIB, `${Math.round(most / MIB)} MiB of buffers`);
  }).timeout(60_000);

  it('a download waits for its reader, all the way to the app', async () => {
    let sent = 0;
    const piece = Buffer.alloc(65_536, 1);
    answer = async (_, response) => {
      for (let count = 0; count < 4000 && !response.destroyed; count++) {
        sent += piece.length;
        if (!response.write(piece)) await once(response, 'drain');
      }
      response.end();
    };
    const { body } = await way.session.fetch({ method: 'GET', url: url('/'), headers: [] });
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stood = sent;
    assert.ok(stood < 32 * MIB, `the app could send ${stood} bytes that nobody read`);
    let read = 0;
    while (sent === stood) read += (await reader.read()).value?.length ?? 0;
    assert.ok(read > 0);
    await reader.cancel();
  }).timeout(30_000);

  it('413 before the content is read stops the upload', async () => {
    for (const connection of ['keep-alive', 'close']) {
      answer = (_, response) => response.writeHead(413, { connection }).end('too much');
      const content = made(512 * MIB);
      const response = await way.session.fetch({ method: 'POST', url: url('/'), headers: [], body: content.body });
      assert.deepEqual([response.status, await response.text()], [413, 'too much']);
      await until(content.cancelled);
      assert.ok(content.taken() < 64 * MIB, `${content.taken()} bytes went out`);
    }
    answer = (_, response) => response.end('next');
    assert.equal((await through(way, '/')).body.toString(), 'next');
  });

  it('an answer to an upload that the app goes on to read is kept whole', async () => {
    answer = (request, response) => {
      response.write('early, ');
      request.resume();
      request.on('end', () => response.end('and late'));
    };
    const response = await way.session.fetch({ method: 'POST', url: url('/'), headers: [], body: made(4 * MIB).body });
    assert.equal(await response.text(), 'early, and late');
  });

  for (const [what, path] of [
    ['before the answer', '/wait'],
    ['in the middle of the answer', '/stream'],
  ] as const) {
    it(`a visitor that goes away ${what} ends the app’s work`, async () => {
      let closed = false;
      answer = (request, response) => {
        response.on('close', () => {
          closed = true;
        });
        if (request.url === '/stream') response.write('first');
      };
      const gone = new AbortController();
      const asked = way.session.fetch({ method: 'GET', url: url(path), headers: [], signal: gone.signal });
      if (path === '/stream') await (await asked).body?.getReader().read();
      else await until(() => app.accepted > 0);
      gone.abort();
      await asked.then(undefined, (error) => assert.equal(error.name, 'AbortError'));
      await until(() => closed);
      await until(() => way.served.running === 0);
      assert.deepEqual(way.failures, []);
    });
  }

  it('a visitor that cancels the answer’s content ends the app’s work', async () => {
    let closed = false;
    answer = (_, response) => {
      response.on('close', () => {
        closed = true;
      });
      response.write('first');
    };
    const { body } = await way.session.fetch({ method: 'GET', url: url('/'), headers: [] });
    await body?.cancel();
    await until(() => closed);
  });

  it('a visitor that breaks off an upload breaks it off at the app: it is never taken for whole', async () => {
    const ended = Promise.withResolvers<string>();
    answer = (request) => {
      request.resume();
      request.on('end', () => ended.resolve('whole'));
      request.on('error', (error: NodeJS.ErrnoException) => ended.resolve(String(error.code)));
    };
    const gone = new AbortController();
    const content = made(1024 * MIB);
    const asked = way.session.fetch({ method: 'POST', url: url('/'), headers: [], body: content.body, signal: gone.signal });
    await until(() => content.taken() > MIB);
    gone.abort();
    await assert.rejects(asked);
    assert.equal(await ended.promise, 'ECONNRESET');
  });

  const breaks: readonly (readonly [what: string, answer: (request: IncomingMessage, response: ServerResponse) => void])[] = [
    [
      'in the middle of chunks',
      (_, response) => {
        response.write('some');
        setTimeout(() => response.destroy(), 20);
      },
    ],
    [
      'before the length it announced',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('some');
        setTimeout(() => response.socket?.end(), 20);
      },
    ],
    [
      'with a reset',
      (_, response) => {
        response.write('some');
        setTimeout(() => response.socket?.resetAndDestroy(), 20);
      },
    ],
  ];
  for (const [what, broken] of breaks) {
    it(`an app that breaks off ${what} resets the stream: no clean end`, async () => {
      answer = broken;
      const { body } = await way.session.fetch({ method: 'GET', url: url('/'), headers: [] });
      const reader = (body as ReadableStream<Uint8Array>).getReader();
      assert.equal(Buffer.from((await reader.read()).value as Uint8Array).toString(), 'some');
      await assert.rejects(reader.read(), code('SITE_FAILED', 'CONTENT_CHANGED'));
      answer = (_, response) => response.end('well');
      assert.equal((await through(way, '/')).body.toString(), 'well');
    });
  }

  it('requests that wait do not hold up others', async () => {
    const waiting: ServerResponse[] = [];
    answer = (request, response) => {
      if (request.url === '/wait') waiting.push(response);
      else response.end('now');
    };
    const polls = Array.from({ length: 60 }, () => through(way, '/wait'));
    await until(() => waiting.length === 60);
    assert.equal((await through(way, '/')).body.toString(), 'now');
    for (const response of waiting) response.end('then');
    for (const { body } of await Promise.all(polls)) assert.equal(body.toString(), 'then');
  });
});
