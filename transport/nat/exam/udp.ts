// SPDX-License-Identifier: Apache-2.0
// The UDP exams: STUN on two addresses and ports from one socket shows the mapping; a second socket shows which endpoints it lets in.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import { type Clock, sleep } from '../../time/clock.ts';
import type { Sample } from '../probe/prediction.ts';
import { bindingQuestion, readBindingAnswer } from '../probe/prober.ts';
import type { SocketAddress } from '../profile.ts';
import { socketError } from '../sockets/node.ts';
import { inboundPorts } from './mapping.ts';

/** A request is sent again after this long, and no more than so often: UDP that lets nothing through in that time is blocked. */
const AGAIN_MS = 200;
const TRIES = 3;

export interface UdpFound {
  /** In the order they were asked; those without an answer are left out. */
  readonly samples: readonly Sample[];
  /** The outside port of the socket that has met the suite's first address only. */
  readonly inbound: number | undefined;
}

export class UdpExam {
  readonly #sockets: readonly [Socket, Socket];
  /** Marks of the datagrams that came to the second socket unasked. */
  readonly marks = new Set<number>();

  private constructor(sockets: readonly [Socket, Socket]) {
    this.#sockets = sockets;
  }

  /**
   * @param address the address to leave from
   * @throws PortholeError SOCKET_FAILED
   */
  static async open(address: string, random: () => number): Promise<UdpExam> {
    const sockets = [createSocket('udp4'), createSocket('udp4')] as const;
    const exam = new UdpExam(sockets);
    for (const socket of sockets) socket.on('error', () => {}); // what cannot be sent is not answered
    sockets[1].on('message', (bytes) => bytes.length === 1 && exam.marks.add(bytes[0] as number));
    try {
      await Promise.all([bound(sockets[0], address, [0]), bound(sockets[1], address, inboundPorts(random))]);
      return exam;
    } catch (error) {
      exam.close();
      throw socketError(error, 'SOCKET_FAILED');
    }
  }

  /**
   * Asks: with the first socket all servers, then with the second the first server alone.
   * @param onSent when each has gone out once, in this order: what makes mappings after that comes after them
   */
  async ask(servers: readonly SocketAddress[], clock: Clock, signal: AbortSignal, onSent: () => void): Promise<UdpFound> {
    const [main, inbound] = this.#sockets;
    const [first] = servers;
    if (!first) return { samples: [], inbound: undefined };
    const questions = [...servers.map((server) => ({ socket: main, server })), { socket: inbound, server: first }].map((one) => ({
      ...one,
      question: bindingQuestion(),
      outside: 0,
    }));
    const answered = new AbortController();
    const take = (bytes: Uint8Array): void => {
      for (const one of questions) one.outside ||= readBindingAnswer(bytes, one.question.transaction)?.port ?? 0;
      if (questions.every(({ outside }) => outside > 0)) answered.abort();
    };
    for (const socket of this.#sockets) socket.on('message', take);
    for (let tries = 0; tries < TRIES && !answered.signal.aborted; tries++) {
      // Where nothing came back at all, one question is as good as four.
      const blocked = tries > 0 && questions.every(({ outside }) => outside === 0);
      for (const { socket, server, question, outside } of blocked ? questions.slice(0, 1) : questions) {
        if (outside > 0) continue;
        await new Promise<void>((resolve) => void socket.send(question.bytes, server.port, server.ip, () => resolve()));
      }
      if (tries === 0) onSent();
      await sleep(clock, AGAIN_MS, AbortSignal.any([signal, answered.signal])).catch(() => {});
      signal.throwIfAborted();
    }
    const samples = questions.flatMap(({ socket, server, outside }, nth): Sample[] =>
      outside > 0 ? [{ nth, local: socket.address().port, ip: server.ip, port: server.port, outside }] : [],
    );
    return { samples, inbound: questions.at(-1)?.outside || undefined };
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}

/** Binds the first of the ports that is free. */
async function bound(socket: Socket, address: string, [port = 0, ...others]: readonly number[]): Promise<void> {
  try {
    socket.bind({ address, port });
    await once(socket, 'listening');
  } catch (error) {
    if (others.length === 0) throw error;
    await bound(socket, address, others);
  }
}

/** Of the servers: two ports of the first address, and one of the second. */
export function udpServers(listed: readonly SocketAddress[]): SocketAddress[] {
  const servers = listed.filter(({ ip }) => isIPv4(ip));
  const first = servers.filter(({ ip }) => ip === servers[0]?.ip).slice(0, 2);
  const second = servers.find(({ ip }) => ip !== servers[0]?.ip);
  return second ? [...first, second] : first;
}
