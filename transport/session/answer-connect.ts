// SPDX-License-Identifier: Apache-2.0
// The host's end of a tunnel: puts an extended CONNECT (RFC 8441) to the site, and holds its stream until both directions are over.

import { PortholeError } from '../../proto/errors.ts';
import { CONNECT } from '../../proto/frames.ts';
import { headersOf, sendContent } from './http.ts';
import type { Mux } from './mux.ts';
import type { ConnectAnswer, Site, Visitor } from './site.ts';
import type { Stream } from './stream.ts';
import { pairOf, TunnelFlow } from './tunnel.ts';

/** Of content that a tunnel has none of, as of an answer (RFC 9110 section 9.3.6). */
const NOT_A_TUNNELS = new Set(['content-length']);

/** @param failed told of what the site threw; the visitor is told SITE_FAILED */
export async function answerConnect(
  mux: Mux,
  stream: Stream,
  site: Site,
  visitor: Visitor,
  failed: (error: unknown) => void,
): Promise<void> {
  const { method, target, authority, headers, protocol = '' } = stream.request;
  const opened = Promise.withResolvers<void>();
  opened.promise.catch(() => {}); // who writes learns it
  let answer: ConnectAnswer | null = null;
  try {
    if (method !== 'CONNECT' || !target.startsWith('/') || !mux.speaks(CONNECT)) {
      throw new PortholeError('PROTOCOL_VIOLATED', `not a request for ${protocol}: ${method} ${target}`);
    }
    stream.flow = new TunnelFlow(stream.flow, mux.schedule);
    const fields = new Headers(headers.map(({ name, value }) => [name, value]));
    const asked = { target, authority, headers: fields, protocol, signal: stream.signal, ...pairOf(stream, opened.promise) };
    answer = (await site.connect?.(asked, visitor)) ?? refusal(protocol);
    if (stream.failure) return;
    const { status, body } = answer;
    if (!(status >= 200 && status <= 599)) throw new PortholeError('SITE_FAILED', `the site answered with status ${status}`);
    const isOpen = status === 200;
    const all = headersOf(answer.headers ?? []);
    const sent = isOpen ? all.filter(({ name }) => !NOT_A_TUNNELS.has(name)) : all;
    if (!isOpen) opened.reject(new PortholeError('CANCELLED', `it was answered with ${status}`));
    stream.head({ type: 'response', response: { status, headers: sent } }, !isOpen && !body);
    if (isOpen) {
      opened.resolve();
      await stream.ending;
      return;
    }
    if (body) await sendContent(stream, body, null);
    // What the visitor still wants to send, nobody will read.
    if (!stream.ended) stream.reset(new PortholeError('CANCELLED', 'the request was answered before it ended'));
  } catch (thrown) {
    if (stream.failure) return;
    failed(thrown);
    // An error of the site's own code may name what visitors should not see.
    stream.reset(thrown instanceof PortholeError ? thrown : new PortholeError('SITE_FAILED'));
  } finally {
    opened.reject(new PortholeError('CANCELLED')); // without effect once it is settled
    // Nobody will read it, and it may hold something.
    if (answer?.body && !answer.body.locked) answer.body.cancel(stream.failure).catch(() => {});
    stream.drop(new PortholeError('CANCELLED', 'the connection is over'));
  }
}

/** 501: the method is understood, and the protocol is not there (RFC 9220 section 3). */
function refusal(protocol: string): ConnectAnswer {
  const { body } = new Response(`CONNECT_UNSUPPORTED: this site has no ${protocol}\n`);
  return {
    status: 501,
    headers: [
      ['content-type', 'text/plain; charset=utf-8'],
      ['porthole-error', 'CONNECT_UNSUPPORTED'],
    ],
    body,
  };
}
