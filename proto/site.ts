// SPDX-License-Identifier: Apache-2.0
// The codec of the site protocol: Frame values to bytes and back, refusing what SITE.md forbids.

import { PortholeError } from './errors.ts';
import { porthole } from './generated/messages.js';
import {
  MAX_CREDIT,
  MAX_DATA_BYTES,
  MAX_FEATURES,
  MAX_FRAME_BYTES,
  MAX_HEADER_BYTES,
  MAX_HEADERS,
  MAX_REASON_BYTES,
  MAX_TARGET_BYTES,
  MAX_TOKEN_BYTES,
} from './limits.ts';
import { plainText } from './text.ts';

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

type WireFrame = porthole.site.Frame;

const utf8 = new TextEncoder();

/** @throws PortholeError MESSAGE_TOO_LONG when `text` has more than `most` bytes of UTF-8 */
function bounded(text: string, most: number, what: string): void {
  // A UTF-16 unit takes 3 bytes at the most: what is short by that measure needs no encoding, and most is.
  if (text.length * 3 > most && (text.length > most || utf8.encode(text).length > most)) {
    throw new PortholeError('MESSAGE_TOO_LONG', `${what} is longer than ${most} bytes`);
  }
}

/** RFC 9110 section 5.6.2; names of fields are in lower case, as in HTTP/2. */
const METHOD = /^[!#$%&'*+.^_`|~\w-]+$/;
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
function check(body: FrameBody): void {
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
      const { method, target, authority, headers } = body.request;
      bounded(method, MAX_TOKEN_BYTES, 'a method');
      bounded(target, MAX_TARGET_BYTES, 'a request target');
      bounded(authority, MAX_TOKEN_BYTES, 'an authority');
      if (!METHOD.test(method)) refuse('a method', method);
      if (NOT_TARGET.test(target)) refuse('a request target', target);
      if (NOT_AUTHORITY.test(authority)) refuse('an authority', authority);
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

/**
 * Encodes one frame.
 * @throws PortholeError MESSAGE_TOO_LONG when a limit is crossed, PROTOCOL_VIOLATED for a head that HTTP forbids
 */
export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.type === 'data') return encodeData(frame.stream, frame.data, frame.end);
  check(frame);
  const bytes = porthole.site.Frame.encode(toWire(frame)).finish();
  if (bytes.length > MAX_FRAME_BYTES) {
    throw new PortholeError('MESSAGE_TOO_LONG', `a frame of ${bytes.length} bytes is longer than ${MAX_FRAME_BYTES}`);
  }
  return bytes;
}

function toWire(frame: Exclude<Frame, { type: 'data' }>): porthole.site.Frame.$Properties {
  const { stream, end } = frame;
  switch (frame.type) {
    case 'credit':
      return { stream, end, credit: { bytes: frame.bytes } };
    default:
      return frame as porthole.site.Frame.$Properties; // laid out as on the wire
  }
}

const varintBytes = (value: number): number => (value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5);

function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  let here = at;
  while (rest > 0x7f) {
    bytes[here++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[here++] = rest;
  return here;
}

/**
 * Encodes by hand what stands before the content in a Data frame: the hot path.
 * @param stream the stream's number
 * @param length bytes of the content; at most MAX_DATA_BYTES
 * @param end whether this is the last of this end's content
 * @throws PortholeError MESSAGE_TOO_LONG
 */
export function encodeDataHead(stream: number, length: number, end: boolean): Uint8Array {
  if (length > MAX_DATA_BYTES) {
    throw new PortholeError('MESSAGE_TOO_LONG', `${length} bytes of content in one frame are more than ${MAX_DATA_BYTES}`);
  }
  const head = new Uint8Array(1 + varintBytes(stream) + (end ? 2 : 0) + 1 + varintBytes(length));
  head[0] = 0x08;
  let at = putVarint(head, 1, stream);
  if (end) {
    head[at++] = 0x10;
    head[at++] = 1;
  }
  head[at++] = 0x32;
  putVarint(head, at, length);
  return head;
}

/**
 * Encodes a whole Data frame, with one copy of the content.
 * @throws PortholeError MESSAGE_TOO_LONG
 */
export function encodeData(stream: number, data: Uint8Array, end: boolean): Uint8Array {
  const head = encodeDataHead(stream, data.length, end);
  const bytes = new Uint8Array(head.length + data.length);
  bytes.set(head);
  bytes.set(data, head.length);
  return bytes;
}

/** Reads a Data frame laid as encodeData lays it, without a copy; null for any other. */
function decodeData(bytes: Uint8Array): Frame | null {
  if (bytes[0] !== 0x08) return null;
  let at = 1;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++] ?? 0x80;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return -1;
  };
  const stream = varint();
  let end = false;
  if (bytes[at] === 0x10 && bytes[at + 1] === 1) {
    end = true;
    at += 2;
  }
  if (stream < 0 || bytes[at++] !== 0x32) return null;
  const length = varint();
  if (length < 0 || at + length !== bytes.length) return null;
  return { type: 'data', stream, end, data: bytes.subarray(at) };
}

/**
 * Decodes one frame; its content is a view on `bytes`. Fields and types of a newer version are skipped.
 * @throws PortholeError MESSAGE_TOO_LONG, FRAME_MALFORMED, PROTOCOL_VIOLATED
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length > MAX_FRAME_BYTES) {
    throw new PortholeError('MESSAGE_TOO_LONG', `a frame of ${bytes.length} bytes is longer than ${MAX_FRAME_BYTES}`);
  }
  const data = decodeData(bytes);
  if (data) return data;
  let wire: WireFrame;
  try {
    wire = porthole.site.Frame.decode(bytes);
  } catch (cause) {
    throw new PortholeError('FRAME_MALFORMED', undefined, { cause });
  }
  const body = fromWire(wire);
  check(body);
  return { stream: wire.stream, end: wire.end, ...body };
}

function fromWire(wire: WireFrame): FrameBody {
  switch (wire.body) {
    case 'hello': {
      const { version = 0, features = [], agent = '', streamCredit = 0, sessionCredit = 0 } = plain(wire.hello);
      return { type: 'hello', hello: { version, features, agent: plainText(agent), streamCredit, sessionCredit } };
    }
    case 'request': {
      const { method = '', target = '', authority = '', headers = [] } = plain(wire.request);
      return { type: 'request', request: { method, target, authority, headers: headersOf(headers) } };
    }
    case 'response': {
      const { status = 0, headers = [] } = plain(wire.response);
      return { type: 'response', response: { status, headers: headersOf(headers) } };
    }
    case 'data':
      return { type: 'data', data: wire.data as Uint8Array };
    case 'credit':
      return { type: 'credit', bytes: plain(wire.credit).bytes ?? 0 };
    case 'reset': {
      const { code = '', message = '' } = plain(wire.reset);
      return { type: 'reset', reset: { code, message } };
    }
    case 'goAway': {
      const { code = '', message = '', lastStream = 0 } = plain(wire.goAway);
      return { type: 'goAway', goAway: { code, message, lastStream } };
    }
    default:
      return { type: 'none' };
  }
}

function headersOf(headers: readonly porthole.site.Header.$Properties[]): Header[] {
  return headers.map(({ name, value }) => ({ name: name ?? '', value: value ?? '' }));
}

export type Plain<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** The generated types allow null where decoding never gives it. */
export function plain<T extends object>(value: T | null | undefined): Plain<T> {
  return (value ?? {}) as Plain<T>;
}

/** What a peer is told of an error: the text is shortened to the limit rather than lost. */
export function endingOf(error: PortholeError): Ending {
  const message = error.message.slice(0, MAX_REASON_BYTES / 3).toWellFormed();
  return { code: error.code, message };
}
