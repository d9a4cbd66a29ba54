// SPDX-License-Identifier: Apache-2.0
// A worker's way to the session for a WebSocket: a request asks for it, and a BroadcastChannel leads there and back.

import { SAY_PATH } from '../shared/bridge.ts';
import type { FromSocket, SocketChoice, SocketPort, SocketWish, ToSocket } from '../shared/socket-messages.ts';

const ask = globalThis.fetch; // the site may bring another

/** Asks the session for it. Where the worker's policy (`connect-src`) forbids the request, the WebSocket fails, as it would itself. */
export function askByRequest(wish: SocketWish): SocketPort {
  const name = `porthole-socket-${crypto.randomUUID()}`;
  const channel = new BroadcastChannel(name);
  const over = new AbortController();
  let waiting: ToSocket[] | null = [];
  const port: SocketPort = {
    onmessage: null,
    postMessage(message: ToSocket) {
      if (waiting) waiting.push(message);
      else channel.postMessage(message);
    },
    close() {
      over.abort();
      // What was said last is on its way first.
      setTimeout(() => channel.close());
    },
  };
  channel.onmessage = ({ data }: MessageEvent<FromSocket>) => {
    if (data.is === 'here') {
      if (!waiting) return; // another session heard of it, too
      channel.postMessage({ is: 'chosen', session: data.session } satisfies SocketChoice);
      for (const message of waiting) channel.postMessage(message);
      waiting = null;
    }
    if (!waiting) hear(data);
  };
  const hear = (data: FromSocket): void => port.onmessage?.(new MessageEvent('message', { data }));
  const query = new URLSearchParams({ socket: JSON.stringify(wish), channel: name });
  ask(`${origin}${SAY_PATH}?${query}`, { method: 'HEAD', cache: 'no-store', signal: over.signal }).catch(() => {
    if (!over.signal.aborted) hear({ is: 'closed', code: 1006, reason: '', clean: false });
  });
  return port;
}
