// SPDX-License-Identifier: Apache-2.0
// A way to a peer, as its strategy describes it: policies go by that and people read it, so that nothing else knows any name.

/** What a strategy says of the way that it opens. Plain data: it can be told to another thread. */
export interface Way {
  /** On the wire, on the command line and in JSON: small letters, digits and hyphens. The `via` of what is made this way. */
  readonly name: string;
  /** `relayed`: somebody else passes on what the two ends send, as with a relayed candidate of ICE (RFC 8445 section 4). */
  readonly kind: 'direct' | 'relayed';
  /** What a byte costs the two ends, in parts of what it costs them over plain TCP: 1 to MAX_COST. Less is better to be on. */
  readonly cost: number;
  /** The only platform on which it can be opened: a page has no TCP, say. Absent where any will do. */
  readonly needs?: Platform;
  /** What people read of it. */
  readonly words: WayWords;
}

/** What the ends of Porthole run on. */
export type Platform = 'node' | 'browser';

/** A way's name; RENDEZVOUS.md section 5 has its length. */
export const WAY_NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** How people read of a way. */
export interface WayWords {
  /** A heading: "Direct (TCP)". */
  readonly label: string;
  /** A sentence to the visitor, with its full stop. */
  readonly sentence: string;
  /** What follows "connected": "directly (TCP)". */
  readonly adverb: string;
  /** What stands for the name in a sentence on a page: "the TCP connection"; for a relayed way without "the". Absent where the name is a word. */
  readonly noun?: string;
}

/** The most that a way costs; one that says more counts as this. */
export const MAX_COST = 1000;

/** What a strategy says of itself, without the rest of it. */
export function wayOf({ name, kind, cost, needs, words }: Way): Way {
  return { name, kind, cost, ...(needs && { needs }), words };
}

/**
 * The way of this name. One that is not among `ways` (a path may name what this end has no strategy for) has its name for words,
 * and nobody to say that it is direct: it counts as relayed, at the highest cost.
 */
export function wayNamed<W extends Way>(name: string, ways: readonly W[]): W | Way {
  const known = ways.find((way) => way.name === name);
  return known ?? { name, kind: 'relayed', cost: MAX_COST, words: { label: name, sentence: '', adverb: `by ${name}` } };
}
