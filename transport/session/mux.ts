// SPDX-License-Identifier: Apache-2.0
// The multiplexer: many streams on one connection; frames in and out, credit of the session, one place where failures end it.

import { asPortholeError, errorFromWire, PortholeError } from '../../proto/errors.ts';
import { HOST_SESSION_CREDIT, INITIAL_STREAM_CREDIT, MAX_STREAMS, SITE_VERSION, VISITOR_SESSION_CREDIT } from '../../proto/limits.ts';
import { CONNECT, decodeFrame, endingOf, type Frame, type Hello, type RequestHead } from '../../proto/site.ts';
import type { SessionConnection } from '../channel/connection.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { Carrying } from './carrying.ts';
import { Peer } from './peer.ts';
import type { Serving } from './serving.ts';
import { Stream } from './stream.ts';
import { untaken } from './untaken.ts';

export interface MuxOptions {
  readonly role: 'visitor' | 'host';
  /** Names this program in the Hello. */
  readonly agent?: string;
  readonly clock?: Clock;
  /** The host's side: what becomes of the streams that a visitor opens. */
  readonly serving?: Serving;
}

/** One end of a session on one Connection. */
export class Mux extends Carrying {
  /** Resolves when the session has ended: null after an orderly end, else the error. Never rejects. */
  readonly closed: Promise<PortholeError | null>;
  readonly #role: 'visitor' | 'host';
  readonly #serving: Serving | null;
  readonly #peer = new Peer();
  #lastStream = 0; // the highest number opened, by us or by the visitor
  #state: 'open' | 'draining' | 'closed' = 'open';
  #over: PortholeError | null = null; // why it is closed
  #setClosed!: (error: PortholeError | null) => void;
  #onOver: (() => void) | null = null;

  constructor(connection: SessionConnection, options: MuxOptions) {
    const sessionCredit = options.role === 'visitor' ? VISITOR_SESSION_CREDIT : HOST_SESSION_CREDIT;
    super(connection, options.clock ?? systemClock, sessionCredit);
    this.#role = options.role;
    this.#serving = options.serving ?? null;
    this.closed = new Promise((resolve) => {
      this.#setClosed = resolve;
    });
    this.sender.tell({
      type: 'hello',
      stream: 0,
      end: false,
      hello: { version: SITE_VERSION, features: [CONNECT], agent: options.agent ?? '', streamCredit: INITIAL_STREAM_CREDIT, sessionCredit },
    });
  }

  /** Begins to take what comes. */
  start(): void {
    this.connection.start({ message: (message) => this.#came(message), ended: (reason) => this.#ended(reason) });
  }

  /** Resolves when the peer's Hello has come: both ends have spoken. */
  get answered(): Promise<void> {
    return this.#peer.answered;
  }
  /** What the peer's program calls itself; empty before its Hello. */
  get peerAgent(): string {
    return this.#peer.hello?.agent ?? '';
  }
  /** Whether the peer has named a feature; not before its Hello. */
  speaks(feature: string): boolean {
    return this.#peer.hello?.features.includes(feature) === true;
  }
  /** Whether streams may be opened. */
  get takes(): boolean {
    return this.#state === 'open' && !this.sender.mute;
  }
  /** Streams that are not over. */
  get streams(): number {
    return this.live.size;
  }
  /** Requests that run at this end, the host's: also those whose streams are over. */
  get running(): number {
    return this.#serving?.running ?? 0;
  }
  /**
   * The visitor's side: opens a stream with its request.
   * @throws PortholeError SESSION_CLOSED, TOO_MANY_STREAMS, MESSAGE_TOO_LONG
   */
  open(request: RequestHead, end: boolean): Stream {
    if (this.#state !== 'open') throw new PortholeError('SESSION_CLOSED');
    if (this.live.size >= MAX_STREAMS) throw new PortholeError('TOO_MANY_STREAMS', `more than ${MAX_STREAMS} requests at once`);
    const id = this.#lastStream === 0 ? 1 : this.#lastStream + 2;
    const stream = new Stream(this, id, request, this.#peer.streamCredit, INITIAL_STREAM_CREDIT);
    let failure: PortholeError | null = null;
    try {
      stream.head({ type: 'request', request }, end);
    } catch (error) {
      failure = asPortholeError(error);
    }
    this.#lastStream = id;
    this.#add(stream);
    failure ??= this.#over; // what was sent may have ended the session
    if (failure) stream.fail(failure);
    return stream;
  }

  /** Takes no more streams, lets those that are open finish for at most `graceMs`, then closes. Tunnels are not waited for: they have no end of their own. */
  async drain(reason: PortholeError, graceMs: number): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'draining';
    this.sender.tell({ type: 'goAway', stream: 0, end: false, goAway: { ...endingOf(reason), lastStream: this.#lastStream } });
    const busy = (): boolean => [...this.live.values()].some(({ request }) => !request.protocol);
    if (busy()) {
      await new Promise<void>((resolve) => {
        const cancel = this.clock.after(graceMs, resolve);
        this.#onOver = () => {
          if (this.#state !== 'closed' && busy()) return;
          cancel();
          resolve();
        };
      });
    }
    await this.close();
  }

  /** Ends the session; open streams fail with SESSION_CLOSED. May be called twice. */
  async close(): Promise<void> {
    if (this.#state !== 'closed') this.#end(null);
    await this.connection.close();
  }

  /** Breaks the session now. */
  abort(error: PortholeError): void {
    if (this.#state === 'closed') return;
    this.#end(error);
    this.connection.abort(error);
  }

  /** Has the connection look for signs of life now, and doubt what gives none within `withinMs`. */
  probe(withinMs: number): void {
    if (this.#state !== 'closed') this.connection.probe(withinMs);
  }

  over(stream: Stream, grown: number): void {
    this.live.delete(stream.id);
    this.schedule.leave(stream.flow);
    this.receiveCredit.shrank(grown);
    this.#serving?.over(stream);
    this.#onOver?.();
    if (this.live.size > 0) return;
    this.connection.attend(false);
    this.receiveCredit.settle();
  }

  #came(message: Uint8Array): void {
    if (this.#state === 'closed') return;
    try {
      this.#take(decodeFrame(message));
    } catch (thrown) {
      return this.#failed(asPortholeError(thrown));
    }
    if (this.#serving?.took(() => this.connection.resume())) this.connection.pause();
  }

  #ended(reason: Error | null): void {
    if (this.#state === 'closed') return;
    if (reason) return this.#failed(asPortholeError(reason, 'PATH_LOST'));
    const gone = new PortholeError('SESSION_CLOSED', 'the other end has closed the session');
    this.#end(this.#state === 'draining' ? this.#peer.farewell : gone);
    void this.connection.close();
  }

  #failed(error: PortholeError): void {
    if (this.#state === 'closed') return;
    // The peer is told of its mistake; a path that broke can carry nothing.
    this.sender.tell({ type: 'goAway', stream: 0, end: false, goAway: { ...endingOf(error), lastStream: this.#lastStream } });
    this.#end(this.#peer.farewell ?? error);
    // Who asks too much is not waited for, nor heard to the end.
    if (error.code === 'RATE_LIMITED' && this.#role === 'host') this.connection.abort(error);
    else void this.connection.close();
  }

  #take(frame: Frame): void {
    if (!this.#peer.hello) {
      if (frame.type !== 'hello') throw new PortholeError('PROTOCOL_VIOLATED', 'the first frame must be a Hello');
      this.#greeted(frame.hello);
      return;
    }
    if (frame.stream === 0) this.#takeOwn(frame);
    else this.#takeStream(frame);
  }

  #greeted(hello: Hello): void {
    this.#peer.greeted(hello);
    this.credit.add(hello.sessionCredit);
    for (const stream of this.live.values()) stream.credited(hello.streamCredit);
  }

  #takeOwn(frame: Frame): void {
    switch (frame.type) {
      case 'credit':
        this.credit.add(frame.bytes);
        break;
      case 'goAway': {
        const { code, message, lastStream } = frame.goAway;
        if (this.#state === 'open') this.#state = 'draining';
        const error = untaken(errorFromWire(code, message));
        if (error.code !== 'SESSION_CLOSED') this.#peer.farewell = errorFromWire(code, message);
        // What the peer never took up can be asked again elsewhere.
        for (const stream of [...this.live.values()]) if (stream.id > lastStream) stream.fail(error);
        break;
      }
      case 'hello':
        throw new PortholeError('PROTOCOL_VIOLATED', 'a second Hello');
      default:
        break; // a type of a newer version
    }
  }

  #takeStream(frame: Frame): void {
    if (frame.type === 'request') return this.#opened(frame.stream, frame.request, frame.end);
    // Also on a stream that is over: whether it is, is a matter of who was quicker.
    if (frame.type === 'response' && this.#role === 'host') throw new PortholeError('PROTOCOL_VIOLATED', 'a response from a visitor');
    const stream = this.live.get(frame.stream);
    if (!stream) {
      if (frame.stream > this.#lastStream) throw new PortholeError('PROTOCOL_VIOLATED', 'a frame on a stream that was never opened');
      if (frame.type === 'data') this.#dropped(frame.data.length);
      return;
    }
    switch (frame.type) {
      case 'response':
        stream.answered(frame.response);
        break;
      case 'data':
        this.receiveCredit.received(frame.data.length);
        stream.content(frame.data);
        break;
      case 'credit':
        stream.credited(frame.bytes);
        break;
      case 'reset': {
        const excess = this.#serving?.gaveUp();
        if (excess) throw excess;
        stream.fail(errorFromWire(frame.reset.code, frame.reset.message));
        return;
      }
      default:
        break;
    }
    if (frame.end) stream.contentEnded();
  }

  #opened(id: number, request: RequestHead, end: boolean): void {
    if (this.#role !== 'host') throw new PortholeError('PROTOCOL_VIOLATED', 'a request from a host');
    if (id % 2 !== 1 || id <= this.#lastStream) throw new PortholeError('PROTOCOL_VIOLATED', `stream ${id} cannot be opened now`);
    const refuse = (error: PortholeError): void => this.sender.tell({ type: 'reset', stream: id, end: true, reset: endingOf(error) });
    this.#lastStream = id;
    if (this.#state !== 'open') return refuse(new PortholeError('SESSION_CLOSED'));
    if (this.live.size >= MAX_STREAMS) return refuse(new PortholeError('TOO_MANY_STREAMS'));
    const stream = new Stream(this, id, request, this.#peer.streamCredit, INITIAL_STREAM_CREDIT);
    this.#add(stream);
    if (end) stream.contentEnded();
    this.#serving?.opened(stream);
  }

  #add(stream: Stream): void {
    this.live.set(stream.id, stream);
    if (this.live.size === 1) this.connection.attend(true);
  }

  /** Content of a stream that is over: the session's credit is given back. */
  #dropped(bytes: number): void {
    this.receiveCredit.received(bytes);
    this.took(bytes);
  }

  #end(error: PortholeError | null): void {
    this.#state = 'closed';
    const reason = error ?? new PortholeError('SESSION_CLOSED');
    this.#over = reason;
    this.credit.fail(reason);
    this.receiveCredit.stop();
    for (const stream of [...this.live.values()]) stream.fail(reason);
    this.#onOver?.();
    this.#setClosed(error);
  }
}
