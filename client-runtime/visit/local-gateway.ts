// SPDX-License-Identifier: Apache-2.0
// A local gateway: a loopback HTTP server that passes every request to a visit. `porthole open` runs it.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { askWithBadge, type BadgeWords, badgeScript, mayBeBadged } from '../../transport/http/badge/badged.ts';
import { bridge } from '../../transport/http/bridge.ts';
import { frontServer, type IsOurs, isNavigation, NAVIGATION_HEADERS, onClientError, refuse } from '../../transport/http/http-front.ts';
import type { Asking } from '../../transport/session/http.ts';
import type { Connecting, Tunnel } from '../../transport/session/tunnel.ts';
import { ledFrom } from './led-from.ts';
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
  const server = frontServer(isOurs, (request, response) => void answer(visit, options, request, response));
  server.on('clientError', onClientError);
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
  const { authority, badge, onError } = options;
  const { host = '' } = request.headers;
  // A page elsewhere may not reach a private site by a name of its own that resolves to loopback.
  if (!isLoopback(host))
    return refuse(response, { status: 403, code: 'NOT_ALLOWED', message: 'this gateway answers on loopback names only' });
  if (badge && request.url?.split('?')[0] === BADGE_SCRIPT) {
    const own = { 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' };
    response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', ...own });
    return void response.end(badgeScript(badge()));
  }
  await bridge(request, response, {
    origin: `http://${authority}`,
    // The site's own pages are here: by their origin here it would take them for another site's.
    field: (name, value) => (name === 'origin' || name === 'referer' ? ledFrom(value, `http://${host}`, `http://${authority}`) : value),
    ask: (asking) => (badge ? badged(visit, asking, request) : visit.fetch(asking)),
    // By the name that the site is told it has the client would leave the sealed path.
    back: (fields) =>
      fields.map(([name, value]) => [name, name === 'location' ? ledFrom(value, `http://${authority}`, `http://${host}`) : value]),
    onError: (error) => onError?.(error, request.url ?? '/'),
  });
}

/** Asks with the badge, where a browser asks for a page to show. */
async function badged(visit: Asked, asking: Asking, request: IncomingMessage): Promise<Response> {
  const ask = (headers: Headers): Promise<Response> => visit.fetch({ ...asking, headers });
  const isPage = isNavigation(request) && !asking.body;
  const found = isPage
    ? await askWithBadge(`http://${request.headers.host}${BADGE_SCRIPT}`, new Headers([...asking.headers].map(([...pair]) => pair)), ask)
    : await visit.fetch(asking);
  if (mayBeBadged(found, request.headers['sec-fetch-dest'])) found.headers.append('vary', NAVIGATION_HEADERS);
  return found;
}

function isLoopback(host: string | undefined): boolean {
  return /^(localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? '');
}

function portOf(authority: string): number {
  return Number(/:(\d+)$/.exec(authority)?.[1] ?? 80);
}
