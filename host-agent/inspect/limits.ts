// SPDX-License-Identifier: Apache-2.0
// The limits of what is recorded.

/** Bytes that are kept on disk when nobody says how many. */
export const SPOOL_BYTES = 100_000_000;
/** The least that can be asked for: a few bodies, and what belongs to them. */
export const LEAST_SPOOL_BYTES = 1_000_000;
/** Bytes that may wait for the disk; what comes while so many wait is not kept, for nobody is held back by the record of what passed. */
export const MAX_BEHIND_BYTES = 16 * 1024 * 1024;
/** Exchanges that are kept, those that still run not counted. */
export const MAX_EXCHANGES = 10_000;
/** The part of what is kept that one body may have. */
export const BODY_SHARE = 1 / 2;
/** Of a body that says that it is longer than that, so many bytes are kept, to be looked at. */
export const BEGINNING_BYTES = 64 * 1024;
/** Replays under way at once. */
export const MAX_REPLAYS = 16;
/** Bytes of a HAR file that is read. */
export const MAX_HAR_BYTES = 256 * 1024 * 1024;
