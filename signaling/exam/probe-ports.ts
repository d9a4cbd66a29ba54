// SPDX-License-Identifier: Apache-2.0
// The probe ports: TCP ports of the suite where an end is told its outside address (STUN over TCP), and where the exams see it come from.

import { createServer, type Server, type Socket } from 'node:net';
import type { SocketAddress } from '../../transport/nat/profile.ts';
import { listen } from '../../transport/system/listen.ts';
import { type Clock, systemClock } from '../../transport/time/clock.ts';
import { canonicalAddress, rateKey } from '../shared/caller.ts';
import type { SuiteLimits } from '../shared/limits.ts';
import type { Rates } from '../shared/rates.ts';
import { bindingAnswer, MAX_STUN_BYTES, readBindingRequest, STUN_HEADER_BYTES } from '../stun/stun.ts';

/** ProbePorts on each address: port prediction wants more than two (the patent's N > 2), and others where a packet was lost. */
export const PROBE_PORTS = 5;

/** A connection that came to a probe port. */
export interface Seen {
  readonly from: SocketAddress;
  readonly to: SocketAddress;
}

export interface ProbePortsOptions {
  readonly addresses: readonly string[];
  /** The first of PROBE_PORTS ports on each address; 0: free ones. */
  readonly port: number;
  readonly rates: Rates;
  readonly limits: Pick<SuiteLimits, 'probeConnections' | 'probeConnectionsPerAddress' | 'probeIdleMs'>;
  readonly clock?: Clock;
  readonly onRequest?: (result: 'answered' | 'refused' | 'ignored') => void;
  /** Someone came. The returned function is told once it asks for its address: it came for that, then, not for an exam. */
  readonly onSeen?: (seen: Seen) => () => void;
  /** A request carried this user name: who sends it shows that it can be reached at that address. */
  readonly onToken?: (token: string, from: SocketAddress) => void;
}

/** The open probe ports of one suite. */
export class ProbePorts {
  readonly #options: ProbePortsOptions;
  readonly #clock: Clock;
  readonly #servers: { server: Server; at: SocketAddress }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();

  private constructor(options: ProbePortsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN, CONFIG_INVALID */
  static async open(options: ProbePortsOptions): Promise<ProbePorts> {
    const ports = new ProbePorts(options);
    try {
      for (const ip of options.addresses) {
        for (let nth = 0; nth < PROBE_PORTS; nth++) {
          const server = createServer({ noDelay: true }, (socket) => void ports.#enter(socket));
          const port = await listen(server, { host: ip, port: options.port === 0 ? 0 : options.port + nth });
          server.on('error', () => {}); // a failing accept (too many open files) is no reason to end
          ports.#servers.push({ server, at: { ip, port } });
        }
      }
      return ports;
    } catch (error) {
      await ports.close();
      throw error;
    }
  }

  /** Where they are, as they were opened. */
  get addresses(): readonly SocketAddress[] {
    return this.#servers.map(({ at }) => at);
  }

  async close(): Promise<void> {
    const closed = this.#servers.splice(0).map(({ server }) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await Promise.all(closed);
  }

  async #enter(socket: Socket): Promise<void> {
    const { rates, limits, onRequest = () => {}, onSeen } = this.#options;
    socket.on('error', () => {});
    const from = { ip: canonicalAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    const to = { ip: canonicalAddress(socket.localAddress ?? ''), port: socket.localPort ?? 0 };
    const key = rateKey(from.ip);
    const open = this.#perAddress.get(key) ?? 0;
    if (from.port === 0 || this.#sockets.size >= limits.probeConnections || open >= limits.probeConnectionsPerAddress) {
      onRequest('refused');
      return void socket.resetAndDestroy();
    }
    this.#sockets.add(socket);
    this.#perAddress.set(key, open + 1);
    const cancel = this.#clock.after(limits.probeIdleMs, () => socket.resetAndDestroy());
    socket.on('close', () => {
      cancel();
      this.#sockets.delete(socket);
      const left = (this.#perAddress.get(key) ?? 1) - 1;
      if (left > 0) this.#perAddress.set(key, left);
      else this.#perAddress.delete(key);
    });
    const asked = onSeen?.({ from, to });
    let held = Buffer.alloc(0);
    socket.on('data', async (bytes: Buffer) => {
      asked?.();
      held = Buffer.concat([held, bytes]);
      for (let length = lengthOf(held); length !== undefined; length = lengthOf(held)) {
        const request = readBindingRequest(held.subarray(0, length));
        if (!request) {
          onRequest('ignored');
          return void socket.resetAndDestroy();
        }
        held = held.subarray(length);
        try {
          await rates.spend('stunInAll', 'all');
          await rates.spend('stunPerAddress', key);
        } catch {
          onRequest('refused');
          return void socket.resetAndDestroy();
        }
        if (request.user !== undefined) this.#options.onToken?.(request.user, from);
        socket.write(bindingAnswer(request, from.ip, from.port));
        onRequest('answered');
      }
    });
  }
}

/** Bytes of the first message, by its own header (RFC 8489 section 6.2.2); one too long has the length of what is there, and is refused. */
function lengthOf(bytes: Buffer): number | undefined {
  if (bytes.length < STUN_HEADER_BYTES) return undefined;
  const length = STUN_HEADER_BYTES + bytes.readUInt16BE(2);
  if (length > MAX_STUN_BYTES) return bytes.length;
  return length <= bytes.length ? length : undefined;
}
