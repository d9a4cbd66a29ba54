// SPDX-License-Identifier: Apache-2.0
// Figures out of many: percentiles and shares, as words.

/** The number that so much of the others is not above (nearest rank); NaN of none. @param share 0.5: the middle one */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Half of them take no longer than the first, nineteen of twenty no longer than the second; a dash for none. */
export function spread(numbers: readonly number[]): readonly [p50: string, p95: string] {
  const words = (share: number): string => (numbers.length === 0 ? '–' : String(Math.round(percentile(numbers, share))));
  return [words(0.5), words(0.95)];
}

/** `3 of 4 (75 %)`. */
export function share(some: number, all: number): string {
  return `${some} of ${all} (${all === 0 ? 0 : Math.round((some / all) * 1000) / 10} %)`;
}

/** Things by what each is of, in the order in which that comes first. */
export function groups<T>(things: readonly T[], of: (thing: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const thing of things) found.set(of(thing), [...(found.get(of(thing)) ?? []), thing]);
  return found;
}

/** A table for Markdown; columns of figures stand at the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const ofFigures = (at: number): boolean => rows.every((cells) => /^[\d–]+/.test(cells[at] ?? ''));
  return [line(head), line(head.map((_, at) => (ofFigures(at) ? '---:' : '---'))), ...rows.map(line)].join('\n');
}
