// SPDX-License-Identifier: Apache-2.0
// The Strategy interface: one means to reach a peer, what it says of itself, and what it gets for one call.

import type { Connection } from '../channel/connection.ts';
import type { NatProfile, SocketAddress } from '../nat/profile.ts';
import type { Clock } from '../time/clock.ts';

/** What a strategy says of itself. Plain data: it can be told to another thread. */
export interface StrategyInfo {
  /** On the wire, on the command line and in JSON: small letters, digits and hyphens. The `via` of what is made by it. */
  readonly name: string;
  /** `relayed`: somebody else passes on what the two ends send, as with a relayed candidate of ICE (RFC 8445 section 4). */
  readonly kind: 'direct' | 'relayed';
  /** What a byte costs the two ends, in parts of what it costs them over plain TCP: 1 to MAX_COST. Less is better to be on. */
  readonly cost: number;
  /** The only platform on which it can be opened: a page has no TCP, say. Absent where any will do. */
  readonly needs?: Platform;
  /** What people read of it. */
  readonly words: StrategyWords;
}

/** What the ends of Porthole run on. */
export type Platform = 'node' | 'browser';

/** A strategy's name; RENDEZVOUS.md section 5 has its length. */
export const STRATEGY_NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** How people read of a strategy. */
export interface StrategyWords {
  /** A heading: "Direct (TCP)". */
  readonly label: string;
  /** A sentence to the visitor, with its full stop. */
  readonly sentence: string;
  /** What follows "connected": "directly (TCP)". */
  readonly adverb: string;
  /** What stands for the name in a sentence on a page: "the TCP connection"; for a relayed strategy without "the". Absent where the name is a word. */
  readonly noun?: string;
}

/** The most that a strategy costs; one that says more counts as this. */
export const MAX_COST = 1000;

/** What a strategy says of itself, without the rest of it. */
export function infoOf({ name, kind, cost, needs, words }: StrategyInfo): StrategyInfo {
  return { name, kind, cost, ...(needs && { needs }), words };
}

/**
 * The strategy of this name. One that is not among `strategies` (a path may name what this end has no strategy for) has its name for words,
 * and nobody to say that it is direct: it counts as relayed, at the highest cost.
 */
export function strategyNamed<W extends StrategyInfo>(name: string, strategies: readonly W[]): W | StrategyInfo {
  const known = strategies.find((strategy) => strategy.name === name);
  return known ?? { name, kind: 'relayed', cost: MAX_COST, words: { label: name, sentence: '', adverb: `by ${name}` } };
}

/** Whether a strategy suits two ends, with the reason in words. */
export interface Verdict {
  /** Of these only `no` is not tried. */
  readonly chance: 'likely' | 'possible' | 'unlikely' | 'no';
  /** Why, in words. */
  readonly reason: string;
}

/** One means to reach a peer, and what it says of itself. A new strategy is one file and one line in the list given to the engine. */
export interface Strategy extends StrategyInfo {
  /** Pure: what this strategy's chances are between these two ends. */
  suits(self: NatProfile, peer: NatProfile): Verdict;
  /** A call may come, or was announced: gets ready what it would have to wait for. Never throws; the signal lets go of what is held. */
  prepare?(call: Pick<Call, 'self' | 'offers' | 'clock'>, signal: AbortSignal): void;
  /** Opens a connection; both ends run it. Rejects, also when the signal aborts, leaving nothing open. */
  attempt(call: Call, signal: AbortSignal): Promise<Connection>;
}

/** One strategy's share of one introduction. */
export interface Call {
  /** The same at both ends. */
  readonly id: string;
  /** Given by the rendezvous, never guessed from the socket: the visitor is the caller. */
  readonly role: 'caller' | 'callee';
  /** What is known of this end’s network. */
  readonly self: NatProfile;
  /** What is known of the other end’s network. */
  readonly peer: NatProfile;
  /** To the other half of this strategy. */
  readonly line: Line;
  /** What the rendezvous offers this end for this call. */
  readonly offers: Offers;
  /** Time. */
  readonly clock: Clock;
}

/** This strategy's own notes to its other half, in order, through the rendezvous. */
export interface Line {
  /** At most MAX_NOTE_BYTES. */
  send(note: Uint8Array): void;
  /** The next note; rejects when the call ends, or with the signal's reason. One caller at a time. */
  receive(signal?: AbortSignal): Promise<Uint8Array>;
}

/** Helpers on the suite that strategies may use. */
export interface Offers {
  /** Servers that tell an end its outside UDP address, as `stun:host:port`. */
  readonly stun: readonly string[];
  /** Servers that tell an end its outside TCP address (STUN over TCP, RFC 8489 section 6.2.2). An `ip` may be the suite's name. */
  readonly stunTcp?: readonly SocketAddress[];
  /** Absent where the suite has no relay for this call. */
  readonly relay?: RelayOffer;
}

/** Where the relay is, and this end's single-use ticket for it. */
export interface RelayOffer {
  /** Its URL for WebSockets. */
  readonly webSocket: string;
  /** Its address for plain TCP; absent where it takes none. */
  readonly tcp?: { readonly host: string; readonly port: number };
  /** The ticket. */
  readonly token: string;
}
