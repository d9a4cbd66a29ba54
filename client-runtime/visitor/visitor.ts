// SPDX-License-Identifier: Apache-2.0
// Who visits: the link without its secret parts, and the key and credentials that the host is shown.

import { errorFromWire, PortholeError } from '../../proto/errors.ts';
import { isSiteId } from '../../proto/rendezvous.ts';
import type { Challenge, Credentials } from '../../transport/continuity/gate.ts';
import type { Primitives } from '../../transport/seal/primitives.ts';
import { inviteToken, linkParts } from '../links/invite-link.ts';
import { anonymousKeys, type KeyFor } from './visitor-key.ts';

/** What a visitor may bring. */
export interface VisitorOptions {
  /** What opens a site that is not for everyone; an invitation in the link comes before one in here. */
  readonly credentials?: Credentials;
  /** The key this visitor shows each site; a new one each visit when left out. */
  readonly key?: KeyFor;
  /** The site's id, which is its key, where an earlier link had it; one in the link comes before it. */
  readonly site?: string | undefined;
}

/** Of a visitor that brought none: it learns why it stays outside. */
const noAnswer = async ({ code, message }: Challenge): Promise<never> => {
  throw errorFromWire(code, message);
};

/** A visitor of a site. */
export interface VisitorOf {
  /** The link without a fragment: all that a suite is told. */
  readonly link: string;
  /** The site's id, when the link has it: then no suite can lead to another. */
  readonly site: string | null;
  /** For the host, sealed. */
  readonly credentials: Credentials & Required<Pick<Credentials, 'answer'>>;
  readonly key: KeyFor;
}

/**
 * Takes a link and what its visitor brings.
 * @throws PortholeError LINK_INVALID when the link's key is damaged, TOKEN_INVALID when the link's invitation is damaged
 */
export function visitorOf(given: string, options: VisitorOptions, primitives: Primitives): VisitorOf {
  const { credentials, key = anonymousKeys(primitives), site: kept } = options;
  const { link, invite, site } = linkParts(given);
  if (site !== null && !isSiteId(site)) throw new PortholeError('LINK_INVALID', 'the key in the link is damaged; copy the link whole');
  const token = invite === null ? credentials?.token : inviteToken(invite);
  const answer = credentials?.answer?.bind(credentials) ?? noAnswer;
  return { link, site: site ?? kept ?? null, credentials: { token, answer }, key };
}
