// SPDX-License-Identifier: Apache-2.0
// What of HTTP happens in time, to be tried by every way to a web app: what comes when, and what breaks at which end.

import assert from 'node:assert/strict';
import { type EventEmitter, once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { HttpEnd } from './http-ends.ts';

/** What came to the app. */
export interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** An app that a test plays: each request waits to be taken. */
export class PlayedApp {
  readonly #waiting: ((arrived: Arrived) => void)[] = [];
  readonly #arrived: Arrived[] = [];
  readonly listener: RequestListener = (request, response) => {
    for (const one of [request, response]) (one as EventEmitter).on('error', () => {});
    const taker = this.#waiting.shift();
    if (taker) taker({ request, response });
    else this.#arrived.push({ request, response });
  };

  next(): Promise<Arrived> {
    const there = this.#arrived.shift();
    return there ? Promise.resolve(there) : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** One case: what is to be true of a way to an app. */
export interface StreamCase {
  readonly what: string;
  play(end: HttpEnd, app: PlayedApp): Promise<void>;
}

const GET = { method: 'GET', target: '/', headers: [], body: null } as const;
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

/** An upload that a test writes. */
function upload() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  const send = (words: string): void => void writer.write(Buffer.from(words)).catch(() => {});
  return {
    asked: { method: 'POST', target: '/', headers: [], body: readable } as const,
    send,
    end: () => void writer.close().catch(() => {}),
  };
}

/** All of them. */
export const STREAM_CASES: readonly StreamCase[] = [
  {
    what: 'a head comes before its content does',
    async play(end, app) {
      const asked = end.ask(GET);
      const { response } = await app.next();
      response.writeHead(200, { 'x-head': 'here' }).flushHeaders();
      const answer = await asked;
      assert.equal(answer.headers.get('x-head'), 'here');
      response.end('content');
      assert.equal(await answer.text(), 'content');
    },
  },
  {
    what: 'events come one by one, none waits for the next',
    async play(end, app) {
      const asked = end.ask({ ...GET, headers: [['accept', 'text/event-stream']] });
      const { response } = await app.next();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': hello\n\n');
      const reader = ((await asked).body as ReadableStream<Uint8Array>).getReader();
      assert.equal(text((await reader.read()).value), ': hello\n\n');
      for (let at = 0; at < 20; at++) {
        response.write(`data: ${at}\n\n`);
        assert.equal(text((await reader.read()).value), `data: ${at}\n\n`);
      }
      response.end();
      assert.equal((await reader.read()).done, true);
    },
  },
  {
    what: 'an upload comes as it is sent, and is answered as it comes',
    async play(end, app) {
      const { asked, send, end: finish } = upload();
      send('one');
      const answered = end.ask(asked);
      const { request, response } = await app.next();
      assert.equal(text((await once(request, 'data'))[0]), 'one');
      response.write('heard one');
      const reader = ((await answered).body as ReadableStream<Uint8Array>).getReader();
      assert.equal(text((await reader.read()).value), 'heard one');
      send('two');
      assert.equal(text((await once(request, 'data'))[0]), 'two');
      response.write('heard two');
      assert.equal(text((await reader.read()).value), 'heard two');
      finish();
      await once(request, 'end');
      response.end();
      assert.equal((await reader.read()).done, true);
    },
  },
  {
    what: 'an answer comes while the upload is under way, and ends it',
    async play(end, app) {
      const { asked, send } = upload();
      send('too much of this');
      const answered = end.ask(asked);
      const { response } = await app.next();
      response.writeHead(413, { connection: 'close' }).end('enough');
      const answer = await answered;
      assert.deepEqual([answer.status, await answer.text()], [413, 'enough']);
    },
  },
  {
    what: 'a client that goes away while it waits ends the request at the app',
    async play(end, app) {
      const stop = new AbortController();
      const asked = end.ask({ ...GET, signal: stop.signal });
      const { response } = await app.next();
      const gone = once(response, 'close');
      stop.abort();
      await assert.rejects(asked);
      await gone;
      assert.equal(response.writableFinished, false);
    },
  },
  {
    what: 'a client that goes away while it reads ends the answer at the app',
    async play(end, app) {
      const stop = new AbortController();
      const asked = end.ask({ ...GET, signal: stop.signal });
      const { response } = await app.next();
      response.write('some');
      const answer = await asked;
      const gone = once(response, 'close');
      stop.abort();
      await gone;
      await assert.rejects(answer.text());
    },
  },
  {
    what: 'a client that goes away while it sends ends the upload at the app',
    async play(end, app) {
      const stop = new AbortController();
      const { asked, send } = upload();
      send('some');
      const answered = end.ask({ ...asked, signal: stop.signal });
      const { request } = await app.next();
      assert.equal(text((await once(request, 'data'))[0]), 'some');
      const gone = new Promise((resolve) => request.on('close', resolve));
      stop.abort();
      await assert.rejects(answered);
      await gone;
      assert.equal(request.complete, false);
    },
  },
  ...(
    [
      ['with its length', { 'content-length': '100' }],
      ['in chunks', {}],
    ] as const
  ).map(
    ([how, headers]): StreamCase => ({
      what: `an answer ${how} that the app breaks off is no whole one`,
      async play(end, app) {
        const asked = end.ask(GET);
        const { response } = await app.next();
        response.writeHead(200, headers).write('a part');
        const answer = await asked;
        const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
        assert.equal(text((await reader.read()).value), 'a part');
        response.destroy();
        await assert.rejects(async () => {
          while (!(await reader.read()).done);
        });
      },
    }),
  ),
  {
    what: 'a poll waits for as long as nothing happens, while others are answered',
    async play(end, app) {
      const polled = end.ask({ ...GET, target: '/poll' });
      const poll = await app.next();
      for (let at = 0; at < 5; at++) {
        const asked = end.ask({ ...GET, target: `/${at}` });
        (await app.next()).response.end(`${at}`);
        assert.equal(await (await asked).text(), `${at}`);
      }
      poll.response.end('at last');
      assert.equal(await (await polled).text(), 'at last');
    },
  },
  {
    what: 'early hints, and processing, are no answers',
    async play(end, app) {
      const asked = end.ask(GET);
      const { response } = await app.next();
      response.writeProcessing();
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.end('the answer');
      const answer = await asked;
      assert.deepEqual([answer.status, answer.headers.get('link'), await answer.text()], [200, null, 'the answer']);
    },
  },
  {
    what: 'the app is held back by whoever does not read',
    async play(end, app) {
      const asked = end.ask(GET);
      const { response } = await app.next();
      const piece = Buffer.alloc(64 * 1024);
      let pieces = 0;
      const fill = (): void => {
        while (pieces < 2000 && !response.destroyed) {
          pieces++;
          if (!response.write(piece)) return void response.once('drain', fill);
        }
      };
      fill();
      const reader = ((await asked).body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      for (let before = -1; before !== pieces; await new Promise((resolve) => setTimeout(resolve, 100))) before = pieces;
      assert.ok(pieces < 1000, `${pieces} pieces of 64 KiB were written for who reads one`);
      const gone = once(response, 'close');
      await reader.cancel();
      await gone;
    },
  },
];
