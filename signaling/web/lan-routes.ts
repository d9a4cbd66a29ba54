// SPDX-License-Identifier: Apache-2.0
// This machine as its network calls it: one site at the root of each address, over plain HTTP, for callers who are near.

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { askWithBadge, type BadgeWords, badgeScript, mayBeBadged } from '../../transport/http/badge/badged.ts';
import { isNavigation, NAVIGATION_HEADERS } from '../../transport/http/http-front.ts';
import { isNear, isStranger, STRANGER } from '../naming/near.ts';
import { asked, sendMissing, sendText, type Web } from './answers.ts';
import type { Passage } from './gateway.ts';

const constraints = { origin: 'lan' };
/** Where the script of the badge is. */
const BADGE_SCRIPT = '/.porthole/lan.js';
const BADGE: BadgeWords = {
  via: 'lan',
  direct: false,
  title: 'Plain HTTP in this network',
  text: [
    'This page comes straight from a computer in this network, over plain HTTP. It is not sealed end to end: others in this network could read or change it on its way.',
    'Sealed end to end: the same link, opened with “porthole open”.',
  ],
};
/** How long a browser may show the badge without asking whether it is still so, in seconds. */
const SCRIPT_AGE_S = 3600;
/** Of ours; the rest is the site's. */
const OWN = '/.porthole/';

/** Why a request has no business with a suite that shows a site to its network; null where it has. */
export function refusalOf(web: Web, request: IncomingMessage): string | null {
  if (isStranger(web.names, request)) return STRANGER;
  // A page elsewhere may have had its own name led here, to read what we answer: DNS rebinding.
  const isOurs = web.names.lan === undefined || asked(web, request).place.kind !== 'foreign';
  return isOurs ? null : 'this machine is not known by that name; open it by its address';
}

/** Whether a request is for the site that the network is shown. */
export function lanAsked(web: Web, request: IncomingMessage): Passage | null {
  const { caller, place } = asked(web, request);
  const site = web.names.lan?.site();
  if (place.kind !== 'lan' || site === undefined || !isNear(caller.ip) || request.url?.startsWith(OWN)) return null;
  const script = `${caller.protocol}://${caller.host}${BADGE_SCRIPT}`;
  const destination = request.headers['sec-fetch-dest'];
  return {
    site,
    vary: (response) => (mayBeBadged(response, destination) ? NAVIGATION_HEADERS : null),
    ...(isNavigation(request) && { ask: (headers, ask) => askWithBadge(script, new Headers([...headers].map(([...pair]) => pair)), ask) }),
  };
}

/** Adds the routes. */
export function lanRoutes(app: FastifyInstance, web: Web): void {
  const { lan } = web.names;
  if (lan === undefined) return;
  const badge = badgeScript(BADGE);
  const tag = `"${createHash('sha256').update(badge).digest('hex').slice(0, 16)}"`;

  app.get(BADGE_SCRIPT, { constraints }, (request, reply) => {
    reply.headers({ 'Cache-Control': `public, max-age=${SCRIPT_AGE_S}`, ETag: tag, 'X-Content-Type-Options': 'nosniff' });
    if (request.headers['if-none-match']?.includes(tag)) return reply.code(304).send();
    return reply.type('text/javascript; charset=utf-8').send(badge);
  });

  app.route({
    method: app.supportedMethods,
    url: '/*',
    constraints,
    handler: (request, reply) => {
      // A proxy in front is near, and says who is behind it.
      const { caller } = asked(web, request.raw);
      if (!isNear(caller.ip)) return sendText(reply, 'NOT_ALLOWED', STRANGER);
      if (request.url.startsWith(OWN)) return sendText(reply, 'LINK_INVALID', 'there is nothing at this address', 404);
      if (web.gateway === undefined) return sendText(reply, 'LINK_INVALID', 'this site is opened with: porthole get', 404);
      const site = lan.site();
      if (site === undefined) return sendText(reply, 'HOST_OFFLINE', 'the site is not online yet; try again in a moment');
      return sendMissing(web, request, reply);
    },
  });
}
