// SPDX-License-Identifier: Apache-2.0
// Ends for testing the relay: TCP and WebSocket clients as plain streams, a relay on a port, and a clock of one's own.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { decodeMessage, encodeMessage, type Message } from '../../../proto/rendezvous.ts';
import { createRelay, type Relay, type RelayOptions } from '../../../signaling/relay/index.ts';
import { frontOf } from '../../../transport/http/first-bytes.ts';
import { listen } from '../../../transport/system/listen.ts';
import type { Clock } from '../../../transport/time/clock.ts';

export const HOST = '127.0.0.1';
export type Carrier = 'tcp' | 'websocket';

/** A clock whose hours the test owns. */
export class HandClock implements Clock {
  #now = 0;
  #waiting: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const one = { at: this.#now + ms, run };
    this.#waiting.push(one);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== one);
    };
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#waiting.filter(({ at }) => at <= this.#now);
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#now);
    for (const { run } of due) run();
  }
}

/** A WebSocket to the relay as a stream: binary messages are the bytes, `end` is the end. */
export class WebSocketStream extends Duplex {
  readonly ws: WebSocket;
  #ended = false;

  constructor(url: string) {
    super({ autoDestroy: false });
    this.ws = new WebSocket(url, { perMessageDeflate: false });
    this.ws.on('message', (data: Buffer, binary) => {
      if (!binary) {
        this.#ended = true;
        this.push(null);
        // Nobody reads on from here, and the close is still to come.
        this.ws.resume();
      } else if (!this.push(data)) this.ws.pause();
    });
    this.ws.on('error', () => {});
    this.ws.on('close', () => {
      // What was read is still to be taken.
      if (this.#ended && !this.readableEnded) this.once('end', () => this.destroy());
      else if (this.#ended) this.destroy();
      else this.destroy(Object.assign(new Error('closed without end'), { code: 'ECONNRESET' }));
    });
  }

  override _construct(callback: () => void): void {
    // Called before the constructor's end.
    process.nextTick(() => {
      this.ws.once('open', callback);
      this.ws.once('error', callback);
    });
  }

  override _read(): void {
    this.ws.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, callback: (error?: Error) => void): void {
    this.#send(chunk, callback);
  }

  override _final(callback: (error?: Error) => void): void {
    this.#send('end', callback);
  }

  /** As in a browser, what is sent while the connection closes is lost without a word; that it closes says enough. */
  #send(message: Buffer | string, callback: (error?: Error) => void): void {
    if (this.ws.readyState === WebSocket.OPEN) this.ws.send(message, callback);
    else callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.ws.terminate();
    callback(error);
  }
}

/** A relay on a port of its own, behind the sorting of callers as in the suite. */
export class RelayOnPort {
  readonly relay: Relay;
  readonly #server = createServer();
  readonly #front = frontOf(this.#server, { framed: (socket) => this.relay.handleSocket(socket) });
  readonly #ends = new Set<Duplex>();
  port = 0;
  #calls = 0;

  constructor(options?: RelayOptions) {
    this.relay = createRelay(options);
    this.#server.on('upgrade', (request, socket, head) => this.relay.handleUpgrade(request, socket, head));
  }

  async listen(): Promise<this> {
    this.port = await listen(this.#server, { port: 0, host: HOST });
    return this;
  }

  /** Connects, and says nothing yet. */
  dial(carrier: Carrier): Duplex {
    const end: Duplex =
      carrier === 'tcp'
        ? connect({ port: this.port, host: HOST, allowHalfOpen: true, noDelay: true })
        : new WebSocketStream(`ws://${HOST}:${this.port}/.porthole/relay`);
    // A test that cares for the error listens as well.
    end.on('error', () => {});
    this.#ends.add(end);
    return end;
  }

  /** Connects and joins with a token; `behind` goes in the same piece. */
  join(carrier: Carrier, token: string, behind: Uint8Array = Buffer.alloc(0)): Duplex {
    const end = this.dial(carrier);
    end.write(Buffer.concat([joinMessage(token), behind]));
    return end;
  }

  /** Two ends of a new call, joined and answered. */
  async pair(caller: Carrier, callee: Carrier): Promise<[Duplex, Duplex]> {
    const call = `call-${++this.#calls}`;
    const ends: [Duplex, Duplex] = [
      this.join(caller, this.relay.issue(call, 'caller')),
      this.join(callee, this.relay.issue(call, 'callee')),
    ];
    for (const answer of await Promise.all(ends.map(readAnswer))) if (answer.problem) throw new Error(answer.problem.code);
    return ends;
  }

  async close(): Promise<void> {
    for (const end of this.#ends) end.destroy();
    await this.relay.close();
    this.#server.closeAllConnections();
    await this.#front.close();
  }
}

/** A length-framed message. */
export function framed(message: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}

export function joinMessage(token: string): Buffer {
  return framed(encodeMessage('RelayJoin', { token }));
}

/** The relay's answer; what comes behind it stays unread. */
export async function readAnswer(end: Duplex): Promise<Message<'RelayAnswer'>> {
  const length = (await take(end, 4)).readUInt32BE(0);
  return decodeMessage('RelayAnswer', length > 0 ? await take(end, length) : Buffer.alloc(0));
}

/** The code with which the relay refused an end. */
export async function refusal(end: Duplex): Promise<string | undefined> {
  return (await readAnswer(end)).problem?.code;
}

/** Exactly so many bytes. */
export async function take(end: Duplex, bytes: number): Promise<Buffer> {
  for (;;) {
    const chunk: Buffer | null = end.read(bytes);
    if (chunk?.length === bytes) return chunk;
    if (end.errored) throw end.errored;
    if (chunk || end.readableEnded || end.destroyed) throw new Error('the stream ended too soon');
    const stop = new AbortController();
    try {
      await Promise.race([once(end, 'readable', stop), once(end, 'close', stop)]);
    } finally {
      stop.abort();
    }
  }
}

/** How a stream ends: 'end' after its last byte, or 'broken'. Reads and drops what comes before. */
export function ending(end: Duplex): Promise<'end' | 'broken'> {
  return new Promise((resolve) => {
    end.on('end', () => resolve('end'));
    end.on('error', () => resolve('broken'));
    end.on('close', () => resolve(end.readableEnded ? 'end' : 'broken'));
    if (end.destroyed) resolve(end.errored ? 'broken' : 'end');
    end.resume();
  });
}

/** Breaks a connection, as a crash or a lost network does. */
export function crash(end: Duplex): void {
  if (end instanceof WebSocketStream) end.ws.terminate();
  else (end as Socket).resetAndDestroy();
}
