// SPDX-License-Identifier: Apache-2.0
// A site's addresses where it is called otherwise than it knows: at a local gateway, by an app shell's scheme.

/** An address at one origin as the same at another; one that is at neither stays. */
export function ledFrom(address: string, from: string, to: string): string {
  const leads = address.startsWith(from) && /^([/?#]|$)/.test(address.slice(from.length));
  return leads ? to + address.slice(from.length) : address;
}
