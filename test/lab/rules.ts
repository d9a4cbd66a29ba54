// SPDX-License-Identifier: Apache-2.0
// What a box does, as an nftables ruleset. Interfaces of a box: `lan` inside, `wan` outside.

import type { Box } from './kinds.ts';

/** Ports that a box which counts goes through before it begins again. */
export const COUNTED_PORTS = 4096;
/** Conntrack's mark on a connection whose mapping is closed. */
const CLOSED = 1;

/** The verdict on what comes in unasked. */
function refusals(box: Box, match: string): string[] {
  switch (box.unsolicited) {
    case 'silence':
      return [`${match} drop`];
    case 'rst':
      return [`${match} meta l4proto tcp reject with tcp reset`, `${match} reject with icmp port-unreachable`];
    case 'icmp':
      return [`${match} reject with icmp port-unreachable`];
  }
}

/** What goes out through the address translation, and from which ports. */
function translation(box: Box, base: number): string {
  const { ports } = box;
  if (ports === 'preserving') return 'oifname "wan" masquerade';
  if (ports === 'random') return 'oifname "wan" masquerade fully-random';
  const [number, step] = ports === 'moved' ? [`jhash th sport mod ${COUNTED_PORTS} seed 1`, 1] : [`numgen inc mod ${COUNTED_PORTS}`, ports];
  // A map, since the number comes in the machine's byte order and a port must not.
  const elements = Array.from({ length: COUNTED_PORTS }, (_, at) => `${at} : ${base + at * step}`);
  return `oifname "wan" meta l4proto { tcp, udp } masquerade to : ${number} map { ${elements.join(', ')} }\noifname "wan" masquerade`;
}

/** Where miniupnpd puts what it is asked for; `passing` lets through what has been sent on. */
const MAPPED = `table inet filter {
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
  chain prerouting { type nat hook prerouting priority dstnat - 1; jump prerouting_miniupnpd; }
}`;

const chain = (name: string, hook: string, rules: readonly string[]): string =>
  `  chain ${name} {\n    type ${hook};\n${rules.filter(Boolean).join('\n')}\n  }\n`;

/**
 * The ruleset of a box; it replaces the one before.
 * @param base the first outside port of a box that counts; at most 65535 - 2 · COUNTED_PORTS
 */
export function rulesOf(box: Box, base: number): string {
  const cone = box.filtering !== 'address-and-port-dependent';
  const remembers = cone || box.hairpin;
  const port = 'meta l4proto . th dport';
  const tables = [
    'flush ruleset',
    'table ip box {',
    // Whose port an outside port is, and to whom it has written.
    remembers ? '  map owner { type inet_proto . inet_service : ipv4_addr; flags dynamic,timeout; timeout 5m; size 65535; }' : '',
    cone ? '  set written { type inet_proto . inet_service . ipv4_addr; flags dynamic,timeout; timeout 5m; size 65535; }' : '',
    remembers
      ? chain('note', 'filter hook postrouting priority srcnat - 5', [
          'oifname "wan" ct state new meta l4proto { tcp, udp } update @owner { meta l4proto . th sport : ip saddr }',
          cone ? 'oifname "wan" ct state new meta l4proto { tcp, udp } update @written { meta l4proto . th sport . ip daddr }' : '',
        ])
      : '',
    chain('arriving', 'filter hook prerouting priority mangle', [
      // The error's conntrack is the one of the packet it is about.
      box.timeExceededCloses ? `iifname "wan" icmp type time-exceeded ct state related ct mark set ${CLOSED}` : '',
    ]),
    chain('inward', 'nat hook prerouting priority dstnat', [
      box.filtering === 'endpoint-independent' ? `iifname "wan" dnat to ${port} map @owner` : '',
      box.filtering === 'address-dependent' ? `iifname "wan" ${port} . ip saddr @written dnat to ${port} map @owner` : '',
      box.hairpin ? `iifname "lan" fib daddr type local ip daddr != 192.168.0.0/16 dnat to ${port} map @owner` : '',
    ]),
    chain('outward', 'nat hook postrouting priority srcnat', [
      // Seen from the outside address, as REQ-8 of RFC 5382 wants it.
      box.hairpin ? 'iifname "lan" oifname "lan" ct status dnat snat to ct original ip daddr' : '',
      translation(box, base),
    ]),
    chain('passing', 'filter hook forward priority filter; policy drop', [
      box.timeExceededCloses ? `oifname "wan" ct direction original ct mark ${CLOSED} ct mark set 0` : '',
      ...(box.timeExceededCloses ? refusals(box, `iifname "wan" meta l4proto { tcp, udp } ct direction reply ct mark ${CLOSED}`) : []),
      ...(box.synOutSynIn ? [] : refusals(box, 'iifname "wan" ct direction reply tcp flags & (syn | ack) == syn')),
      'iifname "wan" ct state established,related accept',
      'iifname "wan" ct status dnat accept',
      box.lets === 'no-udp' ? 'oifname "wan" meta l4proto udp drop' : '',
      box.lets === 'only-443' ? 'oifname "wan" tcp dport != 443 drop\noifname "wan" meta l4proto != tcp drop' : '',
      'iifname "lan" accept',
    ]),
    chain('own', 'filter hook input priority filter', [
      'iifname "wan" ct state established,related accept',
      'iifname "wan" icmp type echo-request accept',
      ...refusals(box, 'iifname "wan"'),
    ]),
    '}',
    box.mapsPorts ? MAPPED : '',
    'table ip6 wall {',
    chain('passing', 'filter hook forward priority filter; policy drop', [
      'iifname "wan" ct state established,related accept',
      'iifname "wan" icmpv6 type { echo-request, packet-too-big, time-exceeded } accept',
      box.lets === 'no-udp' ? 'oifname "wan" meta l4proto udp drop' : '',
      box.lets === 'only-443' ? 'oifname "wan" tcp dport != 443 drop\noifname "wan" meta l4proto != tcp drop' : '',
      'iifname "lan" accept',
    ]),
    '}',
  ];
  return `${tables.filter(Boolean).join('\n')}\n`;
}
