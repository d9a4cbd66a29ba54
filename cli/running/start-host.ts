// SPDX-License-Identifier: Apache-2.0
// Brings what a person named online as a site, under its own key, and tells what becomes of it.

import { createHost } from '../../host-agent/host.ts';
import type { Host, Registration } from '../../host-agent/host-options.ts';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { ANYONE, GATEWAY_AGENT, type Site } from '../../transport/session/site.ts';
import { nodeStrategies } from '../../transport/strategies/node.ts';
import { type Strategy, strategyNamed } from '../../transport/strategy/strategy.ts';
import { addressesNow, watchNodeNetwork } from '../../transport/system/network-node.ts';
import { abortable } from '../../transport/time/clock.ts';
import type { Offering, Opening } from '../offerings/offering.ts';
import { usableHome } from '../settings/home.ts';
import type { Settings } from '../settings/settings.ts';
import { SiteHome } from '../settings/site-home.ts';
import type { Context } from '../terminal/context.ts';
import type { Output } from '../terminal/output.ts';
import { type Access, hostAccess } from './host-access.ts';
import { inspected } from './inspecting.ts';
import { programExaminer } from './networks.ts';
import { programPrimitives } from './primitives.ts';
import { programStrategies } from './strategies.ts';

/** How a visit ends whose access was taken back, or that asked too much. */
const TAKEN_BACK = new Set(['NOT_ALLOWED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'PASSWORD_NEEDED', 'RATE_LIMITED']);

/** A site that is online. */
export interface Started {
  readonly host: Host;
  readonly at: Registration;
  /** Who may visit; null for everyone. */
  readonly access: Access | null;
  readonly offering: Offering;
  /** Whether browsers have one of its strategies. */
  readonly forPages: boolean;
  /** The inspector's page; null without one. */
  readonly page: string | null;
}

/**
 * Brings something online, and resolves once it is registered.
 * @param others the strategies of others, where they are loaded already
 * @throws PortholeError FOLDER_MISSING, NAME_TAKEN, NAME_INVALID, SUITE_UNREACHABLE, STORAGE_FAILED, CONFIG_INVALID
 */
export async function startHost(context: Context, offering: Offering, suite: string, others?: readonly Strategy[]): Promise<Started> {
  const { settings, output, version, life } = context;
  checkInbox(settings);
  await offering.check(settings.home);
  const home = SiteHome.of(await usableHome(settings), offering.place, settings.name);
  const { identity, name } = await home.identity();
  const own = [settings.home, settings.passwordFile, ...(settings.allow ?? [])].filter((path) => typeof path === 'string');
  let link: string | undefined;
  const opened = await offering.open({
    own,
    hashesFile: home.hashesFile,
    link: () => link,
    onTrouble: tellTrouble(output),
    keep: (one) => life.keep(one),
  });
  const access = await hostAccess(context, home, identity);
  const strategies = await (others ? nodeStrategies(settings.via, others) : programStrategies(settings));
  const { site, page } = await inspected(context, guarded(opened.site, settings.gateway ?? true), strategies, () => link);
  let registered = false;
  const host = createHost({
    suite,
    site,
    identity,
    name,
    card: {
      title: settings.title ?? opened.title,
      owner: settings.owner,
      purpose: settings.purpose,
      contact: settings.contact,
      keywords: settings.keywords,
    },
    unlisted: settings.unlisted,
    inbox: settings.inbox && { patterns: settings.inbox, file: home.inboxFile },
    strategies,
    localAddresses,
    agent: `porthole/${version}`,
    gate: access?.gate,
    primitives: programPrimitives(),
    examine: programExaminer(settings.home),
    network: watchNodeNetwork(),
    events: {
      ready: (at) => {
        if (registered) output.event({ event: 'back', suite: at.suite, site: at.site, link: at.link }, 'Online again.');
        registered = true;
        link = at.link;
        home.noteOnline(at).catch((error) => output.trouble(asPortholeError(error, 'STORAGE_FAILED')));
      },
      gone: (reason) => output.event({ event: 'gone', reason }, 'The suite is out of reach; trying again. Visitors who are here stay.'),
      path: (path) => {
        const { label, adverb } = strategyNamed(path.via, strategies).words;
        output.event({ event: 'path', ...path, label }, `Visitor ${who(path)} is connected ${adverb}, ${path.rttMs.toFixed(1)} ms.`);
      },
      inbox: ({ delivered, waiting, problem }) =>
        output.event(
          { event: 'inbox', delivered, waiting, ...(problem !== null && { problem }) },
          problem === null
            ? `${requests(delivered)} came while you were away; delivered.`
            : `A request of the inbox is kept, and tried again: ${problem}. ${waiting === 1 ? 'It waits' : `${requests(waiting)} wait`}.`,
        ),
      left: (visit, error) =>
        output.event(
          { event: 'left', visit, ...(error && { code: error.code, message: error.message }) },
          error && TAKEN_BACK.has(error.code) ? `Visitor ${visit} was sent away: ${error.message}.` : `Visitor ${visit} left.`,
        ),
      error: (error) => output.trouble(asPortholeError(error)),
    },
  });
  try {
    const forPages = strategies.some(({ needs }) => needs !== 'node');
    return { host, at: await abortable(host.ready, context.life.signal), access, offering, forPages, page };
  } catch (error) {
    await host.close(0);
    throw error;
  }
}

/**
 * What does not go together with an inbox.
 * @throws PortholeError CONFIG_INVALID
 */
export function checkInbox({ inbox, gateway, password, passwordFile, inviteOnly, allow }: Settings): void {
  if (inbox === undefined) return;
  const refuse = (what: string, why: string): never => {
    throw new PortholeError('CONFIG_INVALID', `--inbox and ${what} do not go together: ${why}`);
  };
  const closed = 'who sends to an inbox brings nothing that would let them in';
  if (gateway === false) refuse('--no-gateway', 'it is the gateway that takes requests for the inbox');
  if (password !== undefined || passwordFile !== undefined) refuse('--password', closed);
  if (inviteOnly) refuse('--invite-only', closed);
  if (allow !== undefined) refuse('--allow', closed);
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`;
}

/** A visitor in a sentence. */
function who(path: { visit: string; who: string }): string {
  return path.who === ANYONE ? path.visit : `${path.visit} (${path.who})`;
}

/** Tells when what is hosted fails and when it is well again, each once. */
function tellTrouble(output: Output): Opening['onTrouble'] {
  let told: string | null = null;
  return (trouble) => {
    const words = trouble?.words ?? null;
    if (words === told) return;
    told = words;
    if (trouble)
      output.event({ event: 'app-failed', code: trouble.code, message: trouble.words }, `The app does not answer: ${trouble.words}.`);
    else output.event({ event: 'app-back' }, 'The app answers again.');
  };
}

/** The site, for whom it is meant. */
function guarded(site: Site, gateway: boolean): Site {
  if (gateway) return site;
  const { connect } = site;
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  const refusal = (): Response =>
    new Response('NOT_ALLOWED: this site is opened in a browser, or with: porthole get\n', { status: 403, headers });
  const asked: Site = async (request, visitor) => (visitor.agent === GATEWAY_AGENT ? refusal() : site(request, visitor));
  if (!connect) return asked;
  return Object.assign(asked, {
    connect: async (request, visitor) => (visitor.agent === GATEWAY_AGENT ? refusal() : connect(request, visitor)),
  } satisfies Pick<Site, 'connect'>);
}

function localAddresses(): string[] {
  return addressesNow().map(({ address }) => address);
}
