// SPDX-License-Identifier: Apache-2.0
// A small SOCKS5 proxy (RFC 1928, RFC 1929) on this machine: dials what it is asked to, and remembers it.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Socks5Server {
  readonly url: string;
  /** What it has dialled, as `address port`. */
  readonly dialled: readonly string[];
  close(): Promise<void>;
}

/** @param user `user:password` that it asks for; empty: it asks for none */
export async function socks5Server(user = ''): Promise<Socks5Server> {
  const dialled: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    keep(socket);
    serve(socket, user, dialled, keep).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const login = user === '' ? '' : `${user.split(':').map(encodeURIComponent).join(':')}@`;
  return {
    url: `socks5://${login}127.0.0.1:${(server.address() as AddressInfo).port}`,
    dialled,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(socket: Socket, user: string, dialled: string[], keep: (socket: Socket) => void): Promise<void> {
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  const take = async (length: number): Promise<Buffer> => {
    for (;;) {
      const bytes = socket.read(length) as Buffer | null;
      if (bytes?.length === length) return bytes;
      await once(socket, 'readable', { signal: gone.signal });
    }
  };
  const [version, count = 0] = await take(2);
  const method = user === '' ? 0 : 2;
  if (version !== 5 || !(await take(count)).includes(method)) return void socket.end(Uint8Array.of(5, 0xff));
  socket.write(Uint8Array.of(5, method));
  if (method === 2) {
    const [, long = 0] = await take(2);
    const name = await take(long);
    const given = `${name}:${await take((await take(1))[0] ?? 0)}`;
    socket.write(Uint8Array.of(1, given === user ? 0 : 1));
    if (given !== user) return void socket.end();
  }
  const [, command, , kind] = await take(4);
  const address = kind === 1 ? [...(await take(4))].join('.') : (await take(16)).toString('hex').replace(/(.{4})(?!$)/g, '$1:');
  const port = (await take(2)).readUInt16BE();
  dialled.push(`${address} ${port}`);
  const reply = (code: number): boolean => socket.write(Uint8Array.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0));
  if (command !== 1) return void reply(7);
  const inner = connect({ host: address, port, allowHalfOpen: true });
  keep(inner);
  try {
    await once(inner, 'connect');
  } catch {
    reply(5);
    return void socket.end();
  }
  reply(0);
  socket.pipe(inner).pipe(socket);
  for (const [one, other] of [
    [socket, inner],
    [inner, socket],
  ] as const)
    one.on('close', () => other.destroy());
}
