// SPDX-License-Identifier: Apache-2.0
// Every limit of the wire is crossed: what reaches it passes, one more is refused. The tables of the specifications say the same numbers.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PortholeError } from '../../../proto/errors.ts';
import { porthole } from '../../../proto/generated/messages.js';
import * as limits from '../../../proto/limits.ts';
import { decodePathMessage, encodePathMessage, type PathMessage } from '../../../proto/path.ts';
import { decodeMessage, encodeMessage, isSiteName } from '../../../proto/rendezvous.ts';
import { decodeFrame, encodeData, encodeFrame, type Frame } from '../../../proto/site.ts';
import type { Connection } from '../../../transport/channel/connection.ts';
import * as framed from '../../../transport/channel/framed.ts';
import { Unframer } from '../../../transport/channel/framing.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import * as continuity from '../../../transport/continuity/limits.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { sealAsHost } from '../../../transport/seal/sealed.ts';
import { ReceiveCredit } from '../../../transport/session/credit.ts';
import { serveSession } from '../../../transport/session/host.ts';
import { openSession } from '../../../transport/session/visitor.ts';
import { asked as reading } from '../../support/asked.ts';
import { bare } from '../../support/bare.ts';
import { code } from './helper.ts';

const root = join(import.meta.dirname, '../../..');

/** Limits that another part enforces, by the source that does: its own tests cross them, and name them. */
const ELSEWHERE: Partial<Record<keyof typeof limits, string>> = {
  MAX_NOTE_BYTES: 'signaling/rendezvous/matchmaker.ts',
  MAX_CARD_FIELD_CHARS: 'signaling/rendezvous/registration.ts',
  MAX_PURPOSE_CHARS: 'signaling/rendezvous/registration.ts',
  MAX_KEYWORDS: 'signaling/rendezvous/registration.ts',
  MAX_NAMED: 'signaling/rendezvous/fields.ts',
  INSTANCE_BYTES: 'signaling/',
  MAX_STUN_ADDRESSES: 'transport/',
  MAX_INBOX_PATTERNS: 'signaling/inbox/',
  MAX_INBOX_PATTERN_CHARS: 'signaling/inbox/',
  MAX_INBOX_BATCH_BYTES: 'signaling/inbox/',
  MAX_INBOX_BOX_BYTES: 'signaling/inbox/',
  MAX_CALLBACKS: 'signaling/exam/',
  MIN_CALLBACK_PORT: 'signaling/exam/',
  MAX_CALLBACK_MS: 'signaling/exam/',
  MAX_RELAY_JOIN_BYTES: 'signaling/relay/',
  MAX_RELAY_MESSAGE_BYTES: 'signaling/relay/',
  MAX_PATHS: 'transport/continuity/',
  FIRST_UNACKED_BYTES: 'transport/continuity/',
  MAX_UNACKED_BYTES: 'transport/continuity/',
  MAX_TUNNELS: 'transport/session',
  MAX_ABANDONED: 'transport/session',
  MAX_RESETS: 'transport/session',
  RESETS_PER_SECOND: 'transport/session',
};
/** No limits but choices: the versions, what is left for a Data frame's own fields, and what a numbered message counts beyond its own. */
const NO_LIMITS = ['SITE_VERSION', 'RENDEZVOUS_VERSION', 'DATA_OVERHEAD_BYTES', 'UNACKED_OVERHEAD_BYTES'];

const sizes = new Map<string, number>(Object.entries(limits));
const crossed = new Set<string>();
/** A test that crosses a limit. */
function crosses(limit: keyof typeof limits, how: string, test: (most: number) => void | Promise<void>): void {
  crossed.add(limit);
  it(`${limit}: ${how}`, () => test(sizes.get(limit) ?? Number.NaN));
}

const base: Frame = { type: 'request', stream: 1, end: true, request: { method: 'GET', target: '/', authority: '', headers: [] } };
const requestWith = (over: object): Frame => ({ ...base, request: { ...base.request, ...over } });
const helloWith = (over: object): Frame => ({
  type: 'hello',
  stream: 0,
  end: false,
  hello: { version: 1, features: [], agent: '', streamCredit: 0, sessionCredit: 0, ...over },
});
/** A frame's bytes without any check: what a hostile peer sends. */
function rawBytes(frame: Frame): Uint8Array {
  const body = frame.type === 'credit' ? { credit: { bytes: frame.bytes } } : {};
  return porthole.site.Frame.encode({ ...frame, ...body } as porthole.site.Frame.$Properties).finish();
}
/** Passes both ways at the limit, is refused both ways over it. */
function bothWays(frameOf: (size: number) => Frame, most: number, expected = 'MESSAGE_TOO_LONG'): void {
  decodeFrame(encodeFrame(frameOf(most)));
  assert.throws(() => encodeFrame(frameOf(most + 1)), code(expected));
  assert.throws(() => decodeFrame(rawBytes(frameOf(most + 1))), code(expected));
}

describe('limits of a frame', () => {
  crosses('MAX_FRAME_BYTES', 'of a frame that comes', (most) => {
    // 6 bytes of fields in front of the content.
    const frame = (size: number): Uint8Array => rawBytes({ type: 'data', stream: 1, end: false, data: new Uint8Array(size - 6) });
    assert.equal(frame(most).length, most);
    assert.equal(decodeFrame(frame(most)).type, 'data');
    assert.throws(() => decodeFrame(frame(most + 1)), code('MESSAGE_TOO_LONG'));
  });
  crosses('MAX_DATA_BYTES', 'of content in one frame, which then fits a frame on any stream', (most) => {
    assert.ok(encodeData(0xffff_ffff, new Uint8Array(most), true).length <= limits.MAX_FRAME_BYTES);
    assert.throws(() => encodeData(1, new Uint8Array(most + 1), false), code('MESSAGE_TOO_LONG'));
  });
  crosses('MAX_HEADERS', 'of a request and of a response', (most) => {
    const headers = (count: number): object => ({ headers: Array.from({ length: count }, () => ({ name: 'a', value: 'b' })) });
    bothWays((count) => requestWith(headers(count)), most);
    bothWays((count) => ({ type: 'response', stream: 1, end: true, response: { status: 200, ...headers(count) } }) as Frame, most);
  });
  crosses('MAX_HEADER_BYTES', 'in one field, in many, and counted in UTF-8', (most) => {
    const one = (size: number): object => ({ headers: [{ name: 'name', value: 'x'.repeat(size - 4) }] });
    bothWays((size) => requestWith(one(size)), most);
    const many = (size: number): object => ({
      headers: Array.from({ length: 128 }, (_, at) => ({ name: 'n', value: 'x'.repeat(255 + (at === 0 ? size - most : 0)) })),
    });
    bothWays((size) => requestWith(many(size)), most);
    // Each value is short, and takes two bytes a character.
    const wide = (size: number): object => ({
      headers: Array.from({ length: 128 }, (_, at) => ({ name: 'nn', value: 'é'.repeat(127) + (at === 0 ? 'x'.repeat(size - most) : '') })),
    });
    bothWays((size) => requestWith(wide(size)), most);
  });
  crosses('MAX_TARGET_BYTES', 'of a target, also beyond ASCII', (most) => {
    bothWays((size) => requestWith({ target: '/'.repeat(size) }), most);
    bothWays((size) => requestWith({ target: `/${'x'.repeat(size % 2)}/${'é'.repeat((size - 2 - (size % 2)) / 2)}` }), most);
  });
  crosses('MAX_TOKEN_BYTES', 'of a method, an authority, a protocol, an agent, a feature, a code', (most) => {
    bothWays((size) => requestWith({ method: 'M'.repeat(size) }), most);
    bothWays((size) => requestWith({ authority: 'a'.repeat(size) }), most);
    bothWays((size) => requestWith({ protocol: 'p'.repeat(size) }), most);
    bothWays((size) => helloWith({ agent: 'a'.repeat(size) }), most);
    bothWays((size) => helloWith({ agent: `${'…'.repeat(84)}${'a'.repeat(size - 252)}` }), most);
    bothWays((size) => helloWith({ features: ['f'.repeat(size)] }), most);
    bothWays((size) => ({ type: 'reset', stream: 1, end: true, reset: { code: 'C'.repeat(size), message: '' } }), most);
    bothWays((size) => ({ type: 'goAway', stream: 0, end: false, goAway: { code: 'C'.repeat(size), message: '', lastStream: 0 } }), most);
  });
  crosses('MAX_REASON_BYTES', 'of the words of a Reset and of a GoAway', (most) => {
    bothWays((size) => ({ type: 'reset', stream: 1, end: true, reset: { code: '', message: 'x'.repeat(size) } }), most);
    bothWays(
      (size) => ({
        type: 'goAway',
        stream: 0,
        end: false,
        goAway: { code: '', message: `${'€'.repeat(341)}${'x'.repeat(size - 1023)}`, lastStream: 0 },
      }),
      most,
    );
  });
  crosses('MAX_FEATURES', 'of a Hello', (most) => {
    bothWays((count) => helloWith({ features: Array<string>(count).fill('f') }), most);
  });
  crosses('MAX_CREDIT', 'in a Credit and in a Hello', (most) => {
    bothWays((bytes) => ({ type: 'credit', stream: 1, end: false, bytes }), most, 'PROTOCOL_VIOLATED');
    bothWays((bytes) => helloWith({ streamCredit: bytes }), most, 'PROTOCOL_VIOLATED');
    bothWays((bytes) => helloWith({ sessionCredit: bytes }), most, 'PROTOCOL_VIOLATED');
  });
});

describe('limits of messages about paths', () => {
  const joinOf = (session: number): PathMessage => ({
    type: 'join',
    session: new Uint8Array(session),
    received: 0,
    token: new Uint8Array(0),
  });
  const challengeOf = (cost: number): PathMessage => ({ type: 'challenge', code: '', message: '', salt: new Uint8Array(0), cost });
  const rawPath = ({ type, ...fields }: PathMessage): Uint8Array => porthole.site.PathMessage.encode({ [type]: fields }).finish();

  crosses('MAX_PATH_MESSAGE_BYTES', 'of one that comes', (most) => {
    // A field of a newer version: 4 bytes in front of its content.
    const unknown = (size: number): Uint8Array =>
      Uint8Array.of(0xa2, 0x06, ((size - 4) & 0x7f) | 0x80, (size - 4) >> 7, ...new Uint8Array(size - 4));
    assert.equal(unknown(most).length, most);
    assert.equal(decodePathMessage(unknown(most)).type, 'none');
    assert.throws(() => decodePathMessage(unknown(most + 1)), code('MESSAGE_TOO_LONG'));
  });
  crosses('SESSION_ID_BYTES', 'by a longer id, and not reached by a shorter one', (most) => {
    assert.equal(decodePathMessage(encodePathMessage(joinOf(most))).type, 'join');
    for (const wrong of [joinOf(most + 1), joinOf(most - 1)]) {
      assert.throws(() => encodePathMessage(wrong), code('PROTOCOL_VIOLATED'));
      assert.throws(() => decodePathMessage(rawPath(wrong)), code('PROTOCOL_VIOLATED'));
    }
  });
  crosses('MAX_CHALLENGE_COST', 'by what a host asks of a visitor', (most) => {
    assert.equal(decodePathMessage(encodePathMessage(challengeOf(most))).type, 'challenge');
    assert.throws(() => encodePathMessage(challengeOf(most + 1)), code('PROTOCOL_VIOLATED'));
    assert.throws(() => decodePathMessage(rawPath(challengeOf(most + 1))), code('PROTOCOL_VIOLATED'));
  });
});

describe('limits of carriers and of the rendezvous', () => {
  crosses('MAX_RECORD_BYTES', 'of a message that comes to a sealed path', async (most) => {
    for (const size of [most, most + 1]) {
      const { a, b } = memoryPair();
      const host = sealAsHost(b, { key: nodePrimitives.newKeyPair(), primitives: nodePrimitives });
      assert.ok(a.maxMessage >= most);
      await a.send(new Uint8Array(size).fill(1));
      const reason: PortholeError = await host.ready.then(
        () => assert.fail(),
        (error) => error,
      );
      assert.equal(reason.code, 'SEAL_BROKEN');
      assert.equal(reason.message.includes(String(size)), size > most, reason.message);
    }
  });
  crosses('MAX_FRAMED_BYTES', 'of a length-framed message, refused by its length alone', (most) => {
    const prefix = (length: number): Uint8Array => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(length);
      return bytes;
    };
    assert.ok(most > limits.MAX_FRAME_BYTES);
    const lengths: number[] = [];
    new Unframer().push(Buffer.concat([prefix(most), new Uint8Array(most)]), (message) => lengths.push(message.length) > 0);
    assert.deepEqual(lengths, [most]);
    assert.throws(() => new Unframer().push(prefix(most + 1), () => true), code('MESSAGE_TOO_LONG'));
  });
  crosses('MAX_RENDEZVOUS_BYTES', 'of a message sent and of one that comes', (most) => {
    // 4 bytes of fields in front of the payload.
    const note = (size: number): { payload: Uint8Array } => ({ payload: new Uint8Array(size - 4) });
    const bytes = encodeMessage('Note', note(most));
    assert.equal(bytes.length, most);
    assert.equal(decodeMessage('Note', bytes).payload.length, most - 4);
    assert.throws(() => encodeMessage('Note', note(most + 1)), code('MESSAGE_TOO_LONG'));
    assert.throws(() => decodeMessage('Note', porthole.rendezvous.Note.encode(note(most + 1)).finish()), code('MESSAGE_TOO_LONG'));
    const longest = { call: 'c'.repeat(200), strategy: 's'.repeat(64), kind: 2, payload: new Uint8Array(limits.MAX_NOTE_BYTES) };
    assert.ok(encodeMessage('Note', longest).length < most, 'a note of the longest payload fits');
  });
  crosses('MAX_NAME_CHARS', "of a site's name", (most) => {
    assert.equal(isSiteName('a'.repeat(most)), true);
    assert.equal(isSiteName('a'.repeat(most + 1)), false);
  });
});

describe('limits of a session', () => {
  const credit = 64 * 1024 * 1024;
  const hello = encodeFrame(helloWith({ streamCredit: credit, sessionCredit: credit }));

  /** Reads what an end is told, until it ends. */
  async function readAll(from: Connection, into: Frame[]): Promise<void> {
    for (let message = await reading(from).receive(); message; message = await reading(from).receive()) into.push(decodeFrame(message));
  }
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

  /** A host that answers nothing, with a raw visitor. */
  async function host(): Promise<{
    send(bytes: Uint8Array): void;
    told: Frame[];
    closed: Promise<PortholeError | null>;
    end(): Promise<void>;
  }> {
    const { a, b } = memoryPair();
    const served = serveSession(bare(b), () => new Promise(() => {}), { session: '1', via: 'memory' });
    const told: Frame[] = [];
    const reading = readAll(a, told).catch(() => {});
    const send = (bytes: Uint8Array): void => void a.send(bytes);
    send(hello);
    await turn();
    return { send, told, closed: served.closed, end: () => Promise.all([a.close(), served.close(), reading]).then(() => {}) };
  }
  const open = (stream: number, end: boolean): Uint8Array => encodeFrame({ ...requestWith({ method: 'POST' }), stream, end } as Frame);
  /** A stream's first credit of content, in frames. */
  const content = (stream: number): Uint8Array[] =>
    Array.from({ length: 8 }, () => encodeData(stream, new Uint8Array(limits.INITIAL_STREAM_CREDIT / 8), false));

  crosses('MAX_STREAMS', 'of a visitor that opens more: each is refused by itself', async (most) => {
    const { send, told, end } = await host();
    for (let i = 0; i <= most; i++) send(open(2 * i + 1, true));
    for (let turns = 0; turns < 100 && !told.some(({ type }) => type === 'reset'); turns++) await turn();
    assert.deepEqual(
      told.filter(({ type }) => type === 'reset').map((frame) => [frame.stream, frame.type === 'reset' && frame.reset.code]),
      [[2 * most + 1, 'TOO_MANY_STREAMS']],
    );
    await end();
  });
  crosses('INITIAL_STREAM_CREDIT', 'by a visitor on one stream', async (most) => {
    const { send, told, closed, end } = await host();
    assert.equal(told[0]?.type === 'hello' && told[0].hello.streamCredit, most);
    send(open(1, false));
    for (const frame of content(1)) send(frame);
    await turn();
    assert.ok(!told.some(({ type }) => type === 'goAway'));
    send(encodeData(1, Uint8Array.of(1), false));
    code('CREDIT_EXCEEDED')(await closed);
    await end();
  });
  crosses('HOST_SESSION_CREDIT', 'by a visitor on all streams together', async (most) => {
    const { send, told, closed, end } = await host();
    assert.equal(told[0]?.type === 'hello' && told[0].hello.sessionCredit, most);
    const full = most / limits.INITIAL_STREAM_CREDIT;
    for (let i = 0; i <= full; i++) send(open(2 * i + 1, false));
    for (let i = 0; i < full; i++) for (const frame of content(2 * i + 1)) send(frame);
    await turn();
    assert.ok(!told.some(({ type }) => type === 'goAway'));
    send(encodeData(2 * full + 1, Uint8Array.of(1), false));
    code('CREDIT_EXCEEDED')(await closed);
    await end();
  });
  crosses('VISITOR_SESSION_CREDIT', 'by a host on all streams together', async (most) => {
    const { a, b } = memoryPair();
    const session = openSession(bare(a));
    const told: Frame[] = [];
    const reading = readAll(b, told).catch(() => {});
    const send = (bytes: Uint8Array): boolean => b.send(bytes);
    send(hello);
    const full = most / limits.INITIAL_STREAM_CREDIT;
    const asked = Array.from({ length: full + 1 }, (_, i) => session.fetch({ method: 'GET', url: `http://site/${i}`, headers: [] }));
    for (const one of asked) one.catch(() => {});
    await turn();
    assert.equal(told[0]?.type === 'hello' && told[0].hello.sessionCredit, most);
    for (let i = 0; i < full; i++) for (const frame of content(2 * i + 1)) send(frame);
    await turn();
    assert.ok(!told.some(({ type }) => type === 'goAway'));
    send(encodeData(2 * full + 1, Uint8Array.of(1), false));
    code('CREDIT_EXCEEDED')(await session.closed);
    await Promise.all([session.close(), b.close(), reading]);
  });
  crosses('MAX_STREAM_CREDIT', 'is where a window that is used up at once stops growing', (most) => {
    const window = new ReceiveCredit(limits.INITIAL_STREAM_CREDIT, 0, (bytes) => bytes);
    let size = limits.INITIAL_STREAM_CREDIT;
    for (let i = 0; i < 20; i++) {
      window.received(size);
      size += window.took(size, 1000 * (i + 1), 1000) - size;
    }
    assert.equal(size, most);
    assert.throws(() => window.received(most + 1), code('CREDIT_EXCEEDED'));
  });
});

describe('limits: all of them', () => {
  const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');

  it('each is crossed here, or by the part that enforces it', () => {
    for (const limit of Object.keys(limits) as (keyof typeof limits)[]) {
      const source = ELSEWHERE[limit];
      assert.equal([crossed.has(limit), source !== undefined, NO_LIMITS.includes(limit)].filter(Boolean).length, 1, limit);
      if (source === undefined || !files.some((file) => file.startsWith(source))) continue;
      const folder = source.startsWith('signaling/') ? 'test/unit/signaling/' : `test/unit/${source}`;
      const tests = files.filter((file) => file.startsWith(folder) && file.endsWith('.test.ts'));
      assert.ok(
        tests.some((file) => readFileSync(join(root, file), 'utf8').includes(limit)),
        `no test of ${source} names ${limit}`,
      );
    }
  });

  it('those of continuity are crossed by its own tests', () => {
    const tests = files
      .filter((file) => file.startsWith('test/unit/transport/continuity/'))
      .map((file) => readFileSync(join(root, file), 'utf8'));
    for (const limit of Object.keys(continuity))
      assert.ok(
        tests.some((text) => text.includes(limit)),
        limit,
      );
  });

  it('are what SITE.md and RENDEZVOUS.md say', () => {
    const said = new Map<string, number>();
    for (const file of ['SITE.md', 'RENDEZVOUS.md']) {
      const text = readFileSync(join(root, 'proto', file), 'utf8');
      for (const [, name, value] of text.matchAll(/^\| `([A-Z_]+)` \| ([\d,]+) \|/gm)) {
        assert.ok(!said.has(name as string), `${name} stands twice`);
        said.set(name as string, Number(value?.replaceAll(',', '')));
      }
    }
    const { LINGER_MS } = framed;
    const real = { ...limits, ...continuity, LINGER_MS };
    assert.deepEqual(Object.fromEntries([...said].sort()), Object.fromEntries(Object.entries(real).sort()));
  });
});
