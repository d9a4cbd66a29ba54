// SPDX-License-Identifier: Apache-2.0
// The WebSocket class of pages and workers (WHATWG WebSockets): to the site's own origin through the session, to others the platform's own.

import { live, onEnd } from '../shared/lives.ts';
import type { FromSocket, SocketPort, SocketWish, ToSocket } from '../shared/socket-messages.ts';
import { handler } from './event-handler.ts';

/** Milliseconds before a session that has not heard is asked once more: its worker may just have ended. */
const HEARD_WITHIN_MS = 3_000;
/** Bytes of UTF-8 that a reason may have. */
const MAX_REASON_BYTES = 123;

/** Takes a wish to the session. @returns what leads there: what is said on it before the session has heard of it is kept for then */
export type Ask = (wish: SocketWish) => SocketPort;

const EVENTS = ['open', 'message', 'error', 'close'] as const;
const STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

/** Puts the class in the place of the platform's. */
export function ownSockets(ask: Ask): void {
  const Native = globalThis.WebSocket;
  const life = crypto.randomUUID();
  let lives: Promise<void> | undefined;

  let isOwn: (it: object) => boolean = () => false;

  class OwnSocket extends EventTarget {
    static {
      isOwn = (it) => #port in it;
    }

    readonly url: string;
    readonly extensions = '';
    protocol = '';
    readyState: number = STATES.CONNECTING;
    bufferedAmount = 0;
    #binaryType: BinaryType = 'blob';
    #port: SocketPort = new MessageChannel().port1;
    /** What a Blob has in it is known later, and goes in its turn. */
    #turn: Promise<void> | null = null;
    readonly #over = new AbortController();

    constructor({ href }: URL, protocols: readonly string[]) {
      super();
      this.url = href;
      lives ??= live(life);
      const wish: SocketWish = { id: crypto.randomUUID(), url: href, protocols, life };
      void lives.then(() => this.#ask(wish));
    }

    #ask(wish: SocketWish): void {
      if (this.readyState === STATES.CLOSED) return;
      const port = ask(wish);
      this.#port = port;
      const again = setTimeout(() => {
        port.close();
        this.#ask(wish);
      }, HEARD_WITHIN_MS);
      port.onmessage = ({ data }: MessageEvent<FromSocket>) => {
        clearTimeout(again);
        this.#heard(data);
      };
      if (this.readyState === STATES.CLOSING) this.#say({ is: 'close', reason: '' });
    }

    get binaryType(): BinaryType {
      return this.#binaryType;
    }
    set binaryType(type: BinaryType) {
      if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type;
    }

    send(given: string | Blob | BufferSource): void {
      if (this.readyState === STATES.CONNECTING) throw new DOMException('The WebSocket is still connecting.', 'InvalidStateError');
      const data = given instanceof Blob || given instanceof ArrayBuffer || ArrayBuffer.isView(given) ? given : String(given);
      const bytes = typeof data === 'string' ? new TextEncoder().encode(data).length : 'size' in data ? data.size : data.byteLength;
      this.bufferedAmount += bytes;
      if (this.readyState !== STATES.OPEN) return;
      const copy = data instanceof Blob ? data.arrayBuffer() : typeof data === 'string' ? data.toWellFormed() : bytesOf(data);
      if (this.#turn === null && !(copy instanceof Promise)) this.#sendNow(copy);
      else this.#inTurn(async () => this.#sendNow(await copy));
    }

    close(code?: number, reason = ''): void {
      if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999))
        throw new DOMException(`${code} is neither 1000 nor from 3000 to 4999.`, 'InvalidAccessError');
      if (new TextEncoder().encode(reason).length > MAX_REASON_BYTES)
        throw new DOMException(`A reason has ${MAX_REASON_BYTES} bytes at the most.`, 'SyntaxError');
      if (this.readyState >= STATES.CLOSING) return;
      this.readyState = STATES.CLOSING;
      this.#inTurn(async () => this.#say({ is: 'close', code: code ?? (reason ? 1000 : undefined), reason }));
    }

    /** After all that was to be sent before. */
    #inTurn(run: () => Promise<void>): void {
      const turn = (this.#turn ?? Promise.resolve()).then(run).catch(() => undefined);
      this.#turn = turn;
      void turn.then(() => {
        if (this.#turn === turn) this.#turn = null;
      });
    }

    #sendNow(data: string | ArrayBuffer): void {
      this.#say({ is: 'send', data }, typeof data === 'string' ? [] : [data]);
    }

    #say(message: ToSocket, transfer: Transferable[] = []): void {
      this.#port.postMessage(message, transfer);
    }

    #heard(message: FromSocket): void {
      switch (message.is) {
        case 'here':
          onEnd(message.session, () => this.#closed(1006, '', false), this.#over.signal);
          break;
        case 'open':
          if (this.readyState !== STATES.CONNECTING) break;
          this.readyState = STATES.OPEN;
          this.protocol = message.protocol;
          this.dispatchEvent(new Event('open'));
          break;
        case 'message': {
          this.#say({ is: 'took', bytes: message.bytes });
          if (this.readyState !== STATES.OPEN) break;
          const { data } = message;
          const given = typeof data === 'string' || this.#binaryType === 'arraybuffer' ? data : new Blob([data]);
          this.dispatchEvent(new MessageEvent('message', { data: given, origin: new URL(this.url).origin }));
          break;
        }
        case 'sent':
          this.bufferedAmount -= message.bytes;
          break;
        case 'closing':
          this.readyState = STATES.CLOSING;
          break;
        case 'closed':
          this.#closed(message.code, message.reason, message.clean);
          break;
      }
    }

    #closed(code: number, reason: string, wasClean: boolean): void {
      if (this.readyState === STATES.CLOSED) return;
      this.readyState = STATES.CLOSED;
      this.#over.abort();
      this.#port.close();
      if (!wasClean) this.dispatchEvent(new Event('error'));
      this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean }));
    }
  }

  for (const on of [OwnSocket, OwnSocket.prototype])
    for (const [name, value] of Object.entries(STATES)) Object.defineProperty(on, name, { value, enumerable: true });
  for (const type of EVENTS) handler(OwnSocket.prototype, type);
  standIn(OwnSocket.prototype, Native.prototype, isOwn);
  Object.defineProperty(OwnSocket, 'name', { value: 'WebSocket' });
  Object.defineProperty(OwnSocket.prototype, Symbol.toStringTag, { value: 'WebSocket', configurable: true });
  const either = new Proxy(OwnSocket, {
    construct(own, [url, protocols = []], as) {
      const to = addressOf(url);
      const list = protocolsOf(protocols);
      // Either is what was constructed: of a class of the page's that extends this one, too.
      return Reflect.construct(to.host === ownHost() ? own : Native, [to, list], as);
    },
  });
  Object.defineProperty(OwnSocket.prototype, 'constructor', { value: either, configurable: true, writable: true });
  Object.defineProperty(globalThis, 'WebSocket', { value: either, configurable: true, writable: true });
}

/**
 * Makes a prototype do for the platform's objects, too: what both have does as before for its own, and as the platform's for all
 * others, and what its own objects have as properties of themselves is inherited.
 */
function standIn(prototype: object, native: object, isOwn: (it: object) => boolean): void {
  Object.setPrototypeOf(prototype, native);
  for (const name of ['send', 'close', 'binaryType']) {
    const [ours, theirs] = [prototype, native].map((one) => Object.getOwnPropertyDescriptor(one, name));
    if (ours && theirs) Object.defineProperty(prototype, name, { ...theirs, ...eitherOf(ours, theirs, isOwn) });
  }
}

/** The functions of a property, each for the objects that it can be called on. */
function eitherOf(ours: PropertyDescriptor, theirs: PropertyDescriptor, isOwn: (it: object) => boolean): PropertyDescriptor {
  const found: PropertyDescriptor = {};
  for (const part of ['value', 'get', 'set'] as const) {
    const [own, native] = [ours[part], theirs[part]];
    if (own && native)
      found[part] = function (this: object, ...given: unknown[]) {
        return Reflect.apply(isOwn(this) ? own : native, this, given);
      };
  }
  return found;
}

/** The site's, with its port; also in a worker of a blob, which has none in its own address. */
const ownHost = (): string => (URL.canParse(origin) ? new URL(origin).host : '');

/** @throws DOMException SyntaxError for what is no address of a WebSocket */
function addressOf(url: string | URL): URL {
  const base = globalThis.document?.baseURI ?? location.href;
  const to = URL.canParse(url, base) ? new URL(url, base) : null;
  if (to && /^https?:$/.test(to.protocol)) to.protocol = to.protocol.replace('http', 'ws');
  if (!to || !/^wss?:$/.test(to.protocol) || to.href.includes('#'))
    throw new DOMException(`${url} is no address of a WebSocket.`, 'SyntaxError');
  return to;
}

/** @throws DOMException SyntaxError for what are no names of protocols, or one twice */
function protocolsOf(given: string | string[]): string[] {
  const list = typeof given === 'string' ? [given] : Array.from(given, String);
  const wrong = list.some((one) => !/^[!#$%&'*+.^`|~\w-]+$/.test(one)) || new Set(list).size < list.length;
  if (wrong) throw new DOMException(`${list} are no protocols.`, 'SyntaxError');
  return list;
}

function bytesOf(data: BufferSource): ArrayBuffer {
  const view = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
  return view.slice().buffer as ArrayBuffer;
}
