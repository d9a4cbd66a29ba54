// SPDX-License-Identifier: Apache-2.0
// Content between Node's HTTP streams and web streams, each way at the pace of whoever reads it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { PortholeError } from '../../proto/errors.ts';

/**
 * A request's content. It is read from the connection as it is read here. What is not wanted is left: Node's server reads past it
 * once the answer has gone, and not before, for the client may still be sending when it reads the answer.
 * @param onFirst called when it is read for the first time
 */
export function contentOf(request: IncomingMessage, onFirst?: () => void): ReadableStream<Uint8Array> {
  let begun = false;
  let done = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const fail = (): void => {
          if (!done) controller.error(new PortholeError('CANCELLED', 'the client has gone away'));
          done = true;
        };
        request.on('data', (piece: Buffer) => {
          request.pause();
          if (!done) controller.enqueue(piece);
        });
        request.on('end', () => {
          if (!done) controller.close();
          done = true;
        });
        request.on('error', fail).on('close', fail);
        request.pause();
      },
      pull() {
        if (!begun) onFirst?.();
        begun = true;
        request.resume();
      },
      cancel() {
        done = true;
      },
    },
    { highWaterMark: 0 },
  );
}

/** Sends an answer's content to its end, at the client's pace. Rejects with what breaks it, and when the client has gone. */
export async function send(response: ServerResponse, body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  const stop = (): void => void reader.cancel(new PortholeError('CANCELLED', 'the client has gone away')).catch(() => {});
  response.once('close', stop);
  try {
    const first = reader.read();
    // A head whose content is still to come goes ahead: an event stream may be silent for long.
    if (await Promise.race([first.then(() => false), turn(true)])) response.flushHeaders();
    for (let { value } = await first; value; { value } = await reader.read()) {
      if (value.length > 0 && !response.write(value)) await drained(response);
    }
    response.off('close', stop);
    response.end();
  } catch (error) {
    stop();
    throw error;
  }
}

/** Resolves when a stream has room again; rejects with PATH_LOST when it is closed in place of that. */
export function drained(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => (): void => {
      stream.off('drain', room).off('close', gone);
      how();
    };
    const room = settle(resolve);
    const gone = settle(() => reject(new PortholeError('PATH_LOST', 'the connection was closed')));
    stream.on('drain', room).on('close', gone);
    if (stream.destroyed) gone();
  });
}
