// SPDX-License-Identifier: Apache-2.0
// Detects that the carrier repairs losses: then nothing comes for a while and much at once after it, which shows neither a queue nor a rate.

/** Bytes of a packet, about. */
const PACKET_BYTES = 1400;
/** From this share of a round on it is much: a radio loses a few packets of many, which holds nothing up for long. */
const MUCH = 0.1;

export class Repairs {
  readonly #resent: () => number;
  #before = 0;
  #last = false;

  /** @param resent packets that the carrier has sent again so far */
  constructor(resent: () => number) {
    this.#resent = resent;
  }

  /**
   * A round is over. Returns whether much was sent again in it, or in the one before; null: in neither.
   * @param bytes that it brought
   */
  next(bytes: number): 'now' | 'before' | null {
    const resent = this.#resent();
    const [now, before] = [(resent - this.#before) * PACKET_BYTES > MUCH * bytes, this.#last];
    this.#before = resent;
    this.#last = now;
    if (now) return 'now';
    return before ? 'before' : null;
  }
}
