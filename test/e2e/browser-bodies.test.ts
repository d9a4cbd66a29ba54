// SPDX-License-Identifier: Apache-2.0
// The bridge's bodies without a browser: bytes arrive whole, no more of them wait than the window holds, and both ends can stop.

import assert from 'node:assert/strict';
import { BodyReceiver, BodySender } from '../../client-runtime/browser/shared/bodies.ts';
import { BODY_WINDOW_BYTES, type BodyIn, type BodyOut } from '../../client-runtime/browser/shared/bridge.ts';
import { PortholeError } from '../../proto/errors.ts';

/** A sender and a receiver joined by a port, with counts of what passed. */
function joined(source: ReadableStream<Uint8Array>, length: number | null = null) {
  const { port1, port2 } = new MessageChannel();
  const state = { sent: 0, sender: false, receiver: false };
  const sender = new BodySender(
    (message, transfer) => {
      if (message.type === 'data') state.sent += message.bytes.byteLength;
      port1.postMessage(message, transfer ?? []);
    },
    source,
    () => {
      state.sender = true;
    },
    length,
  );
  const receiver = new BodyReceiver(
    (message) => port2.postMessage(message),
    () => {
      state.receiver = true;
      port2.close();
    },
  );
  port1.onmessage = ({ data }: MessageEvent<BodyIn>) =>
    data.type === 'pull' ? sender.pull(data.bytes) : sender.cancel(new PortholeError('CANCELLED'));
  port2.onmessage = ({ data }: MessageEvent<BodyOut>) => {
    if (data.type === 'data') receiver.data(data.bytes, data.last);
    else if (data.type === 'end') receiver.end();
    else receiver.broken(data.code, data.message);
  };
  return { stream: receiver.stream, state };
}

function source(chunks: number, bytes: number, onCancel?: (reason: unknown) => void): ReadableStream<Uint8Array> {
  let made = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (made === chunks) controller.close();
        else controller.enqueue(new Uint8Array(bytes).fill(made++ % 251));
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  );
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

describe('browser: bodies on the bridge', () => {
  for (const [chunks, bytes] of [
    [0, 0],
    [3000, 700],
    [40, 65_536],
    [5, BODY_WINDOW_BYTES * 3], // each goes over the window by itself
  ] as const)
    for (const length of [null, chunks * bytes])
      it(`carries ${chunks} chunks of ${bytes} bytes whole and in order${length === null ? '' : ', their length being known'}`, async () => {
        const { stream, state } = joined(source(chunks, bytes), length);
        let seen = 0;
        for await (const chunk of stream) {
          for (const byte of [chunk[0], chunk.at(-1)]) assert.equal(byte, Math.floor(seen / bytes) % 251);
          seen += chunk.byteLength;
        }
        assert.equal(seen, chunks * bytes);
        assert.deepEqual([state.sender, state.receiver], [true, true]);
      });

  it('ends at the length that was told: what comes beyond it is not wanted', async () => {
    let cancelled = false;
    const { stream } = joined(
      source(10, 100, () => {
        cancelled = true;
      }),
      300,
    );
    assert.equal((await new Response(stream).arrayBuffer()).byteLength, 300);
    await settle();
    assert.ok(cancelled);
  });

  it('sends no more than the window while nobody reads', async () => {
    const { stream, state } = joined(source(1000, 16_384));
    await settle();
    assert.ok(state.sent >= BODY_WINDOW_BYTES && state.sent < BODY_WINDOW_BYTES + 16_384, `${state.sent} bytes were sent`);
    await stream.cancel();
    await settle();
    assert.ok(state.sender);
  });

  it('keeps a view of a shared buffer apart from what lies around it', async () => {
    const whole = new Uint8Array(100).map((_, n) => n);
    const { stream } = joined(
      new ReadableStream({
        start(controller) {
          controller.enqueue(whole.subarray(10, 20));
          controller.close();
        },
      }),
    );
    assert.deepEqual([...((await stream.getReader().read()).value ?? [])], [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    assert.equal(whole.byteLength, 100, 'it was not given away');
  });

  it('tells the source when the reader stops', async () => {
    let reason: unknown;
    const { stream, state } = joined(source(1000, 16_384, (why) => (reason = why)));
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    await settle();
    assert.equal((reason as PortholeError).code, 'CANCELLED');
    assert.deepEqual([state.sender, state.receiver], [true, true]);
  });

  it('tells the reader the code of what broke the source', async () => {
    const { stream } = joined(
      new ReadableStream({
        pull(controller) {
          controller.error(new PortholeError('PATH_LOST'));
        },
      }),
    );
    await assert.rejects(stream.getReader().read(), { code: 'PATH_LOST' });
  });
});
