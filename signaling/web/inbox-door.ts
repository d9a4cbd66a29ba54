// SPDX-License-Identifier: Apache-2.0
// Takes requests into a site's sealed inbox while its host is away, and says to the sender what became of them.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { PortholeError } from '../../proto/errors.ts';
import { endToEnd, fieldsOfRow } from '../../transport/session/fields.ts';
import { rateKey } from '../shared/caller.ts';
import { asked, sendJson, sendText, type Web } from './answers.ts';

/** Says that a request waits in the inbox, and that this server has read it. */
const FIELD = { 'Porthole-Inbox': 'sealed; seen-in-plain' };
const NOTE =
  'The host of this site is away. This server read your request in plain, then sealed it to the host’s key; now only the host can read it.';

/** What becomes of a request: answered; or the site's to answer now, with the content that was read of it, if it was. */
export type AtDoor = { readonly answered: FastifyReply } | { readonly answered: null; readonly body: Uint8Array | null };

/**
 * Keeps a request for a host that is away, or whose inbox is not empty yet: what came before goes first.
 * @param site the site's id
 */
export async function atInboxDoor(web: Web, site: string, request: FastifyRequest, reply: FastifyReply): Promise<AtDoor> {
  const { inbox, registry, rates } = web;
  const { pathname, search } = new URL(`http://site${request.url}`);
  const mustWait = (): boolean => registry.presence(site) === undefined || (inbox?.waiting(site) ?? 0) > 0;
  if (inbox === undefined || !inbox.takes(site, request.method, pathname) || !mustWait()) return { answered: null, body: null };
  const { caller } = asked(web, request.raw);
  try {
    await rates.spend('inboxPerAddress', rateKey(caller.ip));
    const length = request.headers['content-length'];
    const content = request.raw.iterator({ destroyOnReturn: false });
    const body = await inbox.read(site, content, length === undefined ? undefined : Number(length));
    // It came back while the content came: what is live is never kept, or it would wait for nobody.
    if (!mustWait()) return { answered: null, body };
    const fields = endToEnd(fieldsOfRow(request.raw.rawHeaders)).map(([name, value]) => ({ name, value }));
    const received = new Date(web.now()).toISOString();
    const { method } = request;
    const { until } = inbox.put(site, { received, method, target: pathname + search, authority: caller.host, fields, body });
    const said = { status: 'sealed', received, expires: new Date(until).toISOString(), seenInPlain: true, note: NOTE };
    return { answered: sendJson(reply.headers(FIELD), said, 202) };
  } catch (thrown) {
    if (!(thrown instanceof PortholeError)) throw thrown;
    const { code, message } = thrown;
    if (code === 'STORAGE_FAILED') web.logger.error({ err: thrown, site }, 'a request could not be kept');
    // What was not read of the content would be taken for the next request.
    return { answered: sendText(reply.header('Connection', 'close'), code, message) };
  }
}
