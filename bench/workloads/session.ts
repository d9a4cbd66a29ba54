// SPDX-License-Identifier: Apache-2.0
// Workload "session": a folder served through one Porthole session, by each kind of path, beside what else is used there.

import { BULK, less, SMALL, type Workload } from '../lib/workload.ts';
import { bareTls } from '../ways/bare-tls.ts';
import { bareNodeDatachannel, bareWerift } from '../ways/channels.ts';
import { overChannel, overTcp, throughRelay } from '../ways/porthole.ts';
import { haproxy, localtunnel, netPipe } from '../ways/relays.ts';
import { hyperdht, libp2p } from '../ways/stacks.ts';
import { nodeHttp, nodeHttp2, nodeHttps } from '../ways/web-servers.ts';

/** The window a browser would give: about what Chromium and Firefox do. Node's default is 64 KiB. */
const WIDE_WINDOW_BYTES = 4 * 1024 * 1024;
/** The most CPU for the same work, beside the peer's. */
const CPU_ALLOWANCE = 1.2;
/** The same beside a bare TLS stream, which has no requests, no numbers and no acknowledgements. */
const BARE_CPU_ALLOWANCE = 1.5;

export default {
  stages: [
    {
      name: 'tcp',
      title: 'one session over loopback TCP, beside the web servers of Node itself',
      tasks: [BULK, SMALL],
      ours: overTcp,
      peers: [
        { ...bareTls, not: ['small'] },
        nodeHttps,
        nodeHttp2('node:http2', null),
        nodeHttp2('node:http2, 4 MiB window', WIDE_WINDOW_BYTES),
        nodeHttp,
      ],
      goals: [
        { task: 'bulk', peer: nodeHttps.name, speed: 1.3, cpu: 1 },
        { task: 'bulk', peer: bareTls.name, speed: 0.75, cpu: 1 / BARE_CPU_ALLOWANCE },
        { task: 'small', peer: 'node:http2', speed: 1.6, cpu: 1.3 },
      ],
      mostMB: 120,
    },
    {
      name: 'relay',
      title: 'the same through the relay, a process of its own, beside what else passes bytes or tunnels',
      tasks: [BULK, SMALL],
      ours: throughRelay,
      peers: [{ ...haproxy, not: ['small'] }, { ...netPipe, not: ['small'] }, localtunnel],
      goals: [
        { task: 'bulk', peer: haproxy.name, speed: 1.2, cpu: 0.8 },
        { task: 'bulk', peer: netPipe.name, cpu: 1 / CPU_ALLOWANCE, cpuOf: 'relay' },
        { task: 'bulk', peer: localtunnel.name, speed: 1.5, cpu: 1.5 },
        { task: 'small', peer: localtunnel.name, speed: 1.5, cpu: 1.5 },
      ],
    },
    {
      name: 'data-channel',
      title: 'the same over a WebRTC data channel of node-datachannel, beside the channel alone',
      tasks: [less(BULK, 300_000_000)],
      ours: overChannel('node-datachannel'),
      peers: [bareNodeDatachannel],
      goals: [{ task: 'bulk', peer: bareNodeDatachannel.name, speed: 0.95, cpu: 0.85 }],
    },
    {
      name: 'werift',
      title: 'the same over a data channel of werift, which is TypeScript, beside the channel alone',
      tasks: [less(BULK, 32_000_000)],
      ours: overChannel('werift'),
      peers: [bareWerift],
      goals: [{ task: 'bulk', peer: bareWerift.name, speed: 0.9, cpu: 0.9 }],
    },
    {
      name: 'stacks',
      title: 'one session over loopback TCP, beside other stacks that encrypt and carry many streams',
      tasks: [less(BULK, 300_000_000)],
      ours: overTcp,
      peers: [libp2p, hyperdht],
    },
  ],
} satisfies Workload;
