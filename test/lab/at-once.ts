// SPDX-License-Identifier: Apache-2.0
// Several things at a time, and no more than so many.

/** Does the work for each, so many at a time. @returns what came of each, in their order; the first error ends it */
export async function atOnce<T, R>(most: number, things: readonly T[], work: (thing: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < things.length && !failed) {
      const at = next++;
      try {
        done[at] = await work(things[at] as T);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  return done;
}
