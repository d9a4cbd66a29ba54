// SPDX-License-Identifier: Apache-2.0
// The numbers that the C headers of each platform give to socket calls and options.

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
