// SPDX-License-Identifier: Apache-2.0
// The session with a peer that breaks the rules: each is told with a code, and nothing grows.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../proto/errors.ts';
import { INITIAL_STREAM_CREDIT, MAX_FRAME_BYTES, SITE_VERSION } from '../../../proto/limits.ts';
import { decodeFrame, encodeData, encodeFrame, type Frame } from '../../../proto/site.ts';
import type { Connection, SessionConnection } from '../../../transport/channel/connection.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { serveSession } from '../../../transport/session/host.ts';
import { MAX_UNSENT } from '../../../transport/session/sender.ts';
import type { Site } from '../../../transport/session/site.ts';
import { openSession } from '../../../transport/session/visitor.ts';
import { asked } from '../../support/asked.ts';
import { bare } from '../../support/bare.ts';

const code =
  (expected: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected, error.message);
    return true;
  };
const site: Site = async (request) => (request.url.endsWith('/wait') ? new Promise(() => {}) : new Response('hello'));

describe('session: hostile peers', () => {
  const hello = (version = SITE_VERSION): Uint8Array =>
    encodeFrame({
      type: 'hello',
      stream: 0,
      end: false,
      hello: { version, features: ['later'], agent: 'test', streamCredit: 1e6, sessionCredit: 1e6 },
    });
  const request = (stream: number, end = true): Frame => ({
    type: 'request',
    stream,
    end,
    request: { method: 'GET', target: '/hello', authority: 'site', headers: [] },
  });

  /** A host with a raw peer; resolves with how the session ended and what the peer was told. */
  async function host(messages: Uint8Array[]): Promise<{ ended: PortholeError | null; told: Frame[] }> {
    const { a, b } = memoryPair();
    const served = serveSession(bare(b), site, { session: '1', via: 'memory' });
    for (const message of messages)
      await asked(a)
        .send(message)
        .catch(() => {});
    const told: Frame[] = [];
    await readAll(a, told);
    return { ended: await served.closed, told };
  }
  async function readAll(from: Connection, into: Frame[]): Promise<void> {
    for (;;) {
      const message = await asked(from).receive();
      if (!message) return;
      into.push(decodeFrame(message));
    }
  }

  it('a host’s fields of one connection go no further', async () => {
    const { a, b } = memoryPair();
    const session = openSession(bare(a));
    const answered = session.fetch({ method: 'GET', url: 'http://site/', headers: [] });
    const headers = ['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'proxy-connection', 'x-kept'];
    await asked(b).send(hello());
    const response = { status: 200, headers: headers.map((name) => ({ name, value: 'x' })) };
    await asked(b).send(encodeFrame({ type: 'response', stream: 1, end: true, response }));
    assert.deepEqual([...(await answered).headers.keys()], ['x-kept']);
    await session.close();
  });

  const cases: [string, () => Uint8Array[], string][] = [
    ['garbage', () => [hello(), Uint8Array.of(0xff, 0xff, 0xff)], 'FRAME_MALFORMED'],
    ['no Hello first', () => [encodeFrame(request(1))], 'PROTOCOL_VIOLATED'],
    ['a version of 0', () => [hello(0)], 'VERSION_UNSUPPORTED'],
    ['a second Hello', () => [hello(), hello()], 'PROTOCOL_VIOLATED'],
    ['a frame that is too long', () => [hello(), new Uint8Array(MAX_FRAME_BYTES + 1)], 'MESSAGE_TOO_LONG'],
    ['an even stream', () => [hello(), encodeFrame(request(2))], 'PROTOCOL_VIOLATED'],
    ['a stream opened twice', () => [hello(), encodeFrame(request(3)), encodeFrame(request(3))], 'PROTOCOL_VIOLATED'],
    ['content on a stream nobody opened', () => [hello(), encodeData(9, Uint8Array.of(1), false)], 'PROTOCOL_VIOLATED'],
    [
      'a response to a host',
      () => [
        hello(),
        encodeFrame(request(1, false)),
        encodeFrame({ type: 'response', stream: 1, end: true, response: { status: 200, headers: [] } }),
      ],
      'PROTOCOL_VIOLATED',
    ],
    [
      'more content than credit',
      () => [
        hello(),
        encodeFrame({ ...request(1, false), request: { method: 'POST', target: '/wait', authority: '', headers: [] } } as Frame),
        ...Array.from({ length: INITIAL_STREAM_CREDIT / 32_768 + 1 }, () => encodeData(1, new Uint8Array(32_768), false)),
      ],
      'CREDIT_EXCEEDED',
    ],
    [
      'too much credit',
      () => [hello(), ...Array.from({ length: 3 }, () => encodeFrame({ type: 'credit', stream: 0, end: false, bytes: 2 ** 30 }))],
      'PROTOCOL_VIOLATED',
    ],
  ];
  for (const [name, messages, expected] of cases) {
    it(`${name}: ${expected}`, async () => {
      const { ended, told } = await host(messages());
      code(expected)(ended);
      const last = told.at(-1);
      assert.equal(last?.type === 'goAway' && last.goAway.code, expected);
    });
  }

  it('a response to a host, on a stream that it has answered and reset: PROTOCOL_VIOLATED', async () => {
    const { a, b } = memoryPair();
    const served = serveSession(bare(b), site, { session: '1', via: 'memory' });
    await asked(a).send(hello());
    await asked(a).send(encodeFrame(request(1, false)));
    const told: Frame[] = [];
    while (told.at(-1)?.type !== 'reset') told.push(decodeFrame((await asked(a).receive()) as Uint8Array));
    await asked(a).send(encodeFrame({ type: 'response', stream: 1, end: true, response: { status: 200, headers: [] } }));
    const [ended] = await Promise.all([served.closed, readAll(a, told)]);
    code('PROTOCOL_VIOLATED')(ended);
    const last = told.at(-1);
    assert.equal(last?.type === 'goAway' && last.goAway.code, 'PROTOCOL_VIOLATED');
  });

  it('a peer that asks without end and reads nothing: PROTOCOL_VIOLATED', async () => {
    // A connection that takes nothing more: what this end wants to say waits.
    const messages = [hello(), ...Array.from({ length: 2 * MAX_UNSENT }, (_, i) => encodeFrame(request(2 * i + 1)))];
    let unsent = 0;
    const full: SessionConnection = {
      ...bare(memoryPair().a),
      get unsent() {
        return unsent;
      },
      start(receiver) {
        const give = (): void => {
          const message = messages.shift();
          if (!message) return receiver.ended(null);
          receiver.message(message);
          setImmediate(give);
        };
        give();
      },
      send: () => unsent++,
    };
    const served = serveSession(full, site, { session: '1', via: 'memory' });
    code('PROTOCOL_VIOLATED')(await served.closed);
    assert.ok(unsent <= MAX_UNSENT + 2, `${unsent} messages wait`);
  });

  it('skips frames and fields of a newer version', async () => {
    const { a, b } = memoryPair();
    const served = serveSession(bare(b), site, { session: '1', via: 'memory' });
    await a.send(hello());
    await a.send(Uint8Array.of(0xa2, 0x06, 1, 7)); // field 100, unknown
    await a.send(encodeFrame({ type: 'none', stream: 0, end: true }));
    await a.send(Uint8Array.of(...encodeFrame(request(1)), 0xa2, 0x06, 1, 7));
    const got: Frame[] = [];
    while (!got.some((frame) => frame.end)) {
      const message = await asked(a).receive();
      assert.ok(message);
      got.push(decodeFrame(message));
    }
    assert.ok(got.some((frame) => frame.type === 'response' && frame.response.status === 200));
    await Promise.all([a.close(), served.close()]);
  });
});
