// SPDX-License-Identifier: Apache-2.0
// The notes that the two halves of a punch send each other through the rendezvous, as JSON in UTF-8.

import { isIP } from 'node:net';
import { z } from 'zod';
import { PortholeError } from '../../../proto/errors.ts';
import { plainText } from '../../../proto/text.ts';
import { MAX_STEP } from '../probe/prediction.ts';
import type { SocketAddress } from '../profile.ts';
import { BIRTHDAY_SOCKETS, MAX_CANDIDATES, MAX_PUNCH_NOTE_BYTES, MAX_ROUNDS, PREDICTED_WINDOW } from './limits.ts';

/** The techniques of punching; `direct` needs no round. */
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
  | ({ readonly type: 'round'; readonly round: number } & RoundFacts)
  /** Fig. 5, steps 2 and 4: this end's outside port in a round, and its round trip to the suite in milliseconds. */
  | ({ readonly type: 'here'; readonly round: number; readonly rttMs: number } & Outside)
  /** Fig. 5, step 6: the opener's NAT is open. */
  | { readonly type: 'open'; readonly round: number }
  | { readonly type: 'failed'; readonly round: number; readonly reason: string }
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

const round = z
  .int()
  .min(0)
  .max(MAX_ROUNDS - 1);
const port = z.int().min(1).max(65_535);
// Not an address with a zone: that is a name of an interface of ours.
const ip = z.string().refine((text) => isIP(text) !== 0 && !text.includes('%'), 'is no address');

/** What stands in a note of each kind; more is passed over. */
const FIELDS: Readonly<Record<Note['type'], z.ZodType>> = {
  candidates: z.object({ list: z.array(z.object({ ip, port })).max(MAX_CANDIDATES) }),
  round: z
    .object({
      round,
      technique: z.enum(TECHNIQUES),
      opener: z.enum(['caller', 'callee']),
      ttl: z.enum(TTLS),
      family: z.literal([4, 6]),
      sockets: z.int().min(1),
    })
    .refine(({ technique, sockets }) => sockets <= MOST_SOCKETS[technique], 'has too many sockets'),
  here: z.object({
    round,
    port,
    step: z.int().min(-MAX_STEP).max(MAX_STEP).nullable(),
    range: z
      .tuple([port, port])
      .refine(([least, most]) => least <= most, 'is no range')
      .exactOptional(),
    rttMs: z.int().min(0).max(MAX_RTT_MS),
  }),
  open: z.object({ round }),
  failed: z.object({ round, reason: z.string().transform((text) => plainText(text.slice(0, MAX_REASON_CHARS))) }),
  end: z.object({}),
};

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
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const { type } = z.object({ type: z.string() }).parse(value);
    if (!Object.hasOwn(FIELDS, type)) return null;
    return { type, ...(FIELDS[type as Note['type']].parse(value) as object) } as Note;
  } catch (cause) {
    throw new PortholeError('FRAME_MALFORMED', 'a note of the other end cannot be read', { cause });
  }
}
