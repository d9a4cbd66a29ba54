// SPDX-License-Identifier: Apache-2.0
// A local gateway: a loopback HTTP server that passes every request to a visit. `porthole open` runs it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, type PortholeError } from '../../proto/errors.ts';
import { askWithBadge, type BadgeWords, badgeScript, mayBeBadged } from '../../transport/http/badge/badged.ts';
import { bridge } from '../../transport/http/bridge.ts';
import { hostOnly } from '../../transport/http/cookies.ts';
import { frontServer, type IsOurs, isNavigation, NAVIGATION_HEADERS, onClientError, refuse } from '../../transport/http/http-front.ts';
import type { Asking } from '../../transport/session/http.ts';
import type { Connecting, Tunnel } from '../../transport/session/tunnel.ts';
import { listen } from '../../transport/system/listen.ts';
import { ledFrom } from './led-from.ts';
import { takeUpgrades } from './local-upgrades.ts';
import { isOwnHost, judge, ownHost } from './local-walls.ts';

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
  /** What to open in a browser: http, at the site's own origin, a name below localhost. Programs may not know that one: 127.0.0.1 will do. */
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
  /** What the site's link calls it: redirections and cookies for that name are for the gateway's. The site is told the name that the client has. */
  readonly authority: string;
  /** A DNS label that no other site has, such as its id: browsers keep what is the site's (storage, cookies) for this name below localhost. */
  readonly label: string;
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
  const { label } = options;
  const isOurs: IsOurs = ({ scheme, authority }) => scheme === 'http' && isOwnHost(authority, label) && portOf(authority) === port;
  const server = frontServer(isOurs, (request, response) => void answer(visit, options, request, response));
  server.on('clientError', onClientError);
  const upgraded = takeUpgrades(server, {
    isOurs,
    label,
    authority: options.authority,
    connect: visit.connect?.bind(visit),
    onError: options.onError,
  });
  port = await listen(server, { host: '127.0.0.1', port });
  return {
    url: `http://${ownHost(label)}:${port}/`,
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

async function answer(visit: Asked, options: GatewayOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authority, badge, label, onError } = options;
  const { host = '' } = request.headers;
  const verdict = judge(request, label);
  if (verdict.is === 'moved') return void response.writeHead(307, { location: verdict.to, 'cache-control': 'no-store' }).end();
  if (verdict.is === 'refused') return refuse(response, { status: ERRORS.NOT_ALLOWED.http, code: 'NOT_ALLOWED', message: verdict.message });
  if (badge && request.url?.split('?')[0] === BADGE_SCRIPT) {
    const own = { 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' };
    response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', ...own });
    return void response.end(badgeScript(badge()));
  }
  await bridge(request, response, {
    origin: `http://${host}`,
    // A page of its own that hides its address (Referrer-Policy: no-referrer) is its own all the same.
    field: (name, value) =>
      name === 'origin' && value === 'null' && request.headers['sec-fetch-site'] === 'same-origin' ? `http://${host}` : value,
    ask: (asking) => (badge ? badged(visit, asking, request) : visit.fetch(asking)),
    back: (fields) =>
      fields.flatMap(([name, value]): [string, string][] => {
        const told = fieldFrom(name, value, authority, host);
        return told === null ? [] : [[name, told]];
      }),
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
  if (mayBeBadged(found, request.headers['sec-fetch-dest']) && found.headers.get('vary') !== '*')
    found.headers.append('vary', NAVIGATION_HEADERS);
  return found;
}

/**
 * A field of an answer, as it is right at this gateway; null for none: a cookie that is for other names than the site's.
 * @param link the authority that the site has by its link
 * @param here the one that it was asked by
 */
function fieldFrom(name: string, value: string, link: string, here: string): string | null {
  if (name === 'set-cookie') return hostOnly(value, [here, link]);
  // By the link's name the client would leave the sealed path.
  return name === 'location' ? ledFrom(value, `http://${link}`, `http://${here}`) : value;
}

function portOf(authority: string): number {
  return Number(/:(\d+)$/.exec(authority)?.[1] ?? 80);
}
