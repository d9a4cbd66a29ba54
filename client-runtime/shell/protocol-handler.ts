// SPDX-License-Identifier: Apache-2.0
// A visit as the handler of a URL scheme in an app shell: what Electron's `protocol.handle` takes.

import { asPortholeError, ERRORS } from '../../proto/errors.ts';
import { wordsOf } from '../../transport/http/http-front.ts';
import { endToEnd } from '../../transport/session/fields.ts';
import { type Cookie, CookieSet, cookieText, parseCookie } from '../browser/shared/cookies.ts';
import { ledFrom } from '../visit/led-from.ts';
import type { Visit } from '../visit/visit.ts';

/** How a scheme is answered. */
export interface ProtocolHandlerOptions {
  /** What the site is told it is called: host and port. The host of its link, when left out. */
  readonly authority?: string;
  /**
   * Whether the handler keeps the site's cookies, in memory, and sends them with its requests: pages of a scheme of an app's own have
   * none of the platform's. True when left out; `document.cookie` stays empty all the same.
   */
  readonly cookies?: boolean;
  /** Told of each request that failed, with its URL. */
  readonly onError?: (error: Error, url: string) => void;
}

/**
 * Answers requests for a scheme of an app's own from a visit, for Electron's `protocol.handle(scheme, handler)`: `scheme://any-host/path`
 * is the site's `/path`. Bodies stream both ways, ranges are answered with 206 where the site has them, and a request that is given up
 * (its signal, or its body's cancellation) ends at the site. Never rejects but with the signal's reason: what stands in the way is an
 * answer with its HTTP status, a line of text and the field `Porthole-Error`.
 * @example
 * protocol.registerSchemesAsPrivileged([{ scheme: 'site', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]);
 * await app.whenReady();
 * protocol.handle('site', protocolHandler(await connect(link)));
 */
export function protocolHandler(
  visit: Pick<Visit, 'fetch' | 'known'>,
  options: ProtocolHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const { authority, cookies = true, onError } = options;
  const jar = cookies ? new CookieSet() : null;

  const ask = async (request: Request): Promise<Response> => {
    const [, here = '', path = '', query = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)([^?#]*)(\?[^#]*)?/i.exec(request.url) ?? [];
    const site = `http://${authority ?? new URL((await visit.known()).link).host}`;
    const given = endToEnd(request.headers);
    // Electron tells the referrer apart from the fields.
    if (!request.headers.has('referer') && request.referrer.startsWith(`${here}/`)) given.push(['referer', request.referrer]);
    const headers = given.map(([name, value]): [string, string] => [
      name,
      name === 'origin' || name === 'referer' ? ledFrom(value, here, site) : value,
    ]);
    const held = jar && request.credentials !== 'omit' ? cookieText(jar.for(path || '/', Date.now(), fits(request, here))) : '';
    if (held !== '') headers.push(['cookie', held]);
    const { method, body, signal } = request;
    const found = await visit.fetch({ method, url: `${site}${path || '/'}${query}`, headers, body, signal });
    for (const text of jar ? found.headers.getSetCookie() : []) {
      const cookie = parseCookie(text, { host: new URL(site).hostname, path: path || '/', now: Date.now(), script: false });
      if (cookie) jar?.keep(cookie, Date.now(), false);
    }
    // By the name that the site is told it has the app would leave the visit.
    const location = found.headers.get('location');
    if (location !== null) found.headers.set('location', ledFrom(location, site, here));
    return found;
  };

  return async (request) => {
    try {
      return await ask(request);
    } catch (thrown) {
      if (request.signal.aborted) throw request.signal.reason;
      const { code, message } = asPortholeError(thrown);
      onError?.(asPortholeError(thrown), request.url);
      const status = ERRORS[code].http;
      const { fields, body } = wordsOf({ status, code, message: code === 'INTERNAL' ? ERRORS.INTERNAL.summary : message });
      return new Response(request.method === 'HEAD' ? null : body, { status, headers: fields });
    }
  };
}

/** Which cookies may go with a request (RFC 6265bis section 5.8.3): another origin's pages bring few. */
function fits({ method, headers }: Request, here: string): (cookie: Cookie) => boolean {
  const origin = headers.get('origin');
  if (origin === null || origin === here) return () => true;
  const safe = method === 'GET' || method === 'HEAD';
  return ({ sameSite }) => sameSite === 'none' || (safe && sameSite === 'lax');
}
