// SPDX-License-Identifier: Apache-2.0
// What an HTTP server checks before it looks at whose a request is: the target's form, the method, the length, and whether it asks for a page.

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../proto/errors.ts';
import { MAX_HEADER_BYTES, MAX_HEADERS, MAX_TARGET_BYTES } from '../../proto/limits.ts';
import { plainText } from '../../proto/text.ts';
import { isHopByHop } from '../session/fields.ts';
import { endThenLetGo } from './linger.ts';
import { asksForWebSocket } from './upgrade.ts';

/** What a request is put to. `target`: path and query, as they were written. */
export type Target =
  /** `/path?query`: the usual one; Host says which site. */
  | { readonly form: 'origin'; readonly target: string }
  /** `http://host/path?query`, of a client that takes this server for its proxy: it says itself which site, Host does not count. */
  | { readonly form: 'absolute'; readonly scheme: 'http' | 'https'; readonly authority: string; readonly target: string }
  /** `*`: the server as a whole. */
  | { readonly form: 'asterisk' }
  /** None of these. */
  | { readonly form: 'none' };

/** No user, which would begin the authority anew, no blank, and none of what ends an authority. */
const ABSOLUTE = /^(https?):\/\/([^/?#@\\\s]+)([/?][^#]*)?$/i;

/** Reads a request's target. The authority comes in lower case. */
export function readTarget(text: string): Target {
  if (text.startsWith('/')) return { form: 'origin', target: text };
  if (text === '*') return { form: 'asterisk' };
  const match = ABSOLUTE.exec(text);
  if (!match) return { form: 'none' };
  const [, scheme = '', authority = '', rest = ''] = match;
  const target = rest.startsWith('/') ? rest : `/${rest}`;
  return { form: 'absolute', scheme: scheme.toLowerCase() as 'http' | 'https', authority: authority.toLowerCase(), target };
}

/** Headers on which an answer depends that is another one for a page to show. */
export const NAVIGATION_HEADERS = 'Accept, Sec-Fetch-Dest, Sec-Fetch-Mode';

/** Whether a browser asks for a page to show, in its window or in a frame. */
export function isNavigation(request: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  // A navigation that a service worker passes on has lost its destination, not its mode.
  const mode = request.headers['sec-fetch-mode'];
  if (mode === 'navigate') return true;
  const wantsPage = /\btext\/html\b/i.test(request.headers.accept ?? '');
  // In Firefox its mode as well: what is left is what a browser accepts in place of a page.
  if (mode === 'same-origin' && wantsPage) return true;
  if (mode !== undefined && mode !== 'same-origin') return false; // a script asks, or a page for a part of it
  const destination = request.headers['sec-fetch-dest'];
  if (destination !== undefined) return ['document', 'iframe', 'frame'].includes(String(destination));
  return wantsPage;
}

/** Bytes of a request line and header fields that are read at all (Node's `maxHeaderSize`): room to refuse in words what is over a limit. */
export const MAX_HEAD_BYTES = 2 * MAX_HEADER_BYTES;
/** How long a client may take to send a request's head, in milliseconds. */
const HEAD_MS = 60_000;

/** What is answered in a site's place. */
export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
}

const NO_TARGET: Refusal = { status: 400, code: 'LINK_INVALID', message: 'the request names no path' };
const UNREADABLE: Refusal = { status: 400, code: 'PROTOCOL_VIOLATED', message: 'that is no HTTP request' };
const TOO_SLOW: Refusal = { status: 408, code: 'TIMED_OUT', message: 'the request did not come whole' };
const TARGET_TOO_LONG: Refusal = {
  status: 414,
  code: 'MESSAGE_TOO_LONG',
  message: `an address has at most ${MAX_TARGET_BYTES} bytes`,
};
const HEAD_TOO_LONG: Refusal = {
  status: 431,
  code: 'MESSAGE_TOO_LONG',
  message: `a request has at most ${MAX_HEADERS} header fields, of ${MAX_HEADER_BYTES} bytes together, and an address of ${MAX_TARGET_BYTES} bytes`,
};
/** TRACE would show a page what its requests carry, and CONNECT is for proxies (RFC 9110 sections 9.3.6 and 9.3.8). */
const notImplemented = (method: string): Refusal => ({ status: 501, code: 'NOT_ALLOWED', message: `${method} is not answered here` });
/** 421 tells a client that the request is in order, and another server's (RFC 9110 section 15.5.20). */
const misdirected = (authority: string): Refusal => ({
  status: 421,
  code: 'LINK_INVALID',
  message: `this server does not answer for ${plainText(authority).slice(0, 80)}`,
});

/** Whether a server answers for the authority of a target in absolute form. */
export type IsOurs = (target: { readonly scheme: 'http' | 'https'; readonly authority: string }, request: IncomingMessage) => boolean;

/**
 * The listener for a server's requests: refuses what is too long or cannot be, answers `OPTIONS *`, and hands on the rest with
 * a target in origin form. Of a target in absolute form the authority takes Host's place (RFC 9112 section 3.2.2).
 */
export function frontDoor(isOurs: IsOurs, answer: RequestListener): RequestListener {
  return (request, response) => {
    const refusal = settle(request, isOurs);
    if (refusal) return refuse(response, refusal);
    if (request.url === '*') return void response.writeHead(204, { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' }).end();
    answer(request, response);
  };
}

/**
 * Settles the same of an upgrade, which an HTTP server hands over without an answer to give; true when it has been refused.
 * @param isOurs as of `frontDoor`
 */
export function refusedUpgrade(request: IncomingMessage, socket: Duplex, isOurs: IsOurs): boolean {
  const refusal = settle(request, isOurs) ?? (request.url === '*' ? NO_TARGET : null);
  if (refusal) lastWords(socket, refusal);
  return refusal !== null;
}

/** Brings the target into its form; the reason when the request cannot be answered. */
function settle(request: IncomingMessage, isOurs: IsOurs): Refusal | null {
  const { method = '', url = '' } = request;
  if (method === 'TRACE') return notImplemented(method);
  if (isHeadTooLong(request)) return HEAD_TOO_LONG;
  const found = readTarget(url);
  switch (found.form) {
    case 'none':
      return url.length > MAX_TARGET_BYTES ? TARGET_TOO_LONG : NO_TARGET;
    case 'asterisk':
      return method === 'OPTIONS' ? null : NO_TARGET;
    case 'absolute':
      if (!isOurs(found, request)) return misdirected(found.authority);
      request.headers.host = found.authority;
      request.url = found.target;
  }
  return Buffer.byteLength(found.target) > MAX_TARGET_BYTES ? TARGET_TOO_LONG : null;
}

/** By the limits of the site protocol (SITE.md section 12), which carries no more. */
function isHeadTooLong({ rawHeaders }: IncomingMessage): boolean {
  let fields = 0;
  let bytes = 0;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (isHopByHop(name.toLowerCase())) continue;
    fields++;
    bytes += name.length + Buffer.byteLength(rawHeaders[at + 1] as string);
  }
  return fields > MAX_HEADERS || bytes > MAX_HEADER_BYTES;
}

/** The header fields and the body of what is answered in a site's place. */
export function wordsOf({ status, code, message }: Refusal): { fields: Record<string, string>; body: string } {
  const body = `${code}: ${message}\n`;
  const fields = {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'porthole-error': code,
    // Whoever has a name below a domain can have browsers send more cookies to all of it than fit: without them the next try will do.
    ...(status === HEAD_TOO_LONG.status && { 'clear-site-data': '"cookies"' }),
  };
  return { fields, body };
}

/**
 * Answers in a site's place: the code in a header field, and a line of text.
 * @param headers of the server's own, with it
 */
export function refuse(response: ServerResponse, refusal: Refusal, headers: Readonly<Record<string, string>> = {}): void {
  const { fields, body } = wordsOf(refusal);
  response.writeHead(refusal.status, { ...fields, ...headers }).end(body);
}

/**
 * An HTTP server behind the front door. Its listener gives a client that waits for it leave to send (100); requests may take as
 * long as their content does, once their head has come.
 * @param isOurs as of `frontDoor`
 */
export function frontServer(isOurs: IsOurs, answer: RequestListener, options: ServerOptions = {}): Server {
  const door = frontDoor(isOurs, answer);
  // Node gives a whole request five minutes: an upload of a gigabyte takes longer on many a line.
  const own = { maxHeaderSize: MAX_HEAD_BYTES, headersTimeout: HEAD_MS, requestTimeout: 0, shouldUpgradeCallback: asksForWebSocket };
  const server = createServer({ ...own, ...options }, door);
  server.on('checkContinue', door);
  // CONNECT has an event of its own.
  server.on('connect', (_request, socket) => lastWords(socket, notImplemented('CONNECT')));
  return server;
}

/** What to say to who sent what Node's parser does not take: a listener for `clientError`. */
export function onClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return void socket.destroy();
  if (!socket.writable) return; // what follows on what was refused
  lastWords(socket, whyUnread(error));
}

function whyUnread({ code }: { code?: string }): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return TOO_SLOW;
  // Also of a target that alone is longer than all that is read: where it ends nobody knows.
  return code === 'HPE_HEADER_OVERFLOW' ? HEAD_TOO_LONG : UNREADABLE;
}

/** Answers on the socket itself, and lets go once that could be read. */
function lastWords(socket: Duplex, refusal: Refusal): void {
  const { fields, body } = wordsOf(refusal);
  const lines = Object.entries({ ...fields, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  endThenLetGo(socket, `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${body}`);
}
