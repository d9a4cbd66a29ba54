// SPDX-License-Identifier: Apache-2.0
// Every limit and interval of the relay, by name; those of the wire (RENDEZVOUS.md section 6) first.

/** Milliseconds that a ticket lives. */
export const TICKET_LIFE_MS = 60_000;
/** Milliseconds from an end's connection to its RelayJoin. */
export const JOIN_DEADLINE_MS = 10_000;
/** Milliseconds that an end waits for the other. */
export const PARTNER_DEADLINE_MS = 30_000;

/** Tickets that are out at once. */
export const MAX_TICKETS = 100_000;
/** Ends that are not joined with another: those that have said nothing yet, and those that wait. */
export const MAX_WAITING_ENDS = 2048;
/** Flows at once: two sockets each. */
export const MAX_FLOWS = 10_000;
/** Ends of one address (IPv6: one /64) that came and did not join with a good ticket, in a minute. */
export const MAX_FAILED_JOINS_A_MINUTE = 500;

/** Pieces in which one WebSocket message may come: fragments, and reads of the socket. */
export const MAX_RELAY_MESSAGE_PIECES = 4096;
/** Bytes kept of an end that waits for the other, before it is no longer read. */
export const MAX_HELD_BYTES = 64 * 1024;
/** Pieces kept of an end that waits: a byte at a time would cost a hundred times its size. */
export const MAX_HELD_PIECES = 64;

/** Bytes that the flows together may pass on before the loop looks at all of them again: about a millisecond's work. */
export const TURN_BYTES = 1024 * 1024;
/** Bytes that each direction of a flow may pass on between two rests, however many flows there are: half of what one read gives at the most. */
export const MIN_SHARE_BYTES = 64 * 1024;
/** Bytes of a flow between two askings of the quota. */
export const QUOTA_STEP_BYTES = 1024 * 1024;

/** Milliseconds of silence after which TCP asks whether the other end is still there, and between pings on a WebSocket. */
export const KEEPALIVE_MS = 25_000;
/** Pings in a row without an answer that end a WebSocket: ten minutes, for an end that only reads slowly answers late. */
export const MAX_UNANSWERED_PINGS = 24;
/** Milliseconds that a refused end has to take its answer and leave. */
export const REFUSAL_LINGER_MS = 2000;
