// SPDX-License-Identifier: Apache-2.0
// TCP hole punching, as a strategy. The technique itself is in transport/nat/punch/.

import { ownAddresses } from '../nat/addresses.ts';
import { Ahead } from '../nat/punch/ahead.ts';
import { type Bench, punch } from '../nat/punch/attempt.ts';
import { requestFor } from '../nat/punch/learn.ts';
import type { Technique } from '../nat/punch/notes.ts';
import { chances } from '../nat/punch/plan.ts';
import { natPmp, portMapper } from '../nat/punch/port-mapper.ts';
import type { Techniques } from '../nat/punch/technique.ts';
import { techniques } from '../nat/punch/techniques.ts';
import { upnp } from '../nat/punch/upnp.ts';
import { openSockets } from '../nat/sockets/ffi.ts';
import type { TcpSockets } from '../nat/sockets/sockets.ts';
import type { Strategy, StrategyInfo } from '../strategy/strategy.ts';
import { interfacesNow } from '../system/network-node.ts';

export const TCP_PUNCH: StrategyInfo = {
  name: 'tcp-punch',
  kind: 'direct',
  cost: 1,
  needs: 'node',
  words: {
    label: 'Direct (TCP)',
    sentence: 'Straight from the computer that has this site to you.',
    adverb: 'directly (TCP)',
    noun: 'the TCP connection',
  },
};

export interface PunchOptions {
  /** Asked for when the first attempt begins. */
  readonly sockets?: () => Promise<TcpSockets>;
  /** The addresses of this machine; asked at each attempt, for networks change. */
  readonly own?: () => readonly string[];
  /** All of them, unless told (`only`). */
  readonly techniques?: Techniques;
  /** Whether addresses that need no punch are told and tried, too; true unless told. */
  readonly direct?: boolean;
  readonly random?: () => number;
}

/** TCP hole punching as a Strategy. */
export function tcpPunch(options: PunchOptions = {}): Strategy {
  const { direct = true, sockets = openSockets, own = () => ownAddresses(interfacesNow() ?? {}), random = Math.random } = options;
  const all = options.techniques ?? techniques(portMapper([natPmp(), upnp()]));
  const names = Object.keys(all) as Technique[];
  const ahead = new Ahead(random);
  const birthdays: Bench['birthdays'] = new Set();
  let opened: Promise<TcpSockets> | null = null;
  return {
    ...TCP_PUNCH,
    suits: (self, peer) => chances(self, peer, 'caller', { techniques: names, direct }),
    prepare(call, signal) {
      opened ??= sockets();
      // What is not ready is learned in the call.
      void opened
        .then(async (with_) => {
          const addresses = own();
          const request = await requestFor(call, with_, addresses, 4, signal);
          if (!signal.aborted && !addresses.includes(request.outsideIp)) ahead.prepare(request);
        })
        .catch(() => {});
    },
    async attempt(call, signal) {
      signal.throwIfAborted();
      opened ??= sockets();
      return punch({ sockets: await opened, own: own(), techniques: all, direct, random, ahead, birthdays }, call, TCP_PUNCH.name, signal);
    },
  };
}
