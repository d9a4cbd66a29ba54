// SPDX-License-Identifier: Apache-2.0
// The host's end of its sealed inbox: asks the suite for what came while it was away, opens it, and puts it to the site in order.

import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { asPortholeError, PortholeError } from '../proto/errors.ts';
import { boxBinding, decodeInboxRequest, type InboxRequest } from '../proto/inbox.ts';
import { MAX_INBOX_BOX_BYTES } from '../proto/limits.ts';
import type { Message } from '../proto/rendezvous.ts';
import { openBox } from '../transport/seal/hpke.ts';
import { requestOfHead } from '../transport/session/http.ts';
import { ANYONE, GATEWAY_AGENT, type Site } from '../transport/session/site.ts';
import { replaceFile } from '../transport/system/private-file.ts';
import { abortable, type Clock, sleep } from '../transport/time/clock.ts';
import type { InboxNews } from './host-options.ts';
import type { Identity } from './identity/identity.ts';

/** The wait before a request that the site failed at is put to it again, in milliseconds; doubled each time. */
const FIRST_RETRY_MS = 1000;
/** The longest such wait, in milliseconds. */
export const LAST_RETRY_MS = 60_000;
/** How long the site may fail at one request, in milliseconds, before the request is given up: those behind it wait. */
export const GIVE_UP_MS = 3_600_000;
/** How long the content of an answer may take, in milliseconds. Nobody reads it. */
export const CONTENT_MS = 10_000;

/** What became of a request: the site has it; it is given up; or the host stops first. */
type Outcome = 'delivered' | 'given-up' | 'stopped';
type Batch = Message<'InboxBatch'>;

export interface InboxReaderOptions {
  readonly site: Site;
  readonly identity: Identity;
  /** Where it is noted which request was handled last; null: nowhere. */
  readonly file: string | null;
  readonly clock: Clock;
  /** How long the host wants a request kept, in milliseconds; 0: as long as the suite does. */
  readonly keepMs: number;
  /** Asks the suite. Rejects when there is no connection. */
  readonly take: (fields: { series: Uint8Array; done: number; offset: number }) => Promise<Batch>;
  readonly onNews: (news: InboxNews) => void;
  readonly onError: (error: unknown) => void;
}

/** Which request was handled last. */
interface Mark {
  series: Uint8Array;
  done: number;
}

/** Reads one site's inbox, whenever there is a suite to read it from. */
export class InboxReader {
  readonly #options: InboxReaderOptions;
  /** Nothing further begins; and what is under way is broken off. */
  readonly #stopping = new AbortController();
  readonly #stopped = new AbortController();
  #mark: Mark | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  /** The pause before the next try when reading fails, in milliseconds. */
  #pauseMs = FIRST_RETRY_MS;
  #cancelPause: () => void = () => {};
  #notes: { readonly series: Uint8Array; readonly fd: number } | null = null;

  constructor(options: InboxReaderOptions) {
    this.#options = options;
  }

  /** The host is registered: what waits may be read. */
  start(): void {
    if (this.#isStopping) return;
    this.#cancelPause();
    this.#again = this.#running !== null;
    this.#running ??= this.#read()
      .catch((error) => {
        // Without a suite: the next registration begins again.
        if (this.#isStopping || asPortholeError(error).code === 'SUITE_UNREACHABLE') return;
        this.#options.onError(error);
        this.#cancelPause = this.#options.clock.after(this.#pauseMs, () => this.start());
        this.#pauseMs = Math.min(2 * this.#pauseMs, LAST_RETRY_MS);
      })
      .finally(() => {
        this.#running = null;
        this.#closeNotes();
        if (this.#again) this.start();
      });
  }

  /** Lets the request in hand finish, and ends. After `graceMs` it is broken off: it will come once more. */
  async close(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#cancelPause();
    const cancel = this.#options.clock.after(graceMs, () =>
      this.#stopped.abort(new PortholeError('SESSION_CLOSED', 'the host is stopping')),
    );
    await this.#running;
    cancel();
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Reads until the inbox is empty. */
  async #read(): Promise<void> {
    this.#mark ??= await readMark(this.#options.file);
    const mark = this.#mark;
    let parts: Uint8Array[] = [];
    let offset = 0;
    let partsOf = 0;
    let delivered = 0;
    while (!this.#isStopping) {
      const batch = await this.#options.take({ ...mark, offset });
      if (Buffer.compare(batch.series, mark.series) !== 0) {
        mark.series = batch.series;
        mark.done = 0;
        if (offset > 0) {
          parts = [];
          offset = 0;
          continue;
        }
      }
      if (batch.items.length === 0) break;
      let isNew = false;
      for (const { number, size, box } of batch.items) {
        if (this.#isStopping) return;
        // Never again what was handled, whatever the suite says.
        if (number <= mark.done) continue;
        if (offset > 0 && number !== partsOf) {
          // The box whose parts these are has expired; this is the end of another.
          parts = [];
          offset = 0;
          isNew = true;
          break;
        }
        if (size > MAX_INBOX_BOX_BYTES || offset + box.length > size)
          throw new PortholeError('PROTOCOL_VIOLATED', 'a box of the inbox is too long');
        if (box.length === 0) break;
        isNew = true;
        partsOf = number;
        parts.push(box);
        offset += box.length;
        if (offset < size) break;
        const whole = Buffer.concat(parts);
        parts = [];
        offset = 0;
        const outcome = await this.#handle(number, whole, batch.waiting);
        if (outcome === 'stopped') return;
        mark.done = number;
        await this.#note(mark);
        this.#pauseMs = FIRST_RETRY_MS;
        if (outcome === 'delivered') delivered++;
      }
      if (!isNew) throw new PortholeError('PROTOCOL_VIOLATED', 'the suite gives what was handled');
    }
    this.#pauseMs = FIRST_RETRY_MS;
    if (delivered > 0) this.#options.onNews({ delivered, waiting: 0, problem: null });
  }

  /** Opens a box and puts what is in it to the site until it is taken, or given up. */
  async #handle(number: number, box: Uint8Array, waiting: number): Promise<Outcome> {
    const { identity, onError, onNews, clock, keepMs } = this.#options;
    let request: InboxRequest;
    try {
      request = decodeInboxRequest(openBox(identity.sealKey, boxBinding(identity.id, (this.#mark as Mark).series, number), box));
      makeRequest(request, this.#stopped.signal);
    } catch (error) {
      onError(error); // it will never open: what comes after it must not wait for it
      return 'given-up';
    }
    const began = clock.now();
    const patienceMs = Math.min(GIVE_UP_MS, keepMs || GIVE_UP_MS);
    let isTold = false;
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, LAST_RETRY_MS)) {
      const problem = await this.#put(number, request);
      if (problem === null) return 'delivered';
      if (this.#isStopping) return 'stopped';
      const restMs = began + patienceMs - clock.now();
      if (restMs <= 0) {
        onError(new PortholeError('SITE_FAILED', `request ${number} of the inbox is given up: ${problem}`));
        return 'given-up';
      }
      if (!isTold) onNews({ delivered: 0, waiting, problem });
      isTold = true;
      await sleep(clock, Math.min(waitMs, restMs), this.#stopping.signal).catch(() => {});
    }
  }

  /** Puts a request to the site; what went wrong, in words, or null when the site has taken it. */
  async #put(number: number, request: InboxRequest): Promise<string | null> {
    const { site, clock } = this.#options;
    const visitor = { session: 'inbox', via: 'inbox', agent: GATEWAY_AGENT, who: ANYONE, inbox: `${request.received}; ${number}` };
    try {
      const response = await abortable(Promise.resolve(site(makeRequest(request, this.#stopped.signal), visitor)), this.#stopped.signal);
      await discard(response, clock);
      return response.status < 500 ? null : `the site answered with ${response.status}`;
    } catch (error) {
      return asPortholeError(error, 'SITE_FAILED').message;
    }
  }

  /** Notes what was handled: one write of one short line in place, since this is done between any two requests. */
  async #note({ series, done }: Mark): Promise<void> {
    const { file, onError } = this.#options;
    if (file === null) return;
    const line = `${Buffer.from(series).toString('hex')} ${String(done).padStart(10, '0')}\n`;
    try {
      if (this.#notes?.series === series) {
        writeSync(this.#notes.fd, line, 0);
        return;
      }
      this.#closeNotes();
      await replaceFile(file, line);
      this.#notes = { series, fd: openSync(file, 'r+') };
    } catch (error) {
      onError(asPortholeError(error, 'STORAGE_FAILED'));
    }
  }

  #closeNotes(): void {
    if (this.#notes) closeSync(this.#notes.fd);
    this.#notes = null;
  }
}

/** @throws PortholeError PROTOCOL_VIOLATED for what no Request can be */
function makeRequest({ method, target, authority, fields, body }: InboxRequest, signal: AbortSignal): Request {
  const headers = fields.filter(({ name }) => name !== 'content-length');
  if (body.length > 0) headers.push({ name: 'content-length', value: String(body.length) });
  const content = body.length > 0 ? (new Blob([new Uint8Array(body)]).stream() as ReadableStream<Uint8Array>) : null;
  return requestOfHead({ method, target, authority, headers }, content, signal);
}

/** Reads an answer's content to its end, so that the app's connection can be used again; one that does not end is given up. */
async function discard({ body }: Response, clock: Clock): Promise<void> {
  if (body === null) return;
  const late = new AbortController();
  const cancel = clock.after(CONTENT_MS, () => late.abort());
  await body.pipeTo(new WritableStream(), { signal: late.signal }).catch(() => {});
  cancel();
}

/** What was handled last; of nothing when that is not known. */
async function readMark(file: string | null): Promise<Mark> {
  const nothing = { series: new Uint8Array(), done: 0 };
  if (file === null) return nothing;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothing;
    throw asPortholeError(error, 'STORAGE_FAILED');
  }
  const [, series = '', done = ''] = /^((?:[0-9a-f]{2})*) (\d{1,10})\n$/.exec(text) ?? [];
  return { series: new Uint8Array(Buffer.from(series, 'hex')), done: Number(done) };
}
