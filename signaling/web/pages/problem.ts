// SPDX-License-Identifier: Apache-2.0
// The page that says in words what went wrong, with its code.

import { ERRORS, type ErrorCode } from '../../../proto/errors.ts';
import { html } from './html.ts';
import { page } from './layout.ts';

export interface ProblemView {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  /** Sentences: what it means, what to do. */
  readonly text: readonly string[];
  /** Where the portal is. */
  readonly portal: string;
  readonly version: string;
}

export function problemPage(view: ProblemView): string {
  return page({
    title: `${view.title} · Porthole`,
    portal: view.portal,
    version: view.version,
    body: html`<section class="problem">
<p class="status">${view.status}</p>
<h1>${view.title}</h1>
${view.text.map((sentence) => html`<p>${sentence}</p>\n`)}
<p class="actions"><a class="button" href="${view.portal}">See the sites of this suite</a></p>
<p class="code">${view.code}</p>
</section>`,
  });
}

/** No site by that name. */
export function siteUnknown(label: string): Pick<ProblemView, 'code' | 'status' | 'title' | 'text'> {
  return {
    code: 'SITE_UNKNOWN',
    status: ERRORS.SITE_UNKNOWN.http,
    title: `There is no site called “${label.length > 63 ? `${label.slice(0, 12)}…` : label}”`,
    text: ['Nobody has put a site online here under this name.', 'Check the link for a typing mistake, or ask whoever gave it to you.'],
  };
}

/** No page at that path of the suite. */
export function pageMissing(): Pick<ProblemView, 'code' | 'status' | 'title' | 'text'> {
  return {
    code: 'LINK_INVALID',
    status: 404,
    title: 'There is nothing at this address',
    text: ['The suite introduces visitors to sites; it has no page here.'],
  };
}
