// SPDX-License-Identifier: Apache-2.0
// The limits of punching, by name: what one attempt may spend, and how long its steps may take.

/** Bytes of one note between the two halves. */
export const MAX_PUNCH_NOTE_BYTES = 2048;
/** Addresses that one end may tell the other as reachable without a punch. */
export const MAX_CANDIDATES = 8;
/** Rounds of one attempt. */
export const MAX_ROUNDS = 24;
/** Notes that one end reads in one attempt. */
export const MAX_PUNCH_NOTES = 128;
/** Sockets of the birthday technique, round after round: small routers keep their tables. */
export const BIRTHDAY_SOCKETS = [64, 256, 768] as const;
/** Birthday rounds that one program has under way at once. */
export const MAX_BIRTHDAYS = 1;
/** How far ahead a series is waited for: other programs behind the same NAT may connect meanwhile. */
export const PREDICTED_WINDOW = 8;
/** Connections of the end with the series, where the other waits for a whole window of it. */
export const SERIES_TRIES = 3;
/** Local ports that Linux' NAT, where it takes any port, takes from a few: 600 to 1023 stay there (RFC 4787 REQ-3 a). */
export const LOW_PORTS = [600, 1023] as const;
/** Connections to one port that a NAT has room for in those: the last free ones it finds slowly, or not. */
export const LOW_ROOM = 400;
/** Connections that have not proved yet whose they are. */
export const MAX_UNPROVED = 1024;
/** How long a fresh connection may take to prove whose it is, in milliseconds. */
export const PROOF_MS = 3000;
/** How long it may take to learn the outside port of a local one, in milliseconds. */
export const LEARN_MS = 2500;
/** How long a port that was learned ahead is held, in milliseconds: the suite ends an idle connection after 30 s. */
export const HOLD_MS = 25_000;
/** How long it is believed where a series of ports was seen to be, in milliseconds: others behind the same NAT take of it, too. */
export const FRESH_MS = 2000;
/** How long an attempt waits for what is being learned already, before it begins to guess, in milliseconds. */
export const NEARLY_MS = 150;
/** Rounds, from the first on, that believe what was learned ahead; later ones learn anew. */
export const BELIEVING_ROUNDS = 4;
/** How long a round waits for the other end's notes, in milliseconds. */
export const NOTE_MS = 3500;
/** How long a round's sockets go on trying once both ends have begun, in milliseconds: one lost SYN is repeated after 1000. */
export const TRY_MS = 3500;
/** How long a router may take to open a port on request, in milliseconds. */
export const MAP_MS = 2500;
/** Hops from an end to its outermost NAT when nobody has counted: one router at home. */
export const ASSUMED_HOPS = 1;
/** How long the guard stays up after the first SYN, in milliseconds, at the least and at the most; and where no round trip is known. */
export const GUARD_MS = [5, 150] as const;
export const UNKNOWN_GUARD_MS = 60;
