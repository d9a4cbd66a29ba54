// SPDX-License-Identifier: Apache-2.0
// How windows reach the session worker: each connects to a SharedWorker; any other worker has one window, which sends a port.
// A carrier, which runs the same script, has no session: it passes on what comes in a window's data channels.

import { serveChannel } from '../../../transport/rtc/channel-port.ts';
import { CARRIER_NAME, type ChannelMessage } from '../shared/session-messages.ts';
import type { Tabs } from './tabs.ts';

/** What of a worker's scope is used, whichever it is. */
const scope = globalThis as unknown as {
  readonly name: string;
  onconnect?: ((event: MessageEvent) => void) | null;
  onmessage: ((event: MessageEvent<ChannelMessage | 'connect'>) => void) | null;
};

/**
 * Takes windows in.
 * @param run starts the session, where there is to be one
 */
export function listen(run: () => Tabs): void {
  const tabs = scope.name === CARRIER_NAME ? null : run();
  const connect = ({ ports: [port] }: MessageEvent): void => {
    if (port) tabs?.connect(port);
  };
  if ('onconnect' in scope) scope.onconnect = connect;
  else {
    scope.onmessage = (event) => {
      if (event.data === 'connect') connect(event);
      else serveChannel(event.data.channel, event.data.port);
    };
  }
}
