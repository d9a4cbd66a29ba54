// SPDX-License-Identifier: Apache-2.0
// How much a first visit may take before the site's own first byte.

/** Bytes on the wire before the site's own first byte: files, headers, and what is said to find a way. */
export const FIRST_VISIT_BYTES = 80_000;
/** Bytes of the files among them, compressed with brotli, as browsers ask for over https and on this machine. */
export const FIRST_VISIT_FILE_BYTES = 72_000;
/** Milliseconds from the first byte of the page to the first paint with content of it. */
export const FIRST_PAINT_MS = 300;
