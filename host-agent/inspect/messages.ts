// SPDX-License-Identifier: Apache-2.0
// What an exchange says piece by piece: a WebSocket's frames and a stream's events, read from its recorded bytes.

import { decoded } from './decoded.ts';
import { fieldOf, type Heads } from './exchange.ts';
import { type Deflate, deflateOf, frameOf, Inflating } from './frames.ts';
import type { Body } from './recorded-body.ts';
import { type Entry, marksOf } from './recorder.ts';

/** Bytes of a message that are shown; of a longer one the rest is in the body as it was recorded. */
export const MAX_SHOWN_BYTES = 64 * 1024;
/** Bytes of a frame that are read to be inflated. */
const MAX_READ_BYTES = 1024 * 1024;
/** Bytes of a stream of events that are read. */
const MAX_EVENTS_BYTES = 16 * 1024 * 1024;
const OPCODES: Readonly<Record<number, string>> = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };

/** A frame, or an event. */
export interface Message {
  /** Milliseconds after the exchange began; null where that is not known. */
  readonly ms: number | null;
  /** Whether the visitor sent it. */
  readonly fromVisitor: boolean;
  /** `text`, `binary`, `continuation`, `ping`, `pong`, `close`, or `event`. */
  readonly kind: string;
  /** Bytes of its content, as they crossed. */
  readonly bytes: number;
  /** Its content, where that is text; of a close its reason. */
  readonly text: string | null;
  /** Its content in base64, where it is none. */
  readonly base64: string | null;
  /** What is to be said of it: its code, that it is cut off, that it could not be inflated. */
  readonly note: string;
}

/** All that is kept of them, in the order in which they came. */
export async function messagesOf(entry: Entry, heads: Heads | null): Promise<Message[]> {
  if (entry.kind === 'events' && entry.responseBody) return eventsOf(entry, entry.responseBody, heads);
  if (entry.kind !== 'websocket') return [];
  const deflate = deflateOf(fieldOf(heads?.response?.headers, 'sec-websocket-extensions'));
  const sides = await Promise.all([
    framesOf(entry.requestBody, entry.requestMarks, true, deflate?.client),
    framesOf(entry.responseBody, entry.responseMarks, false, deflate?.server),
  ]);
  return sides.flat().sort((a, b) => (a.ms ?? 0) - (b.ms ?? 0));
}

async function framesOf(body: Body | null, marks: Body | null, fromVisitor: boolean, deflate: Deflate | undefined): Promise<Message[]> {
  if (!body || !marks) return [];
  const starts = await marksOf(marks);
  const inflating = deflate && new Inflating(deflate);
  const { from } = body.range;
  if (from > 0) inflating?.missed();
  const found: Message[] = [];
  /** The message that the last frames are of: its pieces, where it is compressed. */
  let pieces: Uint8Array[] | null = null;
  let kindOfMessage = 'text';
  for (const [index, { ms, offset }] of starts.entries()) {
    if (offset < from) continue;
    const next = starts[index + 1]?.offset ?? body.size;
    const raw = await body.read(offset, Math.min(next - offset, MAX_READ_BYTES));
    const frame = raw && frameOf(raw);
    if (!frame) continue;
    const kind = OPCODES[frame.opcode] ?? `opcode ${frame.opcode}`;
    const isData = frame.opcode < 8;
    if (kind !== 'continuation' && isData) {
      kindOfMessage = kind;
      pieces = inflating && frame.compressed ? [] : null;
    }
    const said = { ms, fromVisitor, kind, bytes: frame.length };
    const isWhole = frame.content.length === frame.length;
    const notes = [...(frame.final ? [] : ['to be continued']), ...(isWhole ? [] : ['cut off'])];
    if (isData && pieces) {
      pieces.push(frame.content);
      if (!isWhole) inflating?.missed();
      const inflated = frame.final ? inflating?.message(Buffer.concat(pieces)) : undefined;
      if (inflated) found.push({ ...said, ...contentOf(inflated, kindOfMessage === 'text', ['compressed', ...notes]) });
      else found.push({ ...said, ...contentOf(frame.content, false, [frame.final ? 'cannot be inflated' : 'compressed', ...notes]) });
    } else if (kind === 'close') {
      const code = frame.content.length > 1 ? String((frame.content[0] as number) * 256 + (frame.content[1] as number)) : 'no code';
      found.push({ ...said, ...contentOf(frame.content.subarray(2), true, [code, ...notes]) });
    } else found.push({ ...said, ...contentOf(frame.content, isData ? kindOfMessage === 'text' : true, notes) });
  }
  return found;
}

/** Text where it is meant to be, and is. */
function contentOf(content: Uint8Array, isText: boolean, notes: readonly string[]): Pick<Message, 'text' | 'base64' | 'note'> {
  const shown = content.subarray(0, MAX_SHOWN_BYTES);
  const note = [...notes, ...(shown.length < content.length ? [`the first ${MAX_SHOWN_BYTES} bytes`] : [])].join(', ');
  const text = isText ? textOf(shown, shown.length < content.length) : null;
  return { text, base64: text === null ? Buffer.from(shown).toString('base64') : null, note };
}

function textOf(bytes: Uint8Array, isCut: boolean): string | null {
  try {
    // A frame may end within a character.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
  } catch {
    return null;
  }
}

/** The events of a stream (HTML section 9.2.5): each what stands before a blank line. */
async function eventsOf(entry: Entry, body: Body, heads: Heads | null): Promise<Message[]> {
  const coding = fieldOf(heads?.response?.headers, 'content-encoding');
  const { bytes } = await decoded(body.pieces(), coding, MAX_EVENTS_BYTES);
  const { from } = body.range;
  const marks = coding === '' && entry.responseMarks ? await marksOf(entry.responseMarks) : [];
  const found: Message[] = [];
  const text = bytes.toString('latin1'); // a character for a byte: what is looked for is ASCII
  const ends = /\r\n\r\n|\n\n|\r\r|\n\r\n/g;
  let start = 0;
  let mark = 0;
  for (const match of text.matchAll(ends)) {
    const end = match.index + match[0].length;
    const block = bytes.subarray(start, match.index);
    // It came with the piece that its last byte is in.
    while (mark + 1 < marks.length && (marks[mark + 1]?.offset ?? 0) <= from + end - 1) mark++;
    // Before the first blank line stands the rest of one whose beginning is gone.
    if (block.length > 0 && !(start === 0 && from > 0)) {
      const content = contentOf(block, true, []);
      found.push({ ms: marks[mark]?.ms ?? null, fromVisitor: false, kind: 'event', bytes: end - start, ...content });
    }
    start = end;
  }
  return found;
}
