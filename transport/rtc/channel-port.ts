// SPDX-License-Identifier: Apache-2.0
// A data channel used through a MessagePort: one end owns the channel, the other uses it as its own. Bytes are transferred, not copied.

/** Bytes taken by the channel before the other end is told: it need not hear of each message. */
const TELL_BYTES = 16 * 1024;
/** Milliseconds between looks at a channel that is full, so that the other end sees it move. */
const LOOK_EVERY_MS = 250;

/** To who has the channel; messages go as they are. */
type ToHolder = string | ArrayBuffer | { readonly low: number } | { readonly close: true };
/** From who has the channel. `out`: bytes that have left it since it was opened. */
type FromHolder =
  | string
  | ArrayBuffer
  | { readonly out: number }
  | { readonly is: 'open' | 'closing' | 'closed' }
  | { readonly is: 'error'; readonly message: string };

const lengthOf = (data: string | ArrayBuffer): number => (typeof data === 'string' ? data.length : data.byteLength);

/**
 * Serves a channel to the other end of a port, for as long as it is open.
 * @param channel of which nothing has been heard yet
 */
export function serveChannel(channel: RTCDataChannel, port: MessagePort): void {
  const post = (message: FromHolder, transfer: Transferable[] = []): void => port.postMessage(message, transfer);
  let taken = 0;
  let told = 0;
  let look: ReturnType<typeof setInterval> | undefined;
  const tell = (): void => {
    const out = taken - channel.bufferedAmount;
    if (out > told) post({ out });
    told = out;
    if (channel.bufferedAmount > channel.bufferedAmountLowThreshold) look ??= setInterval(tell, LOOK_EVERY_MS);
    else {
      clearInterval(look);
      look = undefined;
    }
  };
  const over = (): void => {
    clearInterval(look);
    post({ is: 'closed' });
    port.onmessage = null;
  };
  channel.binaryType = 'arraybuffer';
  channel.onopen = () => post({ is: 'open' });
  channel.onclosing = () => post({ is: 'closing' });
  channel.onclose = over;
  channel.onerror = (event) => post({ is: 'error', message: (event as RTCErrorEvent).error?.message ?? 'the channel failed' });
  channel.onbufferedamountlow = tell;
  channel.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => post(data, typeof data === 'string' ? [] : [data]);
  port.onmessage = ({ data }: MessageEvent<ToHolder>) => {
    if (typeof data === 'object' && 'low' in data) channel.bufferedAmountLowThreshold = data.low;
    else if (typeof data === 'object' && 'close' in data) channel.close();
    else {
      try {
        channel.send(data as string);
      } catch (error) {
        post({ is: 'error', message: (error as Error).message });
        channel.close();
        return over();
      }
      taken += lengthOf(data);
      if (taken - told >= TELL_BYTES) tell();
    }
  };
  if (channel.readyState === 'open') post({ is: 'open' });
  if (channel.readyState === 'closed') over();
}

/** The channel that somebody else has, as far as the data channel's Connection and simple-peer use one. */
export class PortChannel {
  readyState: RTCDataChannelState = 'connecting';
  binaryType: BinaryType = 'arraybuffer';
  onopen: (() => void) | null = null;
  onclosing: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: ((event: { readonly error: Error }) => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onbufferedamountlow: (() => void) | null = null;
  readonly label: string;
  readonly #port: MessagePort;
  #given = 0;
  #out = 0;
  #low = 0;

  constructor(label: string, port: MessagePort) {
    this.label = label;
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromHolder>) => this.#heard(data);
  }

  /** Bytes that were given and have not left the channel, as far as was told. */
  get bufferedAmount(): number {
    return this.#given - this.#out;
  }

  get bufferedAmountLowThreshold(): number {
    return this.#low;
  }
  set bufferedAmountLowThreshold(low: number) {
    this.#low = low;
    this.#post({ low });
  }

  /**
   * @param data bytes are the channel's from here on
   * @throws Error when it is not open
   */
  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.readyState !== 'open') throw new Error(`the channel is ${this.readyState}`);
    this.#given += data.length;
    if (typeof data === 'string') return this.#post(data);
    const whole = data.byteLength === data.buffer.byteLength ? data.buffer : data.slice().buffer;
    this.#post(whole, [whole]);
  }

  close(): void {
    if (this.readyState === 'closed') return;
    this.#post({ close: true });
    if (this.readyState !== 'closing') this.readyState = 'closing';
  }

  /** Who has the channel is gone. */
  lost(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.#port.close();
    this.onclose?.();
  }

  #heard(message: FromHolder): void {
    if (this.readyState === 'closed') return;
    if (typeof message === 'string' || message instanceof ArrayBuffer) this.onmessage?.({ data: message });
    else if ('out' in message) {
      const before = this.bufferedAmount;
      this.#out = message.out;
      if (before > this.#low && this.bufferedAmount <= this.#low) this.onbufferedamountlow?.();
    } else if (message.is === 'open') {
      this.readyState = 'open';
      this.onopen?.();
    } else if (message.is === 'closing') {
      this.readyState = 'closing';
      this.onclosing?.();
    } else if (message.is === 'error') this.onerror?.({ error: new Error(message.message) });
    else this.lost();
  }

  #post(message: ToHolder, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
