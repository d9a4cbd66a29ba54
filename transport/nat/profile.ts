// SPDX-License-Identifier: Apache-2.0
// What is known of an end's network: the profile of its NAT, in the words of RFC 4787 and RFC 5382.

/** An address of a transport protocol: IPv4 in dots, or IPv6 without brackets, and a port. */
export interface SocketAddress {
  readonly ip: string;
  readonly port: number;
}

/** By what of the remote address a NAT tells mappings, or lets packets in, apart (RFC 4787 sections 4.1 and 5). */
export type Behaviour = 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent';

/** How a NAT makes the outside ports of an end. */
export interface Mapping {
  /** Absent where the suite has one address only, and that one is always met from the same port. */
  readonly behaviour?: Behaviour;
  /** From one new mapping to the next: the gap between their ports. 0: one port for all; null: no pattern. */
  readonly step: number | null;
}

/** What a NAT does to an end's TCP (RFC 5382). */
export interface TcpProfile {
  readonly mapping: Mapping;
  readonly filtering?: Behaviour;
  /** What answers a SYN that nobody inside asked for (RFC 5382 section 4.3). */
  readonly unsolicited?: 'silence' | 'rst' | 'icmp' | 'accepted';
  /** Whether a SYN comes in from where one was sent to (the patent's exam "SYN-OutIn"). */
  readonly synOutSynIn?: boolean;
  /** Whether the answer to such a SYN may have a sequence number the NAT has not seen: not so where it checks windows. */
  readonly freshSequence?: boolean;
  /** Whether an ICMP Time Exceeded for a SYN closes its mapping (the patent's exam "ICMP-sensitive"). */
  readonly timeExceededCloses?: boolean;
  /** Whether a RST from outside closes the mapping of a SYN. */
  readonly resetCloses?: boolean;
  /** Hops from the end to the outermost NAT (the patent's exam "NAT-TTL"). */
  readonly hops?: number;
  /** Whether two ends inside reach each other by their outside addresses. */
  readonly hairpin?: boolean;
}

/** What a NAT does to an end's UDP (RFC 4787); null where none comes through. */
export interface UdpProfile {
  readonly mapping: Mapping;
  readonly filtering?: Behaviour;
}

/** What is known of an end's network. Words of RFC 4787 and RFC 5382; absent means not examined. */
export interface NatProfile {
  /** The address the rendezvous sees this end come from. */
  readonly observed?: SocketAddress;
  /** Whether the observed address differs from all local ones. */
  readonly behindNat?: boolean;
  /** What it does to TCP. */
  readonly tcp?: TcpProfile;
  /** Null: UDP is blocked. */
  readonly udp?: UdpProfile | null;
  /** The address the suite saw this end come from over IPv4, where the observed one is IPv6. */
  readonly ipv4?: SocketAddress;
  /** The address the suite saw this end come from over IPv6; null: there is no IPv6 to the suite. */
  readonly ipv6?: SocketAddress | null;
  /** What answers a SYN over IPv6 that nobody asked for: `accepted` where no firewall keeps it from who listens. */
  readonly ipv6Unsolicited?: NonNullable<TcpProfile['unsolicited']>;
}
