// SPDX-License-Identifier: Apache-2.0
// Paths that are more than a session needs, and when each is closed.

import type { Path } from '../continuity/path.ts';

/** How long a path that is not needed is left open, in milliseconds: the other end may not have moved from it yet. */
export const SPARE_MS = 2000;

export class Spares {
  readonly #since = new Map<Path, number>();

  /** These are not needed now. @returns those of them that have not been for SPARE_MS: to be closed */
  due(spare: readonly Path[], now: number): Path[] {
    for (const path of [...this.#since.keys()]) if (!spare.includes(path)) this.#since.delete(path);
    for (const path of spare) if (!this.#since.has(path)) this.#since.set(path, now);
    return spare.filter((path) => (this.#since.get(path) ?? now) + SPARE_MS <= now);
  }

  /** When the next is due; null when none is spare. */
  get nextAt(): number | null {
    return this.#since.size > 0 ? Math.min(...this.#since.values()) + SPARE_MS : null;
  }

  gone(path: Path): void {
    this.#since.delete(path);
  }
}
