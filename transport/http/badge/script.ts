// SPDX-License-Identifier: Apache-2.0
// The script that shows the badge on a page which came through a gateway: its code, with what the badge says.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the badge says. */
export interface BadgeWords {
  /** The name of the way that is told of; empty while there is none. */
  readonly via: string;
  /** Whether the page comes straight from its host. */
  readonly direct: boolean;
  /** Its heading. */
  readonly title: string;
  /** Sentences below the title; the first is the one that matters. */
  readonly text: readonly string[];
}

/** The script. A block of its own, so that the page sees none of it. */
export function badgeScript(words: BadgeWords): string {
  return `{\nconst WORDS = ${JSON.stringify(words)};\n${code()}}\n`;
}

let read: string | undefined;
const code = (): string => (read ??= readFileSync(join(import.meta.dirname, 'badge.js'), 'utf8'));
