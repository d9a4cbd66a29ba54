// SPDX-License-Identifier: Apache-2.0
// Content that a page hands over, without a browser: encoded as browsers do, read as it is taken, sent once, and given up when the page is gone.

import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { markOf } from '../../../client-runtime/browser/session/form-mark.ts';
import { contentOf } from '../../../client-runtime/browser/session/upload.ts';
import { OFFERED_WITHIN_MS, TOLD_AFTER_MS, Uploads } from '../../../client-runtime/browser/session/uploads-part.ts';
import { HEAD_WITHIN_MS, type RequestHead } from '../../../client-runtime/browser/shared/bridge.ts';
import { lockOf } from '../../../client-runtime/browser/shared/lives.ts';
import {
  type FromHolder,
  HANDED_BYTES,
  type ToHolders,
  UPLOAD_FIELD,
  UPLOADS_CHANNEL,
} from '../../../client-runtime/browser/shared/upload-messages.ts';
import { encoded } from '../../../client-runtime/browser/uploads/form-content.ts';
import type { Visit } from '../../../client-runtime/visit/visit.ts';
import { HELD_BYTES } from '../../../host-agent/app/known-length.ts';
import type { Asking } from '../../../transport/session/http.ts';

const ID = '0'.repeat(36);
const head = { method: 'POST', url: 'https://a.example/up', destination: '', hasBody: false } as RequestHead;
const streamOf = (...pieces: (string | Uint8Array)[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(Buffer.from(piece as string));
    },
  });

describe('content that pages hand over', () => {
  it('HANDED_BYTES is no more than a host counts by itself: what is between would have no length', () => {
    assert.ok(HANDED_BYTES <= HELD_BYTES);
  });

  it('a form is encoded as the platform encodes it', async () => {
    const form = new FormData();
    form.append('plain', 'text');
    form.append('odd "name"\r\nof', 'two\nlines\rand\r\nmore');
    form.append('file', new File(['content'], 'its "name".txt', { type: 'text/plain' }));
    const [parts, type] = encoded([...form]);
    const ours = await new Blob(parts).text();
    const response = new Response(form);
    const [, boundary = ''] = /boundary=(.*)$/.exec(response.headers.get('content-type') ?? '') ?? [];
    const [, own = ''] = /^multipart\/form-data; boundary=(\S+)$/.exec(type) ?? [];
    assert.equal(ours.replaceAll(own, ''), (await response.text()).replaceAll(boundary, ''));
  });

  it('is read piece by piece, when the piece before was taken', async () => {
    const parts = ['häh', new Blob([]), new Blob([new Uint8Array(600_000).fill(7)]), 'end'];
    const told: number[] = [];
    const reader = contentOf(parts, { went: (bytes) => told.push(bytes), failed: () => assert.fail() }).getReader();
    const pieces: number[] = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value.length);
      assert.equal(told.length, pieces.length, 'no piece is read before it is wanted');
    }
    assert.deepEqual(pieces, [4, 262_144, 262_144, 75_712, 3]);
    assert.equal(told.at(-1), 600_007);
  });

  it('a file that has become shorter breaks it off', async () => {
    const blob = new Blob(['content']);
    mock.method(blob, 'slice', () => new Blob(['cont']));
    let failed = 0;
    const reader = contentOf([blob], { went: () => undefined, failed: () => failed++ }).getReader();
    await assert.rejects(reader.read(), { name: 'NotReadableError' });
    assert.equal(failed, 1);
  });

  it('is found by a form whose one field is its mark, and no other form is touched', async () => {
    const marked = `--b\r\nContent-Disposition: form-data; name="${UPLOAD_FIELD}"\r\n\r\n${ID}\r\n--b--\r\n`;
    assert.equal((await markOf(streamOf(...marked))).mark, ID);
    const long = `--b\r\nContent-Disposition: form-data; name="other"\r\n\r\n${'x'.repeat(5000)}\r\n--b--\r\n`;
    const more = marked.replace('--b--', '--b\r\nContent-Disposition: form-data; name="more"\r\n\r\nand\r\n--b--');
    for (const other of ['', 'short', long, more, marked.replace(UPLOAD_FIELD, 'porthole')]) {
      const { mark, body } = await markOf(streamOf(other.slice(0, 700), other.slice(700)));
      assert.deepEqual([mark, await new Response(body).text()], [null, other]);
    }
  });
});

describe('requests that stand for handed-over content', () => {
  let air: BroadcastChannel;
  let said: ToHolders[];
  let asked: Asking[];
  let answers: ((answer: Response | Error) => void)[];
  let uploads: Uploads;
  let release: () => void;

  beforeEach(async () => {
    said = [];
    asked = [];
    answers = [];
    air = new BroadcastChannel(UPLOADS_CHANNEL);
    air.onmessage = (event) => said.push((event as MessageEvent<ToHolders>).data);
    const fetch = (request: Asking): Promise<Response> => {
      asked.push(request);
      return new Promise((resolve, reject) => {
        request.signal?.addEventListener('abort', () => reject(request.signal?.reason));
        answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      });
    };
    uploads = new Uploads({
      session: 'a session',
      visit: async () => ({ fetch }) as Visit,
      signIn: () => assert.fail(),
      site: () => undefined,
    });
    await new Promise<void>((held) => {
      void navigator.locks.request(lockOf('a page'), () => {
        held();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      });
    });
  });
  afterEach(() => {
    release();
    air.close();
    mock.timers.reset();
  });

  const say = (message: FromHolder): void => air.postMessage(message);
  const offer = (): void => say({ is: 'offer', id: ID, parts: ['one', 'two'], type: null, life: 'a page' });
  const ask = (mark: string | null = ID, more: Partial<Asking> = {}) =>
    uploads.answer(head, mark, { method: 'POST', url: head.url, headers: new Headers({ 'x-own': '1' }), ...more }, () => assert.fail());
  /** What a request to the site has as its content. */
  const bodyOf = (at: number): ReadableStream<Uint8Array> => (asked[at] as Asking).body as ReadableStream<Uint8Array>;
  const until = async (what: () => boolean): Promise<void> => {
    while (!what()) await turn();
  };

  it('is offered when it is wanted, sent with its length, and answered', async () => {
    const answer = ask();
    await until(() => said.length > 0);
    assert.deepEqual(said, [{ is: 'want', id: ID }]);
    offer();
    await until(() => asked.length > 0);
    const { headers } = asked[0] as Asking;
    assert.deepEqual(Object.fromEntries(headers), { 'content-length': '6', 'x-own': '1' });
    assert.equal(await new Response(bodyOf(0)).text(), 'onetwo');
    answers[0]?.(new Response('yes', { status: 201 }));
    assert.equal((await answer).status, 201);
    await until(() => said.some((one) => one.is === 'sent' && one.bytes === 6));
  });

  it('TOLD_AFTER_MS: is told to wait, asks again, and gets what came meanwhile, sent once', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const first = ask();
    await until(() => said.length > 0);
    offer();
    await until(() => asked.length > 0);
    mock.timers.tick(TOLD_AFTER_MS);
    const told = await first;
    assert.deepEqual([told.status, told.headers.get(UPLOAD_FIELD)], [204, 'wait a session']);
    const held = ask(`${ID} held`);
    answers[0]?.(new Response('late'));
    assert.equal((await held).headers.get(UPLOAD_FIELD), 'ready a session');
    assert.equal(await new Response((await ask()).body).text(), 'late');
    assert.equal(asked.length, 1);
  });

  it('is sent again where the site leads on to, and only there', async () => {
    const first = ask();
    await until(() => said.length > 0);
    offer();
    await until(() => answers.length > 0);
    answers[0]?.(new Response(null, { status: 307 }));
    await first;
    const second = ask(ID, { url: 'https://a.example/elsewhere' });
    await until(() => answers.length > 1);
    assert.equal(asked[1]?.url, 'https://a.example/elsewhere');
    answers[1]?.(new Response(null, { status: 200 }));
    await second;
    void ask().catch(() => undefined);
    await until(() => said.filter(({ is }) => is === 'want').length > 1);
    say({ is: 'gone', id: ID });
  });

  it('is over where the page does not follow to where the site leads', async () => {
    const answer = ask();
    await until(() => said.length > 0);
    offer();
    await until(() => answers.length > 0);
    answers[0]?.(new Response(null, { status: 308 }));
    await answer;
    assert.ok(!said.some(({ is }) => is === 'over'));
    say({ is: 'stop', id: ID });
    await until(() => said.some(({ is }) => is === 'over'));
  });

  it('ends at the site when the page gives it up, when it is gone, and when whoever asks is', async () => {
    const stop = new AbortController();
    for (const end of [() => say({ is: 'stop', id: ID }), () => stop.abort(), () => release()]) {
      const before = asked.length;
      const answer = ask(ID, { signal: stop.signal });
      await until(() => said.filter(({ is }) => is === 'want').length > before);
      offer();
      await until(() => asked.length > before);
      const failed = assert.rejects(answer);
      end();
      await failed;
      assert.ok(asked[before]?.signal?.aborted);
      await until(() => said.filter(({ is }) => is === 'over').length > before);
    }
  });

  it('OFFERED_WITHIN_MS: nobody offers it, or another session had it', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const nobody = assert.rejects(ask(), { code: 'CANCELLED' });
    await until(() => said.length > 0);
    mock.timers.tick(OFFERED_WITHIN_MS);
    await nobody;
    const other = assert.rejects(ask(), { code: 'SESSION_CLOSED' });
    await until(() => said.length > 1);
    say({ is: 'gone', id: ID });
    await other;
  });

  it('HEAD_WITHIN_MS: the site has so long to answer once all has gone', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const told = ask();
    await until(() => said.length > 0);
    offer();
    await until(() => asked.length > 0);
    mock.timers.tick(TOLD_AFTER_MS);
    await told;
    const reader = bodyOf(0).getReader();
    while (!(await reader.read()).done);
    mock.timers.tick(HEAD_WITHIN_MS - 1);
    assert.equal(asked[0]?.signal?.aborted, false);
    mock.timers.tick(1);
    await assert.rejects(ask(), { code: 'TIMED_OUT' });
  });

  it('what cannot be read any more fails as an unreachable server does', async () => {
    const answer = ask();
    await until(() => said.length > 0);
    offer();
    await until(() => asked.length > 0);
    mock.method(Blob.prototype, 'arrayBuffer', () => Promise.reject(new DOMException('', 'NotReadableError')));
    await assert.rejects(bodyOf(0).getReader().read());
    mock.restoreAll();
    answers[0]?.(new Error('the content broke'));
    assert.equal((await answer).status, 0);
  });
});
