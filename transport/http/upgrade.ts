// SPDX-License-Identifier: Apache-2.0
// A WebSocket's handshake over HTTP/1.1 at a gateway (RFC 6455 section 4.2), carried on as an extended CONNECT (RFC 8441).

import { createHash } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { asPortholeError, ERRORS, type ErrorCode, PortholeError } from '../../proto/errors.ts';
import { endToEnd, fieldsOfRow } from '../session/fields.ts';
import type { Connecting, Tunnel } from '../session/tunnel.ts';
import type { Clock } from '../time/clock.ts';
import { send } from './content.ts';
import { hostOnly } from './cookies.ts';
import { joined } from './joined.ts';

/** The protocol's name as an HTTP Upgrade Token. */
export const WEB_SOCKET = 'websocket';
/** The version that there is (RFC 6455 section 4.1). */
export const WEB_SOCKET_VERSION = '13';
/** What the accept is computed with (RFC 6455 section 1.3). */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** The base64 of 16 bytes. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** Of one connection over HTTP/1.1: each end of a tunnel has its own (RFC 8441 section 5). */
export const OF_ONE_HANDSHAKE: ReadonlySet<string> = new Set(['sec-websocket-key', 'sec-websocket-accept']);

/** The accept for a key. */
export function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

/**
 * Whether a request asks for a WebSocket. An HTTP server is told by it (`shouldUpgradeCallback`) which upgrades to take; the others are
 * requests like any (RFC 9110 section 7.8).
 */
export function asksForWebSocket({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return (headers.upgrade ?? '').split(',').some((one) => one.trim().toLowerCase() === WEB_SOCKET);
}

/** Whether an Origin (RFC 6454 section 7) is that of the pages at a host. */
export function isOriginOf(origin: string, scheme: 'http' | 'https', host: string): boolean {
  const standard = scheme === 'http' ? /:80$/ : /:443$/;
  return origin.toLowerCase() === `${scheme}://${host.toLowerCase().replace(standard, '')}`;
}

/** What a gateway answers in place of the site. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const wrong = (message: string): UpgradeRefusal => ({ status: 400, code: 'PROTOCOL_VIOLATED', message });

/** What is wrong with a handshake (RFC 6455 section 4.2.1); null when nothing is. */
export function handshakeRefusal(request: IncomingMessage): UpgradeRefusal | null {
  const { method, headers, httpVersionMajor, httpVersionMinor } = request;
  if (!asksForWebSocket(request))
    return { status: 501, code: 'CONNECT_UNSUPPORTED', message: 'of upgrades, WebSocket alone is known here' };
  if (method !== 'GET') return wrong('a WebSocket is asked for with GET');
  if (httpVersionMajor !== 1 || httpVersionMinor < 1) return wrong('a WebSocket is asked for with HTTP/1.1');
  const version = headers['sec-websocket-version'];
  if (version === undefined) return wrong('a WebSocket names its version');
  if (version !== WEB_SOCKET_VERSION) {
    const other = { 'sec-websocket-version': WEB_SOCKET_VERSION, upgrade: WEB_SOCKET };
    return { status: 426, code: 'PROTOCOL_VIOLATED', message: `the version of WebSocket is ${WEB_SOCKET_VERSION}`, headers: other };
  }
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) return wrong('a WebSocket’s key is 16 bytes in base64');
  return null;
}

/** How an upgrade is carried on. */
export interface Carrying {
  /** Host and port, as the visitor calls the site. */
  readonly authority: string;
  /** What the site is called, for its cookies; the authority, when left out. */
  readonly cookiesFor?: readonly string[];
  /** A field of the request as the site is to have it; null: not at all. As it came, when left out. */
  readonly field?: (name: string, value: string) => string | null;
  /** Fields of a gateway's own, with every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Puts it to the site. */
  readonly connect: (request: Connecting) => Promise<Tunnel>;
  readonly clock?: Clock;
  /** Told of what failed. */
  readonly onError?: (error: PortholeError) => void;
}

/**
 * Carries a WebSocket's handshake to a site, and the connection once the site has agreed; resolves when it is over. What stands in
 * the way is answered as HTTP.
 */
export async function carryUpgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array, carrying: Carrying): Promise<void> {
  socket.on('error', () => {}); // `close` follows
  try {
    await carry(request, socket, head, carrying);
  } catch (thrown) {
    carrying.onError?.(asPortholeError(thrown));
    socket.destroy();
  }
}

async function carry(request: IncomingMessage, socket: Duplex, head: Uint8Array, carrying: Carrying): Promise<void> {
  const { authority, headers = {}, connect, clock, onError } = carrying;
  const refusal = handshakeRefusal(request);
  if (refusal) return answerUpgrade(request, socket, { ...refusal, headers: { ...headers, ...refusal.headers } });
  const gone = new AbortController();
  const leave = (): void => gone.abort(new PortholeError('CANCELLED', 'the client has gone away'));
  socket.on('close', leave);
  let tunnel: Tunnel;
  try {
    tunnel = await connect({
      target: request.url ?? '/',
      authority,
      headers: fieldsOf(request, carrying),
      protocol: WEB_SOCKET,
      signal: gone.signal,
    });
  } catch (thrown) {
    if (gone.signal.aborted) return;
    const error = asPortholeError(thrown);
    onError?.(error);
    const { code } = error;
    // What went wrong inside is not for clients.
    const message = code === 'INTERNAL' ? ERRORS.INTERNAL.summary : error.message;
    return answerUpgrade(request, socket, { status: ERRORS[code].http, code, message, headers });
  }
  if (tunnel.status !== 200) return passRefusal(request, socket, tunnel, carrying);
  socket.off('close', leave);
  const accept = acceptOf(request.headers['sec-websocket-key'] as string);
  const own = { ...headers, Connection: 'Upgrade', Upgrade: WEB_SOCKET, 'Sec-WebSocket-Accept': accept };
  const fields = [...Object.entries(own), ...answered(tunnel, carrying).filter(([name]) => name !== 'content-length')];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1');
  await joined(socket, head, tunnel, clock);
}

/** Answers an upgrade in place of the site. */
export function answerUpgrade(request: IncomingMessage, socket: Duplex, { status, code, message, headers }: UpgradeRefusal): void {
  const body = `${code}: ${message}\n`;
  const response = responseOn(request, socket);
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'porthole-error': code,
    ...headers,
  });
  response.end(body);
}

/** What a site's answer says of more than one connection. */
function answered({ headers }: Tunnel, { authority, cookiesFor = [authority] }: Carrying): [string, string][] {
  return endToEnd(headers).flatMap(([name, value]): [string, string][] => {
    const told = OF_ONE_HANDSHAKE.has(name) ? null : name === 'set-cookie' ? hostOnly(value, cookiesFor) : value;
    return told === null ? [] : [[name, told]];
  });
}

/** What a site answers in place of the upgrade, as any answer; resolves when it has gone. */
async function passRefusal(request: IncomingMessage, socket: Duplex, tunnel: Tunnel, carrying: Carrying): Promise<void> {
  const { headers = {} } = carrying;
  const { status, readable } = tunnel;
  const response = responseOn(request, socket);
  for (const [name, value] of answered(tunnel, carrying)) response.appendHeader(name, value);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = status;
  // Cut short, so that nobody takes a part for the whole.
  await send(response, readable).catch(() => socket.destroy());
}

/** An answer on a socket that the server has let go of for its upgrade. The connection ends with it. */
function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
  socket.on('error', () => {});
  response.on('finish', () => socket.end(() => socket.destroy()));
  return response;
}

/** The fields that go on: not those of one connection. */
function fieldsOf({ rawHeaders }: IncomingMessage, { field = (_, value) => value }: Carrying): [string, string][] {
  const fields: [string, string][] = [];
  for (const [name, given] of endToEnd(fieldsOfRow(rawHeaders))) {
    const value = OF_ONE_HANDSHAKE.has(name) ? null : field(name, given);
    if (value !== null) fields.push([name, value]);
  }
  return fields;
}
