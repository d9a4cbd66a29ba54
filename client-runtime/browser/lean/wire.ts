// SPDX-License-Identifier: Apache-2.0
// Replaces protobufjs's reader and writer in a page, for the field types that our messages have: 32-bit numbers, booleans, strings,
// bytes and messages. Both write, read and refuse the same.

/** Bytes that a writer begins with. */
const FIRST_BYTES = 128;
/** A number of 32 bits may come in as many as one of 64 bits has. */
const MAX_VARINT_BYTES = 10;
/** The longest length of a length below 2 GiB. */
const MAX_LENGTH_BYTES = 5;
/** Bytes of UTF-8 that one code unit of UTF-16 may take. */
const UNIT_BYTES = 3;
/** Groups in groups, which nobody sends. */
const MAX_DEPTH = 100;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Reads fields. Each method throws where the bytes end too soon, or are no such field. */
export class Reader {
  pos = 0;
  /** Where what is read ends. */
  len: number;
  readonly #from: Uint8Array;

  constructor(from: Uint8Array) {
    this.#from = from;
    this.len = from.length;
  }

  uint32(): number {
    return this.#varint(0xff);
  }
  int32(): number {
    return this.uint32() | 0;
  }
  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }
  bool(): boolean {
    let bits = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#byte();
      bits |= byte & 0x7f;
      if (byte < 0x80) return bits !== 0;
    }
    throw wrong();
  }
  bytes(): Uint8Array {
    const length = this.size();
    this.#skip(length);
    return this.#from.subarray(this.pos - length, this.pos);
  }
  stringVerify(): string {
    return decoder.decode(this.bytes());
  }

  /** A field's number and wire type. */
  tag(): number {
    return this.#varint(0x0f);
  }
  /** How long something is: below 2 GiB. */
  size(): number {
    return this.#varint(0x07);
  }

  /** Passes over the value of a field that is not known. */
  skipType(wireType: number, id: number, depth = 0): void {
    if (id === 0 || depth > MAX_DEPTH) throw wrong();
    if (wireType === 0) while (this.#byte() > 0x7f);
    else if (wireType === 1) this.#skip(8);
    else if (wireType === 2) this.#skip(this.size());
    else if (wireType === 5) this.#skip(4);
    else if (wireType !== 3) throw wrong();
    else {
      for (;;) {
        const tag = this.tag();
        if ((tag & 7) !== 4) this.skipType(tag & 7, tag >>> 3, depth + 1);
        else if (tag >>> 3 === id) return;
        else throw wrong();
      }
    }
  }

  /** @param fifth the most that its fifth byte may be; more follow only where that is any */
  #varint(fifth: number): number {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#byte();
      if (i < MAX_LENGTH_BYTES) value |= (byte & 0x7f) << (7 * i);
      if (i === MAX_LENGTH_BYTES - 1 && byte > fifth) throw wrong();
      if (byte < 0x80) return value >>> 0;
    }
    throw wrong();
  }

  #byte(): number {
    if (this.pos >= this.len) throw wrong();
    return this.#from[this.pos++] as number;
  }

  #skip(bytes: number): void {
    if (this.pos + bytes > this.len) throw wrong();
    this.pos += bytes;
  }
}

/** Writes fields, each behind its tag, which is a `uint32`. */
export class Writer {
  #to = new Uint8Array(FIRST_BYTES);
  #pos = 0;
  readonly #forks: number[] = [];

  uint32(value: number): this {
    this.#room(MAX_LENGTH_BYTES);
    this.#pos = this.#varint(value, this.#pos);
    return this;
  }
  int32(value: number): this {
    if (value >= 0) return this.uint32(value);
    // Below zero it is the number of 64 bits.
    this.#room(MAX_VARINT_BYTES);
    for (let i = 0; i < 4; i++, value >>= 7) this.#to[this.#pos++] = value | 0x80;
    this.#to[this.#pos++] = (value & 0x7f) | 0xf0;
    this.#to.fill(0xff, this.#pos, this.#pos + 4);
    this.#to[this.#pos + 4] = 1;
    this.#pos += 5;
    return this;
  }
  sint32(value: number): this {
    return this.uint32(((value << 1) ^ (value >> 31)) >>> 0);
  }
  bool(value: boolean): this {
    return this.uint32(value ? 1 : 0);
  }
  bytes(value: Uint8Array): this {
    this.uint32(value.length).#room(value.length);
    this.#to.set(value, this.#pos);
    this.#pos += value.length;
    return this;
  }
  string(value: string): this {
    this.fork().#room(value.length * UNIT_BYTES);
    this.#pos += encoder.encodeInto(value, this.#to.subarray(this.#pos)).written;
    return this.ldelim();
  }

  /** Begins something that stands behind its length, … */
  fork(): this {
    this.#room(1);
    this.#forks.push(++this.#pos);
    return this;
  }
  /** … and ends it. */
  ldelim(): this {
    const start = this.#forks.pop() as number;
    const length = this.#pos - start;
    this.#room(MAX_LENGTH_BYTES);
    let more = 0; // bytes of the length, beyond the one that was left for it
    for (let rest = length; rest > 0x7f; rest >>>= 7) more++;
    if (more > 0) this.#to.copyWithin(start + more, start, this.#pos);
    this.#varint(length, start - 1);
    this.#pos += more;
    return this;
  }

  /** All that was written. */
  finish(): Uint8Array {
    return this.#to.slice(0, this.#pos);
  }

  #varint(value: number, at: number): number {
    while (value > 0x7f) {
      this.#to[at++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    this.#to[at++] = value;
    return at;
  }

  #room(bytes: number): void {
    const least = this.#pos + bytes;
    if (least <= this.#to.length) return;
    const wider = new Uint8Array(Math.max(least, 2 * this.#to.length));
    wider.set(this.#to.subarray(0, this.#pos));
    this.#to = wider;
  }
}

const wrong = (): RangeError => new RangeError('no such field, or not all of it');
