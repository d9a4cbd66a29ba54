// SPDX-License-Identifier: Apache-2.0
// The sending half of a sealed path: packs messages into records, encrypts them in order, and puts them onto the connection.

import { endOfTurn } from '../time/turn.ts';
import { InOrder } from './in-order.ts';
import { Packer } from './packer.ts';
import type { RecordCipher } from './record-cipher.ts';

/** A message that waits for the keys. */
interface Unsent {
  readonly head: Uint8Array;
  readonly content: Uint8Array | undefined;
}

export class RecordSender {
  readonly #put: (record: Uint8Array) => boolean;
  readonly #drained: () => void;
  readonly #fail: (reason: unknown) => void;
  readonly #packer = new Packer((pieces) => this.#seal(pieces));
  readonly #records: InOrder<Uint8Array>;
  #cipher: RecordCipher | null = null;
  #unsent: Unsent[] = [];
  #scheduled = false;
  #room = true; // the connection has some
  #owes = false; // `drained` is to be called

  /**
   * @param put sends a record; returns whether there is room for the next
   * @param drained called when there is room again after `send` has returned false
   * @param fail called once, when a record cannot be made
   */
  constructor(put: (record: Uint8Array) => boolean, drained: () => void, fail: (reason: unknown) => void) {
    this.#put = put;
    this.#drained = drained;
    this.#fail = fail;
    this.#records = new InOrder((record) => {
      this.#room = this.#put(record);
    }, fail);
  }

  /** Whether something waits for the keys. */
  get waits(): boolean {
    return this.#unsent.length > 0;
  }

  /** Bytes of small messages that share a record. */
  set gather(bytes: number) {
    this.#packer.gather = bytes;
  }

  /** The keys stand: what waited goes out. */
  keyed(cipher: RecordCipher): void {
    this.#cipher = cipher;
    for (const { head, content } of this.#unsent.splice(0)) this.#pack(head, content);
    this.#settle();
  }

  /** Sends a message, whose memory is the caller's again after the call. Returns whether there is room for the next. */
  send(head: Uint8Array, content: Uint8Array | undefined): boolean {
    if (this.#cipher) this.#pack(head, content);
    else this.#unsent.push({ head: new Uint8Array(head), content: content && new Uint8Array(content) });
    const roomy = this.#roomy;
    if (!roomy && !this.#owes) this.#await();
    return roomy;
  }

  /** The connection has room again. */
  drained(): void {
    this.#room = true;
    this.#settle();
  }

  /** Sends what gathers, then the end mark. Resolves when it is with the connection. */
  async end(): Promise<void> {
    if (this.#packer.waiting > 0) this.#packer.flush();
    this.#seal([]);
    await this.#records.idle();
  }

  /** Sends nothing any more. */
  stop(): void {
    this.#records.stop();
    this.#unsent = [];
    this.#owes = false;
    this.#cipher = null;
  }

  get #roomy(): boolean {
    return this.#room && this.#cipher !== null && !this.#records.waits;
  }

  #await(): void {
    this.#owes = true;
    if (this.#records.waits) void this.#records.idle().then(() => this.#settle());
  }

  #settle(): void {
    if (!this.#owes || !this.#roomy) {
      if (this.#owes && this.#records.waits) this.#await();
      return;
    }
    this.#owes = false;
    this.#drained();
  }

  #pack(head: Uint8Array, content: Uint8Array | undefined): void {
    this.#packer.add(head, content);
    if (this.#packer.waiting === 0 || this.#scheduled) return;
    this.#scheduled = true;
    endOfTurn(() => {
      this.#scheduled = false;
      if (this.#cipher && this.#packer.waiting > 0) this.#packer.flush();
    });
  }

  #seal(pieces: readonly Uint8Array[]): void {
    if (!this.#cipher) return;
    try {
      this.#records.push(this.#cipher.seal(pieces));
    } catch (error) {
      this.#fail(error);
    }
  }
}
