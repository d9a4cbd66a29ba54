// SPDX-License-Identifier: Apache-2.0
// Under which key an address is counted: one customer of IPv6 has a whole /64.

import { isIPv6 } from 'node:net';

/** The key of an address: IPv4 whole, also when mapped into IPv6; of IPv6 the first 64 bits. */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const bare = address.replace(/%.*$/, '');
  if (!isIPv6(bare)) return address;
  const [head = '', tail] = bare.split('::');
  const groups = head === '' ? [] : head.split(':');
  // Only how many groups the tail has matters: it ends the address, and an IPv4 ending counts as two.
  const behind = tail ? tail.split(':').length + (tail.includes('.') ? 1 : 0) : 0;
  const filled = tail === undefined ? groups : [...groups, ...Array(8 - groups.length - behind).fill('0'), ...tail.split(':')];
  return `${filled
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
