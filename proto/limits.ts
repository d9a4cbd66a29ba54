// SPDX-License-Identifier: Apache-2.0
// Every limit of the wire, by name. SITE.md and RENDEZVOUS.md list the same numbers; a test crosses each.

/** The version of the site protocol that this code speaks. */
export const SITE_VERSION = 1;
/** The version of the rendezvous protocol that this code speaks. */
export const RENDEZVOUS_VERSION = 1;

/** Bytes of one Noise message (Noise section 3): what a sealed path carries at a time, and what every Connection must carry. */
export const MAX_RECORD_BYTES = 65_535;
/** Bytes of one site-protocol frame: with its type, its length and the seal around it, one record. */
export const MAX_FRAME_BYTES = 65_472;
/** Bytes that a Data frame spends on its own fields, at the most: stream, end and length with their tags. */
export const DATA_OVERHEAD_BYTES = 16;
/** Bytes of content in one Data frame. */
export const MAX_DATA_BYTES = MAX_FRAME_BYTES - DATA_OVERHEAD_BYTES;
/** Bytes of a length-framed message on a byte stream: a frame, with room for a seal around it. */
export const MAX_FRAMED_BYTES = 65 * 1024;

/** Header fields in one request or response. */
export const MAX_HEADERS = 128;
/** Bytes of all header names and values of one request or response together. */
export const MAX_HEADER_BYTES = 32 * 1024;
/** Bytes of a request target (path and query). */
export const MAX_TARGET_BYTES = 8 * 1024;
/** Bytes of a method, an authority, a protocol, an error code. */
export const MAX_TOKEN_BYTES = 255;
/** Bytes of an error's text on the wire. */
export const MAX_REASON_BYTES = 1024;
/** Features an end may name in its Hello. */
export const MAX_FEATURES = 64;

/** Streams that a visitor may hold open at once on one session, and requests that run for it at the host at once. */
export const MAX_STREAMS = 1024;
/** Of those, tunnels (requests with a protocol): they stay open, and half is left for requests. */
export const MAX_TUNNELS = 512;
/** Of the requests, such as the visitor has given up and that have not ended: while there are so many, no further one begins. */
export const MAX_ABANDONED = 100;
/** Requests that a visitor may give up on one session, all at once; over it the session ends. */
export const MAX_RESETS = 2048;
/** How many of them come back each second; each answered request brings back one, too. */
export const RESETS_PER_SECOND = 100;
/** Bytes that may be under way on one stream before its reader takes any: the first credit. It grows with the path's need. */
export const INITIAL_STREAM_CREDIT = 256 * 1024;
/** Bytes to which the credit of one stream may grow. */
export const MAX_STREAM_CREDIT = 8 * 1024 * 1024;
/** Bytes that may be under way on all streams of a session together, towards a visitor. */
export const VISITOR_SESSION_CREDIT = 32 * 1024 * 1024;
/** The same towards a host, which has many visitors. */
export const HOST_SESSION_CREDIT = 4 * 1024 * 1024;
/** The greatest credit that an end may hold; more is a protocol error. */
export const MAX_CREDIT = 2 ** 31 - 1;

/** Bytes of one message about a path. */
export const MAX_PATH_MESSAGE_BYTES = 4096;
/** Bytes of a session's id: too many to be guessed. */
export const SESSION_ID_BYTES = 16;
/** The greatest cost of scrypt (its N) that a host may ask of a visitor: 128 MiB and about a second. */
export const MAX_CHALLENGE_COST = 131_072;
/** Live paths of one session. */
export const MAX_PATHS = 4;
/** Bytes of numbered messages that may be under way before the first of them is acknowledged. */
export const FIRST_UNACKED_BYTES = 256 * 1024;
/** Bytes of numbered messages that may be under way at any time: what a sender retains, and a receiver holds unread. */
export const MAX_UNACKED_BYTES = 32 * 1024 * 1024;
/** Bytes that a numbered message counts beyond its own, so that many empty ones are bounded too. */
export const UNACKED_OVERHEAD_BYTES = 64;

/** Bytes of one rendezvous message. */
export const MAX_RENDEZVOUS_BYTES = 96 * 1024;
/** Bytes of one strategy's note. */
export const MAX_NOTE_BYTES = 64 * 1024;
/** Bytes that tell one running host from another of the same key. */
export const INSTANCE_BYTES = 16;
/** Characters of a site's name: one DNS label. */
export const MAX_NAME_CHARS = 63;
/** Characters of a card's title, owner, contact and of each keyword. */
export const MAX_CARD_FIELD_CHARS = 200;
/** Characters of a card's purpose. */
export const MAX_PURPOSE_CHARS = 1000;
/** Keywords on a card. */
export const MAX_KEYWORDS = 16;
/** Local addresses and strategies that an end may name. */
export const MAX_NAMED = 32;
/** Patterns of paths that a host may name for its inbox. */
export const MAX_INBOX_PATTERNS = 16;
/** Characters of one of them. */
export const MAX_INBOX_PATTERN_CHARS = 200;
/** Bytes of boxes in one batch of an inbox; a box that is longer comes in parts. */
export const MAX_INBOX_BATCH_BYTES = 64 * 1024;
/** Bytes of one box. */
export const MAX_INBOX_BOX_BYTES = 4 * 1024 * 1024;
/** STUN addresses of a suite that an end takes note of, for TCP and for UDP each. */
export const MAX_STUN_ADDRESSES = 32;
/** Callbacks of one exam run. */
export const MAX_CALLBACKS = 64;
/** The lowest port that is called back: what is below belongs to services. */
export const MIN_CALLBACK_PORT = 1024;
/** Milliseconds that a callback may wait for its answer. */
export const MAX_CALLBACK_MS = 1500;
/** Bytes of the first message on a relay connection. */
export const MAX_RELAY_JOIN_BYTES = 512;
/** Bytes of one WebSocket message to the relay: how the stream is cut means nothing, but a message is held whole. */
export const MAX_RELAY_MESSAGE_BYTES = 256 * 1024;
