// SPDX-License-Identifier: Apache-2.0
// What runs at the site for one session: counted by the work, not by the streams, which a visitor resets for nothing.

/** Runs what streams ask for, a bounded number at once; the others wait, in their order. */
export class Handlers<S> {
  readonly #most: number;
  readonly #run: (stream: S) => Promise<void>;
  readonly #waiting = new Set<S>();
  #running = 0;

  /**
   * @param most that run at once
   * @param run does the work of a stream, and resolves when there is no more of it
   */
  constructor(most: number, run: (stream: S) => Promise<void>) {
    this.#most = most;
    this.#run = run;
  }

  /** Those that run, also for streams that are over. */
  get running(): number {
    return this.#running;
  }

  /** Begins the work of a stream, now or when there is room. */
  begin(stream: S): void {
    if (this.#running < this.#most) this.#start(stream);
    else this.#waiting.add(stream);
  }

  /** A stream is over: what waits for it is not begun any more. */
  over(stream: S): void {
    this.#waiting.delete(stream);
  }

  #start(stream: S): void {
    this.#running++;
    this.#run(stream).then(this.#done, this.#done);
  }

  readonly #done = (): void => {
    this.#running--;
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      return this.#start(next);
    }
  };
}
