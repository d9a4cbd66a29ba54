// SPDX-License-Identifier: Apache-2.0
// What a session tells of its paths.

import type { PortholeError } from '../../proto/errors.ts';
import type { Path } from './path.ts';

/** What happens to the paths of a session; `reason` is in words. */
export type ThreadEvent =
  | { readonly type: 'joined' | 'moved' | 'doubted' | 'suspect' | 'recovered'; readonly path: Path; readonly reason: string }
  | { readonly type: 'lost'; readonly path: Path; readonly reason: string; readonly error: PortholeError }
  /** No path is left; the session waits for another, until one is found. */
  | { readonly type: 'stranded' | 'found' }
  /** The session has ended; null after an orderly end. */
  | { readonly type: 'over'; readonly error: PortholeError | null };
