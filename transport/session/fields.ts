// SPDX-License-Identifier: Apache-2.0
// The table of HTTP fields that concern one connection (RFC 9110 section 7.6.1), or a whole origin, and are not passed on, for all ends.

/** SITE.md section 5 lists them. `host` is the authority of a request. */
const HOP_BY_HOP =
  /^(connection|host|keep-alive|proxy-(authenticate|authentication-info|authorization|connection)|te|trailer|transfer-encoding|upgrade)$/;

/** Whether a field, by its name in small letters, speaks of one connection only. */
export const isHopByHop = (name: string): boolean => HOP_BY_HOP.test(name);

/**
 * Whether a field of an answer, by its name in small letters, is about a whole origin: where that is not the site's alone (the suite's
 * pages are below it, too) the site does not speak for it. `clear-site-data` would sign visitors out of Porthole.
 */
export const isOfOrigin = (name: string): boolean => /^(clear-site-data|service-worker-allowed)$/.test(name);

/** The fields that go on, in their order and with small names: not those of the table, nor those that a Connection field names. */
export function endToEnd(fields: Iterable<readonly [name: string, value: string]>): [name: string, value: string][] {
  const all = Array.from(fields, ([name, value]): [string, string] => [name.toLowerCase(), value]);
  const named = all
    .filter(([name]) => name === 'connection')
    .join()
    .toLowerCase()
    .split(/[\s,]+/);
  return all.filter(([name]) => !isHopByHop(name) && !named.includes(name));
}

/** Names and values, which Node has in one row (`rawHeaders`). */
export function fieldsOfRow(row: readonly string[]): [name: string, value: string][] {
  const fields: [string, string][] = [];
  for (let at = 0; at + 1 < row.length; at += 2) fields.push([row[at] as string, row[at + 1] as string]);
  return fields;
}
