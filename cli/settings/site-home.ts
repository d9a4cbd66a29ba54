// SPDX-License-Identifier: Apache-2.0
// What this machine keeps of a site that it hosts: its key, its password's verifier, its invitations and which were taken back, where it was last online.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { siteFiles } from '../../host-agent/identity/home.ts';
import { findIdentity, type Identity, loadIdentity } from '../../host-agent/identity/identity.ts';
import { PortholeError } from '../../proto/errors.ts';
import { isSiteName } from '../../proto/rendezvous.ts';
import { replaceFile } from '../../transport/system/private-file.ts';

/** Characters of the key in a name that was not chosen: enough to tell sites apart, short enough to read out. */
const NAME_KEY_CHARS = 5;
const MAX_SLUG_CHARS = 40;

const online = z.object({ suite: z.url(), site: z.string(), name: z.string(), link: z.url() });
/** Where a site was registered last. */
export type Online = z.infer<typeof online>;

/** What a site is of, for its key and the name it gets when none is given. */
export interface Place {
  /** The beginning of its name. */
  readonly slug: string;
  /** Tells its files from those of other sites. */
  readonly file: string;
}

/**
 * The place of a site.
 * @param key a whole path or an address: the same each time that the same thing is hosted
 * @param words what its name begins with, however it is written
 */
export function placeOf(key: string, words: string): Place {
  const slug =
    words
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, MAX_SLUG_CHARS)
      .replace(/^-+|-+$/g, '') || 'site';
  return { slug, file: `${slug}.${createHash('sha256').update(key).digest('hex').slice(0, 12)}` };
}

/** One site's files. They stay the site's for as long as what is hosted stays where it is or the name is given. */
export class SiteHome {
  /** Where the password's verifier is kept. */
  readonly passwordFile: string;
  /** Where it is noted whom invitations were made for. */
  readonly invitesFile: string;
  /** Where it is noted which of them were taken back. */
  readonly revokedFile: string;
  /** Where the hashes of its content are kept. */
  readonly hashesFile: string;
  /** Where it is noted which request of its inbox was handled last. */
  readonly inboxFile: string;
  readonly #path: string;
  readonly #nameFor: (identity: Identity) => string;

  private constructor(path: string, nameFor: (identity: Identity) => string) {
    this.#path = path;
    this.#nameFor = nameFor;
    this.passwordFile = `${path}.password`;
    this.invitesFile = `${path}.invites`;
    this.revokedFile = `${path}.revoked`;
    this.hashesFile = `${path}.hashes`;
    this.inboxFile = `${path}.inbox`;
  }

  /**
   * @param place the site's; may be left out when a name is given
   * @param asked the name that was chosen; it counts, not the place
   * @throws PortholeError NAME_INVALID; USAGE when there is neither
   */
  static of(home: string, place: Place | undefined, asked: string | undefined): SiteHome {
    const name = asked?.toLowerCase();
    if (name !== undefined) {
      if (!isSiteName(name)) {
        throw new PortholeError('NAME_INVALID', `"${asked}" cannot be a site's name: one to 63 letters, digits and hyphens`);
      }
      return new SiteHome(siteFiles(home, name), () => name);
    }
    if (place === undefined) throw new PortholeError('USAGE', 'which site? Give its folder, its address, or its --name');
    return new SiteHome(siteFiles(home, place.file), ({ id }) => `${place.slug}-${id.slice(0, NAME_KEY_CHARS)}`);
  }

  /** The site's key, made when there is none, and its name. @throws PortholeError STORAGE_FAILED */
  async identity(): Promise<{ identity: Identity; name: string }> {
    const identity = await loadIdentity(`${this.#path}.pem`);
    return { identity, name: this.#nameFor(identity) };
  }

  /** The same of a site that was hosted here before; null when it never was. @throws PortholeError STORAGE_FAILED */
  async known(): Promise<{ identity: Identity; name: string } | null> {
    const identity = await findIdentity(`${this.#path}.pem`);
    return identity && { identity, name: this.#nameFor(identity) };
  }

  /** Notes where the site is online. */
  async noteOnline({ suite, site, name, link }: Online): Promise<void> {
    await replaceFile(`${this.#path}.online`, `${JSON.stringify({ suite, site, name, link })}\n`);
  }

  /** Where the site was online last; null when that is not known. */
  async lastOnline(): Promise<Online | null> {
    try {
      return online.parse(JSON.parse(await readFile(`${this.#path}.online`, 'utf8')));
    } catch {
      return null; // never, or damaged: the next registration writes it anew
    }
  }
}
