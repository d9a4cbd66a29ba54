// SPDX-License-Identifier: Apache-2.0
// What the keeper needs of a session's paths, and what it tells of them.

import type { PortholeError } from '../../proto/errors.ts';
import { type Way, wayNamed } from '../strategy/way.ts';

/** A live path. The same object for as long as it lives. */
export interface KeptPath {
  /** The name of its way. */
  readonly via: string;
  /** How it was made, where there are several ways to (`Connection.how`). */
  readonly how?: string | undefined;
  /** Milliseconds; 0 until it was measured. */
  readonly rttMs: number;
  /** `suspect`: it gives no sign of life, whether it is in use or not. */
  readonly state: 'standby' | 'in-use' | 'suspect';
  /** Whether it has given a sign of life since the path in use was doubted. */
  readonly proven: boolean;
}

/** What happens to the paths of a session; `reason` is in words. */
export type PathEvent<P> =
  | { readonly type: 'joined' | 'moved' | 'doubted' | 'suspect' | 'recovered' | 'lost'; readonly path: P; readonly reason: string }
  | { readonly type: 'stranded' | 'found' } // no path is left; there is one again
  | { readonly type: 'over'; readonly error: PortholeError | null };

/** A session that can be carried by several paths, one at a time. */
export interface KeptThread<P extends KeptPath> {
  /** The live ones. */
  readonly paths: readonly P[];
  /** @returns what ends the listening */
  onEvent(listener: (event: PathEvent<P>) => void): () => void;
  /** Has this path carry the session. */
  use(path: P, reason: string): void;
  /** Closes a path. */
  drop(path: P, reason: PortholeError): void;
  /** Asks all paths for a sign of life; one that gives none in time is suspect. */
  probe(withinMs: number): void;
}

/** A change of what carries a session, for a person to read. */
export interface PathNews {
  /** What it is. */
  readonly kind:
    | 'moved' // another path carries
    | 'silent' // the path in use gives no sign of life, and there is no other
    | 'recovered' // it does again
    | 'lost' // the path in use is gone, and there is no other
    | 'standby' // there is another one to fall back on, or none any more
    | 'sought' // a way was tried in vain
    | 'changed'; // the network, or what is known of the host
  /** The path in use; empty while there is none. */
  readonly via: string;
  /** Milliseconds of a round trip on it; 0 where there is none, or it is not measured. */
  readonly rttMs: number;
  /** The path that stands by; empty while there is none. */
  readonly standby: string;
  /** Why, in words. */
  readonly reason: string;
}

/** A path's name in a sentence. */
export function pathName({ via, how }: KeptPath, ways: readonly Way[]): string {
  const { name, kind } = wayNamed(via, ways);
  return `${kind === 'relayed' ? `the ${name}` : name}${how ? ` (${how})` : ''}`;
}

/** How far the peer is on one path, and was on another, in a sentence. */
export function farther(path: KeptPath, old: KeptPath, ways: readonly Way[]): string {
  const round = (ms: number): number => Math.max(1, Math.round(ms));
  const [name, oldName] = [pathName(path, ways), pathName(old, ways)];
  const here = path.rttMs > 0 ? `${name} is ${round(path.rttMs)} ms away` : name;
  return old.rttMs > 0 ? `${here}, ${oldName} was ${round(old.rttMs)} ms` : `${here} in place of ${oldName}`;
}
