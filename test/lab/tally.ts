// SPDX-License-Identifier: Apache-2.0
// Counts the packets of a place's exam by the kernel's own counters: all but the connection to the suite's rendezvous port.

import type { Lab } from './lab.ts';
import { SUITE_PORT } from './stage.ts';

/** How many packets passed since the count began. */
export interface Packets {
  /** What the end itself sent. */
  readonly sent: number;
  /** What passed its line to the provider, both ways: also what its NAT answered, or dropped. */
  readonly line: number;
}

/** Both ways of some devices. Multicast is how a network finds its routers, and ICMPv6 how it finds its neighbours. */
const rules = (device: string): string => `table inet tally {
  counter leaving { }
  counter arriving { }
  chain leaving {
    type filter hook postrouting priority 400
    oifname ${device} tcp dport != ${SUITE_PORT} ip daddr != 224.0.0.0/4 counter name leaving
    oifname ${device} tcp dport != ${SUITE_PORT} ip6 daddr != ff00::/8 counter name leaving
    oifname ${device} meta l4proto { udp, icmp } ip daddr != 224.0.0.0/4 counter name leaving
  }
  chain arriving {
    type filter hook prerouting priority -400
    iifname ${device} tcp sport != ${SUITE_PORT} counter name arriving
    iifname ${device} meta l4proto { udp, icmp } ip daddr != 224.0.0.0/4 counter name arriving
  }
}
`;

interface Listed {
  readonly nftables: readonly { readonly counter?: { readonly name: string; readonly packets: number } }[];
}

export class Tally {
  readonly #lab: Lab;
  readonly #end: string;
  readonly #line: string;

  private constructor(lab: Lab, place: string) {
    const { namespace, boxes } = lab.place(place);
    this.#lab = lab;
    this.#end = namespace;
    this.#line = boxes.at(-1) ?? namespace;
  }

  /** Counts at a place from now on. */
  static async begin(lab: Lab, place: string): Promise<Tally> {
    const tally = new Tally(lab, place);
    await lab.nft(tally.#end, rules('!= "lo"'));
    if (tally.#line !== tally.#end) await lab.nft(tally.#line, rules('"wan"'));
    return tally;
  }

  /** What was counted since this was last asked. */
  async take(): Promise<Packets> {
    const namespaces = [...new Set([this.#end, this.#line])];
    const [end, line = end] = await Promise.all(namespaces.map((namespace) => this.#lab.nft(namespace, 'reset counters')));
    const of = (text: string | undefined): Record<string, number> =>
      Object.fromEntries(
        (JSON.parse(text ?? '') as Listed).nftables.flatMap(({ counter }) => (counter ? [[counter.name, counter.packets]] : [])),
      );
    const [own, all] = [of(end), of(line)];
    return { sent: own.leaving ?? 0, line: (all.leaving ?? 0) + (all.arriving ?? 0) };
  }
}
