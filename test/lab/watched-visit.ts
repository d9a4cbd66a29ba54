// SPDX-License-Identifier: Apache-2.0
// One visit within this process: opens a link, fetches a file of the site, and notes when which way stood and carried.

import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { programExaminer } from '../../cli/running/networks.ts';
import { connect } from '../../client-runtime/index.ts';
import { targetOf } from '../../client-runtime/links/target.ts';
import type { Visit } from '../../client-runtime/visit/visit.ts';
import type { Connection } from '../../transport/channel/connection.ts';
import { natPmp, portMapper } from '../../transport/nat/punch/port-mapper.ts';
import { only, techniques } from '../../transport/nat/punch/techniques.ts';
import { upnp } from '../../transport/nat/punch/upnp.ts';
import { nodeStrategies } from '../../transport/strategies/node.ts';
import { tcpPunch } from '../../transport/strategies/tcp-punch.ts';
import { policyFor } from '../../transport/strategy/policy.ts';
import { infoOf, type Strategy } from '../../transport/strategy/strategy.ts';

/** The longest a visit may take, in milliseconds. */
const MOST_MS = 45_000;
const RELAY = 'relay';

export interface VisitOrder {
  /** The link of the file that is fetched. */
  readonly file: string;
  /** Its SHA-256, in hex. */
  readonly digest: string;
  /** Where it is kept what is known of this network; null: it is not examined. */
  readonly home: string | null;
  /** Punching by these techniques alone, and no other way; all there is when left out. */
  readonly techniques?: readonly string[];
  /** The way that the visit is held open for, by not reading what it has fetched; and how long at the most, in milliseconds. */
  readonly wanted: string;
  readonly settleMs: number;
}

/** What became of one way. Times are in milliseconds from opening the link on. */
export interface Stood {
  readonly via: string;
  /** How it was made: a technique of `tcp-punch`. */
  readonly how: string | null;
  /** The introduction was there, and the way was begun. */
  readonly begunMs: number;
  readonly stoodMs: number;
  /** The first message of the host's came by it: it has shown its key by then, or does so with this message. */
  readonly carriedMs: number | null;
}

/** What became of a visit; times as in Stood, null where it did not come to that. */
export interface Visited {
  /** Whether the file came whole, by its digest. */
  readonly whole: boolean;
  /** The way in use at the end. */
  readonly via: string | null;
  readonly firstByteMs: number | null;
  readonly wholeMs: number | null;
  /** The ways that stood, in this order. */
  readonly stood: readonly Stood[];
  /** Why it failed. */
  readonly error: string | null;
}

/** A strategy whose connections are looked at: when each was begun, stood, and carried first. */
function watched(strategy: Strategy, stood: Stood[], since: () => number): Strategy {
  const { name } = strategy;
  return {
    ...infoOf(strategy),
    suits: (self, peer) => strategy.suits(self, peer),
    ...(strategy.prepare && { prepare: strategy.prepare.bind(strategy) }),
    async attempt(call, signal) {
      const begunMs = since();
      const connection: Connection = await strategy.attempt(call, signal);
      const one = { via: name, how: connection.how ?? null, begunMs, stoodMs: since(), carriedMs: null as number | null };
      stood.push(one);
      const carried = (): void => {
        one.carriedMs ??= since();
      };
      const start = connection.start.bind(connection);
      connection.start = (receiver) =>
        start({
          message(borrowed) {
            carried();
            receiver.message(borrowed);
          },
          heard: () => receiver.heard(),
          drained: () => receiver.drained(),
          ended: (reason) => receiver.ended(reason),
        });
      return connection;
    },
  };
}

/** Resolves when the visit is on this way. */
function until(visit: Visit, via: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (visit.status.state === 'connected' && visit.status.path.via === via) resolve();
    };
    visit.onStatus(look);
    look();
  });
}

/** Visits. Never rejects: what fails is told. */
export async function watchedVisit(order: VisitOrder): Promise<Visited> {
  const { file, digest, home, wanted, settleMs } = order;
  const ways = order.techniques
    ? [tcpPunch({ techniques: only(techniques(portMapper([natPmp(), upnp()])), order.techniques), direct: false })]
    : await nodeStrategies();
  const began = performance.now();
  const since = (): number => Math.round(performance.now() - began);
  const stood: Stood[] = [];
  const signal = AbortSignal.timeout(MOST_MS);
  let visit: Visit | null = null;
  let firstByteMs: number | null = null;
  let via: string | null = null;
  try {
    visit = await connect(file, {
      strategies: ways.map((way) => watched(way, stood, since)),
      policy: policyFor(['fastest']),
      ...(home !== null && { examine: programExaminer(home) }),
      signal,
    });
    const site = await visit.known();
    const response = await visit.fetch(new Request(new URL(site.link).origin + targetOf(file, site), { signal }));
    const hash = createHash('sha256');
    for await (const chunk of response.body ?? []) {
      hash.update(chunk);
      if (firstByteMs !== null) continue;
      firstByteMs = since();
      await Promise.race([until(visit, wanted), pause(settleMs, undefined, { ref: false })]);
    }
    const { status } = visit;
    via = status.state === 'connected' ? status.path.via : null;
    const whole = hash.digest('hex') === digest;
    return { whole, via, firstByteMs, wholeMs: since(), stood, error: whole ? null : `the answer is another file (${response.status})` };
  } catch (error) {
    return { whole: false, via, firstByteMs, wholeMs: null, stood, error: (error as Error).message };
  } finally {
    await visit?.close();
  }
}

/** The direct way that carried last. */
export function direct({ via, stood }: Visited): Stood | null {
  return stood.findLast((one) => one.via === via && one.via !== RELAY) ?? null;
}
