// SPDX-License-Identifier: Apache-2.0
// Cuts content so that messages fill whole packets, and notes each message that goes out.

import { DATA_OVERHEAD_BYTES } from '../../proto/limits.ts';

/** What is noted of a message when it goes out. */
export interface Departure {
  readonly at: number;
  readonly bytes: number;
}

/** Up to so many packets, a message fills them; of more, the last one counts for little. */
const FEW_PACKETS = 16;
/** What stands around content in a record: a frame's fields, its number's type and length, the tag. */
const AROUND_BYTES = DATA_OVERHEAD_BYTES + 24;

/**
 * The length of a message that fills packets: one that is nearly empty costs a slow line as much as a tenth of a full one.
 * @param packet bytes of a record that go in one, where that is known
 */
export function fullPackets(bytes: number, packet: number | undefined): number {
  if (!packet || bytes > FEW_PACKETS * packet) return bytes;
  return Math.max(1, Math.floor((bytes + AROUND_BYTES) / packet)) * packet - AROUND_BYTES;
}
