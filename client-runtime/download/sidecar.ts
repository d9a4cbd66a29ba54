// SPDX-License-Identifier: Apache-2.0
// The note beside a partial file: which content it is the beginning of, and how much of it is safely on disk.

/** Bytes of the note that are read. */
export const MAX_SIDECAR_BYTES = 16 * 1024;
/** Characters of an address or an entity tag in it. */
const MAX_TEXT_CHARS = 4096;
/** The moment a computer was started is known to this many milliseconds: its clock is set right now and then. */
export const BOOT_TOLERANCE_MS = 5000;

/** One version of one resource: parts of it belong together. */
export interface Version {
  /** A strong entity tag (RFC 9110 section 8.8.3), with its quotation marks. */
  readonly etag: string;
  /** Bytes of the whole; null when the site did not say. */
  readonly whole: number | null;
}

export interface Sidecar extends Version {
  /** What was asked for. */
  readonly url: string;
  /** Bytes that have been written through to the disk: after a loss of power nothing beyond them is trusted. */
  readonly synced: number;
  /** When the computer was started, in milliseconds since 1970: while that is the same, nothing that was written is lost. */
  readonly boot: number;
}

const KIND = 'porthole partial 1';
const STRONG = /^"[\x21\x23-\x7e\x80-\xff]*"$/;

/** Whether an entity tag may hold the parts of a file together: a weak one may not (RFC 9110 section 13.1.5). */
export function isStrong(etag: string | null): etag is string {
  return etag !== null && etag.length <= MAX_TEXT_CHARS && STRONG.test(etag);
}

export function writeSidecar(sidecar: Sidecar): string {
  return `${JSON.stringify({ kind: KIND, ...sidecar })}\n`;
}

/** Reads a note; null when it is none, or does not make sense. */
export function readSidecar(text: string): Sidecar | null {
  if (text.length > MAX_SIDECAR_BYTES) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // cut, or something else altogether
  }
  if (typeof value !== 'object' || value === null) return null;
  const { kind, url, etag, whole, synced, boot } = value as Record<string, unknown>;
  if (kind !== KIND || typeof url !== 'string' || url.length > MAX_TEXT_CHARS) return null;
  if (typeof etag !== 'string' || !isStrong(etag) || !isCount(synced) || typeof boot !== 'number') return null;
  if (whole !== null && !(isCount(whole) && synced <= whole)) return null;
  return { url, etag, whole, synced, boot };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * How many bytes of a partial file count.
 * @param size bytes that the file has
 * @param boot when this computer was started, in milliseconds since 1970
 */
export function trusted(sidecar: Sidecar, url: string, size: number, boot: number): number {
  if (sidecar.url !== url || (sidecar.whole !== null && size > sidecar.whole)) return 0;
  // A process that is killed loses nothing that it has written; a computer that is switched off may.
  return Math.abs(sidecar.boot - boot) < BOOT_TOLERANCE_MS ? size : Math.min(size, sidecar.synced);
}
