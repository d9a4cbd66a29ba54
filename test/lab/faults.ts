// SPDX-License-Identifier: Apache-2.0
// What a line does beside being slow: for a while nothing comes through, or nothing but short packets.

/** Ruleset by which a box lets nothing through, either way: before anything else is decided. */
export const STALL = `table inet stalled {
  chain passing { type filter hook forward priority filter - 100; policy drop; }
}
`;
/** Takes it away. */
export const FLOW = 'delete table inet stalled\n';

/** A cable that carries only short packets, and no fragment. */
export interface Narrow {
  /** Bytes of the longest packet, with IP's head. */
  readonly mtu: number;
  /** Whether those who send longer ones are told (ICMP's Fragmentation Needed); else they are dropped in silence: a black hole. */
  readonly told: boolean;
}

/**
 * The commands that make one end of a cable narrow. What fragments are dropped, or long packets, is decided where they arrive:
 * what leaves has not been cut yet where the ruleset sees it.
 * @param load the command that loads a ruleset in its namespace
 */
export function narrowing(
  { namespace, device }: { namespace: string; device: string },
  narrow: Narrow,
  load: (rules: string) => string,
): string {
  const { mtu, told } = narrow;
  const rules = `table netdev narrow {
  chain arriving {
    type filter hook ingress device "${device}" priority -500; policy accept;
    ip frag-off & 0x3fff != 0 drop
    ip length > ${mtu} drop
    ip6 length > ${mtu - 40} drop
    ip6 nexthdr 44 drop
  }
}
`;
  return [load(rules), ...(told ? [`ip -netns ${namespace} link set ${device} mtu ${mtu}`] : [])].join('\n');
}
