// SPDX-License-Identifier: Apache-2.0
// The inspector of a site: records what passes, tells of it, finds it again, and asks it again.

import { PortholeError } from '../../proto/errors.ts';
import type { Site } from '../../transport/session/site.ts';
import type { Clock } from '../../transport/time/clock.ts';
import { curlCommand, MAX_INLINE_BYTES } from './curl.ts';
import { decoded } from './decoded.ts';
import { type Exchange, type ExchangeLine, fieldOf } from './exchange.ts';
import { harOf, urlOf } from './har.ts';
import { maskHeads } from './mask.ts';
import { type Message, messagesOf } from './messages.ts';
import { observed } from './observed.ts';
import { type Change, type Entry, lineOf, Recorder } from './recorder.ts';
import { type ReplayChanges, Replayer } from './replay.ts';
import { Spool } from './spool.ts';

/** How a site is inspected. */
export interface InspectorOptions {
  /** Bytes of heads and bodies that are kept on disk; SPOOL_BYTES when left out. */
  readonly limit?: number;
  /** Where the folder for them is made; the system's temporary one when left out. */
  readonly temporary?: string;
  /** Where the site is, once that is known: for addresses in curl commands and HAR files. */
  readonly origin?: () => string | undefined;
  /** Names this program in HAR files. */
  readonly creator?: { readonly name: string; readonly version: string };
  /** Told when the disk fails, and null when it takes something again: the site goes on in any case. */
  readonly onTrouble?: (error: PortholeError | null) => void;
  /** Time; the machine's own when left out. */
  readonly clock?: Clock;
  /** Told of each exchange that has ended. */
  readonly onExchange?: (exchange: ExchangeLine) => void;
}

/** Which body of an exchange. */
export type Side = 'request' | 'response';

/** An inspector that records. */
export class Inspector {
  /** The site to give to a host in place of the one that is inspected: as it is, with nothing around it that reads its answers. */
  readonly site: Site;
  readonly #recorder: Recorder;
  readonly #spool: Spool;
  readonly #replayer: Replayer;
  readonly #options: InspectorOptions;

  constructor(site: Site, spool: Spool, recorder: Recorder, options: InspectorOptions) {
    this.#spool = spool;
    this.#options = options;
    this.#recorder = recorder;
    this.site = observed(site, recorder, options.clock);
    this.#replayer = new Replayer(this.site, recorder);
    const { onExchange } = options;
    if (onExchange) this.subscribe((exchange, change) => change === 'ended' && onExchange(lineOf(exchange)));
  }

  /** What is kept and what runs, from the oldest to the newest. */
  exchanges(): ExchangeLine[] {
    return Array.from(this.#recorder.entries(), lineOf);
  }

  /**
   * Tells of each change at once, while the exchange passes: whoever has much to do does it later.
   * @returns what ends it
   */
  subscribe(listener: (exchange: ExchangeLine, change: Change) => void): () => void {
    return this.#recorder.subscribe(listener);
  }

  /** The exchanges that end from now on, until the signal aborts. */
  async *ended(signal: AbortSignal): AsyncIterable<ExchangeLine> {
    const waiting: ExchangeLine[] = [];
    let turn = Promise.withResolvers<void>();
    const stop = this.subscribe((exchange, change) => {
      if (change !== 'ended') return;
      waiting.push(lineOf(exchange));
      turn.resolve();
    });
    const aborted = (): void => turn.resolve();
    signal.addEventListener('abort', aborted, { once: true });
    try {
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next) yield next;
        else {
          await turn.promise;
          turn = Promise.withResolvers();
        }
      }
    } finally {
      stop();
      signal.removeEventListener('abort', aborted);
    }
  }

  /** One exchange with its heads, secrets masked unless they are asked for; null when it is not kept. */
  async exchange(id: number, secrets = false): Promise<Exchange | null> {
    const entry = this.#recorder.find(id);
    if (!entry) return null;
    const found = await this.#recorder.exchange(entry);
    const target = found.heads && !secrets ? maskHeads(found.heads).request.target : found.target;
    return { ...found, heads: found.heads && !secrets ? maskHeads(found.heads) : found.heads, target: secrets ? found.target : target };
  }

  /** A body, as it crossed, in pieces; null when there is none, or its beginning is gone. */
  body(id: number, side: Side): AsyncIterable<Uint8Array<ArrayBuffer>> | null {
    const entry = this.#recorder.find(id);
    const body = side === 'request' ? entry?.requestBody : entry?.responseBody;
    return body ? body.pieces() : null;
  }

  /**
   * A body without its content coding.
   * @param most bytes that are wanted
   */
  async decodedBody(id: number, side: Side, most: number): Promise<Awaited<ReturnType<typeof decoded>> | null> {
    const entry = this.#recorder.find(id);
    const pieces = this.body(id, side);
    if (!entry || !pieces) return null;
    const heads = await this.#recorder.headsOf(entry);
    const headers = side === 'request' ? heads?.request.headers : heads?.response?.headers;
    const coding = side === 'response' && entry.isDecoded ? '' : fieldOf(headers, 'content-encoding');
    return decoded(pieces, coding, most);
  }

  /** A WebSocket's frames, or the events of a stream. */
  async messages(id: number): Promise<Message[]> {
    const entry = this.#recorder.find(id);
    return entry ? messagesOf(entry, await this.#recorder.headsOf(entry)) : [];
  }

  /**
   * Asks the site again, with the secrets that were recorded; resolves when it has been asked.
   * @throws PortholeError as `Replayer.replay`; USAGE for an exchange that is not there
   */
  async replay(id: number, changes: ReplayChanges = {}): Promise<ExchangeLine> {
    return lineOf(await this.#replayer.replay(this.#entry(id), changes));
  }

  /** Breaks off a replay that runs. */
  stopReplay(id: number): void {
    this.#replayer.stop(id);
  }

  /** The request as a curl command. @throws PortholeError USAGE, STORAGE_FAILED */
  async curl(id: number, secrets = false): Promise<string> {
    const entry = this.#entry(id);
    const real = await this.#recorder.headsOf(entry);
    if (!real) throw new PortholeError('STORAGE_FAILED', 'what was asked is not kept any more');
    const heads = secrets ? real : maskHeads(real);
    const { requestBody } = entry;
    const isShort = requestBody !== null && requestBody.size <= MAX_INLINE_BYTES && requestBody.notKept === null;
    const body = requestBody === null || requestBody.size === 0 ? null : isShort ? await requestBody.read(0, requestBody.size) : 'file';
    return curlCommand(heads.request, urlOf(heads, this.#origin), body ?? null);
  }

  /** These exchanges, or all, as a HAR file in pieces. */
  har(options: { readonly ids?: readonly number[]; readonly secrets?: boolean } = {}): AsyncIterable<string> {
    const { ids, secrets } = options;
    const entries = ids ? ids.flatMap((id) => this.#recorder.find(id) ?? []) : [...this.#recorder.entries()];
    const creator = this.#options.creator ?? { name: 'porthole', version: '' };
    return harOf(this.#recorder, entries, { secrets, origin: this.#origin, creator });
  }

  /** Takes in a HAR file. @throws PortholeError USAGE when it is none */
  async importHar(file: string): Promise<{ readonly ids: number[]; readonly skipped: number }> {
    const { importHar } = await import('./har-import.ts'); // what checks files need not be there for those who import none
    const { entries, skipped } = importHar(this.#recorder, file);
    return { ids: entries.map(({ id }) => id), skipped };
  }

  /** Forgets all exchanges that have ended. */
  clear(): void {
    this.#recorder.clear();
  }

  /** Why nothing is kept on disk now; null when all is well. */
  get trouble(): PortholeError | null {
    return this.#spool.trouble;
  }

  /** Bytes that are kept on disk, and may be. */
  get usage(): { readonly bytes: number; readonly limit: number } {
    return { bytes: this.#spool.end - this.#spool.first, limit: this.#spool.limit };
  }

  /** Breaks off replays and removes what was kept. The site goes on for as long as its host does. */
  async close(): Promise<void> {
    await this.#replayer.close();
    await this.#spool.close();
  }

  get #origin(): string {
    return new URL(this.#options.origin?.() ?? 'http://site').origin;
  }

  #entry(id: number): Entry {
    const entry = this.#recorder.find(id);
    if (!entry) throw new PortholeError('USAGE', `there is no exchange ${id}, or no longer`);
    return entry;
  }
}

/**
 * Begins to inspect a site.
 * @throws PortholeError STORAGE_FAILED when there is no place for what is recorded
 * @example
 * const inspector = await inspect(mySite, { onExchange: ({ method, target, status }) => console.log(method, target, status) });
 * const host = await serve({ suite: 'http://localhost:8080', name: 'mine', site: inspector.site });
 */
export async function inspect(site: Site, options: InspectorOptions = {}): Promise<Inspector> {
  const { limit, temporary, onTrouble } = options;
  const onDropped = (first: number): void => recorder?.dropped(first);
  let recorder: Recorder | null = null;
  const spool = await Spool.open({ limit, temporary, onTrouble, onDropped });
  recorder = new Recorder(spool);
  return new Inspector(site, spool, recorder, options);
}
