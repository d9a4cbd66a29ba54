// SPDX-License-Identifier: Apache-2.0
// What is to be expected between two kinds of network: TCP, or the proof in words why it cannot be counted on. Pure.

import type { TcpProfile, UdpProfile } from '../../transport/nat/profile.ts';
import type { Kind } from './kinds.ts';

/** What can carry in the end, the least first. */
export const RUNGS = ['relay', 'data-channel', 'tcp-punch'] as const;
export type Rung = (typeof RUNGS)[number];

/** Sockets of the greatest birthday punch, and ports that a NAT without a pattern chooses from. */
const SOCKETS = 768;
const PORTS = 64_512;
const percent = (share: number): string => `${(share * 100).toPrecision(2)} %`;

/** A few ports of many, which a NAT may keep to; what is not promised. */
const LOW =
  'The exception is a NAT that keeps what comes from a port below 1024 there (RFC 4787 REQ-3), as Linux does: those are few, and Porthole tries them, which is why such pairs may end on TCP here. Other NATs need not.';

/** Why TCP cannot be counted on between two networks: in a few words, and the proof. */
export const PROOFS = {
  'only-443': {
    title: 'One end may connect to port 443 only',
    proof:
      'A punch meets the other end at the outside port of one of its connections. That is never 443: a NAT gives it to nobody who asks from another port, and to bind it takes an administrator. So the one port that is open leads to the suite and its relay, and nowhere else.',
  },
  'no-syn': {
    title: 'Neither NAT lets a SYN in',
    proof:
      'A TCP connection begins with a SYN that arrives: even a simultaneous open is two that do. Each of these NATs drops every SYN from outside, also from where one was sent to, so that none can arrive at either end.',
  },
  'two-guesses': {
    title: 'No pattern at either end',
    proof: `Each connection gets any of some ${PORTS} outside ports, seen by nobody before it is used. A connection stands only if either end aims at the other's very port: one chance in ${PORTS}² for each two sockets. ${SOCKETS} sockets at each end meet with a chance of ${percent((SOCKETS / PORTS) ** 2)}. ${LOW}`,
  },
  'one-guess-each': {
    title: 'No pattern at one end, another port for each connection at the other',
    proof: `The end whose ports can be predicted has a new one for each destination: so of its openings, each made towards one guessed port, only one can be met by each try, and not any, as where one port serves all. ${SOCKETS} sockets meet with a chance of ${percent(1 - (1 - 1 / PORTS) ** SOCKETS)}. ${LOW}`,
  },
  'each-closes': {
    title: 'Each NAT answers RST and is closed by a Time Exceeded',
    proof:
      'The SYN that opens a NAT either arrives at the other one, whose RST closes it, or dies on the way, and the Time Exceeded closes it. Either end may open, and neither can. Only two SYNs that cross on the way would meet, which is chance and no way to promise.',
  },
} as const;
export type Proof = keyof typeof PROOFS;

/** The best that must be reached; why it is not TCP. */
export interface Expectation {
  readonly rung: Rung;
  readonly proof: Proof | null;
}

type Ports = 'one' | 'series' | 'chance';

function portsOf({ mapping }: TcpProfile): Ports {
  if (mapping.behaviour === 'endpoint-independent' || mapping.step === 0) return 'one';
  return mapping.step === null ? 'chance' : 'series';
}

const only443 = ({ boxes }: Kind): boolean => boxes.some(({ lets }) => lets === 'only-443');
const tcpOf = ({ truth }: Kind): TcpProfile => truth.tcp as TcpProfile;
/** Lets in a SYN from where one was sent to, or one that the router was asked for. */
const letsIn = (kind: Kind): boolean => tcpOf(kind).synOutSynIn !== false || kind.truth.mapsPorts;
const closes = (kind: Kind): boolean =>
  tcpOf(kind).timeExceededCloses === true && tcpOf(kind).resetCloses !== false && ['rst', 'icmp'].includes(tcpOf(kind).unsolicited ?? '');

function proofAgainstTcp(host: Kind, visitor: Kind): Proof | null {
  const both = (has: (kind: Kind) => boolean): boolean => has(host) && has(visitor);
  if (only443(host) || only443(visitor)) return 'only-443';
  // No ports are changed there, and what was asked for comes in.
  if (both(({ truth }) => truth.ipv6)) return null;
  if (!letsIn(host) && !letsIn(visitor)) return 'no-syn';
  const ports = [portsOf(tcpOf(host)), portsOf(tcpOf(visitor))];
  if (ports.includes('chance') && !ports.includes('one')) return ports.includes('series') ? 'one-guess-each' : 'two-guesses';
  return both(closes) ? 'each-closes' : null;
}

/** Whether UDP must come through: ICE guesses no ports, so one end's must be the same for all, and the other's too or be let in. */
function udpMeets(host: Kind, visitor: Kind): boolean {
  const [a, b] = [host.truth.udp, visitor.truth.udp];
  if (!a || !b) return false;
  const same = ({ mapping }: UdpProfile): boolean => mapping.behaviour === 'endpoint-independent';
  const open = (udp: UdpProfile): boolean => same(udp) && udp.filtering !== 'address-and-port-dependent';
  return (same(a) && same(b)) || open(a) || open(b);
}

/** What two ends of these kinds must reach. */
export function expected(host: Kind, visitor: Kind): Expectation {
  const proof = proofAgainstTcp(host, visitor);
  if (!proof) return { rung: 'tcp-punch', proof };
  return { rung: udpMeets(host, visitor) ? 'data-channel' : 'relay', proof };
}

/** Whether a visit has come less far than is to be expected. */
export function isWorse(via: string | null, { rung }: Expectation): boolean {
  return RUNGS.indexOf(via as Rung) < RUNGS.indexOf(rung);
}
