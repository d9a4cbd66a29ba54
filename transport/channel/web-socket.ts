// SPDX-License-Identifier: Apache-2.0
// A WebSocket as a byte pipe: binary messages joined are the stream, the text `end` is a FIN (RENDEZVOUS.md section 6).

import { PortholeError } from '../../proto/errors.ts';
import { MAX_RELAY_MESSAGE_BYTES } from '../../proto/limits.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import type { BytePipe, PipeEvents } from './byte-pipe.ts';
import { joined } from './join.ts';

/** Bytes in the socket below which a waiting writer goes on. */
const LOW_WATER_BYTES = 128 * 1024;
/** How often a full socket is looked at, in milliseconds: browsers tell of room in no other way. */
const POLL_MS = 4;
/** The text message that finishes a direction. */
const END = 'end';

/** An open WebSocket nobody listens to yet, as a byte pipe. A browser cannot pause one: the session's credit bounds what comes. */
export function webSocketPipe(socket: WebSocket, clock: Clock = systemClock): BytePipe {
  let events: PipeEvents | null = null;
  let batch: Uint8Array[] = [];
  let batched = 0;
  let finished = false;
  let peerFinished = false;

  const flush = (): void => {
    if (batched === 0) return;
    const bytes = batch.length === 1 ? (batch[0] as Uint8Array) : joined(batch);
    batch = [];
    batched = 0;
    if (socket.readyState === WebSocket.OPEN) socket.send(bytes as Uint8Array<ArrayBuffer>);
  };
  const leaveWhenDone = (): void => {
    if (finished && peerFinished) socket.close(1000);
  };

  return {
    start(to) {
      events = to;
      socket.binaryType = 'arraybuffer';
      socket.onmessage = ({ data }) => {
        if (data === END) {
          peerFinished = true;
          events?.ended();
          leaveWhenDone();
        } else if (typeof data !== 'string') events?.data(new Uint8Array(data as ArrayBuffer));
      };
      socket.onclose = () => events?.broken(new PortholeError('PATH_LOST', 'the WebSocket was closed'));
      if (socket.readyState > WebSocket.OPEN) to.broken(new PortholeError('PATH_LOST', 'the WebSocket was closed'));
    },
    write(pieces) {
      const bytes = joined(pieces);
      if (batched + bytes.length > MAX_RELAY_MESSAGE_BYTES) flush();
      if (batched === 0) queueMicrotask(flush);
      batch.push(bytes);
      batched += bytes.length;
    },
    flush,
    get queued() {
      return batched + socket.bufferedAmount;
    },
    onceDrained(run) {
      const look = (): void => {
        if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > LOW_WATER_BYTES) clock.after(POLL_MS, look);
        else run();
      };
      clock.after(POLL_MS, look);
    },
    pause() {},
    resume() {},
    resent: 0,
    end() {
      flush();
      finished = true;
      if (socket.readyState === WebSocket.OPEN) socket.send(END);
      leaveWhenDone();
    },
    destroy() {
      events = null;
      if (socket.readyState < WebSocket.CLOSING) socket.close(4000);
    },
  };
}

/**
 * Opens a WebSocket.
 * @throws PortholeError PATH_LOST, or the signal's reason
 */
export function dialWebSocket(url: string, signal?: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const socket = new WebSocket(url);
    const done = (settle: () => void): void => {
      signal?.removeEventListener('abort', stop);
      socket.onopen = socket.onerror = socket.onclose = null;
      settle();
    };
    const stop = (): void => {
      done(() => reject(signal?.reason));
      socket.close();
    };
    socket.onopen = () => done(() => resolve(socket));
    socket.onerror = socket.onclose = () => done(() => reject(new PortholeError('PATH_LOST', `no WebSocket to ${new URL(url).host}`)));
    signal?.addEventListener('abort', stop, { once: true });
  });
}
