// SPDX-License-Identifier: Apache-2.0
// `porthole exam`: what this network allows, and why.

import { dirname } from 'node:path';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { networkName, ownAddresses, remember } from '../../transport/nat/exam/background.ts';
import { takeExam } from '../../transport/nat/exam/exam.ts';
import type { Mapping, NatProfile } from '../../transport/nat/profile.ts';
import { openSockets } from '../../transport/nat/sockets/ffi.ts';
import { Rendezvous } from '../../transport/rendezvous/client.ts';
import type { Strategy, Verdict } from '../../transport/strategy/strategy.ts';
import { sleep, systemClock } from '../../transport/time/clock.ts';
import { networksFile } from '../running/networks.ts';
import { programStrategies } from '../running/strategies.ts';
import { homeError } from '../settings/home.ts';
import { type Context, DEFAULT_PORT } from '../terminal/context.ts';
import { decide, OUTCOMES, printDecision } from '../terminal/decision.ts';
import { findingsOf } from '../terminal/findings.ts';

/** How long the suite may take to answer, in milliseconds. */
const CONTACT_MS = 10_000;

/** How long to wait for one's turn, in milliseconds: an address is examined once at a time, and a host here examines its own. */
const TURN_WITHIN_MS = 20_000;
/** Between two tries for it. */
const TURN_EVERY_MS = 500;

const ONE_PORT: Mapping = { behaviour: 'endpoint-independent', step: 0 };

/** Networks at the other end, for what is left of each strategy: the usual ones. */
const OTHERS: Readonly<Record<string, NatProfile>> = {
  'a home router': { behindNat: true, tcp: { mapping: ONE_PORT, synOutSynIn: true }, udp: { mapping: ONE_PORT } },
  'ports without a pattern': { behindNat: true, tcp: { mapping: { behaviour: 'address-and-port-dependent', step: null } } },
};

/** What a strategy says of its chances; one of others may throw in place of that. */
function verdictOf(strategy: Strategy, self: NatProfile, peer: NatProfile): Verdict {
  try {
    return strategy.suits(self, peer);
  } catch (error) {
    return { chance: 'no', reason: asPortholeError(error).message };
  }
}

export async function exam(context: Context): Promise<void> {
  const { settings, output, life } = context;
  const own = await programStrategies({ strategies: settings.strategies });
  const rendezvous = new Rendezvous(settings.suite ?? `http://localhost:${DEFAULT_PORT}`, {});
  life.keep({ close: async () => rendezvous.close() });
  const greeting = await rendezvous.ready(CONTACT_MS, life.signal);
  if (greeting.stunTcp.length === 0) throw new PortholeError('NOT_ALLOWED', 'this suite does not examine networks');
  const sockets = await openSockets();
  const localAddresses = ownAddresses();
  let begun = 0;
  const take = (): Promise<NatProfile> => {
    begun = performance.now();
    return takeExam({ greeting, rendezvous }, { sockets, localAddresses, signal: life.signal });
  };
  const profile = await inTurn(take, life.signal);
  const ms = Math.round(performance.now() - begun);
  const network = networkName(localAddresses, greeting.observed.ip);
  const file = networksFile(settings.home);
  if (file !== null) await remember(file, network, Date.now(), profile).catch((error) => output.trouble(homeError(dirname(file), error)));
  const findings = findingsOf(profile);
  const strategies = own.map((one) => ({
    name: one.name,
    towards: Object.fromEntries(Object.entries(OTHERS).map(([other, nat]) => [other, verdictOf(one, profile, nat)])),
  }));
  const asHost = decide(profile, {});
  const asVisitor = decide({}, profile);
  const lines = [
    `What this network does (${ms} ms${sockets.kind === 'ffi' ? '' : `; not all could be examined: ${sockets.why}`}):\n`,
    ...findings.flatMap(({ exam: name, found, means }) => [
      `  ${name.padEnd(24)}${found}`,
      ...(means ? [`  ${''.padEnd(24)}→ ${means}`] : []),
    ]),
    '\nThe decision, in order:\n',
    ...printDecision().map((line) => `  ${line}`),
    `\n  A host here, towards a visitor of whom nothing is known: ${OUTCOMES[asHost.outcome]}`,
    `  A visitor here, towards such a host: ${OUTCOMES[asVisitor.outcome]}`,
    '\nStrategies that are left:\n',
    ...strategies.flatMap(({ name, towards }) =>
      Object.entries(towards).map(([other, { chance, reason }]) => `  ${name} to ${other}: ${chance} (${reason})`),
    ),
  ];
  const decision = { host: asHost.outcome, visitor: asVisitor.outcome };
  output.event(
    { event: 'exam', suite: greeting.suiteHost, ms, sockets: sockets.kind, profile, findings, decision, strategies },
    lines.join('\n'),
  );
}

/** Examines once nobody else of this address does. */
async function inTurn<T>(take: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let waited = 0; ; waited += TURN_EVERY_MS) {
    try {
      return await take();
    } catch (thrown) {
      const busy = thrown instanceof PortholeError && thrown.code === 'RATE_LIMITED';
      if (!busy || waited >= TURN_WITHIN_MS) throw thrown;
    }
    await sleep(systemClock, TURN_EVERY_MS, signal);
  }
}
