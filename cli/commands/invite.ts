// SPDX-License-Identifier: Apache-2.0
// `porthole invite`: a link that opens a site hosted from this machine, for a while; which there are, and taking them back.

import { randomBytes } from 'node:crypto';
import { inviteToken, linkParts, withInvite, withKey } from '../../client-runtime/links/invite-link.ts';
import { type InviteNote, noteInvite, readInvites } from '../../host-agent/access/invite-list.ts';
import { INVITE_KEY_LABEL, makeInvite } from '../../host-agent/access/invites.ts';
import { readRevocations, revoke } from '../../host-agent/access/revocations.ts';
import type { Identity } from '../../host-agent/identity/identity.ts';
import { PortholeError } from '../../proto/errors.ts';
import { siteLink } from '../../signaling/naming/names.ts';
import { suiteUrl } from '../../transport/rendezvous/suite-url.ts';
import { siteHomeOf } from '../offerings/read.ts';
import type { SiteHome } from '../settings/site-home.ts';
import type { Context } from '../terminal/context.ts';
import type { Output } from '../terminal/output.ts';

/** How long an invitation lasts when it is not said, in milliseconds: a week. */
const EXPIRES_MS = 7 * 24 * 60 * 60 * 1000;
const ID_BYTES = 8;
const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

export async function invite({ output, settings }: Context, what: string, now: number = Date.now()): Promise<void> {
  const home = await siteHomeOf(what, settings);
  const site = await home.known();
  if (!site) throw new PortholeError('SITE_UNKNOWN', 'this site was never hosted from here; bring it online first:  porthole host');
  if (settings.revoke) await takeBack(output, home, settings.revoke, now);
  if (settings.list) await show(output, home, now);
  if (settings.revoke || settings.list) return;
  const link = await linkOf(home, site, settings.suite);
  const id = randomBytes(ID_BYTES);
  const token = makeInvite(site.identity.derive(INVITE_KEY_LABEL), id, now + (settings.expires ?? EXPIRES_MS));
  // The token counts whole seconds.
  const expires = Math.ceil((now + (settings.expires ?? EXPIRES_MS)) / 1000) * 1000;
  const label = settings.label ?? '';
  await noteInvite(home.invitesFile, { id: id.toString('hex'), expires, label }, now);
  const invited = withInvite(link, token);
  output.event(
    { event: 'invite', link: invited, id: id.toString('hex'), expires: new Date(expires).toISOString(), label },
    `\n  ${invited}\n\n  Whoever has this link gets in until ${when.format(expires)}.\n`,
  );
  output.qr(invited);
}

/** Shows the invitations that have not run out. */
async function show(output: Output, home: SiteHome, now: number): Promise<void> {
  const revoked = await readRevocations(home.revokedFile);
  const notes = (await readInvites(home.invitesFile)).filter(({ expires }) => expires > now);
  for (const { id, expires, label } of notes) {
    const state = revoked.has(id) ? 'revoked' : 'good';
    const until = state === 'good' ? `until ${when.format(expires)}` : 'taken back';
    output.event(
      { event: 'invitation', id, label, expires: new Date(expires).toISOString(), state },
      `${id}  ${until}${label && `  ${label}`}`,
    );
  }
  if (notes.length === 0) output.event({ event: 'invitations', count: 0 }, 'There is no invitation that has not run out.');
}

/** Takes invitations back; all of them or, where one is not known, none. */
async function takeBack(output: Output, home: SiteHome, asked: readonly string[], now: number): Promise<void> {
  if (asked.length === 0) throw new PortholeError('USAGE', 'which invitation? --revoke takes ids, as --list shows them');
  const notes = await readInvites(home.invitesFile);
  const found = asked.map((one) => noteOf(notes, one));
  await revoke(home.revokedFile, found, now);
  for (const { id, label } of found) {
    output.event(
      { event: 'revoked', id, label },
      `The invitation ${id}${label && ` (${label})`} lets nobody in any more. A host that runs ends its visits within a second.`,
    );
  }
}

/** The invitation with this id, or a beginning of it that no other has; or that of a link. One that is on no list has its whole id. */
function noteOf(notes: readonly InviteNote[], asked: string): Pick<InviteNote, 'id' | 'label'> & { readonly expires: number | null } {
  const { invite } = linkParts(asked);
  const id = invite === null ? asked.toLowerCase() : Buffer.from(inviteToken(invite)).toString('hex', 0, ID_BYTES);
  const fits = /^[0-9a-f]{4,16}$/.test(id) ? notes.filter((note) => note.id.startsWith(id)) : [];
  const [one] = fits;
  if (one && fits.length === 1) return one;
  if (/^[0-9a-f]{16}$/.test(id)) return { id, label: '', expires: null };
  const why = fits.length > 1 ? `${fits.length} invitations begin with` : 'no invitation has the id';
  throw new PortholeError('USAGE', `${why} "${asked.slice(0, 60)}"; porthole invite --list shows them`);
}

type Known = { readonly identity: Identity; readonly name: string };

/** The site's link: as its suite gave it, or as the suite that is named would. */
async function linkOf(home: SiteHome, site: Known, suite: string | undefined): Promise<string> {
  const last = await home.lastOnline();
  const url = suite === undefined ? null : suiteUrl(suite);
  if (last && (!url || new URL(last.suite).origin === url.origin)) return last.link;
  if (url) return withKey(siteLink(url, site.name), site.identity.id);
  throw new PortholeError('CONFIG_INVALID', 'where this site is online is not known; give --suite');
}
