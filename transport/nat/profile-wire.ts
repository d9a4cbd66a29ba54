// SPDX-License-Identifier: Apache-2.0
// A NatProfile as the rendezvous carries it: what an end says of itself, beside the addresses that only the suite can vouch for.

import { type Nat, NatBehaviour, NatFound, NatUnsolicited } from '../../proto/rendezvous.ts';
import type { Behaviour, Mapping, NatProfile, SocketAddress, TcpProfile, UdpProfile } from './profile.ts';

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

/** The profile as a message. The addresses are left out: the other end is told those that the suite has seen. */
export function natToWire(profile: NatProfile): Nat {
  const { behindNat, tcp, udp, ipv6, ipv6Unsolicited } = profile;
  return {
    behindNat: foundToWire(behindNat),
    tcp: tcp
      ? {
          mapping: mappingToWire(tcp.mapping),
          filtering: numberOf(BEHAVIOURS, tcp.filtering),
          unsolicited: numberOf(UNSOLICITED, tcp.unsolicited),
          synOutSynIn: foundToWire(tcp.synOutSynIn),
          freshSequence: foundToWire(tcp.freshSequence),
          timeExceededCloses: foundToWire(tcp.timeExceededCloses),
          resetCloses: foundToWire(tcp.resetCloses),
          hops: tcp.hops ?? 0,
          hairpin: foundToWire(tcp.hairpin),
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
    filtering: BEHAVIOURS[tcp.filtering],
    unsolicited: UNSOLICITED[tcp.unsolicited],
    synOutSynIn: FOUND[tcp.synOutSynIn],
    freshSequence: FOUND[tcp.freshSequence],
    timeExceededCloses: FOUND[tcp.timeExceededCloses],
    resetCloses: FOUND[tcp.resetCloses],
    hops: tcp.hops > 0 && tcp.hops <= MAX_HOPS ? tcp.hops : undefined,
    hairpin: FOUND[tcp.hairpin],
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

function foundToWire(found: boolean | undefined): number {
  return numberOf(FOUND, found);
}

/** The number of a word; 0, which is no word's, for none. */
function numberOf<T>(words: Record<number, T>, word: T | undefined): number {
  return Number(Object.entries(words).find(([, one]) => one === word)?.[0] ?? 0);
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the fields that are undefined: absent means not examined. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
