// SPDX-License-Identifier: Apache-2.0
// Content between Node's HTTP streams and web streams, each way at the pace of whoever reads it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { PortholeError } from '../../proto/errors.ts';
import { endThenLetGo } from './linger.ts';

/** Bytes of a request's content that are read and thrown away; beyond, the connection is closed once the answer could be read. */
export const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

/**
 * A request's content. It is read from the connection as it is read here. What is not wanted, or left when the answer has gone, is read
 * and thrown away, up to MAX_DISCARDED_BYTES: clients read the answer, and ask again, behind what they send. (Node's server reads past
 * content that nobody has listened to, and leaves the rest.)
 * @param response where it is answered
 * @param onFirst called when it is read for the first time
 */
export function contentOf(request: IncomingMessage, response: ServerResponse, onFirst?: () => void): ReadableStream<Uint8Array> {
  let begun = false;
  let done = false;
  let discarded = 0;
  const discard = (): void => {
    done = true;
    request.resume();
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const fail = (): void => {
          if (!done) controller.error(new PortholeError('CANCELLED', 'the client has gone away'));
          done = true;
        };
        request.on('data', (piece: Buffer) => {
          if (!done) {
            request.pause();
            return controller.enqueue(piece);
          }
          discarded += piece.length;
          if (discarded <= MAX_DISCARDED_BYTES) return;
          request.pause();
          const close = (): void => endThenLetGo(request.socket);
          if (response.writableFinished) close();
          else response.once('finish', close);
        });
        request.on('end', () => {
          if (!done) controller.close();
          done = true;
        });
        request.on('error', fail).on('close', fail);
        response.on('close', () => {
          if (request.complete && request.readableLength === 0) return;
          fail();
          discard();
        });
        request.pause();
      },
      pull() {
        if (!begun) onFirst?.();
        begun = true;
        request.resume();
      },
      cancel: discard,
    },
    { highWaterMark: 0 },
  );
}

/** Statuses of answers that have no content (RFC 9110 section 6.4.1; below 200 they are no answers). */
const NO_CONTENT: ReadonlySet<number> = new Set([204, 304]);

/** The length that an answer announces; null for none. What is none would be read in as many ways as there are clients and proxies. */
function lengthOf(response: ServerResponse): number | null {
  const told = response.getHeader('content-length');
  if (told === undefined) return null;
  if (!/^\d{1,15}$/.test(String(told))) throw new PortholeError('PROTOCOL_VIOLATED', 'the answer has no valid Content-Length');
  return Number(told);
}

/**
 * Sends an answer's content to its end, at the client's pace: as many bytes as its fields announce, or the answer breaks. Others would
 * be taken for the next answer on the connection, which behind a proxy is to somebody else. The last of them wait for the content's end.
 * Rejects with what breaks it, and when the client has gone; the caller then breaks the connection off, if the head has gone.
 * @throws PortholeError PROTOCOL_VIOLATED for a length that is none, and for content of another length
 */
export async function send(response: ServerResponse, body: ReadableStream<Uint8Array> | null): Promise<void> {
  const reader = body?.getReader();
  const stop = (): void => void reader?.cancel(new PortholeError('CANCELLED', 'the client has gone away')).catch(() => {});
  response.once('close', stop);
  try {
    const { statusCode, req } = response;
    if (statusCode < 200) throw new PortholeError('PROTOCOL_VIOLATED', `not an answer: status ${statusCode}`);
    const length = lengthOf(response);
    if (statusCode === 204) response.removeHeader('content-length'); // RFC 9110 section 8.6
    if (req.method === 'HEAD' || NO_CONTENT.has(statusCode)) stop();
    else if (reader) await pass(response, reader, length);
    else if (length) throw wrongLength(length);
    response.off('close', stop);
    response.end();
  } catch (error) {
    stop();
    throw error;
  }
}

const wrongLength = (length: number): PortholeError =>
  new PortholeError('PROTOCOL_VIOLATED', `the answer’s content has not the ${length} bytes announced`);

async function pass(response: ServerResponse, reader: ReadableStreamDefaultReader<Uint8Array>, length: number | null): Promise<void> {
  const first = reader.read();
  // A head whose content is still to come goes ahead: an event stream may be silent for long.
  if (await Promise.race([first.then(() => false), turn(true)])) response.flushHeaders();
  let sent = 0;
  let last: Uint8Array | null = null;
  for (let { value } = await first; value; { value } = await reader.read()) {
    if (value.length === 0) continue;
    sent += value.length;
    if (length !== null && sent > length) throw wrongLength(length);
    if (sent === length) last = value;
    else if (!response.write(value)) await drained(response);
  }
  if (length !== null && sent < length) throw wrongLength(length);
  if (last) response.write(last);
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
