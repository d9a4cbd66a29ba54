// SPDX-License-Identifier: Apache-2.0
// The paths of a session as the layers above see them, and the events that happen to them.

import type { PortholeError } from '../../proto/errors.ts';

/** A live path. The same object for as long as it lives. */
export interface Path {
  /** Its number: no other path of the session has it at this end. */
  readonly id: number;
  /** The name of its strategy. */
  readonly via: string;
  /** How it was made, where there are several ways to (`Connection.how`). */
  readonly how?: string | undefined;
  /** Milliseconds of a round trip; 0 until it is known. */
  readonly rttMs: number;
  /** `suspect`: it gives no sign of life, whether it is in use or not. */
  readonly state: 'standby' | 'in-use' | 'suspect';
  /** Whether it has answered, and soon, since the path in use was doubted: only then is it better than that. */
  readonly proven: boolean;
}

/** What happens to the paths of a session; `reason` is in words. */
export type PathEvent =
  | { readonly type: 'joined' | 'moved' | 'doubted' | 'suspect' | 'recovered'; readonly path: Path; readonly reason: string }
  | { readonly type: 'lost'; readonly path: Path; readonly reason: string; readonly error: PortholeError }
  /** It has answered while the path in use is suspect. */
  | { readonly type: 'answered'; readonly path: Path }
  /** No path is left; the session waits for another, until one is found. */
  | { readonly type: 'stranded' | 'found' }
  /** The session has ended; null after an orderly end. */
  | { readonly type: 'over'; readonly error: PortholeError | null };
