// SPDX-License-Identifier: Apache-2.0
// Sends 200 KB to itself by TCP, and prints what its end says was sent again: once all has come, and when it is closed.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { dialTcp, tcpPipe } from '../../transport/channel/tcp.ts';

const BYTES = 200 * 1024;

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const accepted = once(server, 'connection');
const socket = await dialTcp('127.0.0.1', (server.address() as AddressInfo).port);
const [other] = await accepted;
const pipe = tcpPipe(socket);
pipe.write([new Uint8Array(BYTES)]);
let came = 0;
for await (const chunk of other) {
  came += chunk.length;
  if (came === BYTES) break;
}
const resent = [pipe.resent];
pipe.destroy();
resent.push(pipe.resent);
console.log(JSON.stringify(resent));
server.close();
