// SPDX-License-Identifier: Apache-2.0
// A page's WebSocket, in the session's worker: the frames of a tunnel to the site, and the messages of a port to the page.

import type { Connecting, Tunnel } from '../../../transport/session/tunnel.ts';
import type { Post } from '../shared/bridge.ts';
import { onEnd } from '../shared/lives.ts';
import { type FromSocket, SOCKET_WINDOW_BYTES, type SocketPort, type SocketWish, type ToSocket } from '../shared/socket-messages.ts';
import { closeContent, FrameFault, FrameReader, frame, type Heard, NO_STATUS, OPCODE } from './frames.ts';

/** Milliseconds that the other end has to close what this one has closed, or to take a close (RFC 6455 section 7.1.1). */
const CLOSE_WITHIN_MS = 10_000;
/** What stands for a connection that ended without a close; it is never sent (section 7.4.1). */
const ABNORMAL = 1006;
const WEB_SOCKET_VERSION = '13';

/** What a WebSocket stands on. */
export interface SocketGround {
  connect(request: Connecting): Promise<Tunnel>;
  /** The Cookie field for a path; empty for none. */
  cookieFor(path: string): string;
  /** Keeps the cookies of an answer. */
  cookiesFrom(fields: readonly string[], path: string): void;
  /** Told when it is over. */
  over(): void;
}

export class SiteSocket {
  readonly #port: SocketPort;
  readonly #wish: SocketWish;
  readonly #ground: SocketGround;
  readonly #post: Post<FromSocket>;
  readonly #gone = new AbortController();
  readonly #frames = new FrameReader();
  #writer: WritableStreamDefaultWriter<Uint8Array> | null = null;
  /** Bytes that the page has not taken yet. */
  #untaken = 0;
  #taken: () => void = () => undefined;
  #closeSent = false;
  #closeHeard = false;
  /** Content of the newest ping that is not answered yet. */
  #ping: Uint8Array | null = null;
  #ponging = false;
  #over = false;

  /** @param port leads to the page */
  constructor(port: SocketPort, wish: SocketWish, ground: SocketGround) {
    this.#port = port;
    this.#wish = wish;
    this.#ground = ground;
    this.#post = (message, transfer = []) => port.postMessage(message, transfer);
    port.onmessage = ({ data }: MessageEvent<ToSocket>) => this.#said(data);
    onEnd(wish.life, () => this.#fail(), this.#gone.signal);
    void this.#run().catch(() => this.#fail());
  }

  async #run(): Promise<void> {
    const { url, protocols } = this.#wish;
    const { pathname, search } = new URL(url);
    const { host, origin } = location;
    const cookie = this.#ground.cookieFor(pathname);
    const headers: [string, string][] = [
      ['origin', origin],
      ['user-agent', navigator.userAgent],
      ['accept-language', navigator.languages.join(',')],
      ['cache-control', 'no-cache'],
      ['sec-websocket-version', WEB_SOCKET_VERSION],
    ];
    if (protocols.length > 0) headers.push(['sec-websocket-protocol', protocols.join(', ')]);
    if (cookie !== '') headers.push(['cookie', cookie]);
    const asked = { target: pathname + search, authority: host, headers, protocol: 'websocket', signal: this.#gone.signal };
    const { status, headers: fields, readable, writable } = await this.#ground.connect(asked);
    this.#ground.cookiesFrom(fields.getSetCookie(), pathname);
    const protocol = fields.get('sec-websocket-protocol') ?? '';
    // What was not asked for may not be answered with (RFC 6455 section 4.1).
    if (status !== 200 || (protocol !== '' && !protocols.includes(protocol)) || fields.get('sec-websocket-extensions')) return this.#fail();
    if (this.#over) return;
    this.#writer = writable.getWriter();
    this.#post({ is: 'open', protocol });
    await this.#read(readable);
  }

  async #read(readable: ReadableStream<Uint8Array>): Promise<void> {
    const reader = readable.getReader();
    try {
      while (!this.#over) {
        while (this.#untaken > SOCKET_WINDOW_BYTES && !this.#over) await new Promise<void>((resolve) => (this.#taken = resolve));
        const { done, value } = await reader.read();
        if (done) break;
        for (const heard of this.#frames.push(value)) this.#heard(heard);
      }
    } catch (error) {
      if (error instanceof FrameFault && !this.#closeSent) {
        this.#closeSent = true;
        await soon(this.#send(OPCODE.close, closeContent(error.code, '')));
      }
    }
    // A server may end its direction right behind its close, while the answer to that is still being written: that is no failure.
    if (!this.#closeHeard) this.#fail();
  }

  #heard(heard: Heard): void {
    if (heard.is === 'message') {
      const { data } = heard;
      const bytes = typeof data === 'string' ? data.length : data.byteLength;
      this.#untaken += bytes;
      if (typeof data === 'string') this.#post({ is: 'message', data, bytes });
      else this.#post({ is: 'message', data: data.buffer, bytes }, [data.buffer]);
    } else if (heard.is === 'ping') {
      this.#ping = heard.data;
      if (!this.#ponging) void this.#pong();
    } else if (heard.is === 'close') void this.#closed(heard.code, heard.reason);
  }

  /**
   * Answers the newest ping, and those that came before it not at all if they still wait (RFC 6455 section 5.5.3): a server that
   * pings and does not read would otherwise fill the memory with what is to go to it.
   */
  async #pong(): Promise<void> {
    this.#ponging = true;
    while (this.#ping && !this.#closeHeard && !this.#over) {
      const data = this.#ping;
      this.#ping = null;
      await this.#send(OPCODE.pong, data);
    }
    this.#ponging = false;
  }

  /** The server has closed it: it is answered, and over (RFC 6455 section 5.5.1), also if the server does not read the answer. */
  async #closed(code: number, reason: string): Promise<void> {
    this.#closeHeard = true;
    if (!this.#closeSent) {
      this.#post({ is: 'closing' });
      this.#closeSent = true;
      void this.#send(OPCODE.close, closeContent(code === NO_STATUS ? undefined : code, ''));
    }
    const answered = await soon(this.#writer?.close().catch(() => undefined)); // behind all that was written
    this.#end(code, reason, true);
    if (!answered) this.#gone.abort(); // it has had its time
  }

  /** The page says something. */
  #said(message: ToSocket): void {
    if (message.is === 'took') {
      this.#untaken -= message.bytes;
      this.#taken();
    } else if (message.is === 'send') {
      const text = typeof message.data === 'string';
      const content = text ? new TextEncoder().encode(message.data as string) : new Uint8Array(message.data as ArrayBuffer);
      void this.#send(text ? OPCODE.text : OPCODE.binary, content).then(() => this.#post({ is: 'sent', bytes: content.length }));
    } else if (!this.#writer) this.#fail();
    else if (!this.#closeSent) {
      this.#closeSent = true;
      void this.#send(OPCODE.close, closeContent(message.code, message.reason));
      setTimeout(() => this.#closeHeard || this.#fail(), CLOSE_WITHIN_MS);
    }
  }

  /** The same page wants it anew. */
  drop(): void {
    this.#fail();
  }

  /** Sends a frame. Resolves when it is on its way, or never will be. */
  async #send(opcode: number, content: Uint8Array): Promise<void> {
    await this.#writer?.write(frame(opcode, content, crypto.getRandomValues(new Uint8Array(4)))).catch(() => undefined);
  }

  /** It ends without a close of the server's. */
  #fail(): void {
    this.#end(ABNORMAL, '', false);
  }

  #end(code: number, reason: string, clean: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#ground.over();
    this.#taken();
    this.#post({ is: 'closed', code, reason, clean });
    this.#port.close();
    // What the server still has to do is end its direction; then, or if it does not, both are broken off.
    if (clean) setTimeout(() => this.#gone.abort(), CLOSE_WITHIN_MS);
    else this.#gone.abort();
  }
}

/**
 * Waits for what the other end may hold up for ever, and for no longer than it has to close.
 * @returns whether it came about
 */
async function soon(sent: Promise<void> | undefined): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), CLOSE_WITHIN_MS);
  });
  const inTime = await Promise.race([Promise.resolve(sent).then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
