// SPDX-License-Identifier: Apache-2.0
// How often the paths of each way failed while they carried, and how long one of them must be well until it is trusted again.

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
