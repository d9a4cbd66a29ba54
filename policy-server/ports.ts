// SPDX-License-Identifier: Apache-2.0
// Reads a policy's to-ports list: numbers, ranges, commas and the star, and nothing a policy from its port may not grant.

import { PortholeError } from '../proto/errors.ts';

/** The first port that a policy served from an unprivileged port may grant. */
export const FIRST_UNPRIVILEGED_PORT = 1024;
/** The last TCP port there is. */
export const LAST_PORT = 65_535;

/** Ports from one to another, both included. */
export interface PortRange {
  /** The first. */
  readonly from: number;
  /** The last. */
  readonly to: number;
}

/**
 * Reads a to-ports list such as `507,516-523` or `*`.
 * @param text as it stands in the policy: no spaces
 * @param servedFrom the port the policy is served from, as players dial it; 0 for a free port, which is never a privileged one
 * @returns the ranges in the order written; `*` is all that may be granted
 * @throws PortholeError CONFIG_INVALID: not a list of ports, or a port below 1024 granted from one above
 */
export function parseToPorts(text: string, servedFrom: number): PortRange[] {
  const first = servedFrom > 0 && servedFrom < FIRST_UNPRIVILEGED_PORT ? 1 : FIRST_UNPRIVILEGED_PORT;
  if (text === '*') return [{ from: first, to: LAST_PORT }];
  return text.split(',').map((item) => {
    const found = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(item);
    const from = Number(found?.[1]);
    const to = Number(found?.[2] ?? from);
    if (!found || to > LAST_PORT || from > to) {
      throw new PortholeError(
        'CONFIG_INVALID',
        `to-ports must be ports, ranges such as 516-523, or *: not ${JSON.stringify(item.slice(0, 40))}`,
      );
    }
    if (from < first) {
      throw new PortholeError(
        'CONFIG_INVALID',
        `a policy served from port ${servedFrom || 'number 1024 or above'} cannot grant port ${from}, only 1024 and above`,
      );
    }
    return { from, to };
  });
}

/** The list as text again. */
export function formatToPorts(ranges: readonly PortRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
