// SPDX-License-Identifier: Apache-2.0
// How windows reach this worker: a SharedWorker is connected to by each, another has one window, which sends a port.

import { serveChannel } from '../../../transport/rtc/channel-port.ts';
import type { ChannelMessage } from './messages.ts';
import type { Tabs } from './tabs.ts';

/** What of a worker's scope is used, whichever it is. */
const scope = globalThis as unknown as {
  onconnect?: ((event: MessageEvent) => void) | null;
  onmessage: ((event: MessageEvent<ChannelMessage | 'connect'>) => void) | null;
};

/** Takes windows in. */
export function listen(tabs: Tabs): void {
  const connect = ({ ports: [port] }: MessageEvent): void => {
    if (port) tabs.connect(port);
  };
  if ('onconnect' in scope) scope.onconnect = connect;
  else {
    scope.onmessage = (event) => {
      if (event.data === 'connect') connect(event);
      else serveChannel(event.data.channel, event.data.port);
    };
  }
}
