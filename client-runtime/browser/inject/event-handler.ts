// SPDX-License-Identifier: Apache-2.0
// Event handler attributes of our classes (HTML section 8.1.8.1): `onopen` and its like.

/** `onopen` and its like: what stands there is heard in the place of the listener that it was first. */
export function handler(prototype: EventTarget, type: string): void {
  const handlers = new WeakMap<EventTarget, { run: unknown; readonly listen: (event: Event) => void }>();
  Object.defineProperty(prototype, `on${type}`, {
    configurable: true,
    enumerable: true,
    get(this: EventTarget) {
      return handlers.get(this)?.run ?? null;
    },
    set(this: EventTarget, run: unknown) {
      const known = handlers.get(this);
      if (known) known.run = typeof run === 'function' ? run : null;
      else if (typeof run === 'function') {
        const one = {
          run: run as unknown,
          listen: (event: Event): void => {
            if (typeof one.run === 'function') one.run.call(this, event);
          },
        };
        handlers.set(this, one);
        this.addEventListener(type, one.listen);
      }
    },
  });
}
