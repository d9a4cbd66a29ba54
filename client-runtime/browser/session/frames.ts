// SPDX-License-Identifier: Apache-2.0
// A WebSocket's frames (RFC 6455 section 5), as a client writes and reads them, without extensions.

/** What is in a frame. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const OPCODES: ReadonlySet<number> = new Set(Object.values(OPCODE));
/** Bytes that a message may have; a longer one is refused with 1009. */
export const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
/** Bytes above which a block that content is gathered in does not grow; up to it each block is as long as all before it. */
export const MAX_BLOCK_BYTES = 64 * 1024;
/** Bytes that a control frame may carry. */
const MAX_CONTROL_BYTES = 125;
/** What stands for no code where a close says none; it is never sent (section 7.4.1). */
export const NO_STATUS = 1005;

/** What a server said. */
export type Heard =
  | { readonly is: 'message'; readonly data: string | Uint8Array<ArrayBuffer> }
  | { readonly is: 'ping'; readonly data: Uint8Array }
  | { readonly is: 'pong' }
  | { readonly is: 'close'; readonly code: number; readonly reason: string };

/** What a server sent is no WebSocket's: the code says to it why the connection fails. */
export class FrameFault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A whole frame of a client.
 * @param mask four bytes by chance, another four for each frame (section 5.3)
 */
export function frame(opcode: number, content: Uint8Array, mask: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = content;
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const bytes = new Uint8Array(6 + extra + length);
  bytes[0] = 0x80 | opcode;
  bytes[1] = 0x80 | (extra === 0 ? length : extra === 2 ? 126 : 127);
  const view = new DataView(bytes.buffer);
  if (extra === 2) view.setUint16(2, length);
  if (extra === 8) view.setBigUint64(2, BigInt(length));
  bytes.set(mask, 2 + extra);
  const at = 6 + extra;
  for (let index = 0; index < length; index++) bytes[at + index] = (content[index] as number) ^ (mask[index & 3] as number);
  return bytes;
}

/** The content of a close frame (section 5.5.1); without a code it has none. */
export function closeContent(code: number | undefined, reason: string): Uint8Array {
  if (code === undefined) return new Uint8Array(0);
  const text = new TextEncoder().encode(reason);
  const content = new Uint8Array(2 + text.length);
  new DataView(content.buffer).setUint16(0, code);
  content.set(text, 2);
  return content;
}

/** Reads what a server sends, in whatever pieces it comes. */
export class FrameReader {
  #head: number[] = [];
  #frame: { readonly final: boolean; readonly opcode: number } | null = null;
  /** Bytes of the frame's content that are still to come. */
  #left = 0;
  /** Of a control frame. */
  #control = new Gathered();
  /** Of one or several frames. */
  #message: { readonly text: boolean; readonly content: Gathered } | null = null;
  #over = false;

  /**
   * Takes what came.
   * @returns what is whole by now; nothing more once there was a close
   * @throws FrameFault for what no server may send
   */
  push(chunk: Uint8Array): Heard[] {
    const heard: Heard[] = [];
    for (let at = 0; !this.#over && (at < chunk.length || (this.#frame && this.#left === 0)); ) {
      if (!this.#frame) {
        this.#head.push(chunk[at++] as number);
        this.#begin();
      } else if (this.#left > 0) {
        const piece = chunk.subarray(at, at + this.#left);
        (this.#frame.opcode >= OPCODE.close ? this.#control : this.#message?.content)?.add(piece);
        this.#left -= piece.length;
        at += piece.length;
      }
      if (this.#frame && this.#left === 0) heard.push(...this.#finish(this.#frame));
    }
    return heard;
  }

  /** The head, once it is whole (section 5.2). */
  #begin(): void {
    const [first = 0, second] = this.#head;
    if (first & 0x70) throw new FrameFault(1002, 'a frame has bits of an extension');
    if (second === undefined) return;
    if (second & 0x80) throw new FrameFault(1002, 'a server does not mask');
    const extra = second < 126 ? 0 : second === 126 ? 2 : 8;
    if (this.#head.length < 2 + extra) return;
    const length = extra === 0 ? second : this.#head.slice(2).reduce((sum, byte) => sum * 256 + byte, 0);
    if (length < (extra === 0 ? 0 : extra === 2 ? 126 : 65_536)) throw new FrameFault(1002, 'a length is longer than it has to be');
    this.#head = [];
    this.#frame = this.#checked(first, length);
    this.#left = length;
  }

  #checked(first: number, length: number): { readonly final: boolean; readonly opcode: number } {
    const [final, opcode] = [first >= 0x80, first & 0x0f];
    if (!OPCODES.has(opcode)) throw new FrameFault(1002, 'a frame of no kind that there is');
    if (opcode >= OPCODE.close && (!final || length > MAX_CONTROL_BYTES)) throw new FrameFault(1002, 'a control frame is short and whole');
    if (opcode === OPCODE.continuation && !this.#message) throw new FrameFault(1002, 'nothing is continued');
    if ((opcode === OPCODE.text || opcode === OPCODE.binary) && this.#message) throw new FrameFault(1002, 'a message is not whole yet');
    if (opcode < OPCODE.close && length + (this.#message?.content.length ?? 0) > MAX_MESSAGE_BYTES)
      throw new FrameFault(1009, 'a message is too long');
    if (opcode < OPCODE.close) this.#message ??= { text: opcode === OPCODE.text, content: new Gathered() };
    return { final, opcode };
  }

  #finish({ final, opcode }: { readonly final: boolean; readonly opcode: number }): Heard[] {
    this.#frame = null;
    if (opcode >= OPCODE.close) {
      const data = this.#control.whole();
      this.#control = new Gathered();
      if (opcode === OPCODE.ping) return [{ is: 'ping', data }];
      if (opcode === OPCODE.pong) return [{ is: 'pong' }];
      this.#over = true;
      return [closeOf(data)];
    }
    const message = this.#message;
    if (!final || !message) return [];
    this.#message = null;
    const whole = message.content.whole();
    return [{ is: 'message', data: message.text ? textOf(whole) : whole }];
  }
}

/**
 * Content as it comes, copied into a few blocks: kept as the pieces that it came in, a byte could cost a hundred times itself, and
 * hold the whole chunk that it is a part of. The blocks have twice its bytes at the most, and {@link MAX_BLOCK_BYTES}.
 */
class Gathered {
  length = 0;
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes of the last block that are still free. */
  #free = 0;

  add(piece: Uint8Array): void {
    const last = this.#blocks.at(-1);
    const fits = piece.subarray(0, this.#free);
    last?.set(fits, last.length - this.#free);
    this.#free -= fits.length;
    const rest = piece.subarray(fits.length);
    if (rest.length > 0) {
      const block = new Uint8Array(Math.max(rest.length, Math.min(this.length, MAX_BLOCK_BYTES)));
      block.set(rest);
      this.#blocks.push(block);
      this.#free = block.length - rest.length;
    }
    this.length += piece.length;
  }

  /** All of it, after which nothing is added. */
  whole(): Uint8Array<ArrayBuffer> {
    const [first] = this.#blocks;
    if (first && first.length === this.length) return first;
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const block of this.#blocks) {
      bytes.set(block.subarray(0, this.length - at), at);
      at += block.length;
    }
    return bytes;
  }
}

function closeOf(content: Uint8Array): Heard {
  if (content.length === 0) return { is: 'close', code: NO_STATUS, reason: '' };
  const code = ((content[0] ?? 0) << 8) | (content[1] ?? 0);
  const known = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
  if (content.length === 1 || !known) throw new FrameFault(1002, 'a close with no code that may be sent');
  return { is: 'close', code, reason: textOf(content.subarray(2)) };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FrameFault(1007, 'a text is not UTF-8');
  }
}
