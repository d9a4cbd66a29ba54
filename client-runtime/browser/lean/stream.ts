// SPDX-License-Identifier: Apache-2.0
// In a page, what simple-peer is a stream of: its events. Messages do not pass through it (data-channel-peer.ts), so it carries none.

import { Emitter } from '@socket.io/component-emitter';

// biome-ignore lint/suspicious/noExplicitAny: any event, with anything
type Events = Record<string, (...args: any[]) => void>;

export class Duplex extends Emitter<Events, Events> {
  readonly _readableState = { ended: true };
  readonly _writableState = { finished: true };

  // biome-ignore lint/complexity/noUselessConstructor: an emitter that is given an object takes that one's place
  constructor() {
    super();
  }
}
