// SPDX-License-Identifier: Apache-2.0
// What a page calls itself.

import { MAX_CARD_FIELD_CHARS } from '../../proto/limits.ts';

/** Bytes of a page in which its title is looked for. */
export const MAX_TITLE_SEARCH_BYTES = 16 * 1024;

/** The title that the beginning of a page has; null where there is none. */
export function titleIn(html: string): string | null {
  const title = /<title[^>]*>([^<]*)</i.exec(html)?.[1]?.replace(/\s+/g, ' ').trim();
  // Characters written as references would have to be read as HTML; such a title is left to the person to give.
  return title && !title.includes('&') ? title.slice(0, MAX_CARD_FIELD_CHARS) : null;
}
