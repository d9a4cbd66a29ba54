// SPDX-License-Identifier: Apache-2.0
// What all pages of the suite have in common.

import { type Html, html } from './html.ts';

/** Where the pages' own files are served, on the suite's origin and on every site's. */
export const PAGES_PREFIX = '/.porthole/pages/';

export interface PageFrame {
  /** Of the window. */
  readonly title: string;
  /** Where the portal is: the wordmark leads there. */
  readonly portal: string;
  /** Beside the wordmark. */
  readonly aside?: Html;
  /** Scripts of ours in the pages folder. */
  readonly scripts?: readonly string[];
  readonly body: Html;
  readonly version: string;
}

/** A whole page. */
export function page({ title, portal, aside, scripts = [], body, version }: PageFrame): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${PAGES_PREFIX}icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${PAGES_PREFIX}style.css">
${scripts.map((script) => html`<script src="${PAGES_PREFIX}${script}" type="module"></script>\n`)}</head>
<body>
<header class="bar">
<a class="wordmark" href="${portal}">${LOGO}<span>Porthole</span></a>
${aside}
</header>
<main>
${body}
</main>
<footer class="foot">Porthole ${version}</footer>
</body>
</html>
`.text;
}

const LOGO = html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="13.5"/><circle cx="16" cy="16" r="8"/><path d="M9 18.5c2.3-2 4.7-2 7 0s4.7 2 7 0"/></svg>`;
