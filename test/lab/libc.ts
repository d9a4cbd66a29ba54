// SPDX-License-Identifier: Apache-2.0
// The system calls the lab needs and Node has not: packet sockets for the wire, netlink for the tables of a NAT (Linux only).

import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const errnoOf = (what: string): Error => new Error(`${what}: error ${koffi.errno()}`);

const socket = libc.func('int socket(int domain, int type, int protocol)');
const bind = libc.func('int bind(int fd, const void *address, int length)');
const setsockopt = libc.func('int setsockopt(int fd, int level, int name, const void *value, int length)');
const recv = libc.func('long recv(int fd, void *buffer, size_t length, int flags)');
const send = libc.func('long send(int fd, const void *buffer, size_t length, int flags)');
const ppoll = libc.func('int ppoll(void *fds, unsigned long count, const void *timeout, const void *mask)');
const indexOf = libc.func('unsigned int if_nametoindex(const char *name)');
const setns = libc.func('int setns(int fd, int kind)');

const AF_NETLINK = 16;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const SO_SNDBUFFORCE = 32;
const SOL_PACKET = 263;
const PACKET_IGNORE_OUTGOING = 23;
const PACKET_VNET_HDR = 15;
const MSG_DONTWAIT = 0x40;
const ETH_P_ALL = 3;
const CLONE_NEWNET = 0x40000000;
const NETLINK_NETFILTER = 12;
const POLLIN = 1;
const BUFFER_BYTES = 8 * 1024 * 1024;

/**
 * Opens a packet socket on an interface of this network namespace. Packets have virtio's head in front, so that checksums and
 * segments that the kernel has put off stay put off.
 */
export function packetSocket(device: string): number {
  const index = Number(indexOf(device));
  if (index === 0) throw errnoOf(device);
  const fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0) throw errnoOf('socket');
  const on = Buffer.from(Int32Array.of(1).buffer);
  const size = Buffer.from(Int32Array.of(BUFFER_BYTES).buffer);
  for (const name of [PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING]) {
    if (setsockopt(fd, SOL_PACKET, name, on, 4) !== 0) throw errnoOf('setsockopt');
  }
  // Refused outside the first user namespace on some kernels; the usual size does for less.
  for (const name of [SO_RCVBUFFORCE, SO_SNDBUFFORCE]) setsockopt(fd, SOL_SOCKET, name, size, 4);
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(ETH_P_ALL, 2);
  address.writeInt32LE(index, 4);
  if (bind(fd, address, address.length) !== 0) throw errnoOf('bind');
  return fd;
}

/** The next packet's length, or -1 when none waits. */
export const receivePacket = (fd: number, into: Buffer): number => Number(recv(fd, into, into.length, MSG_DONTWAIT));

/** Sends a packet; false when the interface has no room or is down. */
export const sendPacket = (fd: number, packet: Buffer): boolean => Number(send(fd, packet, packet.length, MSG_DONTWAIT)) >= 0;

/** Waits until one of the descriptors can be read, at most `ms` (fractions count; negative: for ever), and blocks this thread. */
export function poller(fds: readonly number[]): (ms: number) => void {
  const asked = Buffer.alloc(8 * fds.length);
  for (const [at, fd] of fds.entries()) {
    asked.writeInt32LE(fd, 8 * at);
    asked.writeInt16LE(POLLIN, 8 * at + 4);
  }
  const timeout = Buffer.alloc(16);
  return (ms) => {
    timeout.writeBigInt64LE(BigInt(Math.floor(ms / 1000)), 0);
    timeout.writeBigInt64LE(BigInt(Math.floor((ms % 1000) * 1e6)), 8);
    ppoll(asked, fds.length, ms < 0 ? null : timeout, null);
  };
}

/** Empties the connection table of a network namespace, as a reboot of the NAT does. */
export function flushConntrack(namespacePath: string): void {
  const there = openSync(namespacePath, 'r');
  // Of this thread: another thread's namespaces are its own.
  const here = openSync('/proc/thread-self/ns/net', 'r');
  let fd = -1;
  try {
    if (setns(there, CLONE_NEWNET) !== 0) throw errnoOf('setns');
    fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    if (fd < 0) throw errnoOf('socket');
    // nlmsghdr: length, IPCTNL_MSG_CT_DELETE of NFNL_SUBSYS_CTNETLINK, NLM_F_REQUEST | NLM_F_ACK; nfgenmsg: any family.
    const message = Buffer.alloc(20);
    message.writeUInt32LE(message.length, 0);
    message.writeUInt16LE((1 << 8) | 2, 4);
    message.writeUInt16LE(5, 6);
    if (Number(send(fd, message, message.length, 0)) < 0) throw errnoOf('send');
    const answer = Buffer.alloc(4096);
    const length = Number(recv(fd, answer, answer.length, 0));
    const error = length >= 20 ? answer.readInt32LE(16) : -1;
    if (error !== 0) throw new Error(`the connection table was not emptied: error ${-error}`);
  } finally {
    setns(here, CLONE_NEWNET);
    closeSync(here);
    closeSync(there);
    if (fd >= 0) closeSync(fd);
  }
}
