// SPDX-License-Identifier: Apache-2.0
// One content that a page handed over: sends it to the site from the page's Blobs as the site takes it, and keeps the answer until it is asked for.

import { PortholeError } from '../../../proto/errors.ts';
import type { Asking } from '../../../transport/session/http.ts';
import { HEAD_WITHIN_MS } from '../shared/bridge.ts';
import { onEnd } from '../shared/lives.ts';
import type { FromHolder } from '../shared/upload-messages.ts';
import type { Came } from './cache/came.ts';

export type Offer = Extract<FromHolder, { readonly is: 'offer' }>;
/** What came of a request. */
export type Outcome = { readonly came: Came } | { readonly error: unknown };

/** What it stands on. */
export interface UploadGround {
  fetch(request: Asking): Promise<Came>;
  /** So many bytes are on their way. */
  sent(bytes: number): void;
  /** Nobody will ask for it any more. */
  over(): void;
}

/** Bytes that are read at once. */
const PIECE_BYTES = 256 * 1024;
/** Milliseconds between words about how much has gone. */
const TELL_EVERY_MS = 50;

export class Upload {
  readonly #offer: Offer;
  readonly #ground: UploadGround;
  readonly #life = new AbortController();
  readonly #length: number;
  #stop = new AbortController();
  #outcome: Promise<Outcome> | null = null;
  #told = 0;

  constructor(offer: Offer, ground: UploadGround) {
    const bytesOf = (part: string | Blob): number => (typeof part === 'string' ? new TextEncoder().encode(part).length : part.size);
    this.#offer = offer;
    this.#ground = ground;
    this.#length = offer.parts.reduce((sum, part) => sum + bytesOf(part), 0);
    const gone = (): void => {
      this.stop(new PortholeError('CANCELLED', 'the page that asked is gone'));
      this.end();
    };
    onEnd(offer.life, gone, this.#life.signal);
  }

  /**
   * Sends it with the first request that asks, and waits for what comes of it.
   * @returns null: nothing within so many milliseconds; it may be asked for again
   */
  async outcome(request: Asking, withinMs: number): Promise<Outcome | null> {
    this.#outcome ??= this.#send(request);
    const stop = (): void => this.stop(request.signal?.reason);
    request.signal?.addEventListener('abort', stop);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), withinMs);
    });
    const outcome = await Promise.race([this.#outcome, late]);
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', stop);
    return outcome;
  }

  /** Whoever asked has got what came, and now decides about it alone. Asked for again, it is sent again. */
  taken(): void {
    this.#outcome = null;
    this.#stop = new AbortController();
  }

  /** Whoever asked wants no more. */
  stop(reason: unknown): void {
    this.#stop.abort(reason);
  }

  /** It is not asked for any more. */
  end(): void {
    this.#life.abort();
    this.#ground.over();
  }

  async #send({ method, url, headers }: Asking): Promise<Outcome> {
    const { parts, type } = this.#offer;
    const stop = this.#stop;
    const { signal } = stop;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // As long as it is being sent it is not late.
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(new PortholeError('TIMED_OUT', 'the site did not answer in time')), HEAD_WITHIN_MS);
    };
    wait();
    let unreadable = false;
    const body = contentOf(parts, {
      went: (bytes) => {
        if (timer) wait();
        this.#went(bytes);
      },
      failed: () => {
        unreadable = true;
      },
    });
    const fields = new Headers([...headers].map(([name, value]): [string, string] => [name, value]));
    fields.set('content-length', String(this.#length));
    if (type !== null) fields.set('content-type', type);
    try {
      return { came: await this.#ground.fetch({ method, url, headers: fields, body, signal }) };
    } catch (error) {
      // A file that is not there any more fails a request as an unreachable server does.
      return unreadable ? { came: { status: 0, statusText: '', headers: new Headers(), body: null } } : { error };
    } finally {
      clearTimeout(timer);
      timer = undefined;
    }
  }

  #went(bytes: number): void {
    const now = performance.now();
    if (bytes < this.#length && now - this.#told < TELL_EVERY_MS) return;
    this.#told = now;
    this.#ground.sent(bytes);
  }
}

/** Who is told about content. */
interface Watching {
  /** So many bytes of it were taken. */
  went(bytes: number): void;
  /** It could not be read. */
  failed(): void;
}

/** Texts and Blobs one behind the other, read a piece at a time, when the piece before was taken. */
export function contentOf(parts: readonly (string | Blob)[], { went, failed }: Watching): ReadableStream<Uint8Array> {
  let part = 0;
  let from = 0;
  let bytes = 0;
  const next = async (): Promise<Uint8Array | null> => {
    for (; part < parts.length; part++, from = 0) {
      const one = parts[part] as string | Blob;
      const blob = typeof one === 'string' ? new Blob([one]) : one;
      if (from >= blob.size) continue;
      const piece = await blob.slice(from, from + PIECE_BYTES).arrayBuffer();
      if (piece.byteLength !== Math.min(PIECE_BYTES, blob.size - from)) throw new DOMException('the file has changed', 'NotReadableError');
      from += piece.byteLength;
      return new Uint8Array(piece);
    }
    return null;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        went(bytes);
        try {
          const piece = await next();
          if (!piece) return controller.close();
          bytes += piece.byteLength;
          controller.enqueue(piece);
        } catch (error) {
          failed();
          throw error;
        }
      },
    },
    { highWaterMark: 0 },
  );
}
