// SPDX-License-Identifier: Apache-2.0
// The frames of the site protocol: what they carry, and what SITE.md forbids them to.

import { PortholeError } from './errors.ts';
import { MAX_CREDIT, MAX_FEATURES, MAX_HEADER_BYTES, MAX_HEADERS, MAX_REASON_BYTES, MAX_TARGET_BYTES, MAX_TOKEN_BYTES } from './limits.ts';

/** The feature of a Hello: its sender knows requests with a protocol, extended CONNECTs (SITE.md sections 4 and 5). */
export const CONNECT = 'connect';

export interface Header {
  readonly name: string;
  readonly value: string;
}
export interface Hello {
  readonly version: number;
  readonly features: readonly string[];
  readonly agent: string;
  readonly streamCredit: number;
  readonly sessionCredit: number;
}
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly authority: string;
  readonly headers: readonly Header[];
  /** With CONNECT: what the stream becomes once it is answered with 200 (RFC 8441 section 4, `:protocol`). */
  readonly protocol?: string;
}
export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly Header[];
}
export interface Ending {
  /** A code of ERRORS; of a newer peer perhaps another one. */
  readonly code: string;
  /** A sentence for a person; may be empty. */
  readonly message: string;
}

/** What a frame carries; `none` is an end alone, or a type this version does not know. */
export type FrameBody =
  | { readonly type: 'hello'; readonly hello: Hello }
  | { readonly type: 'request'; readonly request: RequestHead }
  | { readonly type: 'response'; readonly response: ResponseHead }
  | { readonly type: 'data'; readonly data: Uint8Array }
  | { readonly type: 'credit'; readonly bytes: number }
  | { readonly type: 'reset'; readonly reset: Ending }
  | { readonly type: 'goAway'; readonly goAway: Ending & { readonly lastStream: number } }
  | { readonly type: 'none' };

/** One message of the site protocol. `stream` 0 is the session itself; `end`: nothing more from this end on this stream. */
export type Frame = FrameBody & { readonly stream: number; readonly end: boolean };

const utf8 = new TextEncoder();

/** @throws PortholeError MESSAGE_TOO_LONG when `text` has more than `most` bytes of UTF-8 */
function bounded(text: string, most: number, what: string): void {
  // A UTF-16 unit takes 3 bytes at the most: what is short by that measure needs no encoding, and most is.
  if (text.length * 3 > most && (text.length > most || utf8.encode(text).length > most)) {
    throw new PortholeError('MESSAGE_TOO_LONG', `${what} is longer than ${most} bytes`);
  }
}

/** RFC 9110 section 5.6.2; names of fields are in lower case, as in HTTP/2. */
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** RFC 9110 section 5.5: each character of a value stands for one byte of HTTP; no control but HTAB. */
const NOT_FIELD_VALUE = /[^\t -~\x80-\xff]/;
/** Controls, blanks and lone surrogates: what would begin another field, or another line, of HTTP/1. */
const NOT_TARGET = /[^!-~\x80-\u{d7ff}\u{e000}-\u{10ffff}]/u;
/** The same, and what would end an authority or begin it anew (RFC 3986 section 3.2). */
const NOT_AUTHORITY = /[^!-~\x80-\u{d7ff}\u{e000}-\u{10ffff}]|[/?#@\\]/u;

function refuse(what: string, text: string): never {
  throw new PortholeError('PROTOCOL_VIOLATED', `not ${what}: ${JSON.stringify(text.slice(0, 80))}`);
}

function checkHeaders(headers: readonly Header[]): void {
  if (headers.length > MAX_HEADERS) {
    throw new PortholeError('MESSAGE_TOO_LONG', `${headers.length} header fields are more than ${MAX_HEADERS}`);
  }
  let units = 0;
  for (const { name, value } of headers) {
    if (!FIELD_NAME.test(name)) refuse("a header field's name in lower case", name);
    if (NOT_FIELD_VALUE.test(value)) refuse(`a value of the header field ${name}`, value);
    units += name.length + value.length;
  }
  // By the checks above a unit takes 2 bytes at the most.
  if (units * 2 <= MAX_HEADER_BYTES) return;
  const bytes = headers.reduce((sum, { name, value }) => sum + name.length + utf8.encode(value).length, 0);
  if (bytes > MAX_HEADER_BYTES) {
    throw new PortholeError('MESSAGE_TOO_LONG', `the header fields take ${bytes} bytes, more than ${MAX_HEADER_BYTES}`);
  }
}

export function checkEnding({ code, message }: Ending): void {
  bounded(code, MAX_TOKEN_BYTES, 'an error code');
  bounded(message, MAX_REASON_BYTES, "an error's text");
}

function checkCredit(bytes: number): void {
  if (bytes > MAX_CREDIT) throw new PortholeError('PROTOCOL_VIOLATED', `a credit of ${bytes} bytes is more than ${MAX_CREDIT}`);
}

/**
 * The rules of SITE.md section 3 beyond protobuf's own: the same for what is sent and for what comes.
 * @throws PortholeError MESSAGE_TOO_LONG, PROTOCOL_VIOLATED
 */
export function checkFrame(body: FrameBody): void {
  switch (body.type) {
    case 'hello': {
      const { features, agent, streamCredit, sessionCredit } = body.hello;
      if (features.length > MAX_FEATURES) throw new PortholeError('MESSAGE_TOO_LONG', `more than ${MAX_FEATURES} features`);
      for (const feature of features) bounded(feature, MAX_TOKEN_BYTES, 'a feature');
      bounded(agent, MAX_TOKEN_BYTES, "an agent's name");
      checkCredit(streamCredit);
      checkCredit(sessionCredit);
      return;
    }
    case 'request': {
      const { method, target, authority, headers, protocol } = body.request;
      bounded(method, MAX_TOKEN_BYTES, 'a method');
      bounded(target, MAX_TARGET_BYTES, 'a request target');
      bounded(authority, MAX_TOKEN_BYTES, 'an authority');
      if (!TOKEN.test(method)) refuse('a method', method);
      if (NOT_TARGET.test(target)) refuse('a request target', target);
      if (NOT_AUTHORITY.test(authority)) refuse('an authority', authority);
      if (protocol) {
        bounded(protocol, MAX_TOKEN_BYTES, 'a protocol');
        if (!TOKEN.test(protocol)) refuse('a protocol', protocol);
      }
      return checkHeaders(headers);
    }
    case 'response':
      return checkHeaders(body.response.headers);
    case 'credit':
      return checkCredit(body.bytes);
    case 'reset':
      return checkEnding(body.reset);
    case 'goAway':
      return checkEnding(body.goAway);
    default:
      return;
  }
}

/** What a peer is told of an error: the text is shortened to the limit rather than lost. */
export function endingOf(error: PortholeError): Ending {
  const message = error.message.slice(0, MAX_REASON_BYTES / 3).toWellFormed();
  return { code: error.code, message };
}
