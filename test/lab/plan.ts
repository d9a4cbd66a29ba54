// SPDX-License-Identifier: Apache-2.0
// The lab's network as a plan: which namespaces, addresses and cables, and the shell script that makes them.

import { type Kind, kindOf } from './kinds.ts';
import { COUNTED_PORTS, rulesOf } from './rules.ts';

/** In place of a visitor's kind: a second machine in the host's own network. */
export const SAME_LAN = 'same-lan';

/** A machine that programs run on. */
export interface Place {
  readonly namespace: string;
  /** IPv4 addresses, the first one first; private ones where there is a NAT. */
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** The namespaces of its boxes, from the end outwards. */
  readonly boxes: readonly string[];
  /** Where its cable ends: pulling it is taking this interface down. */
  readonly plug: { readonly namespace: string; readonly device: string };
}

/** What has a public address of its own: it can be given another. */
export interface Uplink {
  readonly namespace: string;
  readonly device: string;
  readonly network: string;
  /** The provider's end of its cable. */
  readonly provider: { readonly namespace: string; readonly device: string };
}

/** One end of a wire and the other: interfaces in the namespace of the keeper. */
export type Leg = readonly [string, string];

export interface Plan {
  readonly places: Readonly<Record<string, Place>>;
  readonly uplinks: Readonly<Record<string, Uplink>>;
  /** Rulesets by namespace. */
  readonly rules: Readonly<Record<string, string>>;
  readonly legs: readonly Leg[];
  /** Starts what the boxes run, once their rulesets are there. */
  readonly daemons: string;
  /** Makes everything but the rulesets; for `sh -e` in a fresh user, network and mount namespace. */
  readonly script: string;
}

export interface PlanOptions {
  /** Places and their kinds. */
  readonly ends: Readonly<Record<string, string>>;
  /** Whether cables to the provider pass the user-space wire. */
  readonly wired: boolean;
  /** Whether boxes that map ports answer NAT-PMP beside UPnP. */
  readonly natPmp?: boolean;
  /** TCP's congestion control of all places; the machine's own when left out. */
  readonly congestion?: string | undefined;
  /** A number from 0 up to 1: where boxes that count begin. */
  readonly chance: () => number;
}

const ISP = 'isp';
/** The first two numbers of every public IPv4 address here; not those for documentation, which routers and programs know. */
const PUBLIC4 = '5.1';
const PUBLIC6 = '2a05:1';

/** Kernel settings of every namespace: answers are not held back, a second address outlives the first, none is waited for. */
const EVERYWHERE = {
  'net/ipv4/conf/all/promote_secondaries': 1,
  'net/ipv4/icmp_ratelimit': 0,
  'net/ipv4/ip_unprivileged_port_start': 0,
  'net/ipv6/icmp/ratelimit': 0,
  'net/ipv6/conf/all/accept_dad': 0,
  'net/ipv6/conf/default/accept_dad': 0,
  'net/ipv6/conf/all/accept_ra': 0,
  'net/ipv6/conf/default/accept_ra': 0,
};
const ROUTER = {
  'net/ipv4/ip_forward': 1,
  'net/ipv4/conf/all/send_redirects': 0,
  'net/ipv4/conf/default/send_redirects': 0,
  'net/ipv6/conf/all/forwarding': 1,
};
/** A provider forwards nothing from an address that is not its customer's (BCP 38). */
const PROVIDER = { ...ROUTER, 'net/ipv4/conf/all/rp_filter': 1, 'net/ipv4/conf/default/rp_filter': 1 };

/** Collects commands by namespace, and puts them in order. */
class Commands {
  readonly #namespaces = new Map<string, { settings: Record<string, number | string>; commands: string[] }>();
  readonly #cables: string[] = [];
  readonly #everywhere: Record<string, number | string>;

  constructor(everywhere: Record<string, number | string>) {
    this.#everywhere = { ...EVERYWHERE, ...everywhere };
  }

  namespace(name: string, settings: Record<string, number> = {}): void {
    this.#namespaces.set(name, { settings: { ...this.#everywhere, ...settings }, commands: ['link set lo up'] });
  }

  cable(a: { namespace?: string; device: string }, b: { namespace?: string; device: string }): void {
    const end = ({ namespace, device }: typeof a): string => `name ${device}${namespace ? ` netns ${namespace}` : ''}`;
    this.#cables.push(`link add ${end(a)} type veth peer ${end(b)}`);
  }

  ip(namespace: string, ...commands: string[]): void {
    this.#namespaces.get(namespace)?.commands.push(...commands);
  }

  script(own: readonly string[]): string {
    const lines = ['mount -t tmpfs lab /run'];
    const batch = (prefix: string, commands: readonly string[]): string => `ip ${prefix} -batch - <<'END'\n${commands.join('\n')}\nEND`;
    for (const [name, { settings }] of this.#namespaces) {
      const writes = Object.entries(settings).map(([file, value]) => `echo ${value} > /proc/sys/${file}`);
      lines.push(`ip netns add ${name}`, `nsenter --net=/run/netns/${name} sh -ec '${writes.join('; ')}'`);
    }
    lines.push(batch('', [...this.#cables, ...own]));
    for (const [name, { commands }] of this.#namespaces) lines.push(batch(`-netns ${name}`, commands));
    return lines.join('\n');
  }
}

/** Starts miniupnpd in a box. It writes no file that stays: this is the keeper's own /run. */
const portMapper = (namespace: string, natPmp: boolean): string => `cat > /run/${namespace}.conf <<'END'
ext_ifname=wan
listening_ip=lan
enable_natpmp=${natPmp ? 'yes' : 'no'}
enable_upnp=yes
secure_mode=yes
uuid=00000000-0000-0000-0000-000000000000
allow 1024-65535 192.168.1.0/24 1024-65535
deny 0-65535 0.0.0.0/0 0-65535
END
nsenter --net=/run/netns/${namespace} miniupnpd -d -f /run/${namespace}.conf -P /run/${namespace}.pid < /dev/null > /dev/null 2>&1 &`;

/** Plans a network of these ends around one provider, with a suite and a relay. Throws an Error for a kind there is not. */
export function planOf({ ends, wired, natPmp = true, congestion, chance }: PlanOptions): Plan {
  const commands = new Commands(congestion ? { 'net/ipv4/tcp_congestion_control': congestion } : {});
  const places: Record<string, Place> = {};
  const uplinks: Record<string, Uplink> = {};
  const rules: Record<string, string> = {};
  const legs: [string, string][] = [];
  const own: string[] = [];
  const daemons: string[] = [];
  commands.namespace(ISP, PROVIDER);

  const provider = (leg: number): Uplink['provider'] => ({ namespace: ISP, device: `leg${leg}` });

  /** A cable to the provider, through the wire when there is one. Returns the leg's number. */
  const uplink = (namespace: string, device: string, hosts: readonly number[], ipv6: boolean): number => {
    const leg = legs.length + 1; // so that no part of an IPv6 address is 0 and left out
    const port = `leg${leg}`;
    if (wired) {
      commands.cable({ namespace: ISP, device: port }, { device: `wire${leg}a` });
      commands.cable({ namespace, device }, { device: `wire${leg}b` });
      own.push(`link set wire${leg}a up`, `link set wire${leg}b up`);
      // One packet a packet, as on a real wire: else 64 KiB would be lost at once.
      for (const [at, name] of [
        [ISP, port],
        [namespace, device],
      ] as const)
        commands.ip(at, `link set ${name} gso_max_segs 1`);
    } else commands.cable({ namespace: ISP, device: port }, { namespace, device });
    legs.push([`wire${leg}a`, `wire${leg}b`]);
    commands.ip(ISP, `address add ${PUBLIC4}.${leg}.1/24 dev ${port}`, `link set ${port} up`);
    commands.ip(namespace, ...hosts.map((host) => `address add ${PUBLIC4}.${leg}.${host}/24 dev ${device}`), `link set ${device} up`);
    commands.ip(namespace, `route add default via ${PUBLIC4}.${leg}.1`);
    if (ipv6) {
      commands.ip(ISP, `address add ${PUBLIC6}:ff:${leg}::1/64 dev ${port} nodad`);
      commands.ip(namespace, ...hosts.map((host) => `address add ${PUBLIC6}:ff:${leg}::${host}/64 dev ${device} nodad`));
      commands.ip(namespace, `route add ::/0 via ${PUBLIC6}:ff:${leg}::1`);
    }
    return leg;
  };

  const server = (name: string, hosts: readonly number[]): void => {
    commands.namespace(name);
    const leg = uplink(name, 'eth0', hosts, true);
    places[name] = {
      namespace: name,
      ipv4: hosts.map((host) => `${PUBLIC4}.${leg}.${host}`),
      ipv6: hosts.map((host) => `${PUBLIC6}:ff:${leg}::${host}`),
      boxes: [],
      plug: provider(leg),
    };
  };

  /** A machine in the network of a box. */
  const inside = (name: string, box: string, port: string, host: number, prefix6: string | null, boxes: readonly string[]): void => {
    commands.namespace(name);
    commands.cable({ namespace: name, device: 'eth0' }, { namespace: box, device: port });
    commands.ip(box, `link set ${port} up`);
    if (port !== 'lan') commands.ip(box, `link set ${port} master lan`);
    commands.ip(name, `address add 192.168.1.${host}/24 dev eth0`, 'link set eth0 up', 'route add default via 192.168.1.1');
    if (prefix6) commands.ip(name, `address add ${prefix6}::${host}/64 dev eth0 nodad`, `route add ::/0 via ${prefix6}::1`);
    places[name] = {
      namespace: name,
      ipv4: [`192.168.1.${host}`],
      ipv6: prefix6 ? [`${prefix6}::${host}`] : [],
      boxes,
      plug: { namespace: box, device: port },
    };
  };

  const end = (name: string, { boxes, ipv6 }: Kind, shared: string | undefined): void => {
    const names = boxes.map((_, at) => `${name}-box${at}`);
    const outer = names.at(-1);
    const inner = names[0];
    if (!outer || !inner) {
      commands.namespace(name);
      const leg = uplink(name, 'eth0', [10], ipv6);
      uplinks[name] = { namespace: name, device: 'eth0', network: `${PUBLIC4}.${leg}`, provider: provider(leg) };
      places[name] = {
        namespace: name,
        ipv4: [`${PUBLIC4}.${leg}.10`],
        ipv6: [],
        boxes: [],
        plug: provider(leg),
      };
      return;
    }
    for (const [at, box] of boxes.entries()) {
      const namespace = names[at] as string;
      commands.namespace(namespace, { ...ROUTER, 'net/netfilter/nf_conntrack_tcp_be_liberal': box.liberal ? 1 : 0 });
      if (box.mapsPorts) daemons.push(portMapper(namespace, natPmp));
      rules[namespace] = rulesOf(box, 10_000 + Math.floor(chance() * (55_535 - 2 * COUNTED_PORTS)));
    }
    const leg = uplink(outer, 'wan', [10], ipv6);
    uplinks[name] = { namespace: outer, device: 'wan', network: `${PUBLIC4}.${leg}`, provider: provider(leg) };
    const prefix6 = ipv6 ? `${PUBLIC6}:${leg}:a` : null;
    if (prefix6) commands.ip(ISP, `route add ${PUBLIC6}:${leg}::/48 via ${PUBLIC6}:ff:${leg}::10`);
    if (outer !== inner) {
      commands.cable({ namespace: outer, device: 'lan' }, { namespace: inner, device: 'wan' });
      commands.ip(outer, 'address add 100.64.0.1/24 dev lan', 'link set lan up');
      commands.ip(inner, 'address add 100.64.0.2/24 dev wan', 'link set wan up', 'route add default via 100.64.0.1');
      if (prefix6) {
        commands.ip(outer, `address add ${PUBLIC6}:${leg}:b::1/64 dev lan nodad`, `route add ${prefix6}::/64 via ${PUBLIC6}:${leg}:b::2`);
        commands.ip(inner, `address add ${PUBLIC6}:${leg}:b::2/64 dev wan nodad`, `route add ::/0 via ${PUBLIC6}:${leg}:b::1`);
      }
    }
    if (shared) commands.ip(inner, 'link add lan type bridge');
    inside(name, inner, shared ? 'port0' : 'lan', 10, prefix6, names);
    if (shared) inside(shared, inner, 'port1', 20, prefix6, names);
    commands.ip(inner, 'address add 192.168.1.1/24 dev lan', 'link set lan up');
    if (prefix6) commands.ip(inner, `address add ${prefix6}::1/64 dev lan nodad`);
  };

  server('suite', [10, 11]);
  server('relay', [10]);
  const together = Object.keys(ends).find((name) => ends[name] === SAME_LAN);
  for (const [name, kind] of Object.entries(ends)) {
    if (kind !== SAME_LAN) end(name, kindOf(kind), name === 'host' ? together : undefined);
  }
  if (together) {
    if (!places[together]) throw new Error('the host has no network of its own that another machine could be in');
    uplinks[together] = uplinks.host as Uplink;
  }
  return { places, uplinks, rules, legs: wired ? legs : [], daemons: daemons.join('\n'), script: commands.script(own) };
}
