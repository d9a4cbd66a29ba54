// SPDX-License-Identifier: Apache-2.0
// A site's own origin: the shell for browsers, its files, what it needs to know, and what the gateway passes on.

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { PortholeError } from '../../proto/errors.ts';
import { isNavigation } from '../../transport/http/http-front.ts';
import type { SiteRecord } from '../directory/directory.ts';
import { siteLabel } from '../naming/links.ts';
import { siteLink } from '../naming/names.ts';
import { asked, sendJson, sendMissing, sendProblem, sendText, suiteOrigin, type Web } from './answers.ts';
import type { Passage } from './gateway.ts';
import { siteUnknown } from './pages/problem.ts';

const constraints = { origin: 'site' };

/** What is below is ours, not the site's. */
const OWN = '/.porthole/';
/** The shell page in the folder of browser files. */
export const SHELL_FILE = 'shell.html';

const PAST_WORKER = 'a page of this site asked past its service worker, so that this would not be sealed: see docs/limits-in-browsers.md';

/**
 * Whether a page of the site asks for a part of itself: its service worker should have carried that. What a person saves by the
 * browser's own menu goes past workers as well, and says nothing of what for.
 * @param isPage it is a navigation: those get the shell, which sees to it, but for objects, which no worker is asked for
 */
function isPastWorker(headers: IncomingHttpHeaders, isPage: boolean): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = headers;
  if (site !== 'same-origin') return false;
  return isPage ? dest === 'object' || dest === 'embed' : !(mode === 'no-cors' && dest === 'empty');
}

function siteNamed(web: Web, text: string): { label: string; site: SiteRecord | undefined } {
  const label = siteLabel(text);
  return { label: label ?? text, site: label === undefined ? undefined : web.directory.find(label) };
}

/** Whether a request is for the site of its origin: of a client without a page. */
export function siteAsked(web: Web, request: IncomingMessage): Passage | null {
  const { place } = asked(web, request);
  if (place.kind !== 'site' || request.url?.startsWith(OWN) || isNavigation(request) || isPastWorker(request.headers, false)) return null;
  const { site } = siteNamed(web, place.label);
  // A browser's navigation to the same address is answered with the shell.
  return site === undefined ? null : { site: site.id, hasInbox: true, vary: () => 'Sec-Fetch-Dest, Sec-Fetch-Mode' };
}

/** Adds the routes. */
export function siteRoutes(app: FastifyInstance, web: Web): void {
  const siteAt = (request: { raw: IncomingMessage }): { label: string; site: SiteRecord | undefined } => {
    const { place } = asked(web, request.raw);
    return siteNamed(web, place.kind === 'site' ? place.label : '');
  };

  app.get('/.porthole/site.json', { constraints }, (request, reply) => {
    const { label, site } = siteAt(request);
    if (site === undefined) return sendJson(reply, { code: 'SITE_UNKNOWN', message: `the suite knows no site "${label}"` }, 404);
    return sendJson(reply, {
      site: site.id,
      name: site.name,
      title: site.card.title,
      online: web.registry.presence(site.id) !== undefined,
      link: siteLink(suiteOrigin(web, asked(web, request.raw)), site.name),
      suiteVersion: web.version,
    });
  });

  app.route({
    method: app.supportedMethods,
    url: '/*',
    constraints,
    handler: (request, reply) => {
      const { label, site } = siteAt(request);
      if (site === undefined) return sendProblem(web, request, reply, siteUnknown(label));
      if (request.url.startsWith(OWN)) return sendMissing(web, request, reply);
      const isPage = isNavigation(request);
      if (isPastWorker(request.headers, isPage)) {
        // An object that was refused stays so, whatever the page's first script gives it afterwards.
        return sendText(reply, 'NOT_ALLOWED', PAST_WORKER, isPage ? 200 : undefined);
      }
      if (isPage) {
        if (web.browserAssets === undefined) throw new PortholeError('INTERNAL', 'this suite was started without its files for browsers');
        return reply.sendFile(SHELL_FILE, web.browserAssets);
      }
      return sendText(reply, 'LINK_INVALID', 'this site is opened in a browser, or with: porthole get', 404);
    },
  });
}
