// SPDX-License-Identifier: Apache-2.0
// The length of content that no field tells: where all of it comes soon it is counted, for apps that read nothing without (HTTP/1.0, CGI).

import type { Clock } from '../../transport/time/clock.ts';

/** Bytes of content that wait for its end. */
export const HELD_BYTES = 64 * 1024;
/** Milliseconds that they wait for it. */
export const HELD_MS = 250;

/** Content, and its length where that is known. */
export interface Measured {
  readonly body: ReadableStream<Uint8Array>;
  readonly length: number | null;
}

/** Reads content until its end, HELD_BYTES or HELD_MS. Nothing of it is lost; what breaks it breaks what is given back. */
export async function measured(content: ReadableStream<Uint8Array>, clock: Clock): Promise<Measured> {
  const reader = content.getReader();
  const held: Uint8Array[] = [];
  const late = Promise.withResolvers<null>();
  const cancel = clock.after(HELD_MS, () => late.resolve(null));
  let next: ReturnType<typeof reader.read> | null = null;
  let bytes = 0;
  let length: number | null = null;
  while (length === null && bytes < HELD_BYTES) {
    next = reader.read();
    const read = await Promise.race([next.catch(() => null), late.promise]);
    if (!read) break; // too late, or broken: whoever reads on is told
    next = null;
    if (read.done) length = bytes;
    else {
      held.push(read.value);
      bytes += read.value.length;
    }
  }
  cancel();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = held.shift();
        if (piece) return controller.enqueue(piece);
        if (length !== null) return controller.close();
        const { value, done } = await (next ?? reader.read());
        next = null;
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { body, length };
}
