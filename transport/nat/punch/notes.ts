// SPDX-License-Identifier: Apache-2.0
// The notes that the two halves of a punch send each other through the rendezvous, as JSON in UTF-8.

import { isIP } from 'node:net';
import { PortholeError } from '../../../proto/errors.ts';
import { plainText } from '../../../proto/text.ts';
import { MAX_STEP } from '../probe/mapping.ts';
import type { SocketAddress } from '../profile.ts';
import { BIRTHDAY_SOCKETS, MAX_CANDIDATES, MAX_PUNCH_NOTE_BYTES, MAX_ROUNDS, PREDICTED_WINDOW } from './limits.ts';

/** The ways to punch; `direct` needs no round. */
export const TECHNIQUES = ['guarded', 'low-ttl-listen', 'simultaneous', 'predicted', 'birthday', 'mapped'] as const;
export type Technique = (typeof TECHNIQUES)[number];
export type Role = 'caller' | 'callee';

/**
 * How the opener's first SYN travels: it dies on the way behind its own NAT; the same where there may be one NAT more than is
 * known of; it arrives; it meets the other end's half-way.
 */
export const TTLS = ['low', 'far', 'full', 'crossing'] as const;

/** What the caller decides of a round, and the callee follows. */
export interface RoundFacts {
  readonly technique: Technique;
  /** Who opens its own NAT and waits; the other connects. */
  readonly opener: Role;
  readonly ttl: (typeof TTLS)[number];
  readonly family: 4 | 6;
  /** Sockets at each end. */
  readonly sockets: number;
}

/** From the least to the most, both counted. */
export type Range = readonly [least: number, most: number];

/** How an end is seen from outside: the port of its newest mapping, and the gap to the next; null: no pattern. */
export interface Outside {
  readonly port: number;
  readonly step: number | null;
  /** Without a pattern: where its ports are, if it has found them to be among few. */
  readonly range?: Range;
}

export type Note =
  /** Where this end can be reached without a punch. */
  | { readonly type: 'candidates'; readonly list: readonly SocketAddress[] }
  /** The caller begins a round. */
  | ({ readonly type: 'round'; readonly round: number } & RoundFacts)
  /** Fig. 5, steps 2 and 4: this end's outside port in a round, and its round trip to the suite in milliseconds. */
  | ({ readonly type: 'here'; readonly round: number; readonly rttMs: number } & Outside)
  /** Fig. 5, step 6: the opener's NAT is open. */
  | { readonly type: 'open'; readonly round: number }
  /** This end cannot go on with a round. */
  | { readonly type: 'failed'; readonly round: number; readonly reason: string }
  /** The caller wants no more. */
  | { readonly type: 'end' };

/** Sockets that the caller may ask of one round. */
const MOST_SOCKETS: Readonly<Record<Technique, number>> = {
  guarded: 1,
  'low-ttl-listen': 1,
  simultaneous: 1,
  predicted: PREDICTED_WINDOW,
  birthday: Math.max(...BIRTHDAY_SOCKETS),
  mapped: 1,
};
/** Characters of the reason why a round failed. */
const MAX_REASON_CHARS = 200;
/** The longest round trip that is believed, in milliseconds. */
const MAX_RTT_MS = 10_000;

/** A note as bytes. */
export function encodeNote(note: Note): Uint8Array {
  const told = note.type === 'failed' ? { ...note, reason: note.reason.slice(0, MAX_REASON_CHARS) } : note;
  return new TextEncoder().encode(JSON.stringify(told));
}

/**
 * A note from the peer, who is not trusted; null for one of a kind that is not known (a newer peer's).
 * @throws PortholeError MESSAGE_TOO_LONG, FRAME_MALFORMED
 */
export function decodeNote(bytes: Uint8Array): Note | null {
  if (bytes.length > MAX_PUNCH_NOTE_BYTES)
    throw new PortholeError('MESSAGE_TOO_LONG', `a note of ${bytes.length} bytes is longer than ${MAX_PUNCH_NOTE_BYTES}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new PortholeError('FRAME_MALFORMED', 'a note of the other end is not JSON', { cause: error });
  }
  const fields = new Fields(value);
  const type = fields.text('type');
  return Object.hasOwn(READERS, type) ? (READERS[type as Note['type']](fields) as Note) : null;
}

const READERS: { readonly [T in Note['type']]: (from: Fields) => Extract<Note, { type: T }> } = {
  candidates: (from) => ({ type: 'candidates', list: from.addresses('list', MAX_CANDIDATES) }),
  round: (from) => ({
    type: 'round',
    round: from.whole('round', 0, MAX_ROUNDS - 1),
    technique: from.one('technique', TECHNIQUES),
    opener: from.one('opener', ['caller', 'callee']),
    ttl: from.one('ttl', TTLS),
    family: from.one('family', [4, 6]),
    sockets: from.whole('sockets', 1, MOST_SOCKETS[from.one('technique', TECHNIQUES)]),
  }),
  here: (from) => ({
    type: 'here',
    round: from.whole('round', 0, MAX_ROUNDS - 1),
    port: from.whole('port', 1, 65_535),
    step: from.none('step') ? null : from.whole('step', -MAX_STEP, MAX_STEP),
    ...(from.has('range') && { range: from.range('range') }),
    rttMs: from.whole('rttMs', 0, MAX_RTT_MS),
  }),
  open: (from) => ({ type: 'open', round: from.whole('round', 0, MAX_ROUNDS - 1) }),
  failed: (from) => ({
    type: 'failed',
    round: from.whole('round', 0, MAX_ROUNDS - 1),
    reason: plainText(from.text('reason').slice(0, MAX_REASON_CHARS)),
  }),
  end: () => ({ type: 'end' }),
};

/** Reads the fields of a value from the wire; whatever is not as it should be is FRAME_MALFORMED. */
class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null) throw malformed('it is no object');
    this.#fields = value as Record<string, unknown>;
  }

  none(name: string): boolean {
    return this.#fields[name] === null;
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined;
  }

  /** Of ports. */
  range(name: string): Range {
    const value = this.#fields[name];
    if (!Array.isArray(value) || value.length !== 2) throw malformed(`${name} is no range`);
    const ends = new Fields({ least: value[0], most: value[1] });
    const least = ends.whole('least', 1, 65_535);
    return [least, ends.whole('most', least, 65_535)];
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== 'string') throw malformed(`${name} is no text`);
    return value;
  }

  whole(name: string, least: number, most: number): number {
    const value = this.#fields[name];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      throw malformed(`${name} is no whole number from ${least} to ${most}`);
    return value;
  }

  one<const T>(name: string, words: readonly T[]): T {
    const value = this.#fields[name];
    if (!words.includes(value as T)) throw malformed(`${name} is none of ${words.join(', ')}`);
    return value as T;
  }

  addresses(name: string, most: number): SocketAddress[] {
    const value = this.#fields[name];
    if (!Array.isArray(value) || value.length > most) throw malformed(`${name} is no list of at most ${most}`);
    return value.map((one) => {
      const fields = new Fields(one);
      const ip = fields.text('ip');
      // Not one with a zone: that is a name of an interface of ours.
      if (isIP(ip) === 0 || ip.includes('%')) throw malformed('an address is none');
      return { ip, port: fields.whole('port', 1, 65_535) };
    });
  }
}

const malformed = (why: string): PortholeError => new PortholeError('FRAME_MALFORMED', `a note of the other end cannot be read: ${why}`);
