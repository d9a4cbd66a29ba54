// SPDX-License-Identifier: Apache-2.0
// Tests the relay's flows: every byte, half-close, breaks and back-pressure, on every mix of carriers.

import assert from 'node:assert/strict';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { MAX_RELAY_MESSAGE_BYTES } from '../../../proto/limits.ts';
import type { FlowUsage } from '../../../signaling/relay/index.ts';
import { type Carrier, crash, ending, joinMessage, RelayOnPort, readAnswer, refusal, take } from './relay-ends.ts';

const MIB = 1024 * 1024;
const MIXES: [Carrier, Carrier][] = [
  ['tcp', 'tcp'],
  ['tcp', 'websocket'],
  ['websocket', 'tcp'],
  ['websocket', 'websocket'],
];

/** Random bytes to take pieces of: to make each byte anew costs more than to carry it. */
const POOL = randomBytes(MIB);

/** Writes pieces of all sizes from all places of random bytes, ends, and gives their digest. */
async function pour(end: Duplex, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  for (let left = bytes; left > 0; ) {
    const length = Math.min(left, randomInt(1, 200_000));
    const from = randomInt(0, MIB - length);
    const chunk = POOL.subarray(from, from + length);
    left -= length;
    hash.update(chunk);
    if (!end.write(chunk)) await once(end, 'drain');
  }
  end.end();
  return hash.digest('hex');
}

async function drink(end: Duplex): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of end.iterator({ destroyOnReturn: false })) hash.update(chunk);
  return hash.digest('hex');
}

describe('relay flow', () => {
  let port: RelayOnPort;
  const over: { usage: FlowUsage; broken: boolean }[] = [];
  let passed = 0;

  beforeEach(async () => {
    over.length = 0;
    passed = 0;
    const flowOver = (usage: FlowUsage, broken: boolean): void => void over.push({ usage, broken });
    port = await new RelayOnPort({
      flowOver,
      passed: (bytes) => {
        passed += bytes;
      },
    }).listen();
  });
  afterEach(() => port.close());

  for (const [first, second] of MIXES) {
    describe(`${first} to ${second}`, () => {
      it('carries megabytes both ways at once, byte for byte, and counts them', async () => {
        const [caller, callee] = await port.pair(first, second);
        const [sent, answered, got, gotBack] = await Promise.all([
          pour(caller, 9 * MIB),
          pour(callee, 7 * MIB + 1),
          drink(callee),
          drink(caller),
        ]);
        assert.equal(got, sent);
        assert.equal(gotBack, answered);
        while (over.length === 0) await wait(1);
        const { usage, broken } = over[0] as (typeof over)[0];
        assert.deepEqual([usage.fromCaller, usage.fromCallee, broken], [9 * MIB, 7 * MIB + 1, false]);
        const { flows, joined, bytes, broken: brokenCount } = port.relay.stats();
        assert.deepEqual([flows, joined, bytes, brokenCount], [0, 1, 16 * MIB + 1, 0]);
        assert.equal(passed, bytes);
      });

      it('closes one direction and lets the other go on', async () => {
        for (const turn of [0, 1]) {
          const ends = await port.pair(first, second);
          const [quiet, talker] = turn === 0 ? ends : [ends[1], ends[0]];
          quiet.end('last words');
          assert.equal((await buffer(talker)).toString(), 'last words');
          for (let i = 0; i < 3; i++) {
            talker.write(`answer ${i};`);
            await wait(5);
          }
          talker.end();
          assert.equal((await buffer(quiet)).toString(), 'answer 0;answer 1;answer 2;');
        }
      });

      it('passes a break on, from either end, idle or under load', async () => {
        for (const turn of [0, 1]) {
          for (const load of [false, true]) {
            const ends = await port.pair(first, second);
            const [dying, left] = turn === 0 ? ends : [ends[1], ends[0]];
            if (load) {
              void pour(left, 64 * MIB).catch(() => {});
              await once(dying, 'readable');
            }
            const seen = ending(left);
            crash(dying);
            assert.equal(await seen, 'broken');
          }
        }
        while (over.length < 4) await wait(1);
        assert.ok(over.every(({ broken }) => broken));
      });

      it('stops a writer whose reader stalls, holds little, and goes on without loss', async () => {
        const [writer, reader] = await port.pair(first, second);
        const bytes = 48 * MIB;
        const sent = pour(writer, bytes);
        let before = -1;
        let carried = 0;
        // Until the kernel's own buffers are full, and nothing moves any more.
        while (carried === 0 || carried !== before) {
          await wait(150);
          before = carried;
          carried = port.relay.stats().bytes;
        }
        assert.ok(carried < 32 * MIB, `${carried} bytes were taken from the writer`);
        const memory = process.memoryUsage().arrayBuffers;
        await wait(200);
        assert.equal(port.relay.stats().bytes, carried);
        assert.ok(process.memoryUsage().arrayBuffers - memory < 4 * MIB);
        assert.equal(await drink(reader), await sent);
        reader.end();
      });
    });
  }

  it('gives the other end what came behind the join, before it was there or not, more than is held and in small pieces', async () => {
    for (const carrier of ['tcp', 'websocket'] as const) {
      const call = `early-${carrier}`;
      const early = randomBytes(300_000);
      const caller = port.join(carrier, port.relay.issue(call, 'caller'), early.subarray(0, 100_000));
      for (let at = 100_000; at < 100_500; at++) caller.write(early.subarray(at, at + 1));
      caller.end(early.subarray(100_500));
      await wait(50);
      const callee = port.join('tcp', port.relay.issue(call, 'callee'));
      assert.equal(await refusal(callee), undefined);
      callee.end();
      assert.ok((await buffer(callee)).equals(early));
    }
  });

  it('stops an end that pours while it waits, in pieces large and small', async () => {
    for (const carrier of ['tcp', 'websocket'] as const) {
      for (const piece of [50_000, 100]) {
        const end = port.join(carrier, port.relay.issue(`${carrier}-${piece}`, 'caller'));
        let left = 24 * MIB;
        const pump = (): void => {
          while (left > 0 && end.write(Buffer.alloc(piece))) left -= piece;
        };
        end.on('drain', pump);
        pump();
        for (let last = -1; last !== left; ) {
          last = left;
          await wait(50);
        }
        assert.ok(left > 8 * MIB, `${carrier}: all but ${left} bytes were taken`);
        end.destroy();
      }
    }
  });

  it('takes a join byte by byte', async () => {
    for (const carrier of ['tcp', 'websocket'] as const) {
      const call = `slow-${carrier}`;
      const callee = port.join('tcp', port.relay.issue(call, 'callee'));
      const caller = port.dial(carrier);
      for (const byte of joinMessage(port.relay.issue(call, 'caller'))) {
        caller.write(Buffer.of(byte));
        await wait(1);
      }
      caller.end('x');
      assert.equal(await refusal(caller), undefined);
      await readAnswer(callee);
      assert.equal((await take(callee, 1)).toString(), 'x');
    }
  });

  it('delivers what an end sent before it ended and left at once, to a slow reader too', async () => {
    for (const [first, second] of MIXES) {
      const [leaver, reader] = await port.pair(first, second);
      const bytes = randomBytes(12 * MIB);
      for (let at = 0; at < bytes.length; at += 100_000) leaver.write(bytes.subarray(at, at + 100_000));
      leaver.end(() => {
        // Gone altogether once all is written, not only in one direction.
        if (first === 'tcp') leaver.destroy();
        else (leaver as Duplex & { ws: { close(): void } }).ws.close();
      });
      await wait(100);
      assert.ok((await buffer(reader)).equals(bytes));
      // Talking to the one that has gone ends in a break.
      const seen = new Promise((resolve) => reader.on('close', resolve));
      const timer = setInterval(() => reader.write('anybody?'), 5);
      await seen;
      clearInterval(timer);
    }
  });

  it('breaks both ends when a WebSocket closes without `end`, or says what it must not', async () => {
    const wrong: ((ws: import('ws').WebSocket) => void)[] = [
      (ws) => ws.close(1000),
      (ws) => ws.send('END'),
      (ws) => {
        ws.send('end');
        ws.send(Buffer.from('more'));
      },
      (ws) => ws.send(Buffer.alloc(MAX_RELAY_MESSAGE_BYTES + 1)),
    ];
    for (const act of wrong) {
      const [bad, good] = (await port.pair('websocket', 'tcp')) as [Duplex & { ws: import('ws').WebSocket }, Duplex];
      const closed = new Promise((resolve) => good.on('close', resolve));
      act(bad.ws);
      good.resume();
      const timer = setInterval(() => good.write('x'), 5);
      await closed;
      clearInterval(timer);
    }
    // The longest message that may be.
    const [sender, receiver] = await port.pair('websocket', 'tcp');
    sender.end(Buffer.alloc(MAX_RELAY_MESSAGE_BYTES, 7));
    assert.equal((await buffer(receiver)).length, MAX_RELAY_MESSAGE_BYTES);
  });

  it('breaks a flow of which the rest waits for a stalled reader: never a clean end after part of the bytes', async () => {
    for (const carrier of ['tcp', 'websocket'] as const) {
      const stalled = await new RelayOnPort().listen();
      const [writer, reader] = await stalled.pair('tcp', carrier);
      const bytes = 24 * MIB;
      writer.end(Buffer.alloc(bytes));
      let before = -1;
      for (let now = 0; now === 0 || now !== before; now = stalled.relay.stats().bytes) {
        before = now;
        await wait(100);
      }
      const closed = stalled.relay.close();
      let got = 0;
      reader.on('data', (chunk) => {
        got += chunk.length;
      });
      assert.equal(await ending(reader), 'broken');
      assert.ok(got < bytes);
      await closed;
      await stalled.close();
    }
  });

  it('cuts nothing off that idles', async () => {
    const [one, other] = await port.pair('tcp', 'websocket');
    await wait(300);
    one.end('still here');
    assert.equal((await buffer(other)).toString(), 'still here');
  });

  it('passes a trace of what it is told to break at: the quota', async () => {
    const limited = await new RelayOnPort({ mayGoOn: ({ fromCaller, fromCallee }) => fromCaller + fromCallee < 3 * MIB }).listen();
    try {
      const [one, other] = await limited.pair('tcp', 'tcp');
      const broken = Promise.all([ending(one), ending(other)]);
      void pour(one, 30 * MIB).catch(() => {});
      assert.deepEqual(await broken, ['broken', 'broken']);
      const { bytes } = limited.relay.stats();
      assert.ok(bytes >= 3 * MIB && bytes < 5 * MIB, `${bytes}`);
      const [below, end] = await limited.pair('tcp', 'tcp');
      below.end(Buffer.alloc(2 * MIB));
      assert.equal((await buffer(end)).length, 2 * MIB);
    } finally {
      await limited.close();
    }
  });

  it('keeps a small flow quick beside a large one', async () => {
    const [bulk, sink] = await port.pair('tcp', 'tcp');
    const [ping, pong] = await port.pair('tcp', 'tcp');
    pong.on('data', (chunk) => pong.write(chunk));
    let going = true;
    const chunk = Buffer.alloc(64 * 1024);
    const pump = (): void => {
      while (going && bulk.write(chunk));
    };
    bulk.on('drain', pump);
    sink.resume();
    pump();
    const times: number[] = [];
    for (let i = 0; i < 100; i++) {
      const began = performance.now();
      ping.write('ping');
      await take(ping, 4);
      times.push(performance.now() - began);
    }
    going = false;
    times.sort((a, b) => a - b);
    // One process plays all five parts here, on a shared machine: a bound against starving, no measurement.
    assert.ok((times[50] as number) < 250, `median ${times[50]} ms`);
    assert.ok(port.relay.stats().calls.some(({ fromCaller }) => fromCaller > MIB));
  });
});
