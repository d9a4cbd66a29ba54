// SPDX-License-Identifier: Apache-2.0
// The codec of the site protocol: Frame values to bytes and back, refusing what SITE.md forbids.

import { PortholeError } from './errors.ts';
import { checkFrame, type Frame, type FrameBody, type Header } from './frames.ts';
import { porthole } from './generated/messages.js';
import { MAX_DATA_BYTES, MAX_FRAME_BYTES } from './limits.ts';
import { plainText } from './text.ts';

export * from './frames.ts';

type WireFrame = porthole.site.Frame;

/**
 * Encodes one frame.
 * @throws PortholeError MESSAGE_TOO_LONG when a limit is crossed, PROTOCOL_VIOLATED for a head that HTTP forbids
 */
export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.type === 'data') return encodeData(frame.stream, frame.data, frame.end);
  checkFrame(frame);
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
  checkFrame(body);
  return { stream: wire.stream, end: wire.end, ...body };
}

function fromWire(wire: WireFrame): FrameBody {
  switch (wire.body) {
    case 'hello': {
      const { version = 0, features = [], agent = '', streamCredit = 0, sessionCredit = 0 } = plain(wire.hello);
      return { type: 'hello', hello: { version, features, agent: plainText(agent), streamCredit, sessionCredit } };
    }
    case 'request': {
      const { method = '', target = '', authority = '', headers = [], protocol } = plain(wire.request);
      return { type: 'request', request: { method, target, authority, headers: headersOf(headers), ...(protocol && { protocol }) } };
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
