// SPDX-License-Identifier: Apache-2.0
// Peers of a page: @fastify/static, asked directly, and with localtunnel before it. What shows ours is in workloads/page.ts.

import { startEnds } from '../lib/ends.ts';
import { HOST, listening, toldBy } from '../lib/loopback.ts';
import type { Shows } from '../lib/page.ts';
import { sources } from '../lib/program.ts';
import type { Running, Setting, Stage, Way, Workload } from '../lib/workload.ts';
import { localtunnelBefore, TUNNEL_HOST } from './relays.ts';
import { askHttp } from './web-servers.ts';

/** A folder as people serve it with fastify. */
async function fastifyServer({ folder }: Setting): Promise<Running> {
  const { default: fastify } = await import('fastify');
  const { default: fastifyStatic } = await import('@fastify/static');
  const app = fastify();
  app.register(fastifyStatic, { root: folder });
  await app.ready();
  return listening(app.server);
}

const direct: Way = {
  name: '@fastify/static',
  ends: { server: fastifyServer },
  client: (setting) => askHttp(setting, 'server'),
};
const tunnelled: Way = localtunnelBefore(fastifyServer);

/** By this the processes of the ends find the two. */
const stage: Stage = { name: 'page', title: 'pages by HTTP/1.1', tasks: [], ours: direct, peers: [tunnelled] };
export default { stages: [stage] } satisfies Workload;

/** Shows a folder by a way, each end of it in a process of its own; a browser asks `role` for it, by this name. */
const shows = (way: Way, role: string, host: string): Shows => ({
  name: way.name,
  framed: false,
  packages: way.packages,
  async open(folder, signal) {
    const { told, close } = await startEnds({ program: sources.end, workload: import.meta.url, stage, folder, signal }, way);
    return { url: `http://${host}:${toldBy<{ port: number }>(told, role).port}/`, close };
  },
});

/** @fastify/static over HTTP/1.1. */
export const fastifyDirectly = shows(direct, 'server', HOST);
/** The same through localtunnel's relay. */
export const fastifyTunnelled = shows(tunnelled, 'relay', TUNNEL_HOST);
