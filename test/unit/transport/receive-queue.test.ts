// SPDX-License-Identifier: Apache-2.0
// The queue behind every receive: order, its end, and that it keeps nothing it has handed out.

import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PortholeError } from '../../../proto/errors.ts';
import { ReceiveQueue } from '../../../transport/channel/receive-queue.ts';

const MIB = 1024 * 1024;

describe('inbox', () => {
  it('hands out in order, whether the reader or the message comes first', async () => {
    const inbox = new ReceiveQueue();
    const early = inbox.receive();
    let sent = 0;
    const push = (count: number): void => {
      for (let n = 0; n < count; n++) inbox.push(Uint8Array.of(sent++ % 251));
    };
    push(100);
    assert.deepEqual(await early, Uint8Array.of(0));
    for (let at = 1; at < 300; at++) {
      if (at % 3 === 0) push(2);
      assert.deepEqual(await inbox.receive(), Uint8Array.of(at % 251), `message ${at}`);
      assert.equal(inbox.bytes, sent - at - 1);
      if (inbox.bytes === 0) push(1);
    }
  });

  it('keeps nothing that was taken out, even when it never runs empty', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const inbox = new ReceiveQueue();
    collect();
    const before = process.memoryUsage().arrayBuffers;
    for (let at = 0; at < 3; at++) inbox.push(new Uint8Array(MIB));
    for (let at = 0; at < 200; at++) {
      inbox.push(new Uint8Array(MIB));
      await inbox.receive();
    }
    assert.equal(inbox.bytes, 3 * MIB);
    // V8 gives back what it has collected a little later, on another thread.
    let kept = Number.POSITIVE_INFINITY;
    for (let turns = 0; turns < 100 && kept >= 10 * MIB; turns++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      collect();
      kept = process.memoryUsage().arrayBuffers - before;
    }
    assert.ok(kept < 10 * MIB, `${kept / MIB} MiB are kept for 3`);
  });

  it('gives what waits before its end, and nothing after a break', async () => {
    const ended = new ReceiveQueue();
    ended.push(Uint8Array.of(1));
    ended.end();
    assert.deepEqual(await ended.receive(), Uint8Array.of(1));
    assert.equal(await ended.receive(), null);

    const broken = new ReceiveQueue();
    broken.push(Uint8Array.of(1));
    broken.fail(new PortholeError('PATH_LOST'));
    await assert.rejects(broken.receive(), { code: 'PATH_LOST' });
    assert.equal(broken.bytes, 0);
  });

  it('has one reader at a time', async () => {
    const inbox = new ReceiveQueue();
    const first = inbox.receive();
    await assert.rejects(inbox.receive(), { code: 'INTERNAL' });
    inbox.push(Uint8Array.of(7));
    assert.deepEqual(await first, Uint8Array.of(7));
  });
});
