// SPDX-License-Identifier: Apache-2.0
// A TCP proxy that can go deaf: what it carries then goes nowhere, without a sign, as behind a NAT that was restarted.

import { connect, createServer, type Server, type Socket } from 'node:net';

export class DeafProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #pairs: [Socket, Socket][] = [];
  /** Connections that came. */
  came = 0;
  /** Whether those that come from now on are carried. */
  carries = true;

  private constructor(port: number) {
    this.#server = createServer((socket) => {
      this.came++;
      const far = connect(port, '127.0.0.1');
      for (const [one, other] of [
        [socket, far],
        [far, socket],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => {});
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
      this.#pairs.push([socket, far]);
      if (this.carries) socket.pipe(far).pipe(socket);
    });
  }

  /** Carries to a port of this machine. */
  static async to(port: number): Promise<DeafProxy> {
    const proxy = new DeafProxy(port);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** What stands is not carried any more; nobody is told. */
  deafen(): void {
    for (const [socket, far] of this.#pairs) {
      socket.unpipe(far);
      far.unpipe(socket);
    }
    this.#pairs = [];
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
