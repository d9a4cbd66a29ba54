// SPDX-License-Identifier: Apache-2.0
// Puts the injected script's bytes into a document's body as it streams.

import { PortholeError } from '../../../proto/errors.ts';
import type { Insert } from '../shared/bridge.ts';

/**
 * The body with the bytes in their place, or at its end when it is shorter.
 * @param told what they are, which is known when the first byte is there; without, the body breaks
 */
export function spliced(body: ReadableStream<Uint8Array>, told: () => Insert | undefined): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let left = 0; // to the place; below zero: they are in
  let insert: Insert | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!insert) {
          insert = told();
          if (!insert) throw new PortholeError('SESSION_CLOSED');
          left = insert.at;
        }
        if (left >= 0 && (done || value.length >= left)) {
          if (left > 0 && value) controller.enqueue(value.subarray(0, left));
          controller.enqueue(insert.bytes);
          if (value && value.length > left) controller.enqueue(value.subarray(left));
          left = -1;
        } else if (!done) {
          left -= value.length;
          controller.enqueue(value);
        }
        if (done) controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
