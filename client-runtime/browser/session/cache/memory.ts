// SPDX-License-Identifier: Apache-2.0
// Kept answers that are held in memory as well, whole and small: whoever asks again needs no look into the store. Bounded, and told by
// other workers of this origin when theirs are newer.

import type { Kept } from './rules.ts';

/** Bytes of bodies that are held. */
export const MAX_REMEMBERED_BYTES = 8 * 1024 * 1024;
/** Bytes that the body of one may have: what is read of the store at once. */
export const MAX_REMEMBERED_BODY_BYTES = 256 * 1024;
/** Bytes that an answer takes beside its body, roughly. */
const HEAD_BYTES = 1024;

/** A kept answer, and the first piece of its body. */
export interface Held {
  readonly kept: Kept;
  readonly piece: Uint8Array | undefined;
}

/** What workers of an origin say to each other: the answer for a URL is another one now, or none; null: all are. */
interface Changed {
  readonly url: string | null;
}

export class Memory {
  /** The one that was not used for longest is the first. */
  readonly #held = new Map<string, Held>();
  readonly #others: BroadcastChannel;
  #bytes = 0;

  /** @param others leads to the memories of this origin's other workers */
  constructor(others: BroadcastChannel) {
    this.#others = others;
    others.onmessage = ({ data: { url } }: MessageEvent<Changed>) => (url === null ? this.clear() : this.drop(url));
  }

  /** What is held for a URL. */
  get(url: string): Held | undefined {
    const held = this.#held.get(url);
    if (held) {
      this.#held.delete(url);
      this.#held.set(url, held);
    }
    return held;
  }

  /** Holds an answer, where its body is one piece and not too long. */
  hold(kept: Kept, piece: Uint8Array | undefined): void {
    this.drop(kept.url);
    if (kept.length > MAX_REMEMBERED_BODY_BYTES || (piece?.length ?? 0) !== kept.length) return;
    this.#held.set(kept.url, { kept, piece });
    this.#bytes += kept.length + HEAD_BYTES;
    for (const url of this.#held.keys()) {
      if (this.#bytes <= MAX_REMEMBERED_BYTES) break;
      this.drop(url);
    }
  }

  drop(url: string): void {
    const held = this.#held.get(url);
    if (!held) return;
    this.#held.delete(url);
    this.#bytes -= held.kept.length + HEAD_BYTES;
  }

  clear(): void {
    this.#held.clear();
    this.#bytes = 0;
  }

  /** Tells the other workers what changed: a URL's answer, or (null) all. */
  tell(url: string | null): void {
    this.#others.postMessage({ url } satisfies Changed);
  }
}
