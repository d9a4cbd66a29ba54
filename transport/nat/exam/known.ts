// SPDX-License-Identifier: Apache-2.0
// What was found of networks this machine has been in: a file, so that an exam is taken once for each.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../system/private-file.ts';
import type { NatProfile } from '../profile.ts';
import { natFromWire, natToWire } from '../profile-wire.ts';

/** Networks that are remembered: the last ones. */
export const MAX_NETWORKS = 32;
/** How long a finding holds, in milliseconds: routers are restarted, and change. */
export const HOLDS_MS = 24 * 3600 * 1000;

interface Entry {
  readonly network: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As a message: what cannot be read as one is not believed. */
  readonly nat: ReturnType<typeof natToWire>;
}

/**
 * A network's name in the file: who is in it, and how the suite sees that.
 * @param addresses this machine's own
 * @param observed its outside address, without the port
 */
export function networkName(addresses: readonly string[], observed: string): string {
  return createHash('sha256')
    .update([...addresses].sort().join('\n'))
    .update(`\n\n${observed}`)
    .digest('hex')
    .slice(0, 32);
}

/** What is known of a network; null when nothing is that still holds. */
export async function recall(file: string, network: string, now: number): Promise<NatProfile | null> {
  const entry = (await entries(file)).find((one) => one.network === network);
  return entry && now - entry.at < HOLDS_MS && entry.at <= now ? natFromWire(entry.nat) : null;
}

/** Notes what was found. @throws the system's error */
export async function remember(file: string, network: string, now: number, nat: NatProfile): Promise<void> {
  const others = (await entries(file)).filter((one) => one.network !== network && now - one.at < HOLDS_MS);
  const all: Entry[] = [{ network, at: now, nat: natToWire(nat) }, ...others].slice(0, MAX_NETWORKS);
  await replaceFile(file, `${JSON.stringify(all, null, 1)}\n`);
}

/** The file's entries; none where it is not there, or is not what it should be: it is made again from what is found next. */
async function entries(file: string): Promise<Entry[]> {
  try {
    const all = JSON.parse(await readFile(file, 'utf8')) as unknown;
    return Array.isArray(all) ? all.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(one: unknown): one is Entry {
  const { network, at, nat } = (one ?? {}) as Partial<Entry>;
  return typeof network === 'string' && typeof at === 'number' && typeof nat === 'object' && nat !== null;
}
