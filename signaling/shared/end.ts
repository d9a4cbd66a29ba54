// SPDX-License-Identifier: Apache-2.0
// One rendezvous connection as the parts of the suite see it, however it is carried.

import type { PortholeError } from '../../proto/errors.ts';
import type { encodeMessage, MessageName, Nat } from '../../proto/rendezvous.ts';
import type { SocketAddress } from '../../transport/nat/profile.ts';
import type { Caller } from './caller.ts';

/** The fields of a message, as encodeMessage takes them. */
export type Fields<K extends MessageName> = Parameters<typeof encodeMessage<K>>[1];

/** One connected end: a host, a visitor, or both. */
export interface End {
  /** The connection's own number. */
  readonly id: string;
  readonly caller: Caller;
  /** The 32 bytes it was welcomed with. */
  readonly nonce: Uint8Array;
  /** What it says of its network; null until it does. */
  nat: Nat | null;
  /** Where it comes from over the other family of IP, where the suite has seen that. */
  other: SocketAddress | null;
  /** Whether it is still connected. */
  readonly here: boolean;
  /** Sends a message; what cannot go at once waits, in order. Nothing happens once the end has left. */
  send<K extends MessageName>(name: K, fields: Fields<K>): void;
  /** Tells the end a problem and lets go of it. */
  dismiss(problem: PortholeError): void;
}
