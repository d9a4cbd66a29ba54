// SPDX-License-Identifier: Apache-2.0
// The suite's HTTP gateway: answers clients without a page (curl, webhooks, feeds) by visiting the host as any visitor does.

import { startVisit } from '../../client-runtime/visit/connect.ts';
import type { Visit } from '../../client-runtime/visit/visit.ts';
import { PortholeError } from '../../proto/errors.ts';
import type { Asking } from '../../transport/session/http.ts';
import { GATEWAY_AGENT } from '../../transport/session/site.ts';
import type { Connecting, Tunnel } from '../../transport/session/tunnel.ts';
import type { Strategy } from '../../transport/strategy/strategy.ts';
import { type Clock, systemClock } from '../../transport/time/clock.ts';
import { programPrimitives } from './primitives.ts';

/** A visit that nobody asked anything for so long ends when nothing is under way, in milliseconds. */
export const IDLE_MS = 60_000;
/** How long a request waits for a path to the host, in milliseconds: who asks has no page that would explain the wait. */
const PATIENCE_MS = 10_000;

export interface HttpGateway {
  /** Puts a request to a site. Rejects with what stands in the way. */
  ask(site: string, request: Asking): Promise<Response>;
  /** The same for what is to become a WebSocket. */
  connect(site: string, request: Connecting): Promise<Tunnel>;
  close(): Promise<void>;
}

/** What opens a site that is not for everyone has no place in a request like this one: who asks is told where it has. */
const CLOSED = new Set(['NOT_ALLOWED', 'PASSWORD_NEEDED']);

/** 403, not 401: there is nothing in HTTP that would answer this door (RFC 9110 section 15.5.2). */
function refusal(error: unknown): Response {
  if (!(error instanceof PortholeError) || !CLOSED.has(error.code)) throw error;
  return new Response(`${error.code}: ${error.message}; open it in a browser, or with: porthole get\n`, {
    status: 403,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'porthole-error': error.code },
  });
}

/** The same as the answer to a WebSocket's handshake. */
function refusedTunnel(error: unknown): Tunnel {
  const { status, headers, body } = refusal(error);
  return { status, headers, readable: body as ReadableStream<Uint8Array>, writable: new WritableStream() };
}

/**
 * @param suite gives the suite's own URL; asked when the first request comes
 */
export function httpGateway(suite: () => string, strategies: () => Promise<readonly Strategy[]>, clock: Clock = systemClock): HttpGateway {
  const visits = new Map<string, { visit: Visit; cancel: () => void }>();
  let loaded: readonly Strategy[] | null = null;

  const end = async (site: string): Promise<void> => {
    const held = visits.get(site);
    visits.delete(site);
    held?.cancel();
    await held?.visit.close();
  };

  const begin = (site: string, strategies: readonly Strategy[]): Visit => {
    const visit = startVisit(`${suite()}/?hostid=${site}`, {
      strategies,
      primitives: programPrimitives(),
      agent: GATEWAY_AGENT,
      patienceMs: PATIENCE_MS,
    });
    void visit.closed.then(() => {
      if (visits.get(site)?.visit === visit) void end(site);
    });
    return visit;
  };

  /** Keeps a visit for another while, and for as long as requests are under way. */
  const hold = (site: string, visit: Visit): void => {
    const cancel = clock.after(IDLE_MS, () => {
      if (visit.requests > 0) hold(site, visit);
      else void end(site);
    });
    visits.set(site, { visit, cancel });
  };

  const visitOf = async (site: string): Promise<Visit> => {
    loaded ??= await strategies();
    const held = visits.get(site);
    held?.cancel();
    const visit = held?.visit ?? begin(site, loaded);
    hold(site, visit);
    return visit;
  };

  return {
    ask: async (site, request) => (await visitOf(site)).fetch(request).catch(refusal),
    connect: async (site, request) => (await visitOf(site)).connect(request).catch(refusedTunnel),
    close: async () => {
      await Promise.all([...visits.keys()].map(end));
    },
  };
}
