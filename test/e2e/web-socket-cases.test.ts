// SPDX-License-Identifier: Apache-2.0
// Each case of a WebSocket (Autobahn's classes) comes out at an app through the gateways as it does directly: frame for frame.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { type App, AppSession, byOpen, bySuite, socketApp, type Way } from '../support/web-socket-app.ts';
import { SOCKET_CASES, type SocketCase } from '../support/web-socket-cases.ts';
import { cleanUp, later } from '../unit/signaling/helper.ts';

/** What an app takes, in bytes. */
const MAX_PAYLOAD = 4 * 1024 * 1024;
/** How long a case may take, in milliseconds. */
const CASE_MS = 90_000;
/** Cases that run at once. */
const AT_ONCE = 8;

/** What came of a case: the status of the handshake, each frame that came, and whether the other end closed. */
interface Outcome {
  readonly status: string;
  readonly frames: readonly string[];
  readonly ended: boolean;
}

/** Plays a case to a server, and takes down what it says. */
function play({ port, host }: Way, { send, deflate }: SocketCase): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let come = Buffer.alloc(0);
    let status = '';
    let begun = false;
    const frames: string[] = [];
    const done = (ended: boolean): void => {
      clearTimeout(late);
      socket.destroy();
      resolve({ status, frames, ended });
    };
    const late = setTimeout(() => done(false), CASE_MS);
    const say = async (): Promise<void> => {
      for (const step of send) {
        if (socket.destroyed || !socket.writable) return;
        if (typeof step === 'number') await new Promise((wake) => setTimeout(wake, step));
        else if (!socket.write(step)) await new Promise((wake) => socket.once('drain', wake).once('close', wake));
      }
      // Who says no close leaves without one.
      if (send.length === 1 && (send[0] as Uint8Array)[0] === 0x81) socket.end();
    };
    socket.on('data', (piece: Buffer) => {
      come = Buffer.concat([come, piece]);
      if (!begun) {
        const end = come.indexOf('\r\n\r\n');
        if (end < 0) return;
        status = String(come.subarray(0, 12));
        come = come.subarray(end + 4);
        begun = true;
        void say();
      }
      for (let taken = frameOf(come); taken; taken = frameOf(come)) {
        frames.push(taken.words);
        come = come.subarray(taken.bytes);
      }
    });
    socket.on('end', () => {
      socket.end();
      done(true);
    });
    socket.on('error', () => done(true));
    const key = randomBytes(16).toString('base64');
    const extension = deflate ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : '';
    socket.write(
      `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${extension}\r\n`,
    );
  });
}

/** The first frame of what a server said, in words; null when it is not whole. */
function frameOf(bytes: Buffer): { readonly words: string; readonly bytes: number } | null {
  if (bytes.length < 2) return null;
  const short = (bytes[1] as number) & 0x7f;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head) return null;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < head + length) return null;
  const payload = bytes.subarray(head, head + length);
  const isClose = ((bytes[0] as number) & 0x0f) === 8;
  const what = isClose && length >= 2 ? `close ${payload.readUInt16BE(0)}` : createHash('sha1').update(payload).digest('hex').slice(0, 12);
  return { words: `${(bytes[0] as number).toString(16)} ${length} ${what}`, bytes: head + length };
}

describe('the cases of WebSocket, directly and through', function () {
  this.timeout(600_000);
  const outcomes = new Map<string, Record<'direct' | 'open' | 'suite', Outcome>>();

  before(async () => {
    const apps: App[] = [];
    const ways: Record<'direct' | 'open' | 'suite', Way>[] = [];
    for (const deflate of [false, true]) {
      const app = await socketApp({ perMessageDeflate: deflate, maxPayload: MAX_PAYLOAD });
      later(() => app.close());
      const through = new AppSession(app.origin);
      later(() => through.end());
      apps.push(app);
      ways.push({
        direct: { port: Number(new URL(app.origin).port), host: new URL(app.origin).host },
        open: await byOpen(through.session, later),
        suite: await bySuite(through.session),
      });
    }
    const waiting = SOCKET_CASES[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (const one of waiting) {
        const to = ways[one.deflate ? 1 : 0] as (typeof ways)[0];
        const [direct, open, suite] = await Promise.all([play(to.direct, one), play(to.open, one), play(to.suite, one)]);
        outcomes.set(one.name, { direct, open, suite });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  });
  after(cleanUp);

  it(`are ${SOCKET_CASES.length}, each by a name of its own`, () => {
    assert.ok(SOCKET_CASES.length > 200);
    assert.equal(new Set(SOCKET_CASES.map(({ name }) => name)).size, SOCKET_CASES.length);
  });

  it('are answered by the app in all the ways there are: echoes, pongs, and closes with the codes that it has', () => {
    const classes = new Set(
      [...outcomes.values()].flatMap(({ direct }) => direct.frames.map((frame) => /close \d+$/.exec(frame)?.[0] ?? frame.slice(0, 2))),
    );
    for (const one of ['81', '82', '8a', 'close 1000', 'close 1002', 'close 1007', 'close 1009', 'c1', 'close 4999'])
      assert.ok(classes.has(one), `${one} of ${[...classes]}`);
  });

  for (const { name } of SOCKET_CASES) {
    it(name, () => {
      const { direct, open, suite } = outcomes.get(name) as Record<'direct' | 'open' | 'suite', Outcome>;
      assert.match(direct.status, /101$/);
      assert.equal(direct.ended, true, 'directly it ends');
      assert.deepEqual(open, direct, 'by the gateway of `open`');
      assert.deepEqual(suite, direct, 'by the gateway of the suite');
    });
  }
});
