// SPDX-License-Identifier: Apache-2.0
// The inner half of a program that does what it is told over its channel; the outer half is acting.ts.

interface Told {
  readonly id: number;
  readonly deed: string;
  readonly words: never[];
}

/** Does what is asked by these names, and ends with the channel. Without a channel it does nothing. */
export function obey(deeds: Readonly<Record<string, (...words: never[]) => unknown>>): void {
  if (!process.send) return;
  process.on('message', async ({ id, deed, words }: Told) => {
    try {
      process.send?.({ id, result: await deeds[deed]?.(...words) });
    } catch (error) {
      process.send?.({ id, error: (error as Error).message });
    }
  });
  process.on('disconnect', () => process.exit());
}
