// SPDX-License-Identifier: Apache-2.0
// How long ago, in words.

const STEPS: readonly (readonly [seconds: number, unit: string])[] = [
  [60 * 60 * 24 * 365, 'year'],
  [60 * 60 * 24 * 30, 'month'],
  [60 * 60 * 24, 'day'],
  [60 * 60, 'hour'],
  [60, 'min'],
];

/** @param ms milliseconds that have passed; a clock set back counts as none */
export function ago(ms: number): string {
  for (const [seconds, unit] of STEPS) {
    const count = Math.floor(ms / 1000 / seconds);
    if (count >= 1) return `${count} ${unit}${count > 1 && unit !== 'min' ? 's' : ''} ago`;
  }
  return 'just now';
}
