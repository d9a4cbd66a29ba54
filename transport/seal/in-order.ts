// SPDX-License-Identifier: Apache-2.0
// Hands out results in the order of their requests, though some come at once and some later.

import type { Soon } from './primitives.ts';

interface Place<T> {
  value: T | undefined;
  come: boolean;
}

/** Hands out values in the order of `push`: at once where nothing before them is awaited. */
export class InOrder<T> {
  readonly #take: (value: T) => void;
  readonly #fail: (reason: unknown) => void;
  #places: Place<T>[] = [];
  #over = false;
  #idle: (() => void)[] = [];

  /** @param fail called once, when a value does not come; nothing is handed out any more */
  constructor(take: (value: T) => void, fail: (reason: unknown) => void) {
    this.#take = take;
    this.#fail = fail;
  }

  push(value: Soon<T>): void {
    if (this.#over) return;
    if (!(value instanceof Promise)) {
      if (this.#places.length === 0) this.#take(value);
      else this.#places.push({ value, come: true });
      return;
    }
    const place: Place<T> = { value: undefined, come: false };
    this.#places.push(place);
    value.then(
      (result) => {
        place.value = result;
        place.come = true;
        this.#handOut();
      },
      (reason) => {
        if (this.#over) return;
        this.stop();
        this.#fail(reason);
      },
    );
  }

  /** Whether something is awaited. */
  get waits(): boolean {
    return this.#places.length > 0;
  }

  /** Resolves when nothing is awaited. */
  idle(): Promise<void> {
    if (this.#places.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  /** Hands nothing out any more. */
  stop(): void {
    this.#over = true;
    this.#places = [];
    this.#rest();
  }

  #handOut(): void {
    while (this.#places[0]?.come) {
      const { value } = this.#places.shift() as Place<T>;
      this.#take(value as T);
    }
    if (this.#places.length === 0) this.#rest();
  }

  #rest(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
