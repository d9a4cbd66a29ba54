// SPDX-License-Identifier: Apache-2.0
// The HTTP gateway's door: a request of a client without a page becomes a Request, the Response becomes the answer; both stream.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { bridge } from '../../transport/http/bridge.ts';
import { isForHost } from '../../transport/http/cookies.ts';
import { isOfOrigin } from '../../transport/session/fields.ts';
import type { Asking } from '../../transport/session/http.ts';
import { asked, type Gateway, type Web } from './answers.ts';
import { atInboxDoor } from './inbox-door.ts';

/** A request that is for a site, and how it is passed on. */
export interface Passage {
  /** The site's id. */
  readonly site: string;
  /** Where it may wait in the site's inbox while the host is away. */
  readonly hasInbox?: true;
  /** Puts the request to the site, with these headers or others. As they are, when left out. */
  readonly ask?: (headers: Asking['headers'], ask: (headers: Asking['headers']) => Promise<Response>) => Promise<Response>;
  /** The request's headers on which our answer depends beside the site's; null for none. */
  readonly vary: (response: Response) => string | null;
}

/** With each answer of the gateway's: this path is not end to end. */
export const PASSED = { 'Porthole-Gateway': '1' };

/**
 * Answers a request through the gateway. It goes by no framework, which would have a mind of its own about targets and methods. The
 * header Porthole-Gateway says that this path is not end to end.
 */
export function passOn(
  web: Web,
  gateway: Gateway,
  { site, hasInbox, ask, vary }: Passage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { protocol, host } = asked(web, request).caller;
  return bridge(request, response, {
    origin: `${protocol}://${host}`,
    ask: async (asking) => {
      const waits = hasInbox ? await atInboxDoor(web, site, request, asking) : { answered: null, asking };
      if (waits.answered) return waits.answered;
      return ask ? ask(asking.headers, (headers) => gateway(site, { ...asking, headers })) : gateway(site, waits.asking);
    },
    back: (fields, found) => {
      const kept = fields.filter(([name, value]) => !isOfOrigin(name) && (name !== 'set-cookie' || isForHost(value, host)));
      // An answer that depends on all there is stays as it is.
      const names = found.headers.get('vary') === '*' ? null : vary(found);
      return names === null ? kept : [...kept, ['vary', names]];
    },
    headers: PASSED,
    onError: (error) => {
      if (error.code === 'INTERNAL') web.logger.error({ err: error, site }, 'gateway failed');
    },
  });
}
