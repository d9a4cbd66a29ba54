// SPDX-License-Identifier: Apache-2.0
// WebSocket frames (RFC 6455 section 5) as whoever looks on reads them: where each begins, and what is in one.

import { constants, inflateRawSync } from 'node:zlib';

/** Bytes of the longest head: two, a long length, a mask. */
const MAX_HEAD_BYTES = 14;

/** The lengths of a frame's head and of its content; the content's is -1 while not enough of the head is there. */
function lengthsOf(head: Uint8Array, have: number): { head: number; content: number } {
  if (have < 2) return { head: 2, content: -1 };
  const [, second = 0] = head;
  const short = second & 0x7f;
  const extra = short < 126 ? 0 : short === 126 ? 2 : 8;
  const length = 2 + extra + (second & 0x80 ? 4 : 0);
  if (have < length) return { head: length, content: -1 };
  let content = extra === 0 ? short : 0;
  for (let at = 2; at < 2 + extra; at++) content = content * 256 + (head[at] as number);
  return { head: length, content };
}

/** Finds where frames begin in what passes, whatever pieces it comes in. What is no WebSocket has beginnings somewhere, too. */
export class FrameEdges {
  readonly #head = new Uint8Array(MAX_HEAD_BYTES);
  #have = 0;
  /** Bytes of the frame's content that are still to come. */
  #left = 0;
  /** Bytes that have passed. */
  #passed = 0;

  /** @param edge told where each frame begins, counted from the first byte of all */
  push(bytes: Uint8Array, edge: (offset: number) => void): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, bytes.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      if (this.#have === 0) edge(this.#passed + at);
      this.#head[this.#have++] = bytes[at++] as number;
      const { content } = lengthsOf(this.#head, this.#have);
      if (content < 0) continue;
      this.#left = content;
      this.#have = 0;
    }
    this.#passed += bytes.length;
  }
}

/** A frame, as far as its bytes are there. */
export interface FrameParts {
  readonly opcode: number;
  /** Whether it is the last of its message. */
  readonly final: boolean;
  /** RSV1: with permessage-deflate, that the message is compressed (RFC 7692 section 6). */
  readonly compressed: boolean;
  /** The length that its head tells. */
  readonly length: number;
  /** Unmasked. */
  readonly content: Uint8Array<ArrayBuffer>;
}

/** Reads a frame from its first byte on; null when its head is not whole. */
export function frameOf(bytes: Uint8Array): FrameParts | null {
  const { head, content: length } = lengthsOf(bytes, bytes.length);
  if (length < 0) return null;
  const [first = 0, second = 0] = bytes;
  const content = new Uint8Array(bytes.subarray(head, head + length));
  if (second & 0x80) {
    const mask = bytes.subarray(head - 4, head);
    for (let at = 0; at < content.length; at++) content[at] = (content[at] as number) ^ (mask[at & 3] as number);
  }
  return { opcode: first & 0x0f, final: first >= 0x80, compressed: (first & 0x40) !== 0, length, content };
}

/** What a side said of its compression when the connection was agreed (RFC 7692 section 7.1). */
export interface Deflate {
  /** Whether each message stands by itself; else it may repeat what was in those before. */
  readonly alone: boolean;
}

/** How the frames of each side are compressed, by the Sec-WebSocket-Extensions of the answer; null where they are not. */
export function deflateOf(extensions: string): { readonly client: Deflate; readonly server: Deflate } | null {
  const agreed = extensions.split(',').find((one) => /^\s*permessage-deflate\b/i.test(one));
  if (agreed === undefined) return null;
  const alone = (side: string): Deflate => ({ alone: new RegExp(`\\b${side}_no_context_takeover\\b`, 'i').test(agreed) });
  return { client: alone('client'), server: alone('server') };
}

/** Bytes that a message may inflate to when it is shown. */
export const MAX_INFLATED_BYTES = 4 * 1024 * 1024;
/** What deflate can look back at. */
const WINDOW_BYTES = 32 * 1024;
/** Taken off by whoever compresses (RFC 7692 section 7.2.1). */
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);

/** Inflates the messages of one side in their order. */
export class Inflating {
  readonly #alone: boolean;
  /** The last bytes of what was inflated; null once something could not be. */
  #window: Uint8Array | null = new Uint8Array(0);

  constructor({ alone }: Deflate) {
    this.#alone = alone;
  }

  /** @returns null for what cannot be inflated: what it looks back at is missing, or it is too long */
  message(compressed: Uint8Array): Uint8Array<ArrayBuffer> | null {
    if (this.#window === null) return null;
    try {
      const bytes = inflateRawSync(Buffer.concat([compressed, TAIL]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_INFLATED_BYTES,
        ...(this.#window.length > 0 && { dictionary: this.#window }),
      });
      const window = this.#alone ? new Uint8Array(0) : Buffer.concat([this.#window, bytes]);
      this.#window = window.subarray(Math.max(0, window.length - WINDOW_BYTES));
      return new Uint8Array(bytes);
    } catch {
      if (!this.#alone) this.#window = null;
      return null;
    }
  }

  /** A message could not be read: those after it may look back at it. */
  missed(): void {
    if (!this.#alone) this.#window = null;
  }
}
