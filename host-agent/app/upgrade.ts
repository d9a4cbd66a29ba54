// SPDX-License-Identifier: Apache-2.0
// WebSockets of a local web app: each tunnel of a visitor's is a connection to the app, upgraded over HTTP/1.1.

import { randomBytes } from 'node:crypto';
import { type IncomingMessage, request as overTcp, type RequestOptions } from 'node:http';
import { request as overTls } from 'node:https';
import type { LookupFunction, TcpNetConnectOpts } from 'node:net';
import { type Duplex, Readable } from 'node:stream';
import { PortholeError } from '../../proto/errors.ts';
import { joined } from '../../transport/http/joined.ts';
import { acceptOf, OF_ONE_HANDSHAKE, WEB_SOCKET, WEB_SOCKET_VERSION } from '../../transport/http/upgrade.ts';
import { endToEnd, fieldsOfRow, isHopByHop } from '../../transport/session/fields.ts';
import type { ConnectAnswer, ConnectRequest, Site, Visitor } from '../../transport/session/site.ts';
import { type Clock, systemClock } from '../../transport/time/clock.ts';
import { attemptMs } from './target.ts';

type Fields = Iterable<readonly [name: string, value: string]>;

/** How one upgrade is asked of the app. */
export interface AppUpgrade {
  /** Path and query at the app. */
  readonly path: string;
  /** The request's fields, with Host; those of one connection are left out. */
  readonly fields: Fields;
  /** The fields of the app's answer, as the visitor is to have them. As they are, when left out. */
  readonly back?: (fields: Fields) => Fields;
}

/** How an app's upgrades are asked for. */
export interface AppConnectOptions {
  /** Says how a visitor's wish goes to the app: Host and Origin rewritten, say. As it came, with the app's own Host, when left out. */
  readonly pass?: (request: ConnectRequest, visitor: Visitor) => AppUpgrade;
  /** Makes a connection to the app; one over TCP, or TLS, when left out. */
  readonly dial?: () => Duplex;
  /** Finds the app's address; the system's when left out. */
  readonly lookup?: LookupFunction;
  /** Whether the app's certificate must be in order, over TLS; true when left out. */
  readonly rejectUnauthorized?: boolean;
  /** How long the app may take to answer, in milliseconds; ANSWER_MS when left out. */
  readonly answerMs?: number;
  /** Time; the machine's own when left out. */
  readonly clock?: Clock;
  /** Says what a visitor is answered when the app is not there, or broke off; a line of text with 502 when left out. */
  readonly failed?: (error: unknown, request: ConnectRequest) => ConnectAnswer;
}

/** How long an app may take to answer an upgrade, in milliseconds. */
export const ANSWER_MS = 30_000;

/**
 * What a site does with WebSockets that a local web app takes: for `Site.connect`. Other protocols are refused: over one that the app
 * alone understands (h2c) a visitor would say to it whatever it likes, past the fields that this end vouches for.
 * @param app its origin: `http://localhost:3000`
 * @example
 * const site = Object.assign(mySite, { connect: appConnect('http://localhost:3000') });
 */
export function appConnect(app: string | URL, options: AppConnectOptions = {}): NonNullable<Site['connect']> {
  const origin = new URL(app);
  const asItCame = (request: ConnectRequest): AppUpgrade => ({ path: request.target, fields: [['host', origin.host], ...request.headers] });
  const { pass = asItCame, failed = brokenOff } = options;
  return async (request, visitor) => {
    if (request.protocol !== WEB_SOCKET) return refusal(501, 'CONNECT_UNSUPPORTED', `this site has no ${request.protocol}`);
    const asked = pass(request, visitor);
    const key = randomBytes(16).toString('base64');
    let answer: Upgraded;
    try {
      answer = await upgraded(origin, asked, key, request.signal, options);
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason;
      return failed(error, request);
    }
    const { response, socket, head } = answer;
    const { back = (fields: Fields) => fields } = asked;
    const headers = back(fieldsOf(response));
    if (!socket) {
      const { statusCode = 502 } = response;
      if (statusCode === 200) {
        // That it answers a request is no agreement, and would be read as one.
        response.destroy();
        return refusal(501, 'CONNECT_UNSUPPORTED', 'the web app behind this site has no WebSocket at this address');
      }
      return { status: statusCode, headers, body: Readable.toWeb(response) as ReadableStream<Uint8Array> };
    }
    const stop = (): void => void socket.destroy();
    request.signal.addEventListener('abort', stop, { once: true });
    void joined(socket, head, request, options.clock).finally(() => request.signal.removeEventListener('abort', stop));
    return { status: 200, headers };
  };
}

/** The app's answer; with a socket where it has agreed. */
interface Upgraded {
  readonly response: IncomingMessage;
  readonly socket: Duplex | null;
  readonly head: Uint8Array;
}

/** Asks the app. Rejects with what stands in the way, or the signal's reason. */
function upgraded(
  origin: URL,
  { path, fields }: AppUpgrade,
  key: string,
  signal: AbortSignal,
  options: AppConnectOptions,
): Promise<Upgraded> {
  const { dial, lookup, rejectUnauthorized = true, answerMs = ANSWER_MS, clock = systemClock } = options;
  const secure = origin.protocol === 'https:';
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const target: RequestOptions &
    Pick<TcpNetConnectOpts, 'autoSelectFamilyAttemptTimeout' | 'allowHalfOpen'> & { rejectUnauthorized?: boolean } = {
    host,
    port: Number(origin.port) || (secure ? 443 : 80),
    path,
    headers: linesOf(fields, key) as never,
    allowHalfOpen: true, // either way ends by itself
    autoSelectFamilyAttemptTimeout: attemptMs(host),
    ...(lookup && { lookup }),
    ...(dial ? { createConnection: dial } : { agent: false }),
    ...(secure && { rejectUnauthorized }),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? overTls : overTcp)(target);
    const stop = (): void => void request.destroy(signal.reason);
    const cancel = clock.after(answerMs, () => request.destroy(new PortholeError('TIMED_OUT', 'the app gave no answer to the upgrade')));
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', stop);
    };
    signal.addEventListener('abort', stop, { once: true });
    request.on('upgrade', (response, socket, head) => {
      done();
      socket.on('error', () => {}); // whoever joins it learns it
      if (response.headers['sec-websocket-accept']?.trim() === acceptOf(key) && response.headers.upgrade?.toLowerCase() === WEB_SOCKET) {
        return resolve({ response, socket, head });
      }
      socket.destroy();
      reject(new PortholeError('SITE_FAILED', 'the app’s answer to the upgrade is no WebSocket’s'));
    });
    request.on('response', (response) => {
      done();
      resolve({ response, socket: null, head: new Uint8Array(0) });
    });
    request.on('error', (error) => {
      done();
      reject(signal.aborted ? signal.reason : error);
    });
    if (signal.aborted) return stop();
    request.end();
  });
}

/** Names and values in one row, as node:http takes them where a name may stand twice. */
function linesOf(fields: Fields, key: string): string[] {
  const lines: string[] = [];
  let version = WEB_SOCKET_VERSION;
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    if (lower === 'sec-websocket-version') version = value;
    else if (lower === 'content-length')
      continue; // nothing stands behind it, and the app would wait
    else if (lower === 'host' || !(isHopByHop(lower) || OF_ONE_HANDSHAKE.has(lower))) lines.push(name, value);
  }
  return [...lines, 'Connection', 'Upgrade', 'Upgrade', WEB_SOCKET, 'Sec-WebSocket-Version', version, 'Sec-WebSocket-Key', key];
}

function fieldsOf({ rawHeaders }: IncomingMessage): [string, string][] {
  return endToEnd(fieldsOfRow(rawHeaders)).filter(([name]) => !OF_ONE_HANDSHAKE.has(name));
}

/** Its words are the visitor's: the app's address is not in them. */
function brokenOff(): ConnectAnswer {
  return refusal(502, 'SITE_FAILED', 'the web app behind this site did not answer');
}

function refusal(status: number, code: string, message: string): ConnectAnswer {
  const { body } = new Response(`${code}: ${message}\n`);
  return {
    status,
    headers: [
      ['content-type', 'text/plain; charset=utf-8'],
      ['cache-control', 'no-store'],
      ['porthole-error', code],
    ],
    body,
  };
}
