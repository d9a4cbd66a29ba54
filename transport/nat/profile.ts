// SPDX-License-Identifier: Apache-2.0
// What is known of an end's network, in the terms of RFC 4787 and RFC 5382, and its form on the rendezvous wire.

import { type Nat, NatBehaviour, NatFound, NatUnsolicited } from '../../proto/rendezvous.ts';

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

type WireMapping = NonNullable<Nat['tcp']>['mapping'];

/** The greatest number of hops that an IP header counts (RFC 791 section 3.1). */
const MAX_HOPS = 255;
const MAX_PORT = 65_535;

const BEHAVIOURS: Record<number, Behaviour> = {
  [NatBehaviour.ENDPOINT_INDEPENDENT]: 'endpoint-independent',
  [NatBehaviour.ADDRESS_DEPENDENT]: 'address-dependent',
  [NatBehaviour.ADDRESS_AND_PORT_DEPENDENT]: 'address-and-port-dependent',
};
const UNSOLICITED: Record<number, NonNullable<TcpProfile['unsolicited']>> = {
  [NatUnsolicited.SILENCE]: 'silence',
  [NatUnsolicited.RST]: 'rst',
  [NatUnsolicited.ICMP]: 'icmp',
  [NatUnsolicited.ACCEPTED]: 'accepted',
};
const FOUND: Record<number, boolean> = { [NatFound.NO]: false, [NatFound.YES]: true };
const TCP_WORDS = {
  filtering: BEHAVIOURS,
  unsolicited: UNSOLICITED,
  ...{ synOutSynIn: FOUND, freshSequence: FOUND, timeExceededCloses: FOUND, resetCloses: FOUND, hairpin: FOUND },
};
type TcpWord = keyof typeof TCP_WORDS;

/** The profile as a message. The addresses are left out: the other end is told those that the suite has seen. */
export function natToWire(profile: NatProfile): Nat {
  const { behindNat, tcp, udp, ipv6, ipv6Unsolicited } = profile;
  return {
    behindNat: numberOf(FOUND, behindNat),
    tcp: tcp
      ? {
          mapping: mappingToWire(tcp.mapping),
          ...(mapWords((word, words) => numberOf(words, tcp[word])) as Record<TcpWord, number>),
          hops: tcp.hops ?? 0,
        }
      : null,
    udp: udp ? { mapping: mappingToWire(udp.mapping), filtering: numberOf(BEHAVIOURS, udp.filtering) } : null,
    udpBlocked: udp === null,
    noIpv6: ipv6 === null,
    ipv6Unsolicited: numberOf(UNSOLICITED, ipv6Unsolicited),
  };
}

/**
 * The profile of an end.
 * @param nat what the end says; words of a later version, and numbers that cannot be, count as not examined
 * @param observed the end as the suite sees it
 * @param other the end over the other family of IP, where the suite has seen it
 */
export function natFromWire(nat: Nat | null | undefined, observed?: SocketAddress | null, other?: SocketAddress | null): NatProfile {
  const seen = [observed, other].filter((address) => address != null);
  const ipv6 = seen.find(({ ip }) => ip.includes(':')) ?? (nat?.noIpv6 ? null : undefined);
  const ipv4 = other && !other.ip.includes(':') ? other : undefined;
  const udp = nat?.udpBlocked ? null : nat?.udp ? udpFromWire(nat.udp) : undefined;
  return given({
    observed: observed ?? undefined,
    ipv4,
    ipv6,
    behindNat: FOUND[nat?.behindNat ?? 0],
    tcp: nat?.tcp ? tcpFromWire(nat.tcp) : undefined,
    udp,
    ipv6Unsolicited: UNSOLICITED[nat?.ipv6Unsolicited ?? 0],
  });
}

function tcpFromWire(tcp: NonNullable<Nat['tcp']>): TcpProfile | undefined {
  const mapping = mappingFromWire(tcp.mapping);
  if (!mapping) return undefined;
  return given({
    mapping,
    ...(mapWords((word, words) => words[tcp[word]]) as Pick<TcpProfile, TcpWord>),
    hops: tcp.hops > 0 && tcp.hops <= MAX_HOPS ? tcp.hops : undefined,
  });
}

function udpFromWire(udp: NonNullable<Nat['udp']>): UdpProfile | undefined {
  const mapping = mappingFromWire(udp.mapping);
  return mapping && given({ mapping, filtering: BEHAVIOURS[udp.filtering] });
}

function mappingToWire({ behaviour, step }: Mapping): NonNullable<WireMapping> {
  return { behaviour: numberOf(BEHAVIOURS, behaviour), step: step ?? 0, patternless: step === null };
}

function mappingFromWire(mapping: WireMapping): Mapping | undefined {
  if (!mapping || Math.abs(mapping.step) > MAX_PORT) return undefined;
  return given({ behaviour: BEHAVIOURS[mapping.behaviour], step: mapping.patternless ? null : mapping.step });
}

/** Each word of a TcpProfile, made anew. */
function mapWords(made: (word: TcpWord, words: Record<number, unknown>) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(TCP_WORDS).map(([word, words]) => [word, made(word as TcpWord, words)]));
}

/** The number of a word; 0, which is no word's, for none. */
function numberOf<T>(words: Record<number, T>, word: T | undefined): number {
  return Number(Object.entries(words).find(([, one]) => one === word)?.[0] ?? 0);
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the fields that are undefined: absent means not examined. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
