// SPDX-License-Identifier: Apache-2.0
// What was seen, as a table for people: by every way the same as directly, or what was not.

import { stripVTControlCharacters } from 'node:util';
import { type App, ASPECTS, type Aspect } from './app.ts';
import type { Visited, Way } from './ways.ts';

/** How much later than directly an edit may be seen, in milliseconds, beside the round trip. */
export const LATER_MS = 500;

/** A visit, and what it is held against. It can be kept as JSON. */
export interface Row {
  readonly app: Pick<App, 'name' | 'made' | 'aspects'>;
  readonly version: string;
  readonly way: Way;
  readonly visited: Visited;
  /** What the same script saw directly. */
  readonly directly: Visited;
}

/** A cell: how an aspect went by a way. */
function cell({ app, way, visited, directly }: Row, aspect: Aspect): string {
  if (!app.aspects.includes(aspect)) return '–';
  const seen = visited.seen[aspect];
  if (!seen) return way === 'gateway' ? '–' : '**not reached**';
  if ('failed' in seen) return `**no**`;
  const plain = directly.seen[aspect];
  if (way !== 'gateway' && (!plain || !('saw' in plain) || plain.saw !== seen.saw)) return '**another**';
  if (seen.ms === undefined) return 'yes';
  return `${seen.ms} ms`;
}

/** What is not as it is directly, in words, one a fault. */
export function faults(row: Row): string[] {
  const { app, version, way, visited, directly } = row;
  const found: string[] = [];
  for (const aspect of app.aspects) {
    const [seen, plain] = [visited.seen[aspect], directly.seen[aspect]];
    if (!seen) {
      if (way !== 'gateway') found.push(`${aspect}: the script did not come to it`);
    } else if ('failed' in seen) found.push(`${aspect}: ${seen.failed}`);
    else if (way !== 'gateway' && plain && 'saw' in plain) {
      if (plain.saw !== seen.saw) found.push(`${aspect}: ${seen.saw}; directly: ${plain.saw}`);
      if ((seen.ms ?? 0) > (plain.ms ?? 0) + LATER_MS) found.push(`${aspect}: ${seen.ms} ms; directly: ${plain.ms} ms`);
    }
  }
  for (const one of visited.complaints) if (!directly.complaints.includes(one)) found.push(`the browser said: ${one}`);
  return found.map((one) => stripVTControlCharacters(`${app.name} ${version}, ${way}: ${one}`));
}

/** The table, in Markdown. */
export function table(rows: readonly Row[]): string {
  const lines = [
    ['app', 'version', 'way', ...ASPECTS],
    ['app', 'version', 'way', ...ASPECTS].map(() => '---'),
    ...rows.map((row) => [row.app.name, row.version, row.way, ...ASPECTS.map((aspect) => cell(row, aspect))]),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
