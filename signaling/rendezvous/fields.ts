// SPDX-License-Identifier: Apache-2.0
// Checks the lengths of a message's fields.

import { PortholeError } from '../../proto/errors.ts';
import { MAX_NAMED } from '../../proto/limits.ts';
import type { Nat } from '../../proto/rendezvous.ts';
import { natFromWire, natToWire } from '../../transport/nat/profile.ts';
import { MAX_WORD_CHARS } from '../shared/limits.ts';

/**
 * Checks a text.
 * @param most characters (code points)
 * @throws PortholeError MESSAGE_TOO_LONG
 */
export function checkText(what: string, text: string, most: number): void {
  // A string's length counts UTF-16 units, so it is never less than its characters.
  if (text.length > most && [...text].length > most) throw new PortholeError('MESSAGE_TOO_LONG', `${what}: at most ${most} characters`);
}

/** Checks a list of addresses or strategies. @throws PortholeError MESSAGE_TOO_LONG */
export function checkWords(what: string, words: readonly string[]): void {
  if (words.length > MAX_NAMED) throw new PortholeError('MESSAGE_TOO_LONG', `${what}: at most ${MAX_NAMED} may be named`);
  for (const word of words) checkText(what, word, MAX_WORD_CHARS);
}

/** What an end says of its network, with nothing in it that this version does not know: it is passed on. */
export function knownNat(nat: Nat | null): Nat | null {
  return nat && natToWire(natFromWire(nat));
}
