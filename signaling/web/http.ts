// SPDX-License-Identifier: Apache-2.0
// The HTTP side: the server, fastify on it without listening, who may be answered what, and the upgrades.

import { type IncomingMessage, METHODS, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import { PortholeError } from '../../proto/errors.ts';
import { frontServer, type IsOurs, onClientError } from '../../transport/http/http-front.ts';
import { hostName } from '../naming/links.ts';
import { callerOf, canonicalAddress, isLoopback } from '../shared/caller.ts';
import { asked, sendError, sendMissing, sendText, type Web } from './answers.ts';
import { addBrowserFiles, WORKER_PATH } from './browser-files.ts';
import { type Passage, passOn } from './gateway.ts';
import { lanAsked, lanRoutes, refusalOf } from './lan-routes.ts';
import { PAGES_PREFIX } from './pages/layout.ts';
import type { PresenceStreams } from './presence-stream.ts';
import { siteAsked, siteRoutes } from './site-routes.ts';
import { suiteRoutes } from './suite-routes.ts';

/**
 * Makes the HTTP server and all that answers on it; nothing listens yet.
 * @throws PortholeError CONFIG_INVALID (no shell page in the folder of browser files)
 */
export async function makeHttp(web: Web, presence: PresenceStreams): Promise<{ app: FastifyInstance; server: Server }> {
  let server: Server | undefined;
  const app = Fastify({
    serverFactory(handler) {
      const answer: RequestListener = (request, response) => {
        const passage = passageOf(web, request);
        if (passage && web.gateway) void passOn(web, web.gateway, passage, request, response);
        else handler(request, response);
      };
      server = frontServer(answersFor(web), answer, { keepAliveTimeout: 10_000 });
      return server;
    },
    // Links may end in a slash or not, and a site's paths are the site's.
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 64 * 1024 },
    clientErrorHandler: onClientError,
    frameworkErrors: (error, request, reply) => void sendError(web, request, reply, error),
  });
  app.addConstraintStrategy({
    name: 'origin',
    storage() {
      const stores = new Map<string, never>();
      return { get: (origin) => stores.get(String(origin)) ?? null, set: (origin, store) => stores.set(String(origin), store as never) };
    },
    deriveConstraint(request: IncomingMessage) {
      const { kind } = asked(web, request).place;
      return kind === 'site' || kind === 'lan' ? kind : 'suite';
    },
    mustMatchWhenDerived: false,
  });
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  }
  // Nothing of ours takes a body.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));

  app.addHook('onRequest', async (request, reply) => {
    const refusal = refusalOf(web, request.raw);
    if (refusal !== null) return sendText(reply, 'NOT_ALLOWED', refusal);
    if (request.headers['service-worker'] === 'script' && request.url.split('?')[0] !== WORKER_PATH) {
      return sendText(reply, 'NOT_ALLOWED', 'a hosted site cannot bring a service worker', 403);
    }
  });
  app.setErrorHandler((error, request, reply) => sendError(web, request, reply, error));
  app.setNotFoundHandler((request, reply) => sendMissing(web, request, reply));

  await app.register(fastifyStatic, {
    root: join(import.meta.dirname, 'pages', 'files'),
    prefix: PAGES_PREFIX,
    decorateReply: false,
    index: false,
    cacheControl: false,
    allowedPath: (path) => /\.(css|js|svg)$/.test(path),
    setHeaders: (reply) => void reply.headers({ 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' }),
  });
  await addBrowserFiles(app, web.browserAssets);
  suiteRoutes(app, web, presence);
  siteRoutes(app, web);
  lanRoutes(app, web);
  await app.ready();
  if (server === undefined) throw new PortholeError('INTERNAL');
  return { app, server };
}

/** Whether a request is for a site, and may go there; all others are answered here. */
function passageOf(web: Web, request: IncomingMessage): Passage | null {
  if (request.headers['service-worker'] === 'script' || refusalOf(web, request) !== null) return null;
  return siteAsked(web, request) ?? lanAsked(web, request);
}

/**
 * Whether the suite answers for the authority of a target in absolute form: its domains, and its own addresses. Stricter than
 * with Host, which is what a browser dialled: here a stranger would take the suite for an open proxy. Any port: there may be
 * another one in front.
 */
export function answersFor(web: Web): IsOurs {
  return ({ scheme, authority }, request) => {
    const caller = callerOf(request, web.proxies);
    if (scheme !== caller.protocol) return false;
    const { kind } = web.names.place(authority);
    if (kind === 'suite' || kind === 'site') return true;
    const name = hostName(authority) ?? '';
    const ip = canonicalAddress(name.replace(/^\[|\]$/g, ''));
    return isLoopback(ip) || ip === caller.reached || (kind === 'lan' && web.names.lan?.names.includes(name) === true);
  };
}
