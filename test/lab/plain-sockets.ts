// SPDX-License-Identifier: Apache-2.0
// Sockets straight from the kernel, nothing between: what the lab is proved with (Linux only).

import { isIPv6 } from 'node:net';
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int domain, int type, int protocol)');
const bind = libc.func('int bind(int fd, const void *address, int length)');
const connect = libc.func('int connect(int fd, const void *address, int length)');
const listen = libc.func('int listen(int fd, int backlog)');
const accept4 = libc.func('int accept4(int fd, void *address, void *length, int flags)');
const getsockname = libc.func('int getsockname(int fd, void *address, void *length)');
const setsockopt = libc.func('int setsockopt(int fd, int level, int name, const void *value, int length)');
const getsockopt = libc.func('int getsockopt(int fd, int level, int name, void *value, void *length)');
const sendto = libc.func('long sendto(int fd, const void *data, size_t length, int flags, const void *address, int size)');
const recvfrom = libc.func('long recvfrom(int fd, void *data, size_t length, int flags, void *address, void *size)');
const poll = libc.func('int poll(void *fds, unsigned long count, int ms)');
const closeFd = libc.func('int close(int fd)');

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const NONBLOCK_CLOEXEC = 0o2004000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_ERROR = 4;
const SO_REUSEPORT = 15;
const IPPROTO_IP = 0;
const IP_TTL = 2;
const IP_MINTTL = 21;
const IPPROTO_IPV6 = 41;
const IPV6_UNICAST_HOPS = 16;
const IPV6_MINHOPCOUNT = 73;
const POLLIN = 1;
const POLLOUT = 4;
const MSG_NOSIGNAL = 0x4000;
const EINPROGRESS = 115;
const SOCKADDR_BYTES = 28;

export interface Address {
  readonly ip: string;
  readonly port: number;
}

export interface Options {
  readonly ttl?: number;
  /** What has a smaller TTL is dropped without an answer, errors of ICMP among it: with 255 all that comes from afar; 0: nothing. */
  readonly minTtl?: number;
}

const nameOf = (errno: number): string => (errno === 0 ? '' : getSystemErrorName(-errno));

function packed({ ip, port }: Address): Buffer {
  const six = isIPv6(ip);
  const bytes = Buffer.alloc(six ? SOCKADDR_BYTES : 16);
  bytes.writeUInt16LE(six ? AF_INET6 : AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  if (!six) {
    for (const [at, part] of ip.split('.').entries()) bytes[4 + at] = Number(part);
    return bytes;
  }
  const [left = '', right] = ip.split('::');
  const words = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [head, tail] = [words(left), words(right ?? '')];
  const whole = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  for (const [at, word] of whole.entries()) bytes.writeUInt16BE(Number.parseInt(word, 16), 8 + 2 * at);
  return bytes;
}

function unpacked(bytes: Buffer): Address {
  const port = bytes.readUInt16BE(2);
  if (bytes.readUInt16LE(0) === AF_INET) return { ip: [...bytes.subarray(4, 8)].join('.'), port };
  const words = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(8 + 2 * at).toString(16));
  return { ip: new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1), port };
}

const sizeBox = (bytes: number): Buffer => Buffer.from(Int32Array.of(bytes).buffer);

/** A socket of one's own port. Nothing of it waits: what it has is asked for. */
export class PlainSocket {
  readonly #fd: number;
  readonly #six: boolean;

  /** @throws Error with the system's name of what went wrong */
  constructor(kind: 'tcp' | 'udp', local: Address, options: Options = {}, fd?: number) {
    this.#six = isIPv6(local.ip);
    this.#fd = fd ?? socket(this.#six ? AF_INET6 : AF_INET, (kind === 'tcp' ? SOCK_STREAM : SOCK_DGRAM) | NONBLOCK_CLOEXEC, 0);
    if (this.#fd < 0) throw new Error(nameOf(koffi.errno()));
    if (fd !== undefined) return;
    for (const name of [SO_REUSEADDR, SO_REUSEPORT]) this.#option(SOL_SOCKET, name, 1);
    this.set(options);
    const address = packed(local);
    this.#check(bind(this.#fd, address, address.length));
  }

  get local(): Address {
    const address = Buffer.alloc(SOCKADDR_BYTES);
    this.#check(getsockname(this.#fd, address, sizeBox(SOCKADDR_BYTES)));
    return unpacked(address);
  }

  set({ ttl, minTtl }: Options): void {
    const level = this.#six ? IPPROTO_IPV6 : IPPROTO_IP;
    if (ttl !== undefined) this.#option(level, this.#six ? IPV6_UNICAST_HOPS : IP_TTL, ttl);
    if (minTtl !== undefined) this.#option(level, this.#six ? IPV6_MINHOPCOUNT : IP_MINTTL, minTtl);
  }

  /** Begins to connect; `outcome` tells how it went. */
  connect(remote: Address): void {
    const address = packed(remote);
    if (connect(this.#fd, address, address.length) !== 0 && koffi.errno() !== EINPROGRESS) throw new Error(nameOf(koffi.errno()));
  }

  /** `pending`, `open`, or the system's name of what went wrong. */
  outcome(): string {
    if (!this.#ready(POLLOUT)) return 'pending';
    const error = Buffer.alloc(4);
    this.#check(getsockopt(this.#fd, SOL_SOCKET, SO_ERROR, error, sizeBox(4)));
    return nameOf(error.readInt32LE()) || 'open';
  }

  listen(): void {
    this.#check(listen(this.#fd, 64));
  }

  /** A connection that came in, and where from; null when none did. */
  accept(): { socket: PlainSocket; from: Address } | null {
    const address = Buffer.alloc(SOCKADDR_BYTES);
    const fd = accept4(this.#fd, address, sizeBox(SOCKADDR_BYTES), NONBLOCK_CLOEXEC);
    if (fd < 0) return null;
    const from = unpacked(address);
    return { socket: new PlainSocket('tcp', from, {}, fd), from };
  }

  /** Sends characters, a byte each; to the peer when no address is given. False: it did not go. */
  send(text: string, to?: Address): boolean {
    const data = Buffer.from(text, 'latin1');
    const address = to ? packed(to) : null;
    return Number(sendto(this.#fd, data, data.length, MSG_NOSIGNAL, address, address?.length ?? 0)) === data.length;
  }

  /** What came, and where from; null when nothing did, '' as text at the end. */
  receive(): { text: string; from: Address | null } | null {
    if (!this.#ready(POLLIN)) return null;
    const data = Buffer.alloc(65536);
    const address = Buffer.alloc(SOCKADDR_BYTES);
    const length = Number(recvfrom(this.#fd, data, data.length, 0, address, sizeBox(SOCKADDR_BYTES)));
    if (length < 0) return null;
    return { text: data.toString('latin1', 0, length), from: address.readUInt16LE(0) === 0 ? null : unpacked(address) };
  }

  close(): void {
    closeFd(this.#fd);
  }

  #ready(events: number): boolean {
    const asked = Buffer.alloc(8);
    asked.writeInt32LE(this.#fd, 0);
    asked.writeInt16LE(events, 4);
    return poll(asked, 1, 0) > 0;
  }

  #option(level: number, name: number, value: number): void {
    this.#check(setsockopt(this.#fd, level, name, sizeBox(value), 4));
  }

  #check(result: number): void {
    if (result !== 0) throw new Error(nameOf(koffi.errno()));
  }
}
