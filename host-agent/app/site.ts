// SPDX-License-Identifier: Apache-2.0
// A local web app as a Site: each request is answered by the app at an address of this machine.

import { Pool } from 'undici';
import { PortholeError } from '../../proto/errors.ts';
import { MAX_HEADER_BYTES, MAX_HEADERS, MAX_STREAMS } from '../../proto/limits.ts';
import { anyResponse } from '../../transport/session/any-response.ts';
import { contentAsAsked, headAsAsked } from '../../transport/session/as-asked.ts';
import type { ConnectRequest, Site, Visitor } from '../../transport/session/site.ts';
import { type Clock, systemClock } from '../../transport/time/clock.ts';
import { type AppAnswer, type AppRequest, exchange } from './exchange.ts';
import { type Measured, measured } from './known-length.ts';
import { targetAtApp } from './places.ts';
import { fieldsForApp, type Passing } from './request-fields.ts';
import { fieldsForVisitor } from './response-fields.ts';
import { type AppTarget, appTarget, attemptMs, nearLookup } from './target.ts';
import { type Trouble, troubleAnswer, troubleOf } from './trouble.ts';
import { type AppConnectOptions, appConnect } from './upgrade.ts';

/** How an app is asked. */
export interface AppSiteOptions {
  /** Tells the app the Host and Origin that the visitor has, in place of its own address. */
  readonly keepHost?: boolean;
  /** The site's link, once it is known: it tells the app (X-Porthole-Proto) by which scheme the site is reached. */
  readonly link?: () => string | undefined;
  /** How long the app may give no sign while it is waited for, in milliseconds; 0 for ever. Five minutes when left out. */
  readonly idleMs?: number;
  /** Time; the machine's own when left out. */
  readonly clock?: Clock;
  /** Told when the app does not answer, and why; null when it answers again. */
  readonly onTrouble?: (trouble: Trouble | null) => void;
}

/** An app as a site, with its connections to the app. */
export interface AppSite extends Site {
  /** Breaks off what is under way and closes the connections to the app. */
  close(): Promise<void>;
}

const IDLE_MS = 5 * 60_000;
/** How long a connection is kept for the next request, in milliseconds: shorter than servers keep theirs. One costs nothing here. */
const KEEP_MS = 1000;
const CONNECT_MS = 10_000;
/** Methods that may be asked again when a kept connection turns out to be closed. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const STALE = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
const NO_CONTENT = new Set([204, 205, 304]);

/**
 * Makes a site of a web app that runs on this machine (or in its private network).
 * @param url where the app is: `http://localhost:3000`; a path (`http://localhost:8000/base/`) is where the site begins
 * @throws PortholeError LINK_INVALID for what is no such address, NOT_ALLOWED for one of the internet
 * @example
 * const app = appSite('http://localhost:3000');
 * const host = await serve({ suite: 'http://localhost:8080', name: 'mine', site: app });
 */
export function appSite(url: string | URL, options: AppSiteOptions = {}): AppSite {
  const target = appTarget(url);
  const lookup = nearLookup();
  // Certificates of this machine are mostly made by whoever sits at it.
  const rejectUnauthorized = !target.loopback;
  const connect = { lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: attemptMs(target.host) };
  const pool = poolOf(target, { ...connect, ...(target.secure && { rejectUnauthorized }) });
  return siteOver({ target, pool, upgrade: { lookup, rejectUnauthorized } }, options);
}

/** Connections to an app, kept for a moment. @param connect how one is made */
export function poolOf({ origin }: AppTarget, connect: NonNullable<Pool.Options['connect']>): Pool {
  return new Pool(origin, {
    connections: MAX_STREAMS,
    allowH2: false,
    keepAliveTimeout: KEEP_MS,
    keepAliveMaxTimeout: KEEP_MS,
    maxHeaderSize: 2 * MAX_HEADER_BYTES,
    connectTimeout: CONNECT_MS,
    connect,
  });
}

/** Where an app is, and how connections to it are made: for requests, and for upgrades. */
export interface AppWay {
  readonly target: AppTarget;
  readonly pool: Pool;
  readonly upgrade: Pick<AppConnectOptions, 'lookup' | 'rejectUnauthorized' | 'dial'>;
}

/** A site of an app, by connections to it. */
export function siteOver({ target, pool, upgrade: way }: AppWay, options: AppSiteOptions): AppSite {
  const { keepHost = false, link = () => undefined, idleMs = IDLE_MS, clock = systemClock, onTrouble } = options;
  const passing: Passing = { target, keepHost, link };
  let troubled = false;

  const ask = async (request: AppRequest): Promise<AppAnswer> => {
    try {
      return await exchange(pool, request, clock, idleMs);
    } catch (error) {
      const stale = STALE.has(String((error as { code?: unknown }).code));
      if (!stale || request.signal.aborted || request.body !== null || !SAFE.has(request.method)) throw error;
      return exchange(pool, request, clock, idleMs);
    }
  };

  const answered = (): void => {
    if (troubled) onTrouble?.(null);
    troubled = false;
  };
  /** What the site is called. */
  const names = (authority: string): string[] => {
    const known = link();
    return known === undefined ? [authority] : [authority, new URL(known).host];
  };
  const failed = (error: unknown, request: Request): Response => {
    const trouble = troubleOf(error, target);
    // What a visitor asked wrongly is nothing of the app.
    if (trouble.code !== 'PROTOCOL_VIOLATED') {
      troubled = true;
      onTrouble?.(trouble);
    }
    return troubleAnswer(trouble, request);
  };

  /** A request's content; its length, where no field tells it and it is short. */
  const contentOf = async (request: Request, fields: AppRequest['fields']): Promise<Measured | { body: null; length: null }> => {
    const body = contentAsAsked(request);
    if (!body) return { body, length: null };
    const isTold = fields.some(([name]) => name.toLowerCase() === 'content-length');
    return isTold ? { body, length: null } : measured(body, clock);
  };

  const site: Site = async (request, visitor) => {
    const head = headAsAsked(request);
    const { fields, origin } = fieldsForApp(head, visitor, passing);
    const { method, signal } = request;
    try {
      const { body, length } = await contentOf(request, fields);
      const told = length === null ? fields : [...fields, ['content-length', String(length)] as const];
      const answer = await ask({ method, path: targetAtApp(target, head.target), fields: told, body, signal });
      const response = responseOf(answer, method, fieldsForVisitor(answer.fields, { target, names: names(head.authority), origin }));
      answered();
      return response;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return failed(error, request);
    }
  };

  const closing = new AbortController();
  const upgrade = appConnect(target.origin, {
    ...way,
    clock,
    pass({ target: asked, authority, headers }, visitor) {
      const list = Array.from(headers, ([name, value]) => ({ name, value }));
      const { fields, origin } = fieldsForApp({ authority, headers: list }, visitor, passing);
      return {
        path: targetAtApp(target, asked),
        fields,
        back(given) {
          answered();
          return fieldsForVisitor(given, { target, names: names(authority), origin });
        },
      };
    },
    failed: (error, { headers }) => failed(error, new Request('http://site/', { headers })),
  });
  return Object.assign(site, {
    connect: (request: ConnectRequest, visitor: Visitor) =>
      upgrade({ ...request, signal: AbortSignal.any([request.signal, closing.signal]) }, visitor),
    close() {
      closing.abort(new PortholeError('SESSION_CLOSED', 'the site is closed'));
      return pool.destroy();
    },
  });
}

/** @throws PortholeError SITE_FAILED for what no session carries */
function responseOf({ status, body }: AppAnswer, method: string, headers: [name: string, value: string][]): Response {
  try {
    const bytes = headers.reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
    if (headers.length > MAX_HEADERS || bytes > MAX_HEADER_BYTES) throw new RangeError(`${headers.length} header fields of ${bytes} bytes`);
    const empty = method === 'HEAD' || NO_CONTENT.has(status);
    const response = anyResponse(empty ? null : body, { status, headers });
    if (empty) void body.pipeTo(new WritableStream()).catch(() => {}); // its end frees the connection
    return response;
  } catch (cause) {
    body.cancel(cause).catch(() => {});
    throw new PortholeError('SITE_FAILED', `the app's answer cannot be passed on: ${(cause as Error).message}`, { cause });
  }
}
