// SPDX-License-Identifier: Apache-2.0
// All times and counts of continuity, by name (SITE.md section 12). The limits of the wire format are in proto/limits.ts.

/** Bytes of numbered messages that a sender has under way at first on a path of which it knows nothing: about what TCP begins with. */
export const FIRST_WINDOW_BYTES = 16 * 1024;
/** Bytes that a path may have under way that carries so much within QUEUE_MS: a fast one is not held to a few milliseconds. */
export const ROOMY_WINDOW_BYTES = 512 * 1024;
/** Milliseconds of a path that may wait in its queues, beside one message, so that it is never idle. */
export const QUEUE_MS = 15;
/** Content is cut so that a message takes the path so many milliseconds: what is more urgent waits no longer than that. */
export const MESSAGE_MS = 10;
/** Messages of that size that heads and small content may have under way beyond the window: they do not wait for it to open. */
export const URGENT_MESSAGES = 3;
/** Content is not cut smaller than this: with what goes around it, it fills a packet. */
export const LEAST_MESSAGE_BYTES = 1200;
/** Sessions of one host whose window would be less than so many messages take turns on the line that they share. */
export const SHARED_MESSAGES = 4;
/** Bytes that such sessions have under way together at first: many that begin at once fill a short queue with less than FIRST_WINDOW_BYTES each. */
export const FIRST_SHARED_BYTES = 4 * LEAST_MESSAGE_BYTES;
/** Where sessions take turns, a message counts as under way for so many milliseconds at least, and so many times as long as what is under way takes: what comes later was lost. */
export const LATE_TURN_MS = 400;
export const LATE_TURN_TRIPS = 3;
/** But no longer than so many milliseconds. */
export const MAX_LATE_TURN_MS = 2000;
/** Milliseconds of what a session's messages take at least, by a visitor's own slow line, that are no queue of the line which all share. */
export const OWN_MS = 20;
/** Milliseconds for which it counts that several sessions lost something: it is the line they share that is slow. */
export const LOSSY_MS = 10_000;
/** Bytes that a session which begins may have under way then at first, until its own messages show that it is fast; as much more as comes through. */
export const FIRST_LOSSY_BYTES = 2 * LEAST_MESSAGE_BYTES;
/** Milliseconds over which what a host delivers is counted, and for which the best of it shows what its line carries. */
export const CARRIES_MS = 500;
export const CARRIED_MS = 60_000;
/** What is under way on a sound path that is left is waited for if it takes that path longer than so many milliseconds; else it is sent again. */
export const DRAIN_MS = 100;
/** Milliseconds in which the least round trip counts, and after which it is looked for anew: the way a path takes may change. */
export const LEAST_TRIP_MS = 5000;
/** Bytes of numbered messages taken after which they are acknowledged at once: less than FIRST_UNACKED_BYTES, after which a sender waits. */
export const ACK_BYTES = 192 * 1024;
/** Bytes of numbered messages taken after which an acknowledgement goes along with a message that is sent: in one record, it costs nothing. */
export const ACK_ALONG_BYTES = 32 * 1024;
/** Numbered messages taken after which they are acknowledged at once. */
export const ACK_FRAMES = 32;
/** Milliseconds after the last acknowledgement after which what was taken is acknowledged in any case. */
export const ACK_MS = 10;
/** Milliseconds that an acknowledgement waits for what comes with it, however long ago the last one was. */
export const ACK_LEAST_MS = 1;

/** Questions that follow each other on a new path, each asked when the one before is answered: its round trip is the shortest. */
export const FIRST_QUESTIONS = 5;
/** An end that hears the other and has said nothing on a path for so many milliseconds acknowledges what it has: a sign of life of its own. */
export const ECHO_MS = 250;
/** Milliseconds after which a round trip is measured again when somebody begins to wait. */
export const FRESH_MS = 1000;
/** Milliseconds after which the round trip of a path in use is measured again while somebody waits, however much comes on it. */
export const MEASURE_MS = 3000;
/** Quiet in milliseconds after which the other end is asked for a sign of life, on the path in use while somebody waits; or two round trips. */
export const ASK_BUSY_MS = 400;
/** The same on a path where nobody waits. */
export const ASK_IDLE_MS = 5000;
/** Quiet in milliseconds after which the path in use is suspect while somebody waits; or four round trips. */
export const SUSPECT_BUSY_MS = 1200;
/** The same while nobody waits. */
export const SUSPECT_IDLE_MS = 10_000;
/** Quiet in milliseconds after which a path is given up that is suspect, or in use while somebody waits. */
export const DEAD_BUSY_MS = 6000;
/** The same for a standby. */
export const DEAD_STANDBY_MS = 15_000;
/** The same for the path in use while nobody waits. */
export const DEAD_IDLE_MS = 20_000;
/** The longest round trip in milliseconds that lengthens these times. */
export const MAX_RTT_MS = 1000;
/** The longest time between two arrivals that counts, in milliseconds: three such lengthen the times of a path in use. */
export const MAX_GAP_MS = 2000;
/** The longest wait in queues in milliseconds, of what this end sent, that lengthens them. */
export const MAX_BACKLOG_MS = 20_000;
/** An answer is quick that takes no more than two round trips and so many milliseconds. */
export const QUICK_MS = 50;
/** Twice a round trip with all that it waits, and three times a silence that was none, lengthen them, up to this, in milliseconds. */
export const MAX_LULL_MS = 6000;
/** Milliseconds after which it counts half. */
export const LULL_HALF_MS = 10_000;
/** A session that doubts again within so many milliseconds waits twice as long, up to so many times: what it moves to is no better. */
export const DOUBTS_MS = 30_000;
export const MAX_PATIENCE = 4;
/** A timer that comes so many milliseconds late shows that this end slept: the other is asked anew before it is doubted. */
export const SLEPT_MS = 2000;

/** Milliseconds from the first message on a path to the answer that it carries. */
export const JOIN_MS = 15_000;
/** Milliseconds that a second path of a new session waits for the first to be answered before it takes its place. */
export const FIRST_PATH_MS = 1500;
/** Milliseconds that a visitor has for the answer to a challenge: somebody has to type it. */
export const PROOF_MS = 300_000;
/** Milliseconds without a path after which the visitor gives the session up. */
export const VISITOR_RESUME_MS = 45_000;
/** The same for the host: longer, so that no visitor resumes into nothing. */
export const HOST_KEEP_MS = 60_000;

/** Sessions without a path that a host keeps; over it the one that lost its path first is dropped. */
export const MAX_KEPT_SESSIONS = 1024;
/** Bytes that a host holds for all sessions together, sent and not acknowledged or come and not read; over it the least useful is dropped. */
export const MAX_HELD_BYTES = 256 * 1024 * 1024;
/** How often a host looks whether those whom it let in still may be, in milliseconds: access that is taken back ends within a second. */
export const JUDGE_MS = 400;
/**
 * Paths at a host on which nothing was said yet, sealed or not: whose they are is not known, and MAX_PATHS not applied. Over it one of the
 * older half is dropped, by chance: who is in earnest needs two round trips.
 */
export const MAX_FRESH_PATHS = 1024;
/** New sessions that wait to be authorized at a host; more are refused. */
export const MAX_WAITING_SESSIONS = 256;
/** Messages about a path that may wait for room in it: a peer that asks without end and reads nothing is given up. */
export const MAX_UNSAID = 256;
