// SPDX-License-Identifier: Apache-2.0
// What is remembered of a session's paths: since when each is well or not needed, and how often those of its kind failed.

import type { Path } from '../continuity/path.ts';

/**
 * A kind of path that failed while it carried must be well for so long before it takes over from a lesser one that is well,
 * in milliseconds; doubled with each further failure up to the second. What has failed never does so at once: no flapping.
 */
export const STEADY_MS = [2000, 120_000] as const;
/** A path that carried for so long had no part in earlier failures of its kind, in milliseconds. */
export const FORGIVE_MS = 300_000;

export class Falls {
  readonly #counts = new Map<string, number>();
  readonly #counted = new Set<Path>();

  /**
   * A path fails that carried for so many milliseconds.
   * @returns whether that counts: not while it is the same failure still
   */
  fell(path: Path, carriedMs: number): boolean {
    if (this.#counted.has(path)) return false;
    this.#counted.add(path);
    const before = carriedMs >= FORGIVE_MS ? 0 : (this.#counts.get(path.via) ?? 0);
    this.#counts.set(path.via, before + 1);
    return true;
  }

  /** The path is well again, or gone: what fails next is another failure. */
  over(path: Path): void {
    this.#counted.delete(path);
  }

  /** The network is another one: what failed in the one before says nothing of this. */
  clear(): void {
    this.#counts.clear();
  }

  /** How long a path made this way must be well, in milliseconds. */
  steadyMs(via: string): number {
    const [first, most] = STEADY_MS;
    const falls = this.#counts.get(via) ?? 0;
    return falls === 0 ? 0 : Math.min(first * 2 ** (falls - 1), most);
  }
}

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
