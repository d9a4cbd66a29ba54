// SPDX-License-Identifier: Apache-2.0
// Takes requests into a site's sealed inbox while its host is away, and says to the sender what became of them.

import type { IncomingMessage } from 'node:http';
import { ERRORS, PortholeError } from '../../proto/errors.ts';
import { wordsOf } from '../../transport/http/http-front.ts';
import type { Asking } from '../../transport/session/http.ts';
import { rateKey } from '../shared/caller.ts';
import { asked, type Web } from './answers.ts';

/** Says that a request waits in the inbox, and that this server has read it. */
const FIELD = { 'porthole-inbox': 'sealed; seen-in-plain' };
const NOTE =
  'The host of this site is away. This server read your request in plain, then sealed it to the host’s key; now only the host can read it.';

/** What becomes of a request: answered; or the site's to answer now, with the content that was read of it, if it was. */
export type AtDoor = { readonly answered: Response; readonly asking?: never } | { readonly answered: null; readonly asking: Asking };

/**
 * Keeps a request for a host that is away, or whose inbox is not empty yet: what came before goes first.
 * @param site the site's id
 */
export async function atInboxDoor(web: Web, site: string, request: IncomingMessage, asking: Asking): Promise<AtDoor> {
  const { inbox, registry, rates } = web;
  const { method = '', url = '/' } = request;
  // Dots undone: what leads elsewhere is not for the inbox.
  const pathname = URL.parse(`http://site${url}`)?.pathname ?? '';
  const mustWait = (): boolean => registry.presence(site) === undefined || (inbox?.waiting(site) ?? 0) > 0;
  if (inbox === undefined || !inbox.takes(site, method, pathname) || !mustWait()) return { answered: null, asking };
  const { caller } = asked(web, request);
  try {
    const from = rateKey(caller.ip);
    await rates.spend('inboxPerAddress', from);
    const length = request.headers['content-length'];
    const body = await inbox.read(site, asking.body ?? null, length === undefined ? undefined : Number(length), from);
    // It came back while the content came: what is live is never kept, or it would wait for nobody.
    if (!mustWait()) return { answered: null, asking: { ...asking, body: asking.body && streamOf(body) } };
    const fields = [...asking.headers].map(([name, value]) => ({ name, value }));
    const received = new Date(web.now()).toISOString();
    const { until } = inbox.put(site, { received, method, target: url, authority: caller.host, fields, body });
    const said = { status: 'sealed', received, expires: new Date(until).toISOString(), seenInPlain: true, note: NOTE };
    return { answered: Response.json(said, { status: 202, headers: { ...FIELD, 'cache-control': 'no-store' } }) };
  } catch (thrown) {
    if (!(thrown instanceof PortholeError)) throw thrown;
    const { code, message } = thrown;
    if (code === 'STORAGE_FAILED') web.logger.error({ err: thrown, site }, 'a request could not be kept');
    const status = ERRORS[code].http;
    const { fields, body } = wordsOf({ status, code, message });
    return { answered: new Response(body, { status, headers: fields }) };
  }
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]).stream() as ReadableStream<Uint8Array>;
}
