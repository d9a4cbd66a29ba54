// SPDX-License-Identifier: Apache-2.0
// Decides whether a silent path that the session leaves is closed: messages stuck on it would otherwise arrive a second time when it recovers.

import { PortholeError } from '../../proto/errors.ts';
import { ASK_BUSY_MS } from './limits.ts';
import type { PathEnd } from './path-end.ts';

/** Quiet in milliseconds after which what is under way on a path that is left is stuck there. */
const STUCK_MS = 2 * ASK_BUSY_MS;

/** Why a path that is left is given up altogether; null when it may stay. */
export function stuckOn({ heartbeat }: PathEnd, underWay: number, now: number): PortholeError | null {
  const quiet = now - heartbeat.heardAt;
  if (underWay === 0 || quiet < STUCK_MS) return null;
  return new PortholeError('PATH_SILENT', `${underWay} bytes were stuck on it for ${(quiet / 1000).toFixed(1)} s`);
}
