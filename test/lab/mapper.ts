// SPDX-License-Identifier: Apache-2.0
// A process in a place of the lab that listens on a port and asks its router for one that leads there, until it is told to close it.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { natPmp, portMapper } from '../../transport/nat/punch/port-mapper.ts';
import { upnp } from '../../transport/nat/punch/upnp.ts';

/** How long a router may take, in milliseconds. */
const MAP_MS = 5000;

/** Ways of asking, by the names that the command line has. */
const WAYS = { 'nat-pmp': [natPmp()], upnp: [upnp()], both: [natPmp(), upnp()] };

/** What it says over its channel: the router's port, or why there is none; then that it is closed. */
export type Said = { readonly ip: string; readonly port: number } | { readonly error: string } | { readonly closed: true };

const server = createServer((socket) => socket.end('here'));
server.listen(0, '0.0.0.0');
await once(server, 'listening');
try {
  const mapPort = portMapper(WAYS[process.argv[2] as keyof typeof WAYS]);
  const { ip, port, unmap } = await mapPort((server.address() as AddressInfo).port, AbortSignal.timeout(MAP_MS));
  process.send?.({ ip, port } satisfies Said);
  await once(process, 'message');
  await unmap();
  process.send?.({ closed: true } satisfies Said);
} catch (error) {
  process.send?.({ error: (error as Error).message } satisfies Said);
}
process.disconnect?.();
server.close();
