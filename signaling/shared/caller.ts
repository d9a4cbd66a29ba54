// SPDX-License-Identifier: Apache-2.0
// Who calls: the address a request comes from and the host it dialled, also behind proxies that are trusted.

import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6, SocketAddress } from 'node:net';

/** One caller as the suite sees it. */
export interface Caller {
  /** Its address, in canonical form, and its port; port 0 where a proxy hides it. */
  readonly ip: string;
  readonly port: number;
  /** The Host it dialled: lower case, with the port if it named one; empty when it named none. */
  readonly host: string;
  readonly protocol: 'http' | 'https';
  /** The address of ours that it reached; empty where a proxy hides it. */
  readonly reached: string;
}

/**
 * Reads who calls from a request.
 * @param proxies how many proxies in front are trusted to say who calls (X-Forwarded-For, -Host, -Proto): each appends
 * one entry, so the caller is that many entries from the end; whatever stands before it the caller wrote itself
 */
export function callerOf(request: IncomingMessage, proxies: number): Caller {
  const { socket, headers } = request;
  const forwarded = proxies > 0 ? entry(headers['x-forwarded-for'], proxies) : undefined;
  const ip = forwarded !== undefined && isIP(forwarded) ? forwarded : undefined;
  const host = (proxies > 0 && entry(headers['x-forwarded-host'], proxies)) || headers.host || '';
  const protocol = proxies > 0 && entry(headers['x-forwarded-proto'], proxies) === 'https' ? 'https' : 'http';
  return {
    ip: canonicalAddress(ip ?? socket.remoteAddress ?? ''),
    port: ip === undefined ? (socket.remotePort ?? 0) : 0,
    host: host.toLowerCase(),
    protocol,
    reached: ip === undefined ? canonicalAddress(socket.localAddress ?? '') : '',
  };
}

/** The entry that the outermost trusted proxy wrote; the first one where there are fewer. */
function entry(header: string | string[] | undefined, proxies: number): string | undefined {
  const entries = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((part) => part.trim());
  return entries.at(-Math.min(proxies, entries.length)) || undefined;
}

/** One spelling for each address: IPv4 in IPv6 as IPv4, IPv6 compressed, no zone. What is no address stays as it is. */
export function canonicalAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(bare) ? new SocketAddress({ address: bare, family: 'ipv6' }).address : bare;
}

/** Whether an address is this machine's own loopback. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);
}

/** What an address is counted under: an IPv6 subscriber has a whole /64 (RFC 6177), so that is one caller. */
export function rateKey(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}
