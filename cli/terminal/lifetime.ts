// SPDX-License-Identifier: Apache-2.0
// A command's life: what it opened is closed in reverse when it ends, is told to stop, or fails.

/** The exit status after a second signal: the person does not want to wait. */
const IMPATIENT_EXIT = 130;

export class Lifetime {
  readonly #closers: (() => Promise<unknown>)[] = [];
  readonly #stop = new AbortController();
  readonly #process: NodeJS.Process;

  constructor(process: NodeJS.Process) {
    this.#process = process;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, this.#onSignal);
  }

  /** Aborts at the first signal. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Tells the command to stop, as a signal does. */
  stop(): void {
    this.#stop.abort();
  }

  /** Registers what to close, and hands it back. */
  keep<T extends { close(): Promise<unknown> }>(thing: T): T {
    this.#closers.push(() => thing.close());
    return thing;
  }

  /** Waits until the first signal, or until `end` resolves. */
  until(end: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stop.signal.aborted) resolve();
      this.#stop.signal.addEventListener('abort', () => resolve(), { once: true });
      void end.then(() => resolve());
    });
  }

  /** Closes everything, last opened first. */
  async end(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) this.#process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (): void => {
    if (this.#stop.signal.aborted) this.#process.exit(IMPATIENT_EXIT);
    this.#stop.abort();
  };
}
