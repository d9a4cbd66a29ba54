// SPDX-License-Identifier: Apache-2.0
// What is remembered of a session's paths: since when each is well or spare, and how often its strategy failed.

import type { Path } from '../continuity/path.ts';

/**
 * A kind of path that failed while it carried must be well for so long before it takes over from a lesser one that is well,
 * in milliseconds; doubled with each further failure up to the second. What has failed never does so at once: no flapping.
 */
export const STEADY_MS = [2000, 120_000] as const;
/** A path that carried for so long had no part in earlier failures of its kind, in milliseconds. */
export const FORGIVE_MS = 300_000;
/** How long a path that is not needed is left open, in milliseconds: the other end may not have moved from it yet. */
export const SPARE_MS = 2000;

export class PathRecord {
  readonly #wellSince = new Map<Path, number>();
  readonly #spareSince = new Map<Path, number>();
  readonly #failures = new Map<string, number>();
  readonly #counted = new Set<Path>(); // those whose failure goes on

  isWell(path: Path): boolean {
    return this.#wellSince.has(path);
  }

  well(path: Path, now: number): void {
    this.#wellSince.set(path, now);
  }

  silent(path: Path): void {
    this.#wellSince.delete(path);
  }

  /** The path is well again: what fails next is another failure. */
  recovered(path: Path, now: number): void {
    this.#wellSince.set(path, now);
    this.#counted.delete(path);
  }

  gone(path: Path): void {
    this.#wellSince.delete(path);
    this.#spareSince.delete(path);
    this.#counted.delete(path);
  }

  /**
   * A path fails that carried for so many milliseconds.
   * @returns whether that counts: not while it is the same failure still
   */
  failed(path: Path, carriedMs: number): boolean {
    if (this.#counted.has(path)) return false;
    this.#counted.add(path);
    const before = carriedMs >= FORGIVE_MS ? 0 : (this.#failures.get(path.via) ?? 0);
    this.#failures.set(path.via, before + 1);
    return true;
  }

  /** The network is another one: what failed in the one before says nothing of this. */
  forgive(): void {
    this.#failures.clear();
  }

  /** From when on a path may take over from a lesser one that is well. */
  readyAt(path: Path): number {
    const [first, most] = STEADY_MS;
    const failures = this.#failures.get(path.via) ?? 0;
    return (this.#wellSince.get(path) ?? 0) + (failures === 0 ? 0 : Math.min(first * 2 ** (failures - 1), most));
  }

  /** These are not needed now. @returns those of them that have not been for SPARE_MS: to be closed */
  spare(paths: readonly Path[], now: number): Path[] {
    for (const path of [...this.#spareSince.keys()]) if (!paths.includes(path)) this.#spareSince.delete(path);
    for (const path of paths) if (!this.#spareSince.has(path)) this.#spareSince.set(path, now);
    return paths.filter((path) => (this.#spareSince.get(path) ?? now) + SPARE_MS <= now);
  }

  /** When the next is to be closed; null when none is spare. */
  get nextSpareAt(): number | null {
    return this.#spareSince.size > 0 ? Math.min(...this.#spareSince.values()) + SPARE_MS : null;
  }
}
