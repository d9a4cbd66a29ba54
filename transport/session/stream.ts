// SPDX-License-Identifier: Apache-2.0
// One stream of a session: a request or a response going each way, then content, each way finished by itself.

import { PortholeError } from '../../proto/errors.ts';
import { encodeFrame, endingOf, type Frame, type RequestHead, type ResponseHead } from '../../proto/site.ts';
import { ReceiveQueue } from '../channel/receive-queue.ts';
import { ReceiveCredit, SendCredit } from './credit.ts';
import { type Flow, flowOf } from './schedule.ts';

/** What a stream needs of its session. */
export interface Carrier {
  readonly credit: SendCredit;
  readonly rttMs: number;
  /** Bytes of content that a frame had best have on the path in use. */
  readonly fitBytes: number;
  now(): number;
  /** Calls `take` when it is the stream's turn to send; it returns the bytes that it sent. Called, too, when the stream is over. */
  turn(flow: Flow, take: () => number): void;
  /** Sends a frame; what cannot go out any more is dropped. */
  tell(frame: Frame): void;
  /** The same. @throws PortholeError why it cannot go out */
  send(frame: Uint8Array): void;
  /** Sends a Data frame; `release` as in SessionConnection. */
  sendData(stream: number, content: Uint8Array, end: boolean, release?: () => void): void;
  /** The reader took bytes of content (or they were dropped): the session may give credit. */
  took(bytes: number): void;
  /** How many of these bytes a stream's credit may grow by. */
  allow(bytes: number): number;
  /** Both directions are over; its credit had grown by so many bytes. */
  over(stream: Stream, grown: number): void;
}

/** What is sent in one turn. */
interface Piece {
  bytes: number;
  taken: boolean;
  /** Why it cannot go out. */
  failure: unknown;
  wake: (() => void) | null;
}

export class Stream {
  readonly id: number;
  /** What the visitor asked. */
  readonly request: RequestHead;
  /** Its place among those that send; another one only before it has sent content. */
  flow: Flow;
  /** Resolves when both directions are over, and what came was read or dropped. */
  readonly ending: Promise<void>;
  #setEnding!: () => void;
  readonly #carrier: Carrier;
  readonly #inbox: ReceiveQueue;
  readonly #sendCredit: SendCredit;
  readonly #receiveCredit: ReceiveCredit;
  readonly #firstWindow: number;
  // Made when asked for: most streams are small, and what each makes adds up.
  #abort: AbortController | null = null;
  #response: PromiseWithResolvers<ResponseHead> | null = null;
  #hasAnswered = false;
  #failure: PortholeError | null = null;
  #sent = false; // our direction is over
  #received = false; // theirs is

  constructor(carrier: Carrier, id: number, request: RequestHead, sendCredit: number, window: number) {
    this.#carrier = carrier;
    this.id = id;
    this.request = request;
    this.flow = flowOf(id);
    this.#sendCredit = new SendCredit(sendCredit);
    this.#receiveCredit = new ReceiveCredit(window, carrier.now(), (bytes) => carrier.allow(bytes));
    this.#firstWindow = window;
    this.#inbox = new ReceiveQueue((bytes) => this.#took(bytes));
    this.ending = new Promise((resolve) => {
      this.#setEnding = resolve;
    });
  }

  /** The response head, for the visitor, who asks for it before it can have come. */
  get response(): Promise<ResponseHead> {
    this.#response ??= Promise.withResolvers();
    if (this.#failure) this.#response.reject(this.#failure);
    return this.#response.promise;
  }

  /** Aborts when the other end resets the stream or the session ends; the reason is the error. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#failure) this.#abort.abort(this.#failure);
    }
    return this.#abort.signal;
  }

  /** Whether both directions are over, and nothing that came waits to be read. */
  get settled(): boolean {
    return this.#sent && this.#received && this.#inbox.bytes === 0;
  }

  /** Why the stream failed; null when it did not. */
  get failure(): PortholeError | null {
    return this.#failure;
  }

  /** Whether the peer's content is over. */
  get ended(): boolean {
    return this.#received;
  }

  /** Whether nothing of the peer's content is there to be read, or will come. */
  get empty(): boolean {
    return this.#received && this.#inbox.bytes === 0;
  }

  /** The next piece of the peer's content, null at its end. One caller at a time. */
  read(): Promise<Uint8Array | null> {
    return this.#inbox.receive();
  }

  /** Drops the peer's content from here on. */
  ignore(): void {
    const dropped = this.#inbox.bytes;
    this.#inbox.discard();
    this.#dropped(dropped);
  }

  /** Drops what waits unread of the peer's content; a later reader gets the error. */
  drop(error: PortholeError): void {
    this.#dropped(this.#inbox.abandon(error));
  }

  /** Sends the head of our direction. `end`: there is no content. @throws PortholeError why it cannot */
  head(head: { type: 'request'; request: RequestHead } | { type: 'response'; response: ResponseHead }, end: boolean): void {
    this.#check();
    const frame = encodeFrame({ ...head, stream: this.id, end });
    if (end) this.#finishSending();
    this.#carrier.send(frame);
  }

  /**
   * Sends content, as credit allows. `end`: it is the last.
   * @param release called when the memory of `content` is the caller's again, if it ever is
   */
  async write(content: Uint8Array, end = false, release?: () => void): Promise<void> {
    let at = 0;
    do {
      this.#check();
      if (at < content.length && this.#mayStillSend <= 0) {
        await (this.#sendCredit.bytes > 0 ? this.#carrier.credit : this.#sendCredit).more(this);
        continue;
      }
      const piece: Piece = { bytes: 0, taken: false, failure: null, wake: null };
      this.#carrier.turn(this.flow, () => this.#take(piece, content.subarray(at), end, release));
      // Also where it was taken at once: other sessions on the same line have their turns in between.
      await (piece.taken || new Promise<void>((resolve) => (piece.wake = resolve)));
      if (piece.failure !== null) throw piece.failure;
      at += piece.bytes;
    } while (at < content.length || (end && !this.#sent));
  }

  get #mayStillSend(): number {
    return Math.min(this.#sendCredit.bytes, this.#carrier.credit.bytes);
  }

  /** It is this stream's turn: sends as much as credit and path allow now. Returns the bytes. */
  #take(piece: Piece, rest: Uint8Array, end: boolean, release?: () => void): number {
    piece.taken = true;
    piece.wake?.();
    const bytes = Math.min(rest.length, this.#carrier.fitBytes, Math.max(0, this.#mayStillSend));
    if ((bytes === 0 && rest.length > 0) || this.#sent) return 0;
    const last = bytes === rest.length;
    this.#sendCredit.spend(bytes);
    this.#carrier.credit.spend(bytes);
    if (last && end) this.#finishSending();
    try {
      this.#carrier.sendData(this.id, rest.subarray(0, bytes), last && end, last ? release : undefined);
    } catch (error) {
      piece.failure = error;
    }
    piece.bytes = bytes;
    return bytes;
  }

  /** Wants nothing of it any more, not even what has come whole: `reset`, and `drop`. */
  abandon(error: PortholeError): void {
    this.reset(error);
    this.drop(error);
  }

  /** Gives up the stream and tells the peer why; content that has come whole can still be read. Nothing happens when it is over. */
  reset(error: PortholeError): void {
    if (this.#sent && this.#received) return;
    this.fail(error);
    this.#carrier.tell({ type: 'reset', stream: this.id, end: true, reset: endingOf(error) });
  }

  // What the session tells of the peer's frames:

  answered(head: ResponseHead): void {
    this.#hasAnswered = true;
    this.#response?.resolve(head);
  }

  content(bytes: Uint8Array): void {
    if (this.#received) throw new PortholeError('PROTOCOL_VIOLATED', 'content came after its end');
    if (bytes.length === 0) return;
    this.#receiveCredit.received(bytes.length);
    if (!this.#inbox.done) return this.#inbox.push(bytes);
    this.#carrier.took(bytes.length);
    this.reset(new PortholeError('CANCELLED', 'content came that nobody wants'));
  }

  contentEnded(): void {
    if (this.#received) return;
    this.#received = true;
    this.#inbox.end();
    if (!this.#hasAnswered) this.#response?.reject(new PortholeError('PROTOCOL_VIOLATED', 'the response ended before it began'));
    if (this.#sent) this.#over();
  }

  credited(bytes: number): void {
    this.#sendCredit.add(bytes);
  }

  /** Both directions are over, with this error for whoever waits. */
  fail(error: PortholeError): void {
    if (this.#sent && this.#received) return;
    const dropped = this.#inbox.done ? 0 : this.#inbox.bytes;
    this.#sent = true;
    this.#received = true;
    this.#inbox.fail(error);
    if (dropped > 0) this.#carrier.took(dropped);
    this.#sendCredit.fail(error);
    this.#carrier.credit.giveUp(this, error);
    this.#failure = error;
    this.#response?.reject(error);
    this.#abort?.abort(error);
    this.#over();
  }

  #took(bytes: number): void {
    this.#carrier.took(bytes);
    this.#settle();
    const give = this.#receiveCredit.took(bytes, this.#carrier.now(), this.#carrier.rttMs);
    if (give > 0 && !this.#received) {
      this.#carrier.tell({ type: 'credit', stream: this.id, end: false, bytes: give });
    }
  }

  #check(): void {
    if (this.#failure) throw this.#failure;
    if (this.#sent) throw new PortholeError('INTERNAL', 'sent after the end');
  }

  #finishSending(): void {
    this.#sent = true;
    if (this.#received) this.#over();
  }

  #over(): void {
    this.#carrier.over(this, this.#receiveCredit.window - this.#firstWindow);
    this.#settle();
  }

  #dropped(bytes: number): void {
    if (bytes === 0) return;
    this.#carrier.took(bytes);
    this.#settle();
  }

  #settle(): void {
    if (this.settled) this.#setEnding();
  }
}
