// SPDX-License-Identifier: Apache-2.0
// Reads a document's beginning out of its stream, and encodes the injected script element in the document's own encoding.

import type { Insert } from '../shared/bridge.ts';

/** A document with its place for our script. */
export interface Rewritten {
  readonly body: ReadableStream<Uint8Array>;
  readonly insert: Insert;
}

/** Bytes of a character: one, as in all encodings that have ASCII in them; two in UTF-16, little (2) or big end first (-2). */
type Unit = 1 | 2 | -2;

interface Beginning {
  /** What was read, a character for each unit, without the byte order mark. */
  readonly text: string;
  readonly unit: Unit;
  /** Bytes of the byte order mark. */
  readonly skipped: number;
  /** All of the body, what was read included. */
  readonly rest: ReadableStream<Uint8Array>;
}

/**
 * Reads a body until enough of it is there.
 * @param enough whether something can be decided (null: not yet) by the text so far
 * @param most bytes that are read for it
 */
export async function beginningOf(
  body: ReadableStream<Uint8Array>,
  type: string,
  enough: (text: string, whole: boolean) => number | null,
  most: number,
): Promise<Beginning> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = new Uint8Array(0);
  let form = formOf(bytes, type);
  let text = '';
  while (bytes.length < most) {
    // What breaks off does so again for whoever reads on.
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
    if (done) break;
    chunks.push(value);
    const more = new Uint8Array(bytes.length + value.length);
    more.set(bytes);
    more.set(value, bytes.length);
    bytes = more;
    form = formOf(bytes, type);
    text = textOf(bytes.subarray(form.skipped, most), form.unit);
    if (bytes.length > 3 && enough(text, false) !== null) break;
  }
  return { text, ...form, rest: joined(chunks, reader) };
}

/** How a document is encoded, as far as it matters here (Encoding standard section 6: a byte order mark goes first). */
function formOf(bytes: Uint8Array, type: string): { readonly unit: Unit; readonly skipped: number } {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { unit: 1, skipped: 3 };
  if (a === 0xff && b === 0xfe) return { unit: 2, skipped: 2 };
  if (a === 0xfe && b === 0xff) return { unit: -2, skipped: 2 };
  const said = /charset\s*=\s*"?utf-16(be)?/i.exec(type);
  return { unit: said === null ? 1 : said[1] ? -2 : 2, skipped: 0 };
}

function textOf(bytes: Uint8Array, unit: Unit): string {
  if (unit !== 1) return new TextDecoder(unit === 2 ? 'utf-16le' : 'utf-16be').decode(bytes.subarray(0, bytes.length & ~1));
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

/** A text of ASCII alone in a document's encoding. */
export function encoded(text: string, unit: Unit): Uint8Array {
  if (unit === 1) return new TextEncoder().encode(text);
  const bytes = new Uint8Array(text.length * 2);
  for (let at = 0; at < text.length; at++) bytes[at * 2 + (unit === 2 ? 0 : 1)] = text.charCodeAt(at);
  return bytes;
}

/** Characters of a document's beginning in which it names its encoding (HTML section 4.2.5.4). */
export const CHARSET_WITHIN = 1024;

/** What is no content: comments, and elements whose text is no markup. */
const NO_CONTENT = /<!--[\s\S]*?(-->|$)|<(script|style|title|noscript)\b[\s\S]*?(<\/\2|$)/gi;
/** What ends a head: its end, or any element that does not belong in one. A page may be sent by and by, and is shown as it comes. */
const BEHIND_HEAD = /<\/head|<(?!(?:html|head|meta|link|base|template)\b)[a-z][a-z0-9-]*[\t\n\f\r />]/i;

/** Whether more of a document changes nothing about what `charsetOf` finds: it may be cut anywhere, also in the name itself. */
export function charsetIsSettled(text: string): boolean {
  if (text.length >= CHARSET_WITHIN || BEHIND_HEAD.test(text.replace(NO_CONTENT, ''))) return true;
  return charsetOf(text.slice(0, text.lastIndexOf('>') + 1)) !== null;
}

/** The encoding that a document names in a meta element of its beginning; what stands there is behind our script, where not all look for it. */
export function charsetOf(text: string): string | null {
  const plain = text.replace(/<!--[\s\S]*?(-->|$)/g, '');
  const name = /<meta[\t\n\f\r /][^>]*?charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(plain)?.[1]?.toLowerCase();
  if (name === undefined) return null;
  return name.startsWith('utf-16') ? 'utf-8' : name; // HTML section 13.2.3.2: what was read as ASCII is not UTF-16
}

/** The script as an element of HTML or of XML, with what it is given in an attribute: the script's own text, and so its hash, is always the same. */
export function scriptElement(script: string, gift: string, kind: 'html' | 'xml'): string {
  const given = gift.replace(/[^\x20-\x7e]|["&<>]/g, (char) =>
    char === '"' ? '&quot;' : char > '~' ? escaped(char) : `&#${char.charCodeAt(0)};`,
  );
  return kind === 'html'
    ? `<script data-porthole="${given}">${script}</script>`
    : `<script xmlns="http://www.w3.org/1999/xhtml" data-porthole="${given}"><![CDATA[${script}]]></script>`;
}

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

function joined(first: readonly Uint8Array[], rest: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = [...first];
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = chunks.shift();
        if (chunk) return controller.enqueue(chunk);
        const { done, value } = await rest.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => rest.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
