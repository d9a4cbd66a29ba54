// SPDX-License-Identifier: Apache-2.0
// The HTTP gateway's door: a request of a client without a page becomes a Request, the Response becomes the answer; both stream.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { bridge } from '../../transport/http/bridge.ts';
import { isForHost } from '../../transport/http/cookies.ts';
import { isOfOrigin } from '../../transport/session/fields.ts';
import type { Asking } from '../../transport/session/http.ts';
import { asked, type Gateway, type Web } from './answers.ts';

/** How requests of one kind are passed on. */
export interface Passing {
  /** Puts the request to the site, with these headers or others. */
  ask(headers: Asking['headers'], ask: (headers: Asking['headers']) => Promise<Response>): Promise<Response>;
  /** The request's headers on which our answer depends beside the site's; null for none. */
  vary(response: Response): string | null;
}

/** On a site's own origin a browser's navigation to the same address is answered with the shell. */
const BESIDE_THE_SHELL: Passing = { ask: (headers, ask) => ask(headers), vary: () => 'Sec-Fetch-Dest, Sec-Fetch-Mode' };

/** With each answer of the gateway's: this path is not end to end. */
export const PASSED = { 'Porthole-Gateway': '1' };

/** Answers a request through the gateway. The header Porthole-Gateway says that this path is not end to end. */
export async function passOn(
  web: Web,
  gateway: Gateway,
  site: string,
  request: FastifyRequest,
  reply: FastifyReply,
  passing: Passing = BESIDE_THE_SHELL,
): Promise<FastifyReply> {
  const { protocol, host } = asked(web, request.raw).caller;
  reply.hijack();
  await bridge(request.raw, reply.raw, {
    origin: `${protocol}://${host}`,
    ask: (asking) => passing.ask(asking.headers, (headers) => gateway(site, { ...asking, headers })),
    back: (fields, response) => {
      const kept = fields.filter(([name, value]) => !isOfOrigin(name) && (name !== 'set-cookie' || isForHost(value, host)));
      const vary = passing.vary(response);
      return vary === null ? kept : [...kept, ['vary', vary]];
    },
    headers: PASSED,
    onError: (error) => {
      if (error.code === 'INTERNAL') web.logger.error({ err: error, site }, 'gateway failed');
    },
  });
  return reply;
}
