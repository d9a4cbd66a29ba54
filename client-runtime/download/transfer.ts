// SPDX-License-Identifier: Apache-2.0
// Transfers a resource despite interruptions: continues by range where it stopped, and starts over when the content changed.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { type Clock, sleep } from '../../transport/time/clock.ts';
import { isStrong, type Version } from './sidecar.ts';
import { type Source, Watchdog } from './watchdog.ts';

/** How long it is tried without a byte of progress, in milliseconds; while a path stands a site may take longer to answer. */
export const TRANSFER_PATIENCE_MS = 600_000;
/** The waits between tries without progress, in milliseconds; the last one stays. A visit waits for its path besides. */
export const RETRY_MS = [250, 500, 1000, 2000, 4000, 8000] as const;
/** How often a transfer begins anew because the content changed. */
export const MAX_RESTARTS = 5;
/** How often a site may lead on to another address of its own. */
export const MAX_REDIRECTIONS = 10;

const REDIRECTIONS = new Set([301, 302, 303, 307, 308]);
/** Errors that time may mend: of the path, of the host's presence, and of load. */
const MENDABLE = new Set([
  'PATH_LOST',
  'PATH_SILENT',
  'SESSION_LOST',
  'SESSION_CLOSED',
  'SEAL_BROKEN',
  'TIMED_OUT',
  'NO_PATH',
  'HOST_OFFLINE',
  'SITE_REPLACED',
  'SUITE_UNREACHABLE',
  'RATE_LIMITED',
  'TOO_MANY_STREAMS',
]);
/** Answers of a site that says itself that it will be better later; taken at their word once something has come. */
const LATER = new Set([429, 502, 503, 504]);

/** Where the bytes go. */
export interface Sink {
  /** Bytes it has, from the beginning. */
  readonly bytes: number;
  /** What these are of; null when nothing could be added to them another time. */
  readonly version: Version | null;
  /**
   * The first byte is to come.
   * @param digest SHA-256 of the whole in base64, when it is known
   */
  begin(version: Version | null, digest: string | null): Promise<void>;
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Forgets all it has.
   * @throws the reason, when it cannot
   */
  restart(reason: PortholeError): Promise<void>;
}

/** What a transfer tells on its way. */
export type TransferEvent =
  /** It goes on with byte `bytes`. */
  | { readonly type: 'resumed'; readonly bytes: number; readonly whole: number | null }
  /** It begins with the first byte again, having had `bytes` of what is no more. */
  | { readonly type: 'restarted'; readonly bytes: number }
  /** It broke off, and is tried again; given up after `leftMs` without progress. */
  | { readonly type: 'waiting'; readonly error: PortholeError; readonly bytes: number; readonly leftMs: number };

export interface TransferOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly patienceMs?: number;
  readonly onProgress?: (bytes: number, whole: number | null) => void;
  readonly onEvent?: (event: TransferEvent) => void;
}

/**
 * Fills a sink with a resource; what the sink has of it already is not fetched again.
 * @param url absolute, on the site
 * @returns SHA-256 of the whole in base64, when the site told it (RFC 9530)
 * @throws PortholeError HTTP_STATUS, CONTENT_CHANGED; the last error when patience ends; what the sink throws
 */
export async function transfer(visit: Source, url: string, sink: Sink, options: TransferOptions): Promise<string | null> {
  return new Transfer(visit, url, sink, options).run();
}

class Transfer {
  readonly #visit: Source;
  readonly #url: string;
  readonly #sink: Sink;
  readonly #options: TransferOptions;
  #digest: string | null = null;
  readonly #patienceMs: number;
  #progressAt: number;
  #writing = false;
  #failures = 0;
  #restarts = 0;
  #begun = false;

  constructor(visit: Source, url: string, sink: Sink, options: TransferOptions) {
    this.#visit = visit;
    this.#url = url;
    this.#sink = sink;
    this.#options = options;
    this.#patienceMs = options.patienceMs ?? TRANSFER_PATIENCE_MS;
    this.#progressAt = options.clock.now();
  }

  async run(): Promise<string | null> {
    const { signal, clock } = this.#options;
    // What has come and is not written yet is no sign that nothing comes.
    const watchdog = new Watchdog(this.#visit, clock, this.#patienceMs, () => (this.#writing ? clock.now() : this.#progressAt));
    try {
      return await this.#tries(signal ? AbortSignal.any([signal, watchdog.signal]) : watchdog.signal);
    } finally {
      watchdog.stop();
    }
  }

  async #tries(signal: AbortSignal): Promise<string | null> {
    const { clock, onEvent } = this.#options;
    for (;;) {
      try {
        if (await this.#attempt(signal)) return this.#digest;
      } catch (thrown) {
        signal.throwIfAborted();
        const error = asPortholeError(thrown);
        if (error.code === 'CONTENT_CHANGED') {
          await this.#anew(error);
          continue;
        }
        const leftMs = this.#patienceMs - (clock.now() - this.#progressAt);
        if (!MENDABLE.has(error.code) || leftMs <= 0) throw error;
        if (this.#sink.bytes > 0 && !this.#sink.version) await this.#anew(error); // nothing could be added to it
        onEvent?.({ type: 'waiting', error, bytes: this.#sink.bytes, leftMs });
        const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)] as number;
        await sleep(clock, Math.min(wait, leftMs), signal);
      }
    }
  }

  /** Asks for what is missing, and takes what comes. False when it has to begin anew. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    const { version, bytes } = this.#sink;
    const held = bytes > 0 ? version : null;
    // Of a whole one the last byte is asked for again: it shows that the content is still the same.
    const from = held ? Math.min(bytes, (held.whole ?? Number.POSITIVE_INFINITY) - 1) : 0;
    const response = await this.#follow(
      held
        ? [
            ['range', `bytes=${from}-`],
            ['if-range', held.etag],
          ]
        : [],
      signal,
    );
    const { status, headers } = response;
    if (held && status === 206 && continues(headers, held, from)) {
      this.#noteDigest(headers);
      this.#options.onEvent?.({ type: 'resumed', bytes, whole: held.whole });
      if (bytes === held.whole) {
        await response.body?.cancel();
        return true;
      }
      return this.#take(response, held.whole);
    }
    try {
      if (held && (status === 200 || status === 206 || status === 416)) await this.#anew(new PortholeError('CONTENT_CHANGED'));
      else if (status !== 200) throw this.#refusal(status);
      if (status === 200) return await this.#takeWhole(response);
      return false;
    } finally {
      // It has been read, or nobody will.
      if (response.body && !response.body.locked) await response.body.cancel().catch(() => {});
    }
  }

  async #takeWhole(response: Response): Promise<boolean> {
    const { headers } = response;
    const etag = headers.get('etag');
    const length = headers.get('content-length');
    const whole = length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
    this.#digest = null;
    this.#noteDigest(headers);
    const goesOn = isStrong(etag) && headers.get('accept-ranges') !== 'none';
    await this.#sink.begin(goesOn ? { etag, whole } : null, this.#digest);
    return this.#take(response, whole);
  }

  async #take(response: Response, whole: number | null): Promise<boolean> {
    const { onProgress, clock } = this.#options;
    this.#begun = true;
    for await (const chunk of response.body ?? []) {
      this.#writing = true;
      await this.#sink.write(chunk);
      this.#writing = false;
      this.#progressAt = clock.now();
      this.#failures = 0;
      onProgress?.(this.#sink.bytes, whole);
    }
    if (whole !== null && this.#sink.bytes < whole) throw new PortholeError('PATH_LOST', 'the answer was cut short');
    if (whole !== null && this.#sink.bytes > whole) throw new PortholeError('CONTENT_CHANGED', 'more came than was announced');
    return true;
  }

  /** Forgets what came: it is not of what there is now. */
  async #anew(error: PortholeError): Promise<void> {
    const { bytes } = this.#sink;
    if (++this.#restarts > MAX_RESTARTS) throw error;
    await this.#sink.restart(error);
    this.#digest = null;
    if (bytes > 0) this.#options.onEvent?.({ type: 'restarted', bytes });
  }

  #noteDigest(headers: Headers): void {
    const [, digest = null] = /(?:^|,)\s*sha-256=:([A-Za-z\d+/]{43}=):/.exec(headers.get('repr-digest') ?? '') ?? [];
    this.#digest = digest ?? this.#digest;
  }

  #refusal(status: number): PortholeError {
    const words = `the site answered ${status} for ${new URL(this.#url).pathname}`;
    return new PortholeError(this.#begun && LATER.has(status) ? 'TIMED_OUT' : 'HTTP_STATUS', words);
  }

  /** Asks, and follows redirections on the site. */
  async #follow(headers: [string, string][], signal: AbortSignal): Promise<Response> {
    for (let at = this.#url, redirections = 0; ; redirections++) {
      const response = await this.#visit.fetch({ method: 'GET', url: at, headers, signal });
      const location = REDIRECTIONS.has(response.status) ? response.headers.get('location') : null;
      if (location === null) return response;
      await response.body?.cancel();
      const to = URL.canParse(location, at) ? new URL(location, at) : null;
      if (to?.host !== new URL(this.#url).host) throw new PortholeError('HTTP_STATUS', `the site leads elsewhere: ${location}`);
      if (redirections === MAX_REDIRECTIONS) throw new PortholeError('HTTP_STATUS', `the site led on ${MAX_REDIRECTIONS} times`);
      at = to.href;
    }
  }
}

/** Whether an answer carries the rest of a version from this byte on (RFC 9110 section 15.3.7). */
function continues(headers: Headers, { etag, whole }: Version, from: number): boolean {
  const [, first, total] = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  if (Number(first) !== from || headers.get('etag') !== etag) return false;
  return whole === null || total === '*' || Number(total) === whole;
}
