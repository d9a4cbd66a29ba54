// SPDX-License-Identifier: Apache-2.0
// Which end waits for which in a data channel's set-up: an order that saves a second of waiting.
//
// One end begins the DTLS handshake as soon as its ICE has connected. If the other's has not by then, libdatachannel often
// lets that first message lie, and werift drops it, until it is repeated a second later; browsers repeat it after 50 ms.
// So the end that begins should be the one whose ICE connects last. ICE connects at an end when one of its checks is
// answered. The callee's checks can set out first, for it has the offer; a caller that they do not reach connects first, by
// its own; one that they do reach connects last.

import type { NatProfile } from '../nat/profile.ts';
import type { Verdict } from '../strategy/strategy.ts';
import type { CandidateFacts } from './data-channel-notes.ts';

/** How long a callee leaves the first step to a caller that asks for it, in milliseconds. */
export const AFTER_YOU_MS = 250;
/** How long a callee's first checks take to have set out, in milliseconds: libjuice spaces them by 50. */
export const OPENING_MS = 75;

/** Addresses that mean something only within a network. */
const INSIDE = /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd]|fe80:)/i;

/** Whether a NAT or a firewall is likely to turn the peer's datagrams away from `self` until one went out to it. */
function guarded(self: NatProfile, peer: NatProfile): boolean {
  const ip = self.observed?.ip;
  return ip !== undefined && ip !== peer.observed?.ip && self.behindNat !== false && !INSIDE.test(ip.replace(/^::ffff:/i, ''));
}

/**
 * Whether an address of one end may be of use to the other: one inside a network only if both can be in the same. It is not
 * told otherwise, and not tried if it is told: nobody probes the network of this end for a stranger, and ICE is not held up
 * (libjuice waits two seconds for checks that cannot be answered before it decides).
 */
export function concerns(address: string, self: NatProfile, peer: NatProfile): boolean {
  const apart = guarded(self, peer) && guarded(peer, self) && isV6(self) === isV6(peer);
  return !apart || !INSIDE.test(address);
}

const isV6 = ({ observed }: NatProfile): boolean => observed?.ip.includes(':') === true;

/** Pure: the chances of UDP between two ends. What was not examined is taken to let it through. */
export function chances(self: NatProfile, peer: NatProfile): Verdict {
  if (!self.observed || !peer.observed) return { chance: 'possible', reason: 'the networks of the two ends are not known' };
  // The exams are of IPv4, and of the way out: two ends in one network, or with IPv6, may have another one.
  const examined = !sharesNetwork(self, peer) && !(hasV6(self) && hasV6(peer));
  if (examined && (self.udp === null || peer.udp === null)) {
    return { chance: 'no', reason: `no UDP comes through at ${self.udp === null ? 'this' : 'the other'} end` };
  }
  if (guarded(self, peer) && guarded(peer, self)) {
    if (examined && shutTo(self.udp, peer.udp) && shutTo(peer.udp, self.udp)) {
      return {
        chance: 'unlikely',
        reason: 'UDP leaves by ports that the other end cannot know, and is let in only from those it was sent to',
      };
    }
    return { chance: 'possible', reason: 'both ends are behind a NAT or a firewall; UDP gets through most pairs of them' };
  }
  return { chance: 'likely', reason: 'one end can reach the other by UDP' };
}

const hasV6 = (end: NatProfile): boolean => Boolean(end.ipv6) || isV6(end);

/** Whether both are seen to come from one address, or each from inside some network: the suite is in it then. */
function sharesNetwork({ observed: own }: NatProfile, { observed: its }: NatProfile): boolean {
  return own?.ip === its?.ip || [own, its].every((seen) => INSIDE.test((seen?.ip ?? '').replace(/^::ffff:/i, '')));
}

/**
 * Whether a NAT turns away the checks of a peer that were sent to the address STUN told (RFC 4787 section 5): it lets in
 * nobody by that port but the STUN server, or only the peer's port that STUN told, and the peer's checks leave by another.
 */
function shutTo(self: NatProfile['udp'], peer: NatProfile['udp']): boolean {
  const [own, its] = [self?.mapping.behaviour, peer?.mapping.behaviour];
  if (!own || !its || !self?.filtering || self.filtering === 'endpoint-independent') return false;
  if (own !== 'endpoint-independent') return true;
  return self.filtering === 'address-and-port-dependent' && its !== 'endpoint-independent';
}

/** Whether the caller should begin the DTLS handshake, instead of the callee as is usual: its ICE will connect last. */
export function callerBegins(caller: NatProfile, callee: NatProfile): boolean {
  return guarded(callee, caller) && !guarded(caller, callee);
}

/** How a callee lets a caller connect first that asked for it. */
export interface Courtesy {
  /** How long our own addresses are kept from the caller, in milliseconds. */
  readonly hideMs: number;
  /** Whether an address of the caller is left alone for AFTER_YOU_MS. */
  leavesAlone(address: CandidateFacts): boolean;
}

/**
 * Where neither end is guarded the callee keeps still altogether: the caller's checks arrive. (Were the callee the first,
 * libdatachannel at the caller might even connect while it still takes our answer in, and fail: it does not know our
 * fingerprint yet.) Where both are, the callee's checks go out to open its own guard, and the caller learns only then where
 * to send its own, so that they arrive. Where only the caller is, its addresses inside a network would delay the others.
 */
export function courtesy(callee: NatProfile, caller: NatProfile): Courtesy {
  if (!guarded(caller, callee)) return { hideMs: 0, leavesAlone: () => true };
  return { hideMs: guarded(callee, caller) ? OPENING_MS : 0, leavesAlone: ({ address }) => INSIDE.test(address) };
}
