// SPDX-License-Identifier: Apache-2.0
// A local gateway: a loopback HTTP server that passes every request to a visit. `porthole open` runs it.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asPortholeError, ERRORS, PortholeError } from '../../proto/errors.ts';
import { askWithBadge, type BadgeWords, badgeScript, mayBeBadged } from '../../transport/http/badge/badged.ts';
import {
  frontDoor,
  type IsOurs,
  isNavigation,
  MAX_HEAD_BYTES,
  NAVIGATION_HEADERS,
  onClientError,
  refuseConnect,
} from '../../transport/http/http-front.ts';
import { asksForWebSocket } from '../../transport/http/upgrade.ts';
import { endToEnd, fieldsOfRow } from '../../transport/session/fields.ts';
import type { Asking } from '../../transport/session/http.ts';
import type { Connecting, Tunnel } from '../../transport/session/tunnel.ts';
import { takeUpgrades } from './local-upgrades.ts';

/** Where the script of the badge is: below what is ours, and not the site's. */
const BADGE_SCRIPT = '/.porthole/badge.js';
/** How long requests under way may take to finish when the gateway stops, in milliseconds. */
const DRAIN_MS = 5000;

/** The part of a visit a gateway needs. */
export interface Asked {
  fetch(request: Asking): Promise<Response>;
  /** Without it there are no WebSockets. */
  connect?(request: Connecting): Promise<Tunnel>;
}

/** A gateway that listens. */
export interface Gateway {
  /** What to open in a browser: http, on localhost. */
  readonly url: string;
  /** The TCP port it listens on. */
  readonly port: number;
  /** Lets requests under way finish, then ends. */
  close(): Promise<void>;
}

/** What a gateway needs beside its visit. */
export interface GatewayOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** What the site is told it is called: the authority of its requests. */
  readonly authority: string;
  /** Puts a badge on the site's pages: asked for what it says each time that one is shown. */
  readonly badge?: () => BadgeWords;
  /** Told of each request that failed, with its target. */
  readonly onError?: (error: PortholeError, target: string) => void;
}

/**
 * Serves a visit on 127.0.0.1.
 * @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN
 */
export async function openGateway(visit: Asked, options: GatewayOptions): Promise<Gateway> {
  let port = options.port;
  const isOurs: IsOurs = ({ scheme, authority }) => scheme === 'http' && isLoopback(authority) && portOf(authority) === port;
  const server = createServer(
    { maxHeaderSize: MAX_HEAD_BYTES, shouldUpgradeCallback: asksForWebSocket },
    frontDoor(isOurs, (request, response) => void answer(visit, options, request, response)),
  );
  server.on('clientError', onClientError);
  refuseConnect(server);
  const upgraded = takeUpgrades(server, {
    isOurs,
    isOwnHost: isLoopback,
    authority: options.authority,
    connect: visit.connect?.bind(visit),
    onError: options.onError,
  });
  await listen(server, port);
  port = (server.address() as AddressInfo).port;
  return {
    url: `http://localhost:${port}/`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Those would not finish by themselves, and the server does not count them among its connections any more.
        for (const socket of upgraded) socket.destroy();
        setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') reject(new PortholeError('PORT_IN_USE', `port ${port} is used by another program`));
      else if (error.code === 'EACCES') reject(new PortholeError('PORT_FORBIDDEN', `port ${port} needs more rights`));
      else reject(asPortholeError(error, 'SOCKET_FAILED'));
    };
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed).on('error', () => {}); // a failing accept (too many open files) is no reason to end
      resolve();
    });
  });
}

async function answer(visit: Asked, options: GatewayOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const abort = new AbortController();
  response.on('close', () => abort.abort());
  try {
    // A page elsewhere may not reach a private site by a name of its own that resolves to loopback.
    if (!isLoopback(request.headers.host)) throw new PortholeError('NOT_ALLOWED', 'this gateway answers on loopback names only');
    if (options.badge && request.url?.split('?')[0] === BADGE_SCRIPT) {
      const own = { 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' };
      response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', ...own });
      response.end(badgeScript(options.badge()));
      return;
    }
    const found = await (options.badge ? badged : asked)(visit, request, options.authority, abort.signal);
    response.statusCode = found.status;
    for (const [name, value] of endToEnd(found.headers)) {
      // By the name that the site is told it has the client would leave the sealed path.
      response.appendHeader(name, name === 'location' ? ledFrom(value, options.authority, request.headers.host as string) : value);
    }
    if (found.body) await pipeline(Readable.fromWeb(found.body as Parameters<typeof Readable.fromWeb>[0]), response);
    else response.end();
  } catch (thrown) {
    if (abort.signal.aborted) return;
    const error = asPortholeError(thrown);
    options.onError?.(error, request.url ?? '/');
    if (response.headersSent)
      response.destroy(); // cut short, so that nobody takes a part for the whole
    else {
      response.writeHead(ERRORS[error.code].http, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
      response.end(`${error.message}\n${error.code}\n`);
    }
  }
}

const asked = (visit: Asked, request: IncomingMessage, authority: string, signal: AbortSignal): Promise<Response> =>
  visit.fetch(askingOf(request, authority, signal));

/** The same with the badge, where a browser asks for a page to show. */
async function badged(visit: Asked, request: IncomingMessage, authority: string, signal: AbortSignal): Promise<Response> {
  const asking = askingOf(request, authority, signal);
  const ask = (headers: Headers): Promise<Response> => visit.fetch({ ...asking, headers });
  const isPage = isNavigation(request) && !asking.body;
  const found = isPage
    ? await askWithBadge(`http://${request.headers.host}${BADGE_SCRIPT}`, new Headers([...asking.headers].map(([...pair]) => pair)), ask)
    : await visit.fetch(asking);
  if (mayBeBadged(found, request.headers['sec-fetch-dest']) && found.headers.get('vary') !== '*')
    found.headers.append('vary', NAVIGATION_HEADERS);
  return found;
}

/** An address by one authority as the same by another; one that has neither stays. */
function ledFrom(address: string, from: string, to: string): string {
  const start = `http://${from}`;
  const leads = address.startsWith(start) && /^([/?#]|$)/.test(address.slice(start.length));
  return leads ? `http://${to}${address.slice(start.length)}` : address;
}

function isLoopback(host: string | undefined): boolean {
  return /^(localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? '');
}

function portOf(authority: string): number {
  return Number(/:(\d+)$/.exec(authority)?.[1] ?? 80);
}

function askingOf(request: IncomingMessage, authority: string, signal: AbortSignal): Asking {
  const here = request.headers.host as string;
  // The site's own pages are here: by their origin here it would take them for another site's.
  const headers = endToEnd(fieldsOfRow(request.rawHeaders)).map(([name, value]): [string, string] => [
    name,
    name === 'origin' || name === 'referer' ? ledFrom(value, here, authority) : value,
  ]);
  const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  return {
    method: request.method ?? 'GET',
    url: `http://${authority}${request.url}`,
    headers,
    body: hasBody ? (Readable.toWeb(request) as ReadableStream<Uint8Array>) : null,
    signal,
  };
}
