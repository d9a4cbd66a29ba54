// SPDX-License-Identifier: Apache-2.0
// The HTTP gateway's door: a request of a client without a page becomes a Request, the Response becomes the answer; both stream.

import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asPortholeError, ERRORS } from '../../proto/errors.ts';
import { isForHost } from '../../transport/http/cookies.ts';
import { endToEnd, fieldsOfRow } from '../../transport/session/fields.ts';
import { asked, type Gateway, sendText, type Web } from './answers.ts';

/** How requests of one kind are passed on. */
export interface Passing {
  /** Puts the request to the site, with these headers or others. */
  ask(headers: Headers, ask: (headers: Headers) => Promise<Response>): Promise<Response>;
  /** The request's headers on which our answer depends beside the site's; null for none. */
  vary(response: Response): string | null;
}

/** On a site's own origin a browser's navigation to the same address is answered with the shell. */
export const BESIDE_THE_SHELL: Passing = { ask: (headers, ask) => ask(headers), vary: () => 'Sec-Fetch-Dest, Sec-Fetch-Mode' };

/**
 * Answers a request through the gateway. The header Porthole-Gateway says that this path is not end to end.
 * @param read the request's content, where it was read before
 */
export async function passOn(
  web: Web,
  gateway: Gateway,
  site: string,
  request: FastifyRequest,
  reply: FastifyReply,
  passing: Passing = BESIDE_THE_SHELL,
  read: Uint8Array | null = null,
): Promise<FastifyReply> {
  reply.header('Porthole-Gateway', '1');
  const { caller } = asked(web, request.raw);
  const gone = new AbortController();
  reply.raw.on('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  let response: Response;
  try {
    const { 'transfer-encoding': coding, 'content-length': length } = request.headers;
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD' && (coding !== undefined || Number(length) > 0);
    response = await passing.ask(requestHeaders(request), (headers) =>
      gateway(
        site,
        new Request(new URL(`${caller.protocol}://${caller.host}${request.url}`), {
          method: request.method,
          headers,
          body: read ?? (hasBody ? Readable.toWeb(request.raw) : null),
          duplex: 'half',
          redirect: 'manual',
          signal: gone.signal,
        } as RequestInit),
      ),
    );
  } catch (thrown) {
    const { code, message } = asPortholeError(thrown);
    if (code === 'INTERNAL') web.logger.error({ err: thrown, site }, 'gateway failed');
    return sendText(reply, code, code === 'INTERNAL' ? ERRORS.INTERNAL.summary : message, ERRORS[code].http);
  }
  for (const [name, value] of endToEnd(response.headers)) {
    if (name !== 'set-cookie') reply.header(name, value);
  }
  for (const cookie of response.headers.getSetCookie()) if (isForHost(cookie, caller.host)) reply.header('set-cookie', cookie);
  const vary = [response.headers.get('vary'), passing.vary(response)].filter((names) => names !== null);
  if (vary.length > 0) reply.header('vary', vary.join(', '));
  reply.code(response.status);
  if (response.body === null) return reply.send();
  return reply.send(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]));
}

function requestHeaders({ raw }: FastifyRequest): Headers {
  return new Headers(endToEnd(fieldsOfRow(raw.rawHeaders)));
}
