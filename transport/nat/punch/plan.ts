// SPDX-License-Identifier: Apache-2.0
// The plan: which techniques to try between two networks, in which order, who opens, and why. Pure tables.

import type { Verdict } from '../../strategy/strategy.ts';
import { atSuite, sharesNetwork } from '../addresses.ts';
import { MAX_STEP } from '../probe/prediction.ts';
import type { NatProfile, TcpProfile } from '../profile.ts';
import { BIRTHDAY_SOCKETS, LOW_ROOM, PREDICTED_WINDOW } from './limits.ts';
import { type Role, type RoundFacts, TECHNIQUES, type Technique } from './notes.ts';

/** One round to try, with the reason in words. */
export interface Step extends RoundFacts {
  readonly reason: string;
}

/** How well the outside ports of an end are known beforehand. */
type Ports = 'one' | 'series' | 'chance';

interface End {
  readonly role: Role;
  readonly tcp: Partial<TcpProfile>;
  readonly ports: Ports;
  readonly examined: boolean;
}

type Ends = Readonly<Record<Role, End>>;

const WORDS: Readonly<Record<Role, string>> = { caller: 'the visitor', callee: 'the host' };
const other = (role: Role): Role => (role === 'caller' ? 'callee' : 'caller');
/** Both ways to share out the parts: the host opens first where it makes no difference (Fig. 5). */
const OPENERS: readonly Role[] = ['callee', 'caller'];

/**
 * The rounds to try between two ends, the most promising first. What was not examined is taken to be as it is most often: one
 * outside port for all, silence at an unsolicited SYN, a mapping that a Time Exceeded leaves alone (Guha & Francis, IMC 2005).
 * The same at both ends, given the same profiles.
 * @param self this end's network
 * @param peer the other end's
 * @param role this end's part in the call
 */
export function plan(self: NatProfile, peer: NatProfile, role: Role): Step[] {
  const [caller, callee] = role === 'caller' ? [self, peer] : [peer, self];
  return familiesOf(caller, callee).flatMap((family) => {
    const ends = { caller: endOf('caller', caller, family), callee: endOf('callee', callee, family) };
    return RULES.flatMap((rule) => preferred(ends).flatMap((opener) => rule(ends[opener], ends[other(opener)], family)));
  });
}

export interface Means {
  readonly techniques: readonly Technique[];
  /** Addresses that need no punch, too. */
  readonly direct: boolean;
}

const ALL: Means = { techniques: TECHNIQUES, direct: true };

/** Pure: what the chances of a punch are. @param means what the caller makes use of */
export function chances(self: NatProfile, peer: NatProfile, role: Role, means: Means = ALL): Verdict {
  const { techniques, direct } = means;
  if (!direct) return punchable(self, peer, role, techniques);
  if (sharesNetwork(self, peer)) return { chance: 'likely', reason: 'both ends are in one network, as seen from outside' };
  if (self.behindNat === false || peer.behindNat === false || atSuite(self) !== atSuite(peer))
    return { chance: 'possible', reason: 'one end may be reached as it is' };
  return punchable(self, peer, role, techniques);
}

function punchable(self: NatProfile, peer: NatProfile, role: Role, techniques: readonly Technique[]): Verdict {
  const steps = plan(self, peer, role);
  const first = steps.find(({ technique }) => techniques.includes(technique));
  if (!first && steps[0])
    return { chance: 'no', reason: `none of the techniques in use (${techniques.join(', ')}) suits: ${steps[0].reason}` };
  if (!first) return { chance: 'no', reason: whyNot(self, peer, role) };
  if (first.technique === 'mapped') return { chance: 'possible', reason: `${whyNot(self, peer, role)}; ${first.reason}` };
  const examined = self.tcp !== undefined && peer.tcp !== undefined;
  const likely = examined && first.technique !== 'birthday' && first.technique !== 'simultaneous';
  return { chance: likely ? 'likely' : 'possible', reason: first.reason };
}

/** One family for each in which both ends have an address; IPv6 first: there is often no NAT in it, and the port is known. */
function familiesOf(caller: NatProfile, callee: NatProfile): (4 | 6)[] {
  // One end on the suite's own machine is not seen from outside.
  if (atSuite(caller) !== atSuite(callee)) return [];
  const both = (has: (end: NatProfile) => boolean): boolean => has(caller) && has(callee);
  return [...(both(hasV6) ? [6 as const] : []), ...(both(hasV4) ? [4 as const] : [])];
}

const SUITE_ITSELF = 'one end is on the computer of the suite, which does not see where from outside it is reached';

const isV6 = (ip: string): boolean => ip.includes(':') && !/^::ffff:\d+\./i.test(ip);
const hasV6 = ({ ipv6, observed }: NatProfile): boolean => Boolean(ipv6) || (observed !== undefined && isV6(observed.ip));
const hasV4 = ({ observed, ipv4 }: NatProfile): boolean => Boolean(ipv4) || observed === undefined || !isV6(observed.ip);

/** What an IPv6 firewall does to TCP: no ports are changed, so all are known (RFC 6092 lets in what was asked for). */
const FIREWALL: Partial<TcpProfile> = { mapping: { behaviour: 'endpoint-independent', step: 0 }, unsolicited: 'silence' };

function endOf(role: Role, profile: NatProfile, family: 4 | 6): End {
  const four: Partial<TcpProfile> = profile.tcp ?? {};
  const { ipv6Unsolicited: unsolicited } = profile;
  // Exams of what a NAT does are taken over IPv4, however the end is observed.
  const six = { ...FIREWALL, ...(four.hops !== undefined && { hops: four.hops }), ...(unsolicited && { unsolicited }) };
  const tcp = family === 4 ? four : six;
  return { role, tcp, ports: portsOf(tcp, profile.behindNat !== false), examined: profile.tcp !== undefined };
}

function portsOf({ mapping }: Partial<TcpProfile>, behindNat: boolean): Ports {
  if (!behindNat || !mapping || mapping.behaviour === 'endpoint-independent' || mapping.step === 0) return 'one';
  return mapping.step === null || Math.abs(mapping.step) > MAX_STEP ? 'chance' : 'series';
}

/** The better opener first: one whose port is known, whose NAT lets the first SYN die without closing. */
function preferred(ends: Ends): Role[] {
  const cost = (role: Role): number => {
    const { ports, tcp } = ends[role];
    return { one: 0, series: 2, chance: 4 }[ports] + (tcp.timeExceededCloses ? 1 : 0);
  };
  return [...OPENERS].sort((a, b) => cost(a) - cost(b));
}

/**
 * How the opener's first SYN may travel; null when it can open nothing. A low TTL spares it the other NAT's answer, but brings
 * a Time Exceeded; the guard keeps either from the socket, not from the NAT. Where the opener's NATs were not counted, a SYN that
 * nobody answers had better go all the way.
 */
function openingTtl(opener: End, connecter: End): 'low' | 'full' | null {
  const { synOutSynIn, timeExceededCloses, resetCloses, hops } = opener.tcp;
  const { unsolicited } = connecter.tcp;
  if (synOutSynIn === false) return null;
  if (!timeExceededCloses) return hops === undefined && unsolicited === 'silence' ? 'full' : 'low';
  if (unsolicited === 'icmp' || (unsolicited === 'rst' && resetCloses !== false)) return null;
  return 'full';
}

type Rule = (opener: End, connecter: End, family: 4 | 6) => Step[];

/** In the order they are tried; each is asked for the better opener first. */
const RULES: readonly Rule[] = [guarded, letIn, predicted, birthday, crossed, simultaneous, listening, farther, mapped];

function step(technique: Technique, opener: End, ttl: RoundFacts['ttl'], family: 4 | 6, reason: string, sockets = 1): Step {
  return { technique, opener: opener.role, ttl, family, sockets, reason };
}

/** One port at each end: the SYN that opens goes from the one to the other. */
function guarded(opener: End, connecter: End, family: 4 | 6): Step[] {
  const ttl = openingTtl(opener, connecter);
  if (opener.ports !== 'one' || connecter.ports !== 'one' || !ttl) return [];
  const known = opener.examined && connecter.examined ? 'both outside ports are known' : 'most NATs use one outside port for all';
  return [step('guarded', opener, ttl, family, `${known}; ${WORDS[opener.role]} opens its own NAT, ${WORDS[connecter.role]} connects`)];
}

/** A NAT that lets in whoever knows the port: no matter from which port. */
function letIn(opener: End, connecter: End, family: 4 | 6): Step[] {
  const { filtering } = opener.tcp;
  const free = filtering === 'endpoint-independent' || (filtering === 'address-dependent' && opener.ports === 'one');
  if (!free || (opener.ports === 'one' && connecter.ports === 'one')) return [];
  return [step('low-ttl-listen', opener, 'low', family, `the NAT of ${WORDS[opener.role]} lets in every port of ${WORDS[connecter.role]}`)];
}

/** A series at one end or at both: the next ports are told before they are used. */
function predicted(opener: End, connecter: End, family: 4 | 6): Step[] {
  const ttl = openingTtl(opener, connecter);
  const ports = [opener.ports, connecter.ports];
  if (!ttl || ports.includes('chance') || !ports.includes('series')) return [];
  const ends = [opener, connecter].filter((end) => end.ports === 'series').map(({ role }) => WORDS[role]);
  return [step('predicted', opener, ttl, family, `the next outside ports of ${ends.join(' and ')} can be predicted`, PREDICTED_WINDOW)];
}

/** No pattern at one end, or at both: many ports of the one meet many of the other. */
function birthday(opener: End, connecter: End, family: 4 | 6): Step[] {
  const ports = [opener.ports, connecter.ports];
  if (!ports.includes('chance') || opener.tcp.synOutSynIn === false) return [];
  const other = openingTtl(connecter, opener);
  // What comes back at a SYN, and closes the NAT behind it, takes a round trip: until then the other end's may come in.
  const ttl = openingTtl(opener, connecter) ?? (other || opener.ports === 'chance' ? null : 'crossing');
  if (!ttl) return [];
  const most = BIRTHDAY_SOCKETS.slice(-1);
  // The other way round it is done once more only, where that is another way at all.
  const again = other !== null && preferred({ [opener.role]: opener, [connecter.role]: connecter } as Ends)[0] !== opener.role;
  const sizes = again || !ports.includes('one') ? (again || !ports.includes('series') ? most : [LOW_ROOM, ...most]) : BIRTHDAY_SOCKETS;
  // A NAT that a RST may close, before one that may answer so: once the other way.
  const unsure = ttl === 'full' && opener.ports === 'one' && opener.tcp.timeExceededCloses && connecter.tcp.unsolicited === undefined;
  return sizes.map((sockets, at) =>
    step('birthday', opener, unsure && at === 1 ? 'crossing' : ttl, family, birthdayReason(opener, connecter), sockets),
  );
}

/**
 * The other way round, where that can only be done in the moment before an answer closes the NAT that was opened: an end without a
 * pattern cannot be examined for whether a SYN may come in there at all.
 */
function crossed(opener: End, connecter: End, family: 4 | 6): Step[] {
  const unknown = connecter.ports === 'chance' && connecter.tcp.synOutSynIn === undefined;
  if (!unknown || opener.ports !== 'one' || opener.tcp.synOutSynIn === false) return [];
  // Where the opener's SYN may travel, or neither's may, `birthday` has done it.
  if (openingTtl(opener, connecter) || !openingTtl(connecter, opener)) return [];
  const reason = `it is not known whether the NAT of ${WORDS[connecter.role]} lets a SYN in; ${birthdayReason(opener, connecter)}`;
  return BIRTHDAY_SOCKETS.slice(1).map((sockets) => step('birthday', opener, 'crossing', family, reason, sockets));
}

function birthdayReason(opener: End, connecter: End): string {
  const [none] = [connecter, opener].filter(({ ports }) => ports === 'chance');
  if (opener.ports !== 'one' && connecter.ports !== 'one') return `${LOW_ONLY}; if so, some will meet`;
  return `the outside ports of ${WORDS[none?.role ?? connecter.role]} have no pattern; ${WORDS[opener.role]} opens many, and some will meet`;
}

/** The first time with one NAT more at the opener than was counted on: only where nobody has counted. */
function farther(opener: End, connecter: End, family: 4 | 6): Step[] {
  if (family === 6 || opener.tcp.hops !== undefined || openingTtl(opener, connecter) !== 'low') return [];
  const reason = `${WORDS[opener.role]} may be behind two NATs`;
  if (opener.ports === 'one' && connecter.ports === 'one') return [step('guarded', opener, 'far', family, reason)];
  if (opener.ports === 'chance' || connecter.ports !== 'chance') return [];
  return BIRTHDAY_SOCKETS.slice(-1).map((sockets) => step('birthday', opener, 'far', family, reason, sockets));
}

/** Both at once: where neither SYN may die on the way, or nothing else worked. */
function simultaneous(opener: End, connecter: End, family: 4 | 6): Step[] {
  if (opener.role !== OPENERS[0] || opener.ports !== 'one' || connecter.ports !== 'one') return [];
  if (opener.tcp.synOutSynIn === false || connecter.tcp.synOutSynIn === false) return [];
  return [step('simultaneous', opener, 'crossing', family, 'both ends connect at the same moment')];
}

/** The patent's own: works where a NAT lets the answer have a new sequence number. */
function listening(opener: End, connecter: End, family: 4 | 6): Step[] {
  const ttl = openingTtl(opener, connecter);
  if (!ttl || opener.ports !== 'one' || connecter.ports !== 'one' || opener.tcp.freshSequence === false) return [];
  return [step('low-ttl-listen', opener, ttl, family, `${WORDS[opener.role]} sends a SYN that dies on the way, then listens`)];
}

/** The router opens a port when asked: of use only where it is the outermost NAT. */
function mapped(opener: End, _connecter: End, family: 4 | 6): Step[] {
  if (family === 6 || (opener.tcp.hops ?? 1) > 1) return [];
  return [step('mapped', opener, 'full', family, `the router of ${WORDS[opener.role]} may open a port when asked`)];
}

/** Where two ends that have not one port each could meet nevertheless. */
const LOW_ONLY =
  'a NAT that leaves ports below 1024 there (RFC 4787 REQ-3) has few to take from, and both ends can try them; from all 64512 a try would meet once in as many';

/** Why nothing stands between these two, as a proof in words. */
function whyNot(self: NatProfile, peer: NatProfile, role: Role): string {
  const [caller, callee] = role === 'caller' ? [self, peer] : [peer, self];
  const [family] = familiesOf(caller, callee);
  if (!family) return atSuite(caller) !== atSuite(callee) ? SUITE_ITSELF : 'one end has IPv4 only, the other IPv6 only';
  const ends = [endOf('caller', caller, family), endOf('callee', callee, family)] as const;
  if (ends.every(({ tcp }) => tcp.synOutSynIn === false))
    return 'a connection begins with a SYN that comes in, and neither NAT lets one in, not even from where one was sent to';
  const closed = ends.find(({ tcp }) => tcp.synOutSynIn === false);
  if (closed)
    return `only ${WORDS[other(closed.role)]} lets a SYN in at all, and its own, by which it would open, is answered or dies, and either closes its NAT`;
  if (ends.every(({ ports }) => ports !== 'one') && ends.some(({ ports }) => ports === 'chance'))
    return `neither end has one outside port, and ${ends
      .filter(({ ports }) => ports === 'chance')
      .map((end) => WORDS[end.role])
      .join(' and ')} no pattern: ${LOW_ONLY}`;
  return "each NAT answers the other's first SYN, and closes when that SYN dies on the way";
}
