// SPDX-License-Identifier: Apache-2.0
// Registration: a host proves its key, takes its name, and is online.

import { createPublicKey, verify } from 'node:crypto';
import { PortholeError } from '../../proto/errors.ts';
import { INSTANCE_BYTES, MAX_CARD_FIELD_CHARS, MAX_KEYWORDS, MAX_PURPOSE_CHARS } from '../../proto/limits.ts';
import { challengeText, type Message, siteId } from '../../proto/rendezvous.ts';
import type { Card, Directory } from '../directory/directory.ts';
import { Inbox } from '../inbox/inbox.ts';
import { hostName, isFreeName, placeOf } from '../naming/links.ts';
import type { SuiteNames } from '../naming/names.ts';
import { canonicalAddress, isLoopback, rateKey } from '../shared/caller.ts';
import type { End, Fields } from '../shared/end.ts';
import type { Rates } from '../shared/rates.ts';
import { checkText, checkWords } from './fields.ts';
import type { Presence, Registry } from './registry.ts';

/** What registration needs of the suite. */
export interface RegistrationDesk {
  readonly directory: Directory;
  readonly registry: Registry;
  readonly rates: Rates;
  readonly inbox?: Inbox | undefined;
  readonly names: Pick<SuiteNames, 'domains' | 'link'>;
}

/**
 * Registers a host (RENDEZVOUS.md section 3).
 * @returns what the host is told, and the connection that the same key had before, for the caller to let go
 * @throws PortholeError SIGNATURE_WRONG, NAME_INVALID, NAME_TAKEN, MESSAGE_TOO_LONG, PROTOCOL_VIOLATED, RATE_LIMITED, SITE_REPLACED,
 *   STORAGE_FAILED
 */
export async function register(
  desk: RegistrationDesk,
  end: End,
  message: Message<'Register'>,
): Promise<{ registered: Fields<'Registered'>; replaced: End | undefined }> {
  await desk.rates.spend('registrationsPerAddress', rateKey(end.caller.ip));
  const card = cardOf(message);
  const running = instanceOf(message);
  const wish = Inbox.wishOf(message);
  checkWords('local addresses', message.localAddresses);
  checkWords('strategies', message.strategies);
  if (!isFreeName(message.name)) throw new PortholeError('NAME_INVALID');
  const suite = suiteDialled(end, desk.names.domains);
  if (!proves(message.publicKey, message.signature, challengeText(suite, end.nonce, message.name))) {
    throw new PortholeError('SIGNATURE_WRONG');
  }
  const id = siteId(message.publicKey);
  // Only now, or a stranger could use up the key's share.
  await desk.rates.spend('registrationsPerKey', id);
  const here = desk.registry.siteOf(end);
  if (here !== undefined && here !== id) throw new PortholeError('PROTOCOL_VIOLATED', 'a connection registers one key');
  if (desk.registry.isLate(id, running.instance)) throw new PortholeError('SITE_REPLACED');
  const site = desk.directory.claim(id, message.name, card, message.unlisted);
  const behindNat = isBehindNat(end.caller.ip, message.localAddresses);
  // Before the host is shown online: the disk may fail.
  const inbox = desk.inbox?.register(id, wish);
  const replaced = desk.registry.enter({ end, site, strategies: [...new Set(message.strategies)], behindNat, ...running });
  return { registered: { site: id, name: site.name, link: desk.names.link(site.name), behindNat, inbox }, replaced };
}

/**
 * The suite's name as the host dialled it, which its signature holds. Only names and addresses that are this suite's
 * count: otherwise another suite could dial us under its own name and pass on what a host signed for it.
 */
function suiteDialled(end: End, domains: readonly string[]): string {
  const place = placeOf(end.caller.host, domains);
  if (place.kind === 'suite') return place.domain;
  const name = hostName(end.caller.host) ?? '';
  if (place.kind === 'site') return place.domain === 'localhost' ? 'localhost' : name;
  const ours = place.kind === 'address' && (isLoopback(place.ip) || place.ip === end.caller.reached || domains.includes(name));
  if (!ours) throw new PortholeError('SIGNATURE_WRONG', `this suite is not known as "${name}": add it to the suite's domains`);
  return name;
}

/** Which running host registers, and which of its registrations this is. */
function instanceOf({ instance, registration }: Message<'Register'>): Pick<Presence, 'instance'> {
  if (instance.length === 0) return {};
  if (instance.length !== INSTANCE_BYTES) throw new PortholeError('PROTOCOL_VIOLATED', `an instance has ${INSTANCE_BYTES} bytes`);
  return { instance: { id: Buffer.from(instance).toString('hex'), registration } };
}

/** Ed25519 (RFC 8032 section 5.1.7). */
function proves(publicKey: Uint8Array, signature: Uint8Array, text: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    const x = Buffer.from(publicKey).toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, text, key, signature);
  } catch {
    return false;
  }
}

function isBehindNat(observed: string, localAddresses: readonly string[]): boolean {
  // From this very machine there is no NAT between, and a host does not name its loopback address.
  return !isLoopback(observed) && !localAddresses.map(canonicalAddress).includes(observed);
}

function cardOf(message: Message<'Register'>): Card {
  const { title = '', owner = '', purpose = '', contact = '', keywords = [] } = message.card ?? {};
  for (const [field, text] of Object.entries({ title, owner, contact })) checkText(field, text, MAX_CARD_FIELD_CHARS);
  checkText('purpose', purpose, MAX_PURPOSE_CHARS);
  if (keywords.length > MAX_KEYWORDS) throw new PortholeError('MESSAGE_TOO_LONG', `a card has at most ${MAX_KEYWORDS} keywords`);
  for (const keyword of keywords) checkText('keyword', keyword, MAX_CARD_FIELD_CHARS);
  return { title, owner, purpose, contact, keywords };
}
