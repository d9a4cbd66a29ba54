// SPDX-License-Identifier: Apache-2.0
// TCP hole punching: the strategy. How it is done is in transport/punch/.

import { networkInterfaces } from 'node:os';
import { ownAddresses } from '../punch/addresses.ts';
import { type Bench, punch } from '../punch/attempt.ts';
import { chances } from '../punch/plan.ts';
import { portMapper } from '../punch/port-mapper.ts';
import { techniques } from '../punch/techniques/index.ts';
import { openSockets } from '../sockets/open.ts';
import type { TcpSockets } from '../sockets/sockets.ts';
import type { Strategy } from '../strategy.ts';

const NAME = 'tcp-punch';

export interface PunchOptions {
  /** Asked for when the first attempt begins. */
  readonly sockets?: () => Promise<TcpSockets>;
  /** The addresses of this machine; asked at each attempt, for networks change. */
  readonly own?: () => readonly string[];
  readonly techniques?: Bench['techniques'];
  /** From 0 up to 1. */
  readonly random?: () => number;
}

/** TCP hole punching as a Strategy. */
export function tcpPunch(options: PunchOptions = {}): Strategy {
  const { sockets = openSockets, own = () => ownAddresses(networkInterfaces()), random = Math.random } = options;
  const all = options.techniques ?? techniques(portMapper());
  const birthdays: Bench['birthdays'] = new Set();
  let opened: Promise<TcpSockets> | null = null;
  return {
    name: NAME,
    suits: (self, peer) => chances(self, peer, 'caller'),
    async attempt(call, signal) {
      signal.throwIfAborted();
      opened ??= sockets();
      return punch({ sockets: await opened, own: own(), techniques: all, random, birthdays }, call, NAME, signal);
    },
  };
}
