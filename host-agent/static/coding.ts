// SPDX-License-Identifier: Apache-2.0
// Which precompressed sibling of a file a visitor can use: Accept-Encoding, RFC 9110 section 12.5.3.

import { readWeights } from './lists.ts';

/** A content coding that a sibling file may hold: `page.html.br` beside `page.html`. */
export interface Coding {
  readonly token: 'br' | 'gzip';
  readonly suffix: string;
}

/** In the order we prefer them when the visitor does not mind: the smaller first. */
const CODINGS: readonly Coding[] = [
  { token: 'br', suffix: '.br' },
  { token: 'gzip', suffix: '.gz' },
];

/** What a visitor can take: codings it wants rather than the plain file, best first, and whether it refuses the plain file. */
export interface CodingWishes {
  readonly codings: readonly Coding[];
  readonly plainRefused: boolean;
}

const PLAIN_ONLY: CodingWishes = { codings: [], plainRefused: false };

/**
 * Reads Accept-Encoding. Without the field any coding would be allowed, but who does not ask is not trusted to decode.
 * @param header the field's value, or null
 */
export function readCodingWishes(header: string | null): CodingWishes {
  if (header === null || header === '') return PLAIN_ONLY;
  const weights = readWeights(header);
  const rest = weights.get('*');
  const weightOf = ({ token }: Coding): number => weights.get(token) ?? (token === 'gzip' ? weights.get('x-gzip') : undefined) ?? rest ?? 0;
  // A plain file that is not named is acceptable, and liked less than what is named.
  const plain = weights.get('identity') ?? rest;
  const codings = CODINGS.filter((coding) => weightOf(coding) > 0 && weightOf(coding) >= (plain ?? 0));
  return { codings: codings.sort((one, other) => weightOf(other) - weightOf(one)), plainRefused: plain === 0 };
}

/**
 * Which codings to look for when a part of the file is asked for. A slice of a compressed file cannot be decoded alone,
 * and selecting the plain file is ours to choose (RFC 9110 section 12.1); but who goes on with a compressed copy, as
 * If-Range tells, gets the rest of that, and who refuses the plain file does not get it.
 * @param ifRange the value of If-Range, or null
 */
export function codingsForRange(wishes: CodingWishes, ifRange: string | null): readonly Coding[] {
  if (wishes.plainRefused) return wishes.codings;
  return wishes.codings.filter(({ token }) => ifRange?.endsWith(`.${token}"`));
}
