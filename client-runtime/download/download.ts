// SPDX-License-Identifier: Apache-2.0
// Downloads one resource of a site to a file or a stream. `porthole get` runs it.

import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { PortholeError } from '../../proto/errors.ts';
import { abortable, type Clock, systemClock } from '../../transport/time/clock.ts';
import { Partial } from './partial.ts';
import type { Version } from './sidecar.ts';
import { type Sink, type TransferEvent, transfer } from './transfer.ts';
import type { Source } from './watchdog.ts';

/** Where a download goes, and how long it is tried. */
export interface DownloadOptions {
  /** A file's path, or a stream that is left open. */
  readonly to: string | Writable;
  /** Stops it: `download` rejects with the signal’s reason. */
  readonly signal?: AbortSignal;
  /**
   * How long it is tried without a byte of progress, in milliseconds; TRANSFER_PATIENCE_MS when left out. While a path stands the site
   * may take longer, and where that falls another has as long to stand.
   */
  readonly patienceMs?: number;
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
  /** Called with the bytes so far, and the whole when it is known. */
  readonly onProgress?: (bytes: number, whole: number | null) => void;
  /** Called with what happens on the way. */
  readonly onEvent?: (event: DownloadEvent) => void;
}

/** What happens to a download on its way. */
export type DownloadEvent =
  | TransferEvent
  /** All has come, and is compared with what the site says of it. */
  | { readonly type: 'checking'; readonly bytes: number }
  /** It did not become whole; `bytes` of it are kept for the next time. */
  | { readonly type: 'kept'; readonly bytes: number };

/**
 * Fetches a resource, going on by itself when the connection or the host was away. A file appears under its name only when it
 * is whole; until then it is beside it, and another run, also after a crash, goes on with it.
 * @param url absolute, on the site
 * @returns bytes of the whole
 * @throws PortholeError HTTP_STATUS when the site answers with an error, or leads elsewhere; CONTENT_CHANGED when what came is
 * not what the site says it is; STORAGE_FAILED when the file cannot be written; what `fetch` threw last when patience ends
 */
export async function download(visit: Source, url: string, options: DownloadOptions): Promise<number> {
  const { to, clock = systemClock } = options;
  if (typeof to !== 'string') return toStream(visit, url, to, { ...options, clock });
  if (await isDevice(to)) {
    const stream = createWriteStream(to);
    try {
      return await toStream(visit, url, stream, { ...options, clock });
    } finally {
      await new Promise<void>((resolve) => stream.end(() => resolve()));
    }
  }
  const partial = await Partial.open(to, url, { clock });
  try {
    const digest = await transfer(visit, url, partial, { ...options, clock });
    if (digest !== null) options.onEvent?.({ type: 'checking', bytes: partial.bytes });
    const { bytes } = partial;
    await partial.finish(digest);
    await partial.close();
    return bytes;
  } catch (thrown) {
    const bytes = await partial.leave();
    if (bytes > 0) options.onEvent?.({ type: 'kept', bytes });
    throw thrown;
  }
}

/** Whether there is something that is not a file, such as /dev/null: it is written to, not replaced. */
async function isDevice(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => !stats.isFile() && !stats.isDirectory(),
    () => false,
  );
}

async function toStream(visit: Source, url: string, to: Writable, options: DownloadOptions & { clock: Clock }): Promise<number> {
  const sink = new StreamSink(to, options.signal);
  const told = (): void => {}; // the write that failed tells it, before the stream does
  to.on('error', told);
  const digest = await transfer(visit, url, sink, options);
  to.off('error', told);
  sink.check(digest);
  return sink.bytes;
}

/** A stream: what is written is gone. */
class StreamSink implements Sink {
  bytes = 0;
  version: Version | null = null;
  readonly #to: Writable;
  readonly #signal: AbortSignal | undefined;
  #hash: Hash | null = null;

  constructor(to: Writable, signal: AbortSignal | undefined) {
    this.#to = to;
    this.#signal = signal;
  }

  async begin(version: Version | null, digest: string | null): Promise<void> {
    this.version = version;
    this.#hash = digest === null ? null : createHash('sha256');
  }

  async write(chunk: Uint8Array): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.#to.write(chunk, (error) => (error ? reject(failed(error)) : resolve())));
    await abortable(written, this.#signal);
    this.#hash?.update(chunk);
    this.bytes += chunk.length;
  }

  async restart(reason: PortholeError): Promise<void> {
    if (this.bytes > 0) throw reason;
  }

  /** @throws PortholeError CONTENT_CHANGED */
  check(digest: string | null): void {
    const found = this.#hash?.digest('base64') ?? digest;
    if (found !== digest) throw new PortholeError('CONTENT_CHANGED', 'what came is not what the site says it is');
  }
}

const failed = (error: Error): PortholeError =>
  new PortholeError('STORAGE_FAILED', `the output cannot be written: ${error.message}`, { cause: error });
