// SPDX-License-Identifier: Apache-2.0
// The suite's own origin: portal, search, links that lead to sites, health, metrics.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isNavigation } from '../../transport/http/http-front.ts';
import type { SiteRecord } from '../directory/directory.ts';
import { siteOfPath } from '../naming/links.ts';
import { siteLink } from '../naming/names.ts';
import { MAX_SEARCH_CHARS, PORTAL_SITES } from '../shared/limits.ts';
import { asked, sendJson, sendMissing, sendPage, sendProblem, sendRedirect, suiteOrigin, type Web } from './answers.ts';
import { type PortalView, portalPage, portalSites } from './pages/portal.ts';
import { siteUnknown } from './pages/problem.ts';
import type { PresenceStreams } from './presence-stream.ts';

const constraints = { origin: 'suite' };

/** Adds the routes. */
export function suiteRoutes(app: FastifyInstance, web: Web, presence: PresenceStreams): void {
  app.get('/healthz', { constraints }, (_request, reply) => {
    const problems = web.problems();
    return sendJson(
      reply,
      { status: problems.length === 0 ? 'ok' : 'failing', version: web.version, problems },
      problems.length === 0 ? 200 : 503,
    );
  });

  app.get('/metrics', { constraints }, async (_request, reply) => {
    const { type, body } = await web.metrics.text();
    return reply.header('Cache-Control', 'no-store').type(type).send(body);
  });

  app.get('/.porthole/presence', { constraints }, (request, reply) => presence.open(request, reply));

  app.get('/.porthole/sites', { constraints }, (request, reply) => sendPage(reply, portalSites(view(web, request)).text));

  app.get('/*', { constraints }, (request, reply) => {
    const where = asked(web, request.raw);
    const origin = suiteOrigin(web, where);
    const url = new URL(origin.origin + request.url);
    const onSuite = url.pathname === '/' && !url.searchParams.has('hostid');
    if (onSuite) {
      // Sites are names below the suite's, and an address has none: from this machine, localhost is the same place.
      if (where.place.kind === 'address' && origin.hostname === 'localhost' && isNavigation(request)) return sendRedirect(reply, url.href);
      return sendPage(reply, portalPage(view(web, request)));
    }
    const label = siteOfPath(url.pathname, url.searchParams);
    if (label === undefined) return sendMissing(web, request, reply);
    const site = web.directory.find(label);
    if (site === undefined) return sendProblem(web, request, reply, siteUnknown(label));
    const to = new URL(siteLink(origin, label));
    if (to.host === origin.host) {
      return sendProblem(web, request, reply, {
        code: 'LINK_INVALID',
        status: 404,
        title: 'This site needs a name to open in a browser',
        text: [
          'The suite was reached by its address. Each site needs a host name of its own, the wall between one site and another.',
          `Open it with: porthole open ${to.href}`,
        ],
      });
    }
    if (url.searchParams.has('hostid')) url.searchParams.delete('hostid');
    else to.pathname = `/${url.pathname.split('/').slice(2).join('/')}`;
    to.search = url.search;
    return sendRedirect(reply, to.href);
  });
}

/** What the portal shows a caller: hosts online first, then the others, the last seen first. */
function view(web: Web, request: FastifyRequest): PortalView {
  const { directory, registry } = web;
  const origin = suiteOrigin(web, asked(web, request.raw));
  const query = (new URL(origin.origin + request.url).searchParams.get('q') ?? '').trim().slice(0, MAX_SEARCH_CHARS);
  const found = query === '' ? listed(web) : directory.search(query, PORTAL_SITES);
  const sites = found.map((site) => ({
    ...site.card,
    name: site.name,
    link: siteLink(origin, site.name),
    lastSeen: site.lastSeen,
    online: registry.presence(site.id) !== undefined,
  }));
  sites.sort((a, b) => Number(b.online) - Number(a.online));
  return { query, sites, known: directory.count(), now: web.now(), suite: origin.origin, version: web.version };
}

function listed({ directory, registry }: Web): SiteRecord[] {
  const sites = new Map<string, SiteRecord>();
  for (const { site } of registry.online()) {
    if (sites.size < PORTAL_SITES && !site.unlisted) sites.set(site.id, site);
  }
  for (const site of directory.recent(PORTAL_SITES)) {
    if (sites.size < PORTAL_SITES && !sites.has(site.id)) sites.set(site.id, site);
  }
  return [...sites.values()];
}
