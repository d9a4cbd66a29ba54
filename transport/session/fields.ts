// SPDX-License-Identifier: Apache-2.0
// Which fields of HTTP speak of one connection, and go no further than it: the one table of all ends (RFC 9110 section 7.6.1).

/** Fields that speak of one connection only; SITE.md section 5 lists them. `host` is the authority of a request. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The fields that go on, in their order and with small names: not those of the table, nor those that a Connection field names. */
export function endToEnd(fields: Iterable<readonly [name: string, value: string]>): [name: string, value: string][] {
  const kept: [string, string][] = [];
  let named: Set<string> | null = null;
  for (const [given, value] of fields) {
    const name = given.toLowerCase();
    if (name === 'connection') {
      named ??= new Set();
      for (const one of value.split(',')) named.add(one.trim().toLowerCase());
    } else if (!HOP_BY_HOP.has(name)) kept.push([name, value]);
  }
  return named === null ? kept : kept.filter(([name]) => !named.has(name));
}
