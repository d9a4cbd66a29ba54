// SPDX-License-Identifier: Apache-2.0
// The session with a peer that is silent, hostile, or of a newer version.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../proto/errors.ts';
import { INITIAL_STREAM_CREDIT, SITE_VERSION } from '../../../proto/limits.ts';
import { decodeFrame, encodeData, encodeFrame, type Frame } from '../../../proto/site.ts';
import type { Connection } from '../../../transport/connection.ts';
import { memoryPair } from '../../../transport/memory.ts';
import { serveSession } from '../../../transport/session/host.ts';
import { openSession } from '../../../transport/session/visitor.ts';
import type { Site } from '../../../transport/site.ts';
import { fakeClock } from '../../support/clock.ts';

const code =
  (expected: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected, error.message);
    return true;
  };
const turn = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Answers at once, but for /wait, which it never does. */
const site: Site = (request) => (request.url.endsWith('/wait') ? new Promise(() => {}) : Promise.resolve(new Response('hello')));

describe('session: sign of life', () => {
  it('measures the round trip, asks when it is quiet, and gives up on silence', async () => {
    const clock = fakeClock();
    const { a, b, wire } = memoryPair();
    const served = serveSession(b, site, { session: '1', via: 'memory' }, { clock });
    const session = openSession(a, { clock });
    wire.hold();
    await turn(1);
    clock.advance(40);
    wire.release();
    await turn(1);
    assert.equal(session.path.rttMs, 40);
    for (let i = 0; i < 60; i++) {
      clock.advance(1000);
      await turn(1);
    }
    assert.equal(await Promise.race([session.closed, turn(1).then(() => 'open')]), 'open');
    wire.hold();
    for (let i = 0; i < 30; i++) {
      clock.advance(1000);
      await turn(1);
    }
    code('PATH_SILENT')(await session.closed);
    code('PATH_SILENT')(await served.closed);
  });
});

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
    const served = serveSession(b, site, { session: '1', via: 'memory' });
    for (const message of messages) await a.send(message).catch(() => {});
    const told: Frame[] = [];
    await readAll(a, told);
    return { ended: await served.closed, told };
  }
  async function readAll(from: Connection, into: Frame[]): Promise<void> {
    for (;;) {
      const message = await from.receive();
      if (!message) return;
      into.push(decodeFrame(message));
    }
  }

  const cases: [string, () => Uint8Array[], string][] = [
    ['garbage', () => [hello(), Uint8Array.of(0xff, 0xff, 0xff)], 'FRAME_MALFORMED'],
    ['no Hello first', () => [encodeFrame(request(1))], 'PROTOCOL_VIOLATED'],
    ['a version of 0', () => [hello(0)], 'VERSION_UNSUPPORTED'],
    ['a second Hello', () => [hello(), hello()], 'PROTOCOL_VIOLATED'],
    ['a frame that is too long', () => [hello(), new Uint8Array(65_537)], 'MESSAGE_TOO_LONG'],
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

  it('skips frames and fields of a newer version', async () => {
    const { a, b } = memoryPair();
    const served = serveSession(b, site, { session: '1', via: 'memory' });
    await a.send(hello());
    await a.send(Uint8Array.of(0xa2, 0x06, 1, 7)); // field 100, unknown
    await a.send(encodeFrame({ type: 'none', stream: 0, end: false }));
    await a.send(Uint8Array.of(...encodeFrame(request(1)), 0xa2, 0x06, 1, 7));
    const got: Frame[] = [];
    while (!got.some((frame) => frame.end)) {
      const message = await a.receive();
      assert.ok(message);
      got.push(decodeFrame(message));
    }
    assert.ok(got.some((frame) => frame.type === 'response' && frame.response.status === 200));
    await Promise.all([a.close(), served.close()]);
  });
});
