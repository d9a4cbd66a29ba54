// SPDX-License-Identifier: Apache-2.0
// Ports of an exam's own choice: below those that systems give out, where NATs that keep ports seldom have mappings of others.

/**
 * The guests' local ports, from one to before the other. No other part of an exam uses them, also not of one taken a little
 * before: NATs remember whom a port has written to for minutes (RFC 5382 REQ-5), and a guest's has met one address only.
 */
export const GUEST_PORTS: Ports = [10_000, 25_000];
/** Ports nobody uses are looked for between these. */
export const UNUSED_PORTS: Ports = [25_000, 32_768];
/** So many are tried before the system is asked for any. */
const TRIES = 4;

type Ports = readonly [number, number];

/** One of them. @param random from 0 to before 1 */
export function portOf([low, high]: Ports, random: () => number): number {
  return low + Math.floor(random() * (high - low));
}

/** Ports to try for a guest, one after the other; the last is 0, any that is free. */
export function guestPorts(random: () => number): number[] {
  return [...Array.from({ length: TRIES }, () => portOf(GUEST_PORTS, random)), 0];
}
