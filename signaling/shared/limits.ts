// SPDX-License-Identifier: Apache-2.0
// Every limit of the suite, by name, with the value it has unless createSuite is told otherwise.

/** So many a second on average, and so many at once. */
export interface Rate {
  /** A second, on average. */
  readonly perSecond: number;
  /** At once. */
  readonly burst: number;
}

/**
 * The suite's limits. They are generous: behind one address (an office, a carrier's NAT, a proxy) may be hundreds of
 * people, and what they guard against is a flood, not a crowd.
 */
export const SUITE_LIMITS = {
  /** Registrations tried from one address. */
  registrationsPerAddress: { perSecond: 20, burst: 500 } as Rate,
  /** Registrations tried of one key. */
  registrationsPerKey: { perSecond: 2, burst: 30 } as Rate,
  /** Introductions asked for from one address. */
  introductionsPerAddress: { perSecond: 100, burst: 1000 } as Rate,
  /** Introductions asked for to one site. */
  introductionsPerSite: { perSecond: 500, burst: 5000 } as Rate,
  /** Questions for a site, from one address. */
  findsPerAddress: { perSecond: 100, burst: 1000 } as Rate,
  /** Notes of one caller over all its calls, and of a callee in one call. A note counts once for each NOTE_UNIT_BYTES begun. */
  notes: { perSecond: 100, burst: 1000 } as Rate,
  /** STUN binding requests of one address. */
  stunPerAddress: { perSecond: 100, burst: 1000 } as Rate,
  /** Binding requests of all addresses together: bounds what spoofed addresses can make the limiter remember. */
  stunInAll: { perSecond: 10_000, burst: 20_000 } as Rate,
  /** What an address may say of its network, again and again. */
  examinedPerAddress: { perSecond: 2, burst: 200 } as Rate,

  /** Exam runs of an address. */
  examsPerAddress: { perSecond: 1, burst: 60 } as Rate,
  /** Exam runs under way at once, for all. */
  examRuns: 64,
  /** Milliseconds one of them lasts. */
  examMs: 8000,
  /** Connections open at once where outside addresses are told over TCP, in all. */
  probeConnections: 8192,
  /** The same, from one address. */
  probeConnectionsPerAddress: 256,
  /** Milliseconds one of them may last. */
  probeIdleMs: 30_000,
  /** Rendezvous connections open at once from one address. */
  connectionsPerAddress: 4096,
  /** WebSockets of sites that the gateway carries at once for one address; a browser has 255 for a host at the most. */
  webSocketsPerAddress: 256,
  /** Calls one connection may have open at once as the caller. */
  callsPerVisitor: 64,
  /** The same, as the callee. */
  callsPerHost: 4096,
  /** Sites one connection may watch. */
  watchedPerConnection: 256,
  /** Names one key may hold. */
  namesPerKey: 16,
  /** Requests for inboxes, from one address. */
  inboxPerAddress: { perSecond: 100, burst: 2000 } as Rate,
  /** Bytes of content of a request that an inbox takes. */
  inboxRequestBytes: 1024 * 1024,
  /** Bytes of content that is being read for all inboxes at once: it is whole in memory before it is sealed. */
  inboxReadBytes: 64 * 1024 * 1024,
  /** The same of requests from one address. */
  inboxReadBytesPerAddress: 8 * 1024 * 1024,
  /** Milliseconds that the content of a request for an inbox may take. */
  inboxReadMs: 30_000,
  /** Sites that have an inbox. */
  inboxes: 10_000,
  /** Requests in one site's inbox. */
  inboxRequests: 10_000,
  /** Bytes of all boxes of one site. */
  inboxBytes: 64 * 1024 * 1024,
  /** Bytes of the boxes of all sites. */
  inboxBytesInAll: 1024 * 1024 * 1024,
  /** Milliseconds that a request waits in an inbox before it is dropped: seven days. */
  inboxMs: 7 * 24 * 3600 * 1000,
  /** Milliseconds after which an empty inbox is dropped whose host was not online since: 14 days. */
  inboxIdleMs: 14 * 24 * 3600 * 1000,
  /** Bytes waiting for a connection that does not read; more, and it is cut. */
  queuedBytes: 16 * 1024 * 1024,
  /** Live portal pages at once. */
  presenceStreams: 1000,

  /** Milliseconds between heartbeats on a rendezvous connection. */
  pingIntervalMs: 15_000,
  /** Milliseconds to wait for the answer to one. */
  pingTimeoutMs: 15_000,
  /** Milliseconds between two notes of "still here" in the directory. */
  lastSeenMs: 60_000,
  /** Milliseconds in which changes of presence become one event for portal pages. */
  presenceMs: 250,
  /** Milliseconds that `close` leaves requests under way before it cuts them. */
  drainMs: 2_000,
};

/** The limits of a suite, by name. */
export type SuiteLimits = typeof SUITE_LIMITS;

/** Bytes of a note that count as one against the rate of notes. */
export const NOTE_UNIT_BYTES = 4 * 1024;
/** Bytes the Socket.IO server reads of one message: above MAX_RENDEZVOUS_BYTES, so that a message somewhat too long is answered, not cut. */
export const CARRIER_BYTES = 256 * 1024;
/** Characters of a link, and of a portal search. */
export const MAX_LINK_CHARS = 2048;
export const MAX_SEARCH_CHARS = 200;
/** Characters of an address or a strategy's name in a message. */
export const MAX_WORD_CHARS = 64;
/** Sites on the portal page. */
export const PORTAL_SITES = 200;
