// SPDX-License-Identifier: Apache-2.0
// Finds the place of the injected script in a worker's script, classic or module: before all of it that runs.

import { LOOKED_THROUGH } from '../inject/insertion.ts';
import { beginningOf, encoded, type Rewritten } from './rewriting.ts';

/** White space and comments between a script's first tokens (ECMAScript section 12.2 to 12.4); what is not ASCII stands as bytes. */
const BETWEEN = /(?:[\t\v\f\r\n ]|\xc2\xa0|\xe2\x80[\xa8\xa9]|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;
/** A string, and what shows that it is a statement of its own: a directive (section 11.2.1). */
const DIRECTIVE = /(?:"((?:[^"\\\r\n]|\\[\s\S])*)"|'((?:[^'\\\r\n]|\\[\s\S])*)')(?=[\t ]*(?:[;\r\n}]|\/[/*]|$))/y;
/** A first line for a shell (section 12.5). */
const HASHBANG = /^#![^\r\n]*(?:\r\n?|\n)?/;

/** Where a script begins, in characters. */
export interface Beginning {
  readonly at: number;
  /** Its directives make it strict, which they no longer do with something before them. */
  readonly strict: boolean;
}

/**
 * Finds where a script begins.
 * @param text what is there of it, without a byte order mark
 * @param whole there is no more of it, or no more is to be waited for
 * @returns null: more has to come first
 */
export function scriptBeginning(text: string, whole: boolean): Beginning | null {
  const at = HASHBANG.exec(text)?.[0].length ?? 0;
  let strict = false;
  for (let next = at; ; ) {
    BETWEEN.lastIndex = next;
    BETWEEN.test(text);
    DIRECTIVE.lastIndex = BETWEEN.lastIndex;
    const [all, double, single] = DIRECTIVE.exec(text) ?? [];
    // What is cut off may become something else.
    if (!whole && isOpen(text.slice(BETWEEN.lastIndex))) return null;
    if (all === undefined) return { at, strict };
    strict ||= (double ?? single) === 'use strict';
    next = DIRECTIVE.lastIndex;
    while (/[\t ;]/.test(text[next] ?? '')) next++;
  }
}

/** Whether what begins so may be a comment, a directive or a hashbang once there is more of it. */
function isOpen(text: string): boolean {
  if (text === '' || text === '/' || text === '#' || text.startsWith('/*')) return true;
  return /^(?:"(?:[^"\\\r\n]|\\[\s\S])*\\?"?|'(?:[^'\\\r\n]|\\[\s\S])*\\?'?)[\t ]*\/?$/.test(text);
}

/**
 * Finds the place in a worker's script as it streams. Such scripts are UTF-8, whatever their type says (HTML section 8.1.4.2).
 * @param script ours, which stands on one line, so that the numbers of the lines stay as they are
 */
export async function inScript(body: ReadableStream<Uint8Array>, script: string): Promise<Rewritten> {
  const enough = (text: string, whole: boolean): number | null => scriptBeginning(text, whole)?.at ?? null;
  const { text, skipped, rest } = await beginningOf(body, '', enough, LOOKED_THROUGH);
  const { at, strict } = scriptBeginning(text, true) as Beginning;
  return { body: rest, insert: { at: skipped + at, bytes: encoded(`${strict ? '"use strict";' : ''}${script}`, 1) } };
}
