// SPDX-License-Identifier: Apache-2.0
// The kinds of network the lab can build: what each is made of, and the truth that examining it must find.

import type { Behaviour, Mapping, NatProfile } from '../../transport/nat/profile.ts';

/** What a box on the way does. A kernel NAT can do all of it. */
export interface Box {
  /** `preserving`: the inside port is the outside port; `moved`: another one for each; a number: each new connection that much higher. */
  readonly ports: 'preserving' | 'moved' | 'random' | 1 | 2;
  /** Who may come in to a mapping. */
  readonly filtering: Behaviour;
  /** What answers a SYN that nobody inside asked for; `rst` and `icmp` answer UDP with ICMP, as routers do. */
  readonly unsolicited: 'silence' | 'rst' | 'icmp';
  /** Whether conntrack lets pass sequence numbers that it has not seen the like of. */
  readonly liberal: boolean;
  /** Whether an ICMP Time Exceeded closes the mapping it is about. */
  readonly timeExceededCloses: boolean;
  /** Whether a SYN may come in from where one was sent to. */
  readonly synOutSynIn: boolean;
  /** Whether those inside reach each other by their outside addresses. */
  readonly hairpin: boolean;
  /** What may go out. */
  readonly lets: 'all' | 'no-udp' | 'only-443';
  /** Whether it maps ports on request: UPnP IGD and NAT-PMP, by miniupnpd. */
  readonly mapsPorts: boolean;
}

/** What an exam of the kind must find; what is absent is not looked at. */
export type Truth = Pick<NatProfile, 'behindNat' | 'tcp' | 'udp'> & {
  /** Whether the end has an IPv6 address that the suite can see. */
  readonly ipv6: boolean;
  /** Whether a router maps ports on request. */
  readonly mapsPorts: boolean;
};

export interface Kind {
  readonly about: string;
  /** From the end outwards. None: the end has a public address. */
  readonly boxes: readonly Box[];
  /** A public IPv6 prefix behind a firewall that knows connections; without it there is no IPv6. */
  readonly ipv6: boolean;
  readonly truth: Truth;
}

/** Linux as it comes: what most homes have. */
const HOME: Box = {
  ports: 'preserving',
  filtering: 'address-and-port-dependent',
  unsolicited: 'silence',
  liberal: false,
  timeExceededCloses: false,
  synOutSynIn: true,
  hairpin: false,
  lets: 'all',
  mapsPorts: false,
};

const ONE_PORT: Mapping = { behaviour: 'endpoint-independent', step: 0 };
const stepping = (step: number | null): Mapping => ({ behaviour: 'address-and-port-dependent', step });

const HOME_TCP = {
  mapping: ONE_PORT,
  filtering: 'address-and-port-dependent',
  unsolicited: 'silence',
  synOutSynIn: true,
  freshSequence: false,
  timeExceededCloses: false,
  resetCloses: true,
  hops: 1,
  hairpin: false,
} as const satisfies NatProfile['tcp'];
const HOME_UDP = { mapping: ONE_PORT, filtering: 'address-and-port-dependent' } as const satisfies NatProfile['udp'];

interface Difference {
  readonly box?: Partial<Box>;
  readonly outer?: Partial<Box>;
  readonly tcp?: Partial<NonNullable<NatProfile['tcp']>>;
  readonly udp?: Partial<NonNullable<NatProfile['udp']>> | null;
  readonly ipv6?: boolean;
  readonly mapsPorts?: boolean;
}

/** A kind, told by how it differs from `home`. */
function likeHome(about: string, difference: Difference = {}): Kind {
  const { box, outer, tcp, udp, ipv6 = false, mapsPorts = false } = difference;
  return {
    about,
    boxes: [{ ...HOME, ...box }, ...(outer ? [{ ...HOME, ...outer }] : [])],
    ipv6,
    truth: {
      behindNat: true,
      tcp: { ...HOME_TCP, ...tcp },
      udp: udp === null ? null : { ...HOME_UDP, ...udp },
      ipv6,
      mapsPorts,
    },
  };
}

const symmetric = (step: 1 | 2 | null): Difference => ({
  box: { ports: step ?? 'random' },
  tcp: { mapping: stepping(step) },
  udp: { mapping: stepping(step) },
});

/** The kinds by their names. */
export const KINDS: Readonly<Record<string, Kind>> = {
  open: {
    about: 'a public address and no firewall',
    boxes: [],
    ipv6: false,
    truth: {
      behindNat: false,
      tcp: { mapping: ONE_PORT, filtering: 'endpoint-independent', unsolicited: 'rst', synOutSynIn: true, freshSequence: true },
      udp: { mapping: ONE_PORT, filtering: 'endpoint-independent' },
      ipv6: false,
      mapsPorts: false,
    },
  },
  'full-cone': likeHome('one outside port, open to everybody, also from inside', {
    box: { filtering: 'endpoint-independent', hairpin: true },
    tcp: { filtering: 'endpoint-independent', resetCloses: false, hairpin: true },
    udp: { filtering: 'endpoint-independent' },
  }),
  restricted: likeHome('one outside port, open to every port of the addresses that were written to', {
    box: { filtering: 'address-dependent' },
    tcp: { filtering: 'address-dependent', resetCloses: false },
    udp: { filtering: 'address-dependent' },
  }),
  home: likeHome('a Linux router as it comes: one outside port, open to whom was written to, silent, strict about sequence numbers'),
  'home-liberal': likeHome('home, and not strict about sequence numbers', { box: { liberal: true }, tcp: { freshSequence: true } }),
  'home-rst': likeHome('home, and answers an unsolicited SYN with RST', { box: { unsolicited: 'rst' }, tcp: { unsolicited: 'rst' } }),
  'home-icmp': likeHome('home, and answers an unsolicited SYN with ICMP port unreachable', {
    box: { unsolicited: 'icmp' },
    tcp: { unsolicited: 'icmp' },
  }),
  'ttl-close': likeHome('home, and a Time Exceeded closes the mapping', {
    box: { timeExceededCloses: true },
    tcp: { timeExceededCloses: true },
  }),
  'ttl-close-rst': likeHome('ttl-close, and answers an unsolicited SYN with RST', {
    box: { timeExceededCloses: true, unsolicited: 'rst' },
    tcp: { timeExceededCloses: true, unsolicited: 'rst' },
  }),
  'no-syn-in': likeHome('home, and no SYN comes in, not even from where one was sent to', {
    box: { synOutSynIn: false },
    tcp: { synOutSynIn: false },
  }),
  step1: likeHome('each new connection has the next outside port', symmetric(1)),
  step2: likeHome('each new connection has the outside port after the next', symmetric(2)),
  random: likeHome('each new connection has any outside port', symmetric(null)),
  cgn: likeHome('two NATs: a home router behind the provider’s', { outer: {}, tcp: { hops: 2 } }),
  upnp: likeHome('home, and maps ports on request (UPnP, NAT-PMP)', {
    box: { mapsPorts: true },
    mapsPorts: true,
  }),
  'upnp-alone': likeHome('no SYN comes in but to ports that it mapped on request (UPnP, NAT-PMP)', {
    box: { synOutSynIn: false, mapsPorts: true },
    tcp: { synOutSynIn: false },
    mapsPorts: true,
  }),
  'no-udp': likeHome('home, and UDP is blocked', { box: { lets: 'no-udp' }, udp: null }),
  'only-443': likeHome('nothing goes out but TCP to port 443', { box: { lets: 'only-443' }, udp: null }),
  v6: likeHome('home, with IPv6 behind a firewall that knows connections', { ipv6: true }),
  // Common gear, as combinations of the above.
  'home-router': likeHome('a home router of today: UPnP and IPv6, answers from inside by its outside address', {
    box: { mapsPorts: true, hairpin: true },
    tcp: { hairpin: true },
    ipv6: true,
    mapsPorts: true,
  }),
  'carrier-grade': likeHome('a home router behind a provider’s NAT that gives any port to each connection, and answers RST', {
    outer: { ports: 'random', unsolicited: 'rst' },
    tcp: { mapping: stepping(null), hops: 2, unsolicited: 'rst' },
    udp: { mapping: stepping(null) },
  }),
  'phone-hotspot': likeHome('a phone’s hotspot behind a mobile network’s NAT, with IPv6', {
    box: { liberal: true },
    outer: { ports: 1 },
    tcp: { mapping: stepping(1), hops: 2 },
    udp: { mapping: stepping(1) },
    ipv6: true,
  }),
  'office-firewall': likeHome('an office’s firewall: any port to each connection, no UDP, no SYN in at all, answers RST', {
    box: { ports: 'random', unsolicited: 'rst', synOutSynIn: false, lets: 'no-udp' },
    tcp: { mapping: stepping(null), unsolicited: 'rst', synOutSynIn: false },
    udp: null,
  }),
  'cloud-nat': likeHome('a cloud’s NAT gateway: any port to each connection, silent', symmetric(null)),
};

/** The kind of a name. Throws an Error that lists the names there are. */
export function kindOf(name: string): Kind {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (!kind) throw new Error(`there is no kind "${name}"; there are ${Object.keys(KINDS).join(', ')}`);
  return kind;
}
