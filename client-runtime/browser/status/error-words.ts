// SPDX-License-Identifier: Apache-2.0
// Replaces the words of the service worker's error page by this page's, which the worker does not carry.

import { isErrorCode } from '../../../proto/errors.ts';
import { summaryOf, wordsFor } from './words.ts';

/** Says what is the matter, for a person, on an error page of the worker's. */
export function tellError(page: Document): void {
  const { portholeError: code = '' } = page.documentElement.dataset;
  const heading = page.querySelector('h1');
  if (!isErrorCode(code) || !heading) return;
  const { title, text } = wordsFor(code);
  const reason = heading.textContent ?? '';
  page.title = title;
  heading.textContent = title;
  const tell = (words: string, kind = ''): void => {
    const line = Object.assign(page.createElement('p'), { textContent: words, className: kind });
    page.querySelector('small')?.before(line);
  };
  tell(text);
  if (reason.toLowerCase() !== summaryOf(code).toLowerCase()) tell(reason, 'reason');
}
