// SPDX-License-Identifier: Apache-2.0
// Generators as steps that wait only if they must: synchronous where values are there at once, by a promise otherwise.

import type { Soon } from './primitives.ts';

/** A function in steps: it yields what it has to wait for. */
export type Steps<T> = Generator<Promise<unknown>, T, unknown>;

/** Within steps: the value, waited for if need be. */
export function* soon<T>(value: Soon<T>): Steps<T> {
  return value instanceof Promise ? ((yield value) as T) : value;
}

/** Does the steps. What they throw is thrown here as long as nothing was waited for, and rejects afterwards. */
export function take<T>(steps: Steps<T>): Soon<T> {
  const after = (step: IteratorResult<Promise<unknown>, T>): Soon<T> =>
    step.done
      ? step.value
      : step.value.then(
          (value) => after(steps.next(value)),
          (reason) => after(steps.throw(reason)),
        );
  return after(steps.next());
}
