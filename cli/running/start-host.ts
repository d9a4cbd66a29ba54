// SPDX-License-Identifier: Apache-2.0
// Brings what a person named online: a folder or a file as a site, under its own key, and tells what becomes of it.

import { open } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createHost } from '../../host-agent/host.ts';
import type { Host, Registration } from '../../host-agent/host-options.ts';
import { openContentHashes } from '../../host-agent/static/content-hashes.ts';
import { SingleFile } from '../../host-agent/static/single-file.ts';
import { openShared, staticSite } from '../../host-agent/static/site.ts';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { MAX_CARD_FIELD_CHARS } from '../../proto/limits.ts';
import { ANYONE, GATEWAY_AGENT, type Site } from '../../transport/session/site.ts';
import { nodeStrategies } from '../../transport/strategies/node.ts';
import { type Strategy, strategyNamed } from '../../transport/strategy/strategy.ts';
import { addressesNow, watchNodeNetwork } from '../../transport/system/network-node.ts';
import { abortable } from '../../transport/time/clock.ts';
import { refuseHomeInside, usableHome } from '../settings/home.ts';
import { SiteHome } from '../settings/site-home.ts';
import type { Context } from '../terminal/context.ts';
import { lanRows, type Row, reachOf, rowsText, shownLink } from '../terminal/links.ts';
import { type Access, hostAccess } from './host-access.ts';
import { programExaminer } from './networks.ts';
import { programPrimitives } from './primitives.ts';
import { programStrategies } from './strategies.ts';

/** Bytes of the first page in which its title is looked for. */
const MAX_TITLE_SEARCH_BYTES = 16 * 1024;

/** How a visit ends whose access was taken back, or that asked too much. */
const TAKEN_BACK = new Set(['NOT_ALLOWED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'PASSWORD_NEEDED', 'RATE_LIMITED']);

/** A site that is online. */
export interface Started {
  readonly host: Host;
  readonly at: Registration;
  /** Who may visit; null for everyone. */
  readonly access: Access | null;
  /** Whether it is one file, and not a folder. */
  readonly single: boolean;
  /** Whether browsers have one of its strategies. */
  readonly forPages: boolean;
}

/**
 * Brings a folder or a file online, and resolves once it is registered.
 * @param others the strategies of others, where they are loaded already
 * @throws PortholeError FOLDER_MISSING, NAME_TAKEN, NAME_INVALID, SUITE_UNREACHABLE, STORAGE_FAILED, CONFIG_INVALID
 */
export async function startHost(context: Context, folder: string, suite: string, others?: readonly Strategy[]): Promise<Started> {
  const { settings, output, version } = context;
  const single = await checkShared(folder);
  await refuseHomeInside(folder, settings);
  const home = await SiteHome.of(await usableHome(settings), folder, settings.name);
  const { identity, name } = await home.identity();
  const hashes = context.life.keep(await openContentHashes(home.hashesFile));
  const own = [settings.home, settings.passwordFile, ...(settings.allow ?? [])].filter((path) => typeof path === 'string');
  const site = guarded(await staticSite(folder, { listing: settings.listing, exclude: own, hashes }), settings.gateway ?? true);
  const access = await hostAccess(context, home, identity);
  const strategies = await (others ? nodeStrategies(settings.via, others) : programStrategies(settings));
  let registered = false;
  const host = createHost({
    suite,
    site,
    identity,
    name,
    card: {
      title: settings.title ?? (await titleOf(folder)) ?? basename(resolve(folder)),
      owner: settings.owner,
      purpose: settings.purpose,
      contact: settings.contact,
      keywords: settings.keywords,
    },
    unlisted: settings.unlisted,
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
        home.noteOnline(at).catch((error) => output.trouble(asPortholeError(error, 'STORAGE_FAILED')));
      },
      gone: (reason) => output.event({ event: 'gone', reason }, 'The suite is out of reach; trying again. Visitors who are here stay.'),
      path: (path) => {
        const { label, adverb } = strategyNamed(path.via, strategies).words;
        output.event({ event: 'path', ...path, label }, `Visitor ${who(path)} is connected ${adverb}, ${path.rttMs.toFixed(1)} ms.`);
      },
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
    return { host, at: await abortable(host.ready, context.life.signal), access, single, forPages };
  } catch (error) {
    await host.close(0);
    throw error;
  }
}

/** A visitor in a sentence. */
function who(path: { visit: string; who: string }): string {
  return path.who === ANYONE ? path.visit : `${path.visit} (${path.who})`;
}

/** What cannot be hosted is refused before anything is made for it. Tells whether it is one file. */
async function checkShared(what: string): Promise<boolean> {
  if (/^https?:\/\//i.test(what)) throw new PortholeError('USAGE', 'a local web app cannot be hosted yet; give a folder or a file');
  return (await openShared(what)) instanceof SingleFile;
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

/** What the site's first page calls itself, where it says so at its beginning. */
async function titleOf(folder: string): Promise<string | null> {
  try {
    const page = await open(join(folder, 'index.html'));
    try {
      const { buffer, bytesRead } = await page.read(Buffer.alloc(MAX_TITLE_SEARCH_BYTES), 0, MAX_TITLE_SEARCH_BYTES, 0);
      const title = /<title[^>]*>([^<]*)</i
        .exec(buffer.toString('utf8', 0, bytesRead))?.[1]
        ?.replace(/\s+/g, ' ')
        .trim();
      // Characters written as references would have to be read as HTML; such a title is left to the person to give.
      return title && !title.includes('&') ? title.slice(0, MAX_CARD_FIELD_CHARS) : null;
    } finally {
      await page.close();
    }
  } catch {
    return null; // no such page, or none that can be read: the site itself will tell
  }
}

function localAddresses(): string[] {
  return addressesNow().map(({ address }) => address);
}

/** What stands beside a site's link. */
export interface Beside {
  /** Links for this network, the likeliest first; undefined where it is not shown the site. */
  readonly lan?: readonly string[];
  /** What can be done for those whom no link is for. */
  readonly hints?: readonly Row[];
}

/** The sentences that follow a link: what it is good for, and what it gives away. */
export function announce(
  context: Context,
  { at, access, single, forPages }: Started,
  folder: string,
  { lan, hints = [] }: Beside = {},
): void {
  const { output, settings } = context;
  const reach = reachOf(at.link);
  const rows: Row[] = [{ label: reach, text: shownLink(at.link) }, ...(lan ? lanRows(lan) : [])];
  const isTold = (label: string): boolean => rows.some((row) => row.label === label) || reach === 'Everyone';
  output.event(
    { event: 'ready', suite: at.suite, site: at.site, name: at.name, link: at.link, behindNat: at.behindNat, ...(lan && { lan }) },
    `\n${rowsText([...rows, ...hints.filter(({ label }) => !isTold(label))])}\n`,
  );
  // For another device: what this machine alone can open is no use there.
  const code = reach === 'This machine' ? lan?.[0] : at.link;
  if (code !== undefined) output.qr(code);
  const path = resolve(folder);
  const what = single ? 'the file' : 'every file in';
  const invite = `porthole invite ${settings.name === undefined ? JSON.stringify(path) : `--name ${at.name}`}`;
  output.event(
    { event: 'shares', folder: path, access: access?.opens ?? [ANYONE] },
    [
      access
        ? `  Whoever has this link and ${access.words} can read ${what}`
        : `  Anyone with ${lan ? 'one of these links' : 'this link'} can read ${what}`,
      `  ${path}`,
      single ? '  (nothing beside it) while this program runs.' : '  (not dotfiles, nothing outside it) while this program runs.',
      ...(forPages ? [] : ['  No browser can open it: its strategies need a program there (porthole open, porthole get).']),
      ...(access ? [`  Invite somebody:  ${invite}`] : []),
      settings.unlisted ? '  The site is not shown on the portal.' : `  The site is shown on the portal: ${at.suite}/`,
      '  Ctrl+C takes it offline.\n',
    ].join('\n'),
  );
}
