// SPDX-License-Identifier: Apache-2.0
// What the HTTP routes share: who asks and where, the headers of our own pages, pages and texts for problems.

import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ERRORS, type ErrorCode, PortholeError } from '../../proto/errors.ts';
import { isNavigation } from '../../transport/http/http-front.ts';
import type { Asking } from '../../transport/session/http.ts';
import type { Connecting, Tunnel } from '../../transport/session/tunnel.ts';
import type { Directory } from '../directory/directory.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Place } from '../naming/links.ts';
import type { SuiteNames } from '../naming/names.ts';
import type { Registry } from '../rendezvous/registry.ts';
import { type Caller, callerOf } from '../shared/caller.ts';
import type { SuiteLimits } from '../shared/limits.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { Rates } from '../shared/rates.ts';
import { type ProblemView, pageMissing, problemPage } from './pages/problem.ts';

/** Visits a site on behalf of a client without a page. */
export interface Gateway {
  (siteId: string, request: Asking): Promise<Response>;
  /** The same for what is to become a WebSocket; without it there are none. */
  readonly connect?: (siteId: string, request: Connecting) => Promise<Tunnel>;
}

/** What the routes need of the suite. */
export interface Web {
  readonly directory: Directory;
  readonly registry: Registry;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limits: SuiteLimits;
  readonly names: SuiteNames;
  readonly proxies: number;
  readonly version: string;
  readonly browserAssets?: string | undefined;
  readonly gateway?: Gateway | undefined;
  /** Keeps what comes for hosts that are away; undefined where there is no gateway. */
  readonly inbox?: Inbox | undefined;
  readonly rates: Rates;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Why the suite cannot serve just now; empty when it can. */
  readonly problems: () => string[];
}

/** A request's caller, and what the host it dialled is to us. */
export interface Asked {
  readonly caller: Caller;
  readonly place: Place;
}

/** Who asks, and where. */
export function asked(web: Web, request: IncomingMessage): Asked {
  const caller = callerOf(request, web.proxies);
  return { caller, place: web.names.place(caller.host) };
}

/** The suite's own origin as this caller can reach it. */
export function suiteOrigin(web: Web, { caller }: Asked): URL {
  return web.names.origin(caller);
}

const COMMON = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' };
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** The error pages on a site's origin may stand in that site's own frame. */
const PROBLEM_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/**
 * The shell's policy. The shell stands for the site, so it may be framed wherever the site may.
 * @param inline the scripts in the page itself, by their hashes: 'sha256-…'
 */
export const shellPolicy = (inline: readonly string[]): string =>
  `default-src 'none'; script-src ${["'self'", ...inline].join(' ')}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; connect-src 'self' ws: wss:; frame-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'`;

/** Sends one of our pages. */
export function sendPage(reply: FastifyReply, markup: string, status = 200, policy = PAGE_POLICY): FastifyReply {
  return reply
    .code(status)
    .headers({ ...COMMON, 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' })
    .type('text/html; charset=utf-8')
    .send(markup);
}

/** Sends a problem as text, for whoever is no browser that wants a page. */
export function sendText(reply: FastifyReply, code: ErrorCode, message: string, status: number = ERRORS[code].http): FastifyReply {
  return reply
    .code(status)
    .headers({ ...COMMON, 'Porthole-Error': code })
    .type('text/plain; charset=utf-8')
    .send(`${code}: ${message}\n`);
}

export function sendJson(reply: FastifyReply, value: unknown, status = 200): FastifyReply {
  return reply.code(status).headers(COMMON).type('application/json; charset=utf-8').send(JSON.stringify(value));
}

export function sendRedirect(reply: FastifyReply, to: string): FastifyReply {
  return reply.headers({ ...COMMON, 'Referrer-Policy': 'no-referrer' }).redirect(to, 302);
}

/** Sends a problem in the form that fits the asker: a page to a browser that shows one, a line of text to all others. */
export function sendProblem(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Pick<ProblemView, 'code' | 'status' | 'title' | 'text'>,
): FastifyReply {
  if (!isNavigation(request)) return sendText(reply, problem.code, problem.title, problem.status);
  const portal = `${suiteOrigin(web, asked(web, request.raw)).origin}/`;
  const markup = problemPage({ ...problem, portal, version: web.version });
  return sendPage(reply.header('Porthole-Error', problem.code), markup, problem.status, PROBLEM_POLICY);
}

/** Nothing at this address. */
export function sendMissing(web: Web, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(web, request, reply, pageMissing());
}

/** An error of ours or of the HTTP framework, as an answer. */
export function sendError(web: Web, request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (error instanceof PortholeError) {
    const { code, message } = error;
    return sendProblem(web, request, reply, { code, status: ERRORS[code].http, title: sentence(ERRORS[code].summary), text: [message] });
  }
  if (status < 500) {
    return sendProblem(web, request, reply, { code: 'LINK_INVALID', status, title: 'That request cannot be answered', text: [] });
  }
  web.logger.error({ err: error, path: request.raw.url?.split('?')[0] }, 'request failed');
  const title = sentence(ERRORS.INTERNAL.summary);
  return sendProblem(web, request, reply, {
    code: 'INTERNAL',
    status: 500,
    title,
    text: ['Try again; if it stays, tell the suite’s owner.'],
  });
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
