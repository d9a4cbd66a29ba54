// SPDX-License-Identifier: Apache-2.0
// The sealed inboxes of a suite: what comes for a host that is away is sealed to its key, kept, and given out in order.

import { PortholeError } from '../../proto/errors.ts';
import { boxBinding, encodeInboxRequest, fitsPattern, INBOX_METHODS, type InboxRequest, isInboxPattern } from '../../proto/inbox.ts';
import { MAX_INBOX_BATCH_BYTES, MAX_INBOX_BOX_BYTES, MAX_INBOX_PATTERNS } from '../../proto/limits.ts';
import type { Message } from '../../proto/rendezvous.ts';
import { BOX_OVERHEAD_BYTES, sealBox } from '../../transport/seal/hpke.ts';
import { sealKeyOf } from '../../transport/seal/keys.ts';
import { abortable, type Clock } from '../../transport/time/clock.ts';
import type { Fields } from '../shared/end.ts';
import type { SuiteLimits } from '../shared/limits.ts';
import { InboxStore, type InboxWish } from './store.ts';

/** Where a request that was taken in stands. */
export interface Kept {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** The inboxes of one suite. */
export class Inbox {
  readonly #store: InboxStore;
  readonly #limits: SuiteLimits;
  readonly #clock: Clock;
  #reading = 0;
  /** The same by address, while something is read from it. */
  readonly #readingFrom = new Map<string, number>();

  /** @throws PortholeError STORAGE_FAILED */
  constructor(folder: string, limits: SuiteLimits, now: () => number, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#store = new InboxStore(folder, limits, now);
  }

  /**
   * What a Register says of its inbox, checked.
   * @throws PortholeError MESSAGE_TOO_LONG, PROTOCOL_VIOLATED
   */
  static wishOf({ inbox }: Message<'Register'>): InboxWish {
    const { patterns = [], messages = 0, seconds = 0 } = inbox ?? {};
    if (patterns.length > MAX_INBOX_PATTERNS)
      throw new PortholeError('MESSAGE_TOO_LONG', `an inbox has at most ${MAX_INBOX_PATTERNS} patterns`);
    const wrong = patterns.find((pattern) => !isInboxPattern(pattern));
    if (wrong !== undefined) throw new PortholeError('PROTOCOL_VIOLATED', `"${wrong}" is no pattern of an inbox`);
    return { patterns, messages, seconds };
  }

  /**
   * Keeps a site's wish for when its host is away.
   * @returns what its host is told; undefined, as by a suite without inboxes, when there is none for it
   * @throws PortholeError STORAGE_FAILED
   */
  register(site: string, wish: InboxWish): Fields<'Registered'>['inbox'] {
    return this.#store.setWish(site, wish) ? { waiting: this.#store.waiting(site) } : undefined;
  }

  /** Drops what nobody uses; for now and then. @param lastSeen when a site was online last, in milliseconds since 1970 */
  sweep(lastSeen: (site: string) => number): void {
    this.#store.sweep(lastSeen);
  }

  /** Whether a request is one for a site's inbox. @param path as `URL.pathname` has it */
  takes(site: string, method: string, path: string): boolean {
    return INBOX_METHODS.has(method) && this.#store.wish(site)?.patterns.some((pattern) => fitsPattern(pattern, path)) === true;
  }

  /** How many requests wait for a site. */
  waiting(site: string): number {
    return this.#store.waiting(site);
  }

  /**
   * Reads the content of a request, whole: it is sealed in one piece.
   * @param content cancelled when it is not read to its end
   * @param announced its length as the request tells it; undefined when it does not
   * @param from whose share of what is being read it counts for
   * @throws PortholeError MESSAGE_TOO_LONG, RATE_LIMITED (no room), TIMED_OUT (`inboxReadMs`), what the content fails with
   */
  async read(site: string, content: ReadableStream<Uint8Array> | null, announced: number | undefined, from: string): Promise<Uint8Array> {
    const { inboxRequestBytes, inboxReadBytes, inboxReadBytesPerAddress, inboxReadMs } = this.#limits;
    const checkLength = (bytes: number): void => {
      if (bytes > inboxRequestBytes)
        throw new PortholeError('MESSAGE_TOO_LONG', `an inbox takes at most ${inboxRequestBytes} bytes of content`);
    };
    checkLength(announced ?? 0);
    this.#store.checkRoom(site, announced ?? 0);
    if (content === null) return new Uint8Array();
    const parts: Uint8Array[] = [];
    let length = 0;
    const late = new AbortController();
    const cancel = this.#clock.after(inboxReadMs, () =>
      late.abort(new PortholeError('TIMED_OUT', `the content took longer than ${inboxReadMs} ms`)),
    );
    const reader = content.getReader();
    try {
      for (;;) {
        const { done, value } = await abortable(reader.read(), late.signal);
        if (done) return Buffer.concat(parts);
        this.#count(from, value.length);
        length += value.length;
        checkLength(length);
        if (this.#reading > inboxReadBytes) throw new PortholeError('RATE_LIMITED', 'too much comes for the inboxes of this suite at once');
        if ((this.#readingFrom.get(from) ?? 0) > inboxReadBytesPerAddress)
          throw new PortholeError('RATE_LIMITED', 'too much comes for inboxes from this address at once');
        parts.push(value);
      }
    } catch (failure) {
      void reader.cancel(failure).catch(() => {});
      throw failure;
    } finally {
      cancel();
      this.#count(from, -length);
    }
  }

  #count(from: string, bytes: number): void {
    this.#reading += bytes;
    const rest = (this.#readingFrom.get(from) ?? 0) + bytes;
    if (rest === 0) this.#readingFrom.delete(from);
    else this.#readingFrom.set(from, rest);
  }

  /**
   * Seals a request to the site's key, and keeps it: in the file when this returns, so that no end of this process loses it. A power
   * cut may lose the last ones, because nothing waits for the disk: that would hold up all else the suite does.
   * @throws PortholeError RATE_LIMITED (no room), HOST_OFFLINE (the inbox is gone), MESSAGE_TOO_LONG, STORAGE_FAILED
   */
  put(site: string, request: InboxRequest): Kept {
    const plain = encodeInboxRequest(request);
    const size = plain.length + BOX_OVERHEAD_BYTES;
    if (size > MAX_INBOX_BOX_BYTES) throw new PortholeError('MESSAGE_TOO_LONG', `a box has at most ${MAX_INBOX_BOX_BYTES} bytes`);
    const key = sealKeyOf(site);
    return this.#store.put(site, size, (series, number) => sealBox(key, boxBinding(site, series, number), plain));
  }

  /** What a host asks for: forgets what it has done, gives what comes next. @throws PortholeError STORAGE_FAILED */
  take(site: string, { series, done, offset }: Message<'InboxTake'>): Fields<'InboxBatch'> {
    const own = this.#store.series(site);
    const isOurs = Buffer.compare(own, series) === 0;
    if (isOurs) this.#store.drop(site, done);
    const items = this.#store.first(site, MAX_INBOX_BATCH_BYTES, isOurs ? offset : 0);
    return { series: own, waiting: this.#store.waiting(site), items };
  }

  /** Whether it can be read. @throws PortholeError STORAGE_FAILED */
  check(): void {
    this.#store.check();
  }

  close(): void {
    this.#store.close();
  }
}
