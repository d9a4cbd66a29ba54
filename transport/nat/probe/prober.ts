// SPDX-License-Identifier: Apache-2.0
// The client's half of STUN (RFC 8489), and the prober of outside ports: dials probe ports of the suite, with or without a STUN request.

import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import { PortholeError } from '../../../proto/errors.ts';
import type { Clock } from '../../time/clock.ts';
import type { SocketAddress } from '../profile.ts';
import type { BoundSocket } from '../sockets/sockets.ts';

const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const USERNAME = 0x0006;
const XOR_MAPPED_ADDRESS = 0x0020;
const IPV4 = 1;
const IPV6 = 2;

/** Bytes before the attributes; over TCP, what tells how many follow (section 6.2.2). */
const STUN_HEADER_BYTES = 20;
/** Bytes of the longest answer that is read. */
export const MAX_STUN_ANSWER_BYTES = 1280;

/** A request and its transaction, which the answer repeats. @param user for USERNAME, ASCII */
export function bindingQuestion(user = ''): { readonly bytes: Uint8Array; readonly transaction: Uint8Array } {
  const transaction = new Uint8Array(randomBytes(12));
  const attribute = Buffer.alloc(user === '' ? 0 : 4 + Math.ceil(user.length / 4) * 4);
  if (user !== '') {
    attribute.writeUInt16BE(USERNAME, 0);
    attribute.writeUInt16BE(user.length, 2);
    attribute.write(user, 4, 'latin1');
  }
  const head = Buffer.alloc(STUN_HEADER_BYTES);
  head.writeUInt16BE(BINDING_REQUEST, 0);
  head.writeUInt16BE(attribute.length, 2);
  head.writeUInt32BE(MAGIC_COOKIE, 4);
  head.set(transaction, 8);
  return { bytes: Buffer.concat([head, attribute]), transaction };
}

/** Bytes of the message that these begin; undefined while that cannot be told. */
function stunLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < STUN_HEADER_BYTES) return undefined;
  return STUN_HEADER_BYTES + (((bytes[2] as number) << 8) | (bytes[3] as number));
}

/** The outside address in the answer to this transaction; undefined for whatever is no such answer. */
export function readBindingAnswer(message: Uint8Array, transaction: Uint8Array): SocketAddress | undefined {
  if (stunLength(message) !== message.length || message.length > MAX_STUN_ANSWER_BYTES) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (view.getUint16(0) !== BINDING_SUCCESS || view.getUint32(4) !== MAGIC_COOKIE) return undefined;
  if (transaction.some((byte, at) => message[8 + at] !== byte)) return undefined;
  for (let at = STUN_HEADER_BYTES; at + 4 <= message.length; ) {
    const length = view.getUint16(at + 2);
    if (at + 4 + length > message.length) return undefined;
    if (view.getUint16(at) === XOR_MAPPED_ADDRESS)
      return unmask(message.subarray(at + 4, at + 4 + length), message.subarray(4, STUN_HEADER_BYTES));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return undefined;
}

/** XOR-MAPPED-ADDRESS' value (section 14.2). */
function unmask(value: Uint8Array, mask: Uint8Array): SocketAddress | undefined {
  const family = value[1];
  if (!((family === IPV4 && value.length === 8) || (family === IPV6 && value.length === 20))) return undefined;
  const port = (((value[2] as number) << 8) | (value[3] as number)) ^ (MAGIC_COOKIE >>> 16);
  const bytes = value.subarray(4).map((byte, at) => byte ^ (mask[at] as number));
  if (port === 0) return undefined;
  if (family === IPV4) return { ip: bytes.join('.'), port };
  const groups = Array.from({ length: 8 }, (_, at) => (((bytes[2 * at] as number) << 8) | (bytes[2 * at + 1] as number)).toString(16));
  // In its shortest form, as everybody else writes it.
  return { ip: new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1), port };
}

/**
 * Asks a STUN server on a connected socket where it sees it come from (section 6.2.2). The socket stays open; what comes after the
 * answer is left to be read.
 * @param user goes as USERNAME
 * @throws PortholeError FRAME_MALFORMED (no such answer), PATH_LOST, the signal's reason
 */
export function askStun(socket: Socket, signal: AbortSignal, user?: string): Promise<SocketAddress> {
  const { bytes, transaction } = bindingQuestion(user);
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);
    const done = (settle: () => void): void => {
      socket.off('readable', read).off('close', gone).off('end', gone);
      signal.removeEventListener('abort', stop);
      settle();
    };
    const stop = (): void => done(() => reject(signal.reason));
    const gone = (): void => done(() => reject(new PortholeError('PATH_LOST', 'the STUN server ended the connection')));
    const read = (): void => {
      for (let wanted = wantedOf(held); wanted > 0; wanted = wantedOf(held)) {
        const piece: Buffer | null = socket.read(Math.min(wanted, socket.readableLength || 1));
        if (!piece) return;
        held = Buffer.concat([held, piece]);
      }
      const address = readBindingAnswer(held, transaction);
      if (address) done(() => resolve(address));
      else done(() => reject(new PortholeError('FRAME_MALFORMED', 'that is no answer of a STUN server')));
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    socket.on('readable', read).on('close', gone).on('end', gone);
    socket.write(bytes);
    read();
  });
}

/** Bytes that the first message still lacks; none once it is longer than any answer. */
function wantedOf(held: Buffer): number {
  const length = stunLength(held);
  if (length === undefined) return STUN_HEADER_BYTES - held.length;
  return length > MAX_STUN_ANSWER_BYTES ? 0 : length - held.length;
}

/** Any address of this machine, by family of IP. */
export const ANY = { 4: '0.0.0.0', 6: '::' } as const;

export interface Dialled {
  readonly socket: Socket;
  /** Milliseconds until this program saw the connection stand: a round trip, and longer where it is busy. */
  readonly rttMs: number;
  /** The round trip as the system has measured it, where it does. */
  readonly leastRttMs: number;
}

export interface Seen extends Dialled {
  /** Where the suite saw the connection come from. */
  readonly address: SocketAddress;
}

/** Connects to a probe port and says nothing: the suite tells by the rendezvous what it saw. Rejects as the socket's `connect`. */
export async function dial(from: BoundSocket, to: SocketAddress, clock: Clock, signal: AbortSignal): Promise<Dialled> {
  const began = clock.now();
  const socket = await from.connect(to, signal);
  const rttMs = clock.now() - began;
  return { socket, rttMs, leastRttMs: Math.min(rttMs, from.rttMs?.() ?? rttMs) };
}

/**
 * Connects to a probe port and asks what it sees. The connection stays, and the mapping with it.
 * @param user goes as USERNAME
 * @throws PortholeError as the socket's `connect` and `askStun`; the socket is closed then
 */
export async function probe(from: BoundSocket, to: SocketAddress, clock: Clock, signal: AbortSignal, user?: string): Promise<Seen> {
  const dialled = await dial(from, to, clock, signal);
  const { socket } = dialled;
  try {
    socket.setNoDelay(true);
    const address = await askStun(socket, signal, user);
    // What else comes is dropped, and a hang-up noticed by nobody: only the mapping is wanted.
    socket.resume();
    return { ...dialled, address };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The servers of one family; a name is looked up, as it was when the suite was dialled by it. Those that lead nowhere are left out. */
export async function serversOf<T extends SocketAddress>(servers: readonly T[], family: 4 | 6): Promise<T[]> {
  const found = servers.map(async (server) => {
    const { ip } = server;
    if (isIP(ip) !== 0) return isIP(ip) === family ? [server] : [];
    const name = /(^|\.)localhost$/i.test(ip) ? 'localhost' : ip;
    const list = await lookup(name, { family, all: true }).catch(() => []);
    return list.slice(0, 1).map(({ address }) => ({ ...server, ip: address }));
  });
  return (await Promise.all(found)).flat();
}

/** Servers in another order: one of each address first. */
export function spread(servers: readonly SocketAddress[]): SocketAddress[] {
  const turns = servers.map((server, at) => ({ server, turn: servers.slice(0, at).filter(({ ip }) => ip === server.ip).length }));
  return turns.sort((a, b) => a.turn - b.turn).map(({ server }) => server);
}
