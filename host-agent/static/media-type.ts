// SPDX-License-Identifier: Apache-2.0
// The media type of a file, from its name and, where that leaves it open, from its first bytes.

import { isAscii, isUtf8 } from 'node:buffer';
import mime from 'mime';

/** What a file of unknown kind is: bytes (RFC 2046 section 4.5.1). */
const UNKNOWN = 'application/octet-stream';
const PLAIN = 'text/plain';
/** Names whose type is another in practice than in the library's table. */
const OTHER_TYPES: Readonly<Record<string, string>> = { cjs: 'text/javascript' };
/**
 * Types that a browser saves and does not show. A file of one that holds text is shown as text: most `.ts` in folders are
 * TypeScript, not MPEG transport streams.
 */
const SHOWN_IF_TEXT = new Set([
  UNKNOWN,
  'video/mp2t',
  'application/rls-services+xml', // .rs
  'application/sql',
  'application/toml',
  'application/x-csh',
  'application/x-httpd-php',
  'application/x-msdownload', // .bat
  'application/x-perl',
  'application/x-sh',
  'application/x-subrip',
  'application/x-tcl',
  'application/x-tex',
]);
/** Bytes in which what is no text shows itself (MIME Sniffing, "resource header"). */
const SNIFFED_BYTES = 1445;
/** Bytes in which a page may declare its character set (HTML, "prescan a byte stream"). */
const PRESCANNED_BYTES = 1024;

/** The first bytes of a file. */
export interface Head {
  readonly bytes: Uint8Array;
  /** Whether that is all of it. */
  readonly whole: boolean;
}

/** Whether the first bytes of a file of this name are needed to tell its type. */
export function needsHead(name: string): boolean {
  const type = typeOfName(name);
  return type.startsWith('text/') || SHOWN_IF_TEXT.has(type);
}

/**
 * The value of Content-Type.
 * @param name a file's name or path
 * @param head its first bytes, where `needsHead` says so; the more, the surer
 */
export function mediaType(name: string, head: Head | null): string {
  const named = typeOfName(name);
  if (head === null) return named;
  const type = SHOWN_IF_TEXT.has(named) && head.bytes.length > 0 && isText(head.bytes) ? PLAIN : named;
  return type.startsWith('text/') && isInUtf8(type, head) ? `${type}; charset=utf-8` : type;
}

/** The coding that the kind of file implies: its name stands for what it is when it is undone. */
export function impliedCoding(name: string): 'gzip' | null {
  return /\.svgz$/i.test(name) ? 'gzip' : null;
}

function typeOfName(name: string): string {
  const file = name.slice(name.lastIndexOf('/') + 1);
  const other = OTHER_TYPES[file.slice(file.lastIndexOf('.') + 1).toLowerCase()];
  // The slash keeps a file called 'png' from being taken for the extension.
  return (file.includes('.') ? other : undefined) ?? mime.getType(`/${file}`) ?? UNKNOWN;
}

/** Whether there is no binary data byte at the beginning (MIME Sniffing section 4.5), in any superset of ASCII. */
function isText(head: Uint8Array): boolean {
  for (const byte of head.subarray(0, SNIFFED_BYTES)) {
    if (byte < 0x20 && (byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte !== 0x1b))) return false;
  }
  return true;
}

/** Whether to say that a text is UTF-8: not where its bytes are not, nor where a page of plain ASCII so far says something else. */
function isInUtf8(type: string, { bytes, whole }: Head): boolean {
  if (isAscii(bytes)) return type !== 'text/html' || /^utf-?8$/i.test(declared(bytes) ?? 'utf-8');
  return isUtf8(whole ? bytes : withoutTail(bytes));
}

/** The character set that a page declares in a meta element. */
function declared(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, PRESCANNED_BYTES)).toString('latin1');
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(text)?.[1];
}

/** The bytes without a character that is cut off at their end. */
function withoutTail(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
