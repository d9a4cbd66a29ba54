// SPDX-License-Identifier: Apache-2.0
// A worker's wish for a WebSocket, which came by a request: more than one session may have got it, and the worker chooses one.

import type { FromSocket, SocketChoice, SocketPort } from '../shared/socket-messages.ts';

/** Milliseconds that a worker has to choose: it hears of a session at once, unless it is busy or gone. */
export const CHOSEN_WITHIN_MS = 60_000;

/**
 * Tells a worker on its channel that this session has heard it.
 * @param name the channel's
 * @param run is called with the channel when the worker has chosen this session
 */
export function onceChosen(name: string, session: string, run: (port: SocketPort) => void): void {
  const channel = new BroadcastChannel(name);
  const late = setTimeout(() => channel.close(), CHOSEN_WITHIN_MS);
  channel.onmessage = ({ data }: MessageEvent<SocketChoice | FromSocket>) => {
    if (data.is !== 'chosen') return; // another session's word to the worker
    clearTimeout(late);
    if (data.session === session) run(held(channel));
    else channel.close();
  };
  channel.postMessage({ is: 'here', session } satisfies FromSocket);
}

/** A channel that keeps what comes until somebody listens, as a MessagePort does. */
function held(channel: BroadcastChannel): SocketPort {
  const early: MessageEvent[] = [];
  channel.onmessage = (event) => early.push(event);
  return {
    set onmessage(listen: (event: MessageEvent) => void) {
      channel.onmessage = listen;
      queueMicrotask(() => {
        for (const event of early.splice(0)) listen(event);
      });
    },
    postMessage: (message) => channel.postMessage(message),
    close: () => channel.close(),
  };
}
