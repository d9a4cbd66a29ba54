// SPDX-License-Identifier: Apache-2.0
// The one bridge between Node's HTTP and ours: its request as we ask, our response as it answers; either body at its reader's pace.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { asPortholeError, ERRORS, PortholeError } from '../../proto/errors.ts';
import { endToEnd, fieldsOfRow } from '../session/fields.ts';
import type { Asking } from '../session/http.ts';
import { contentOf, send } from './content.ts';
import { refuse } from './http-front.ts';

type Field = readonly [name: string, value: string];

/** How one request is carried across. */
export interface Bridging {
  /** Scheme and authority that the site is told it is asked at: `http://demo.suite.example`. */
  readonly origin: string;
  /** A field of the request as the site is to have it. As it came, when left out. */
  readonly field?: (name: string, value: string) => string;
  /** Puts it to the site. */
  readonly ask: (asking: Asking) => Promise<Response>;
  /** The fields of an answer as the client is to have them; those of one connection are gone already. As they are, when left out. */
  readonly back?: (fields: [name: string, value: string][], response: Response) => Iterable<Field>;
  /** Fields of the gateway's own, with every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Told of what failed, but for clients that have gone away. */
  readonly onError?: (error: PortholeError) => void;
}

/**
 * Carries a request to a site and the answer back; resolves when that is over. What stands in the way is answered as HTTP; an answer
 * that breaks is cut short, so that nobody takes a part for the whole. A client that goes away aborts the request at once. Of the
 * interim answers (RFC 9110 section 15.2) a client is given 100, when its content is first read, where its server leaves that to its
 * listener (`checkContinue`); no trailers are carried (section 6.5.1).
 */
export async function bridge(request: IncomingMessage, response: ServerResponse, bridging: Bridging): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort(new PortholeError('CANCELLED', 'the client has gone away')));
  try {
    const found = await bridging.ask(askingOf(request, response, bridging, gone.signal));
    if (gone.signal.aborted) await found.body?.cancel(gone.signal.reason);
    else await answer(response, found, bridging);
  } catch (thrown) {
    if (gone.signal.aborted) return;
    const error = asPortholeError(thrown);
    bridging.onError?.(error);
    if (response.headersSent) return cut(response);
    const { code } = error;
    // What went wrong inside is not for clients.
    const message = code === 'INTERNAL' ? ERRORS.INTERNAL.summary : error.message;
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    refuse(response, { status: ERRORS[code].http, code, message }, bridging.headers);
  }
}

function askingOf(request: IncomingMessage, response: ServerResponse, { origin, field }: Bridging, signal: AbortSignal): Asking {
  const { method = 'GET', url = '/', headers } = request;
  const fields: [string, string][] = [];
  for (const [name, value] of endToEnd(fieldsOfRow(request.rawHeaders))) {
    // Whether content may come is settled here (RFC 9110 section 10.1.1).
    if (name !== 'expect') fields.push([name, field ? field(name, value) : value]);
  }
  const waits = leavesContinue(request, response) ? (): void => response.writeContinue() : undefined;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return { method, url: origin + url, headers: fields, body: hasBody ? contentOf(request, response, waits) : null, signal };
}

/** Whether a client waits for 100, and Node has not sent it. */
function leavesContinue({ headers }: IncomingMessage, { socket }: ServerResponse): boolean {
  const server = (socket as { server?: { listenerCount(name: string): number } } | null)?.server;
  return /(^|,)\s*100-continue\s*(,|$)/i.test(headers.expect ?? '') && (server?.listenerCount('checkContinue') ?? 0) > 0;
}

async function answer(response: ServerResponse, found: Response, { back, headers = {} }: Bridging): Promise<void> {
  const { status, body } = found;
  response.statusCode = status;
  const fields = endToEnd(found.headers);
  for (const [name, value] of back ? back(fields, found) : fields) response.appendHeader(name, value);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  await send(response, body);
}

/** Breaks an answer off so that its client knows. */
function cut(response: ServerResponse): void {
  const { socket } = response;
  // Of an answer that ends with its connection (HTTP/1.0) a plain end would be the end.
  const endsWithIt = !response.chunkedEncoding && !response.hasHeader('content-length');
  if (endsWithIt && socket instanceof Socket && !('encrypted' in socket)) socket.resetAndDestroy();
  else response.destroy();
}
