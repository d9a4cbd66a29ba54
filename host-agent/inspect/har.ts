// SPDX-License-Identifier: Apache-2.0
// HAR 1.2: exchanges as a file that browsers and other programs read, written piece by piece.

import { STATUS_CODES } from 'node:http';
import type { Header } from '../../proto/site.ts';
import { decoded } from './decoded.ts';
import { fieldOf, type Heads } from './exchange.ts';
import { maskHeads } from './mask.ts';
import { messagesOf } from './messages.ts';
import type { Body } from './recorded-body.ts';
import type { Entry, Recorder } from './recorder.ts';

/** How a HAR file is written. */
export interface HarOptions {
  /** Whether secrets stand in it as they are; masked when left out. */
  readonly secrets?: boolean;
  /** Where the site is: `https://name.suite`. */
  readonly origin: string;
  /** What wrote it. */
  readonly creator: { readonly name: string; readonly version: string };
}

/** Bytes of a body that stand in a file, decoded. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The file of these exchanges, in pieces. Exchanges whose heads are gone meanwhile are left out. */
export async function* harOf(recorder: Recorder, entries: Iterable<Entry>, options: HarOptions): AsyncIterable<string> {
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(options.creator)},"pages":[],"entries":[`;
  let first = true;
  for (const entry of entries) {
    const heads = await recorder.headsOf(entry);
    if (!heads) continue;
    yield `${first ? '' : ','}\n${JSON.stringify(await harEntry(entry, heads, options))}`;
    first = false;
  }
  yield '\n]}}\n';
}

/** The absolute address of a recorded request. */
export function urlOf({ request }: Heads, origin: string): string {
  const base = new URL(origin);
  return `${base.protocol}//${request.authority || base.host}${request.target}`;
}

async function harEntry(entry: Entry, real: Heads, { secrets = false, origin }: HarOptions): Promise<unknown> {
  const heads = secrets ? real : maskHeads(real);
  const { request, response } = heads;
  const url = urlOf(heads, entry.kind === 'websocket' ? origin.replace(/^http/, 'ws') : origin);
  const isSocket = entry.kind === 'websocket';
  const waitMs = entry.answeredMs ?? entry.endedMs ?? 0;
  const receiveMs = Math.max(0, (entry.endedMs ?? waitMs) - waitMs);
  return {
    startedDateTime: new Date(entry.startedAt).toISOString(),
    time: waitMs + receiveMs,
    request: {
      method: entry.method,
      url,
      httpVersion: 'HTTP/1.1',
      cookies: cookiesOf(fieldOf(request.headers, 'cookie')),
      headers: request.headers,
      queryString: queryOf(request.target),
      headersSize: -1,
      bodySize: entry.requestBytes,
      ...(!isSocket && entry.requestBody && entry.requestBytes > 0 && { postData: await postDataOf(entry.requestBody, request.headers) }),
    },
    response: {
      status: entry.status,
      statusText: STATUS_CODES[entry.status] ?? '',
      httpVersion: 'HTTP/1.1',
      cookies: (response?.headers ?? [])
        .filter(({ name }) => name === 'set-cookie')
        .flatMap(({ value }) => cookiesOf(value.split(';')[0] ?? '')),
      headers: response?.headers ?? [],
      content: isSocket ? { size: 0, mimeType: 'x-unknown' } : await contentOf(entry, response?.headers ?? []),
      redirectURL: fieldOf(response?.headers, 'location'),
      headersSize: -1,
      bodySize: isSocket ? 0 : entry.responseBytes,
      ...(entry.error !== null && { _error: entry.error }),
    },
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: waitMs, receive: receiveMs },
    ...(isSocket && { _resourceType: 'websocket', _webSocketMessages: await socketMessages(entry, real) }),
    _porthole: { visitor: entry.visitor, who: entry.who, path: entry.via, agent: entry.agent },
  };
}

async function postDataOf(body: Body, headers: readonly Header[]): Promise<unknown> {
  const mimeType = fieldOf(headers, 'content-type') || 'application/octet-stream';
  return { mimeType, ...(await textOf(body, '')) };
}

async function contentOf(entry: Entry, headers: readonly Header[]): Promise<unknown> {
  const mimeType = fieldOf(headers, 'content-type') || 'x-unknown';
  const { responseBody } = entry;
  if (!responseBody) return { size: 0, mimeType, text: '' };
  const found = await textOf(responseBody, entry.isDecoded ? '' : fieldOf(headers, 'content-encoding'));
  return { ...found, mimeType, ...(found.size > entry.responseBytes && { compression: found.size - entry.responseBytes }) };
}

/** A body as text, in base64 where it is none. */
async function textOf(body: Body, coding: string): Promise<{ size: number; text?: string; encoding?: string; comment?: string }> {
  const comment = body.notKept === null ? {} : { comment: `not kept whole: ${body.notKept}` };
  if (body.range.from > 0) return { size: body.size, ...comment };
  const { bytes, trouble } = await decoded(body.pieces(), coding, MAX_BODY_BYTES);
  const said = { size: bytes.length, ...comment, ...(trouble !== null && { comment: trouble }) };
  try {
    return { ...said, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { ...said, text: bytes.toString('base64'), encoding: 'base64' };
  }
}

/** As Chromium writes them. */
async function socketMessages(entry: Entry, heads: Heads): Promise<unknown[]> {
  const opcodes: Readonly<Record<string, number>> = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
  return (await messagesOf(entry, heads)).map(({ ms, fromVisitor, kind, text, base64 }) => ({
    type: fromVisitor ? 'send' : 'receive',
    time: (entry.startedAt + (ms ?? 0)) / 1000,
    opcode: opcodes[kind] ?? -1,
    data: text ?? base64 ?? '',
  }));
}

function queryOf(target: string): Header[] {
  const at = target.indexOf('?');
  return at < 0 ? [] : [...new URLSearchParams(target.slice(at))].map(([name, value]) => ({ name, value }));
}

function cookiesOf(text: string): Header[] {
  return text
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? { name: '', value: pair } : { name: pair.slice(0, at), value: pair.slice(at + 1) };
    });
}
