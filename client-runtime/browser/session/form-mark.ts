// SPDX-License-Identifier: Apache-2.0
// Finds out whether a form's content is only the mark of content that was handed over.

import { UPLOAD_FIELD } from '../shared/upload-messages.ts';

/** Bytes by which a form's content shows whether it is a mark. */
const LOOKED_AT = 1024;
const MARK = new RegExp(
  `^--[^\\r\\n]+\\r\\ncontent-disposition: form-data; name="${UPLOAD_FIELD}"\\r\\n\\r\\n([\\w-]{36})\\r\\n--[^\\r\\n]+--\\r\\n$`,
  'i',
);

/** The id that a form's content stands for; null: none, and the content as it came. */
export async function markOf(content: ReadableStream<Uint8Array>): Promise<{ mark: string | null; body: ReadableStream<Uint8Array> }> {
  const reader = content.getReader();
  const read: Uint8Array[] = [];
  let text = '';
  while (text.length < LOOKED_AT) {
    const { done, value } = await reader.read();
    if (done) break;
    read.push(value);
    for (const byte of value.subarray(0, LOOKED_AT)) text += String.fromCharCode(byte);
  }
  const mark = MARK.exec(text)?.[1] ?? null;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const first = read.shift();
        const { done, value } = first ? { done: false, value: first } : await reader.read();
        if (done || !value) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { mark, body };
}
