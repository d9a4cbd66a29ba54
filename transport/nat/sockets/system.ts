// SPDX-License-Identifier: Apache-2.0
// The C library's socket calls, through koffi: each returns at once and reports the system's error; and each platform's constants.

import { getSystemErrorMessage, getSystemErrorName } from 'node:util';
import { PortholeError } from '../../../proto/errors.ts';
import type { SocketAddress } from '../profile.ts';

/** An option of setsockopt: level and name. */
export type Option = readonly [level: number, name: number];

/** One platform's numbers. A missing option is one the platform has not. */
export interface Constants {
  /** Address families, as `socket` takes them. */
  readonly inet: number;
  readonly inet6: number;
  /** Type of a TCP socket; where the system takes them here, not blocking and not handed to child processes. */
  readonly stream: number;
  /** Whether not being handed on has to be asked for with a call of its own (fcntl). */
  readonly closeOnExecApart: boolean;
  /** Whether a sockaddr begins with a byte of its own length (4.4BSD). */
  readonly lengthInAddress: boolean;
  readonly reuseAddress: Option;
  readonly reusePort: Option;
  readonly error: Option;
  readonly v6Only: Option;
  /** The longest segment sent, and asked for; only where it may be set before connecting to more than the least. */
  readonly maxSegment?: Option;
  readonly ttl: Readonly<Record<4 | 6, Option>>;
  readonly minTtl?: Readonly<Record<4 | 6, Option>>;
  /** What the system has noted of a TCP connection, and where in it are, in four bytes each, the round trip in microseconds and the packets sent again. */
  readonly connection?: { readonly option: Option; readonly rttAt: number; readonly resentAt: number };
}

const IP = 0;
const IPV6 = 41;
const TCP = 6;

/** Linux: include/uapi/asm-generic/socket.h, linux/in.h, linux/in6.h. The same on x64, arm64, arm, ia32 and riscv64. */
const linux: Constants = {
  inet: 2,
  inet6: 10,
  stream: 0o1 | 0o4000 | 0o2000000, // SOCK_STREAM, SOCK_NONBLOCK, SOCK_CLOEXEC
  closeOnExecApart: false,
  lengthInAddress: false,
  reuseAddress: [1, 2],
  reusePort: [1, 15],
  error: [1, 4],
  v6Only: [IPV6, 26],
  maxSegment: [TCP, 2],
  ttl: { 4: [IP, 2], 6: [IPV6, 16] },
  minTtl: { 4: [IP, 21], 6: [IPV6, 73] },
  connection: { option: [TCP, 11], rttAt: 68, resentAt: 100 }, // TCP_INFO, tcpi_rtt, tcpi_total_retrans: linux/tcp.h
};

/**
 * macOS: bsd/sys/socket.h, netinet/in.h, netinet6/in6.h. Untested.
 * It has no IP_MINTTL, and takes no TCP_MAXSEG above the least before it connects; its TCP, as 4.4BSD's, takes an ICMP error for a SYN as a hint, not as the end.
 */
const darwin: Constants = {
  inet: 2,
  inet6: 30,
  stream: 1,
  closeOnExecApart: true,
  lengthInAddress: true,
  reuseAddress: [0xffff, 0x0004],
  reusePort: [0xffff, 0x0200],
  error: [0xffff, 0x1007],
  v6Only: [IPV6, 27],
  ttl: { 4: [IP, 4], 6: [IPV6, 4] },
};

/** By `process.platform`. */
export const CONSTANTS: Readonly<Record<string, Constants>> = { linux, darwin };

export type Koffi = typeof import('koffi');
export type Family = 4 | 6;

/** Room for a struct sockaddr_in, and for a struct sockaddr_in6. */
const ADDRESS_BYTES = { 4: 16, 6: 28 } as const;
/** Where the address itself lies in them. */
const ADDRESS_AT = { 4: 4, 6: 8 } as const;
/** The longest text of an address (INET6_ADDRSTRLEN). */
const TEXT_BYTES = 46;
/** fcntl's command and argument: F_SETFD, FD_CLOEXEC. */
const SET_CLOSE_ON_EXEC = [2, 1] as const;

type Call = (...args: unknown[]) => number;

/** One process's socket calls. A file descriptor it returns belongs to the caller until given to `close`. */
export class System {
  readonly constants: Constants;
  readonly #koffi: Koffi;
  readonly #calls: Record<'socket' | 'bind' | 'close' | 'fcntl' | 'setsockopt' | 'getsockopt' | 'getsockname' | 'inet_pton', Call>;
  readonly #inetNtop: (family: number, address: Uint8Array, text: Uint8Array, room: number) => string | null;
  readonly #number = Buffer.alloc(4);
  readonly #length = Buffer.alloc(4);

  /** @throws what koffi throws where the C library lacks a call */
  constructor(koffi: Koffi, constants: Constants) {
    this.#koffi = koffi;
    this.constants = constants;
    const libc = koffi.load(null); // the process itself: whichever C library it runs on
    this.#calls = {
      socket: libc.func('int socket(int domain, int type, int protocol)'),
      bind: libc.func('int bind(int fd, const void *address, uint32_t length)'),
      close: libc.func('int close(int fd)'),
      fcntl: libc.func('int fcntl(int fd, int command, ...)'),
      setsockopt: libc.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)'),
      getsockopt: libc.func('int getsockopt(int fd, int level, int name, void *value, void *length)'),
      getsockname: libc.func('int getsockname(int fd, void *address, void *length)'),
      inet_pton: libc.func('int inet_pton(int family, const char *text, void *address)'),
    };
    this.#inetNtop = libc.func('const char *inet_ntop(int family, const void *address, void *text, uint32_t room)');
  }

  /** A TCP socket with no address yet, for IPv6 without IPv4 in it. */
  socket(family: Family): number {
    const { inet, inet6, stream, closeOnExecApart, v6Only } = this.constants;
    const fd = this.#done('socket', this.#calls.socket(family === 4 ? inet : inet6, stream, 0));
    try {
      if (closeOnExecApart) this.#done('fcntl', this.#calls.fcntl(fd, SET_CLOSE_ON_EXEC[0], 'int', SET_CLOSE_ON_EXEC[1]));
      if (family === 6) this.set(fd, v6Only, 1);
    } catch (error) {
      this.close(fd);
      throw error;
    }
    return fd;
  }

  /** @throws also PortholeError USAGE where the address is none of that family, or has a zone: nobody is told of one that needs it */
  bind(fd: number, family: Family, local: SocketAddress): void {
    const address = this.#encode(family, local);
    this.#done('bind', this.#calls.bind(fd, address, address.length));
  }

  local(fd: number, family: Family): SocketAddress {
    const address = Buffer.alloc(ADDRESS_BYTES[family]);
    this.#length.writeUInt32LE(address.length);
    this.#done('getsockname', this.#calls.getsockname(fd, address, this.#length));
    const text = this.#inetNtop(this.#familyNumber(family), address.subarray(ADDRESS_AT[family]), Buffer.alloc(TEXT_BYTES), TEXT_BYTES);
    return { ip: String(text), port: address.readUInt16BE(2) };
  }

  set(fd: number, option: Option, value: number): void {
    this.#number.writeInt32LE(value);
    this.#done('setsockopt', this.#calls.setsockopt(fd, ...option, this.#number, 4));
  }

  get(fd: number, option: Option): number {
    this.#length.writeUInt32LE(4);
    this.#done('getsockopt', this.#calls.getsockopt(fd, ...option, this.#number, this.#length));
    return this.#number.readInt32LE();
  }

  /** The round trip of a connected socket as the system has measured it, in milliseconds; null where it does not say. */
  rttMs(fd: number): number | null {
    return this.#noted(fd, 'rttAt') / 1000 || null;
  }

  /** Packets that a connected socket has sent again so far; 0 where the system does not say. */
  resent(fd: number): number {
    return this.#noted(fd, 'resentAt');
  }

  close(fd: number): void {
    this.#done('close', this.#calls.close(fd));
  }

  /** A number of what the system has noted of a connected socket; 0 where it does not say. */
  #noted(fd: number, which: 'rttAt' | 'resentAt'): number {
    const { connection } = this.constants;
    if (!connection) return 0;
    const info = Buffer.alloc(connection[which] + 4);
    this.#length.writeUInt32LE(info.length);
    this.#done('getsockopt', this.#calls.getsockopt(fd, ...connection.option, info, this.#length));
    return info.readUInt32LE(connection[which]);
  }

  #familyNumber(family: Family): number {
    return family === 4 ? this.constants.inet : this.constants.inet6;
  }

  #encode(family: Family, { ip, port }: SocketAddress): Buffer {
    const address = Buffer.alloc(ADDRESS_BYTES[family]);
    if (this.constants.lengthInAddress) address.set([address.length, this.#familyNumber(family)]);
    else address.writeUInt16LE(this.#familyNumber(family));
    address.writeUInt16BE(port, 2);
    if (this.#calls.inet_pton(this.#familyNumber(family), ip, address.subarray(ADDRESS_AT[family])) !== 1)
      throw new PortholeError('USAGE', `"${ip}" is not an address`);
    return address;
  }

  #done(call: string, result: number): number {
    if (result >= 0) return result;
    const errno = -this.#koffi.errno();
    const code = getSystemErrorName(errno);
    throw Object.assign(new Error(`${call} ${code}: ${getSystemErrorMessage(errno)}`), { errno, code, syscall: call });
  }
}
