// SPDX-License-Identifier: Apache-2.0
// Converts HTTP (RFC 9110) to and from heads of the site protocol, and content to and from web streams.

import { PortholeError } from '../../proto/errors.ts';
import type { Header, RequestHead, ResponseHead } from '../../proto/site.ts';
import { anyResponse } from './any-response.ts';
import { noteAsked } from './as-asked.ts';
import { isHopByHop } from './fields.ts';
import { lenderOf } from './lending.ts';
import type { Stream } from './stream.ts';

/**
 * What a session needs of a request. A `Request` is one; a plain object may be, where the platform's class
 * forbids a header (browsers do) or costs too much.
 */
export interface Asking {
  /** The method, in capitals: GET. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Names and values. Fields of one connection (RFC 9110 section 7.6.1) are left out. */
  readonly headers: Iterable<readonly [string, string]>;
  /** What goes with it. */
  readonly body?: ReadableStream<Uint8Array> | null;
  /** Gives it up. */
  readonly signal?: AbortSignal | null;
}

const NO_CONTENT = new Set([204, 205, 304]);

/** Fields as a head has them: names in lower case, without those of one connection. */
export function headersOf(headers: Iterable<readonly [string, string]>): Header[] {
  const list: Header[] = [];
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (!isHopByHop(name)) list.push({ name, value });
  }
  return list;
}

/**
 * The head of a request.
 * @throws PortholeError LINK_INVALID when the URL is not absolute
 */
export function requestHead(asking: Asking): RequestHead {
  // Cheaper than `new URL`, and the target must go through as it was written.
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^?#]*)(\?[^#]*)?/i.exec(asking.url);
  if (!match) throw new PortholeError('LINK_INVALID', `not an absolute URL: ${asking.url}`);
  const [, authority = '', path = '', query = ''] = match;
  return { method: asking.method, target: `${path || '/'}${query}`, authority, headers: headersOf(asking.headers) };
}

/**
 * A visitor's request as the platform's Request; its signal aborts when the visitor gives up.
 * @throws PortholeError PROTOCOL_VIOLATED for what no Request can be
 */
export function requestOf(stream: Stream): Request {
  return requestOfHead(stream.request, stream.empty ? null : contentOf(stream), stream.signal);
}

/**
 * A request from its head, which goes with it as it was asked, and so does content that a Request does not carry (of GET and HEAD).
 * @throws PortholeError PROTOCOL_VIOLATED for what no Request can be
 */
export function requestOfHead(head: RequestHead, content: ReadableStream<Uint8Array> | null, signal: AbortSignal): Request {
  const { method, target, authority, headers } = head;
  if (!target.startsWith('/')) throw new PortholeError('PROTOCOL_VIOLATED', `not a request target: ${target}`);
  const body = method === 'GET' || method === 'HEAD' ? null : content;
  try {
    const request = new Request(`http://${authority || 'site'}${target}`, {
      method,
      headers: headers.map(({ name, value }) => [name, value] as [string, string]),
      body,
      signal,
      ...(body && { duplex: 'half' }),
    } as RequestInit);
    noteAsked(request, head, content);
    return request;
  } catch (cause) {
    throw new PortholeError('PROTOCOL_VIOLATED', `not a request: ${method} ${target}`, { cause });
  }
}

/** Where a response has its head, once it is read for good. */
const HEAD = Symbol('head');
type Headed = Response & { [HEAD]?: ResponseHead };

/** The head of a response; the one that was noted, where it was. */
export function responseHead(response: Response): ResponseHead {
  return (response as Headed)[HEAD] ?? { status: response.status, headers: headersOf(response.headers) };
}

/** Reads a response's head once for all: whoever asks for it later gets this one. Nothing of it is to change any more. */
export function notedResponseHead(response: Response): ResponseHead {
  const head = responseHead(response);
  (response as Headed)[HEAD] = head;
  return head;
}

/**
 * A host's answer as the platform's Response.
 * @throws PortholeError PROTOCOL_VIOLATED for what no Response can be
 */
export function responseOf(stream: Stream, head: ResponseHead, method: string): Response {
  const empty = NO_CONTENT.has(head.status) || method === 'HEAD';
  if (empty) stream.ignore();
  try {
    const headers = head.headers.flatMap(({ name, value }) => (isHopByHop(name) ? [] : [[name, value] as [string, string]]));
    const response = anyResponse(empty ? null : contentOf(stream), { status: head.status, headers });
    // Browsers keep this field from a Response: whoever is to set the cookies here would not see them.
    if (head.headers.some(({ name }) => name === 'set-cookie') && !response.headers.has('set-cookie'))
      Object.defineProperty(response, 'headers', { value: new Headers(headers) });
    return response;
  } catch (cause) {
    throw new PortholeError('PROTOCOL_VIOLATED', `not a response: status ${head.status}`, { cause });
  }
}

/** The peer's content as a web stream, pulled: what is not read is not credited, and so not sent. */
export function contentOf(stream: Stream): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = await stream.read();
        if (bytes) controller.enqueue(bytes);
        else controller.close();
      },
      cancel(reason) {
        stream.abandon(reason instanceof PortholeError ? reason : new PortholeError('CANCELLED'));
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Sends a web stream as a stream's content, to its end. When it fails the stream is reset; when the stream
 * fails it is cancelled.
 * @param length of the content when it is known: the last piece then carries the end
 */
export async function sendContent(stream: Stream, content: ReadableStream<Uint8Array>, length: number | null): Promise<void> {
  const reader = content.getReader();
  const lender = lenderOf(content);
  const stop = (): void => void reader.cancel(stream.failure).catch(() => {});
  if (stream.failure) return stop();
  stream.signal.addEventListener('abort', stop, { once: true });
  let sent = 0;
  try {
    for (;;) {
      const lent = await lender?.lend(reader);
      const value = lender ? lent?.bytes : (await reader.read()).value;
      if (stream.failure) return;
      if (!value) break;
      sent += value.length;
      if (length !== null && sent > length) throw new PortholeError('CONTENT_CHANGED', `more than the ${length} bytes announced`);
      if (sent === length) {
        await stream.write(value, true, lent?.release);
        await reader.cancel();
        return;
      }
      if (value.length > 0) await stream.write(value, false, lent?.release);
    }
    if (length !== null && sent < length) throw new PortholeError('CONTENT_CHANGED', `${sent} of the ${length} bytes announced`);
    await stream.write(new Uint8Array(0), true);
  } catch (thrown) {
    if (stream.failure) return;
    const error = thrown instanceof PortholeError ? thrown : new PortholeError('SITE_FAILED', undefined, { cause: thrown });
    stream.reset(error);
    await reader.cancel(error).catch(() => {});
  } finally {
    stream.signal.removeEventListener('abort', stop);
  }
}

/** The length a head announces, null when it does not. */
export function announcedLength(headers: { get(name: string): string | null }): number | null {
  const text = headers.get('content-length');
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}
