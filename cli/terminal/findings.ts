// SPDX-License-Identifier: Apache-2.0
// What was found of a network, in words: each finding, and what it means for reaching this end.

import type { Behaviour, Mapping, NatProfile } from '../../transport/nat/profile.ts';

export interface Finding {
  readonly exam: string;
  readonly found: string;
  readonly means: string;
}

const NOT_EXAMINED = 'not examined';

/** The findings in the order of the exams. */
export function findingsOf(nat: NatProfile): Finding[] {
  const { tcp, udp, ipv6 } = nat;
  const none = { found: NOT_EXAMINED, means: '' };
  return [
    { exam: 'address', ...addressWords(nat) },
    { exam: 'port prediction (TCP)', ...(tcp ? mappingWords(tcp.mapping) : none) },
    {
      exam: 'SYN out, SYN in',
      ...said(tcp?.synOutSynIn, [
        'yes: a SYN comes in from where one was sent to',
        'this end can open its NAT for a peer, which then connects',
        'no: nothing comes in but answers',
        'the other end has to open its NAT; this end connects',
      ]),
    },
    {
      exam: 'fresh sequence number',
      ...said(tcp?.freshSequence, [
        'yes: a listener’s answer gets out',
        'the patent’s own technique works: low TTL, cancel, listen',
        'no: the NAT knows the first SYN’s number and wants it again',
        'only a socket that stays with its SYN is answered: the guarded punch',
      ]),
    },
    {
      exam: 'Time Exceeded closes',
      ...said(tcp?.timeExceededCloses, [
        'yes: an ICMP Time Exceeded closes the mapping',
        'no low TTL from here; the other end opens, or a SYN that arrives',
        'no: a SYN that dies on the way leaves the NAT open',
        'this end can open its NAT without the other’s noticing',
      ]),
    },
    {
      exam: 'hops to the NAT',
      found: tcp?.hops === undefined ? NOT_EXAMINED : String(tcp.hops),
      means: tcp?.hops === undefined ? '' : `a SYN with a time to live of ${tcp.hops + 1} opens it and dies behind it`,
    },
    {
      exam: 'RST closes',
      ...said(tcp?.resetCloses, [
        'yes: a RST from outside closes the mapping',
        'a SYN must not reach a NAT that answers RST',
        'no: the mapping outlives a RST',
        'a SYN may reach the other NAT, whatever that answers',
      ]),
    },
    { exam: 'filtering (TCP)', ...filteringWords(tcp?.filtering) },
    { exam: 'unasked SYN', ...unsolicitedWords(tcp?.unsolicited) },
    {
      exam: 'hairpin',
      ...said(tcp?.hairpin, [
        'yes',
        'ends behind the same NAT reach each other by its outside address',
        'no',
        'ends behind the same NAT need each other’s private addresses',
      ]),
    },
    {
      exam: 'UDP',
      ...(udp === null
        ? { found: 'blocked', means: 'no data channel, except through a relay' }
        : udp
          ? { found: mappingWords(udp.mapping).found, means: udpWords(udp.mapping) }
          : none),
    },
    { exam: 'filtering (UDP)', ...(udp === null ? { found: 'blocked', means: '' } : filteringWords(udp?.filtering)) },
    {
      exam: 'IPv6',
      found: ipv6 === undefined ? NOT_EXAMINED : ipv6 === null ? 'none to the suite' : ipv6.ip,
      means: ipv6 ? 'peers with IPv6 meet no NAT, at most a firewall' : '',
    },
    { exam: 'unasked SYN (IPv6)', ...unsolicitedWords(nat.ipv6Unsolicited) },
  ];
}

function addressWords({ observed, behindNat }: NatProfile): Pick<Finding, 'found' | 'means'> {
  const found = observed?.ip ?? NOT_EXAMINED;
  if (behindNat === undefined) return { found, means: '' };
  return { found, means: behindNat ? 'not an address of this computer: there is a NAT' : 'this computer’s own: there is no NAT' };
}

function said(
  answer: boolean | undefined,
  [yes, yesMeans, no, noMeans]: readonly [string, string, string, string],
): Pick<Finding, 'found' | 'means'> {
  if (answer === undefined) return { found: NOT_EXAMINED, means: '' };
  return answer ? { found: yes, means: yesMeans } : { found: no, means: noMeans };
}

function mappingWords({ behaviour, step }: Mapping): Pick<Finding, 'found' | 'means'> {
  const found = behaviour ?? 'one port towards the suite’s one address';
  if (step === null)
    return {
      found: `${found}, ports without a pattern`,
      means: 'this end’s port cannot be told before: peers with a steady one can be met, by many tries',
    };
  if (step === 0) return { found: `${found}, one port for all`, means: 'this end’s port is known: any peer can be told where to connect' };
  return {
    found: `${found}, each port ${Math.abs(step)} ${step > 0 ? 'above' : 'below'} the one before`,
    means: 'this end’s next port can be predicted',
  };
}

function udpWords({ step }: Mapping): string {
  return step === 0 ? 'a data channel can work' : 'a data channel works only with peers whose NAT lets others in';
}

function filteringWords(filtering: Behaviour | undefined): Pick<Finding, 'found' | 'means'> {
  const means: Record<Behaviour, string> = {
    'endpoint-independent': 'whoever knows the outside port comes in',
    'address-dependent': 'whoever was written to comes in, from any port',
    'address-and-port-dependent': 'only the very address and port that were written to come in',
  };
  return filtering ? { found: filtering, means: means[filtering] } : { found: NOT_EXAMINED, means: '' };
}

function unsolicitedWords(answer: NonNullable<NatProfile['tcp']>['unsolicited']): Pick<Finding, 'found' | 'means'> {
  switch (answer) {
    case undefined:
      return { found: NOT_EXAMINED, means: '' };
    case 'silence':
      // RFC 5382 REQ-4 has a NAT wait 6 s before it answers, so that a punch may come in between.
      return { found: 'silence', means: 'a peer’s SYN that comes too early does no harm' };
    case 'rst':
      return { found: 'RST', means: 'a peer’s SYN must not arrive before this end’s own: it dies on the way, or this end opens' };
    case 'icmp':
      return { found: 'an ICMP error', means: 'a peer’s SYN that comes too early is refused; a guarded socket passes over that' };
    case 'accepted':
      return { found: 'a connection', means: 'something listens there for everybody' };
  }
}
