// SPDX-License-Identifier: Apache-2.0
// The pages that a folder does not have itself: what went wrong, and the look they share with listings.

import { readWeights } from './lists.ts';

/** Headers of every answer: no guessing of types, and ask again before using a copy. */
export const COMMON_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' } as const;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML, for content and for attribute values in either quotation mark. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** Whether a visitor asks for pages by name: a browser that navigates does; `*` alone does not count. */
export function wantsHtml(accept: string | null): boolean {
  return accept !== null && (readWeights(accept).get('text/html') ?? 0) > 0;
}

/** Whether a visitor can take a page: it says so, says that anything will do, or says nothing. */
export function takesHtml(accept: string | null): boolean {
  if (accept === null) return true;
  const weights = readWeights(accept);
  return (weights.get('text/html') ?? weights.get('text/*') ?? weights.get('*/*') ?? 0) > 0;
}

const STYLE = `
:root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--ink:#14181f;--soft:#5b6472;--line:#e3e6eb;--mark:#0b6bcb}
@media(prefers-color-scheme:dark){:root{--back:#0e1116;--card:#161b22;--ink:#e8ebf0;--soft:#97a1b0;--line:#262d38;--mark:#6cb2ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:60rem;margin:0 auto;padding:clamp(1.25rem,5vw,4rem) clamp(1rem,4vw,2rem)}
a{color:var(--mark);text-decoration:none}a:hover{text-decoration:underline}
h1{font-size:clamp(1.35rem,3.5vw,1.9rem);line-height:1.2;letter-spacing:-.02em;margin:0;overflow-wrap:anywhere}
p{color:var(--soft);margin:.75rem 0 0;max-width:38rem}
.code{font:600 .85rem/1 ui-monospace,SFMono-Regular,Menlo,monospace;color:var(--soft);letter-spacing:.08em;margin:0 0 1rem}
.lost{min-height:80vh;display:flex;flex-direction:column;justify-content:center}
.box{background:var(--card);border:1px solid var(--line);border-radius:12px;margin-top:1.5rem;overflow:hidden}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th{font-weight:500;font-size:.8rem;color:var(--soft);text-align:left}
th,td{padding:.6rem 1rem;border-bottom:1px solid var(--line)}tr:last-child td{border-bottom:0}
td:first-child{width:100%;overflow-wrap:anywhere}td+td,th+th{color:var(--soft);white-space:nowrap;text-align:right}
tbody tr:hover{background:color-mix(in srgb,var(--mark) 6%,transparent)}
.folder{font-weight:600}
@media(max-width:36rem){td:nth-child(3),th:nth-child(3){display:none}}`;

/**
 * A whole page. `title` is text; `main` is HTML.
 * @param own style beside the one that all share, and a class of the body
 */
export function page(
  title: string,
  main: string,
  own: { readonly style: string; readonly kind: string } = { style: '', kind: '' },
): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}${own.style}</style></head>
<body class="${own.kind}"><main>${main}</main></body></html>
`;
}

/** What went wrong, in words, by status. */
const WORDS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  400: [
    'That address cannot be read',
    'Part of it is not written the way addresses are. Check the link for characters that were lost on the way.',
  ],
  403: ['This file cannot be opened', 'It is there, but the program that serves this site is not allowed to read it.'],
  404: ['There is nothing here', 'The site has no page at this address. It may have been moved or renamed, or the link has a slip in it.'],
  405: ['That cannot be done here', 'The files of this site can be read, not changed.'],
  412: ['The file has changed', 'The request was for another version of this file than the one that is here now.'],
  416: ['There is no such part', 'The part of the file that was asked for lies beyond its end.'],
  503: ['Too busy just now', 'The computer that has this site cannot open the file at the moment. Try again shortly.'],
};

/**
 * An answer that says what went wrong: as a page to who asks for pages, in a line of text to others.
 * @param headers besides the common ones
 */
export function errorAnswer(status: number, request: Request, headers: Record<string, string> = {}): Response {
  const [title = '', text = ''] = WORDS[status] ?? [];
  const html = wantsHtml(request.headers.get('accept'));
  const body = html
    ? page(
        title,
        `<div class="lost"><p class="code">${status}</p><h1>${title}</h1><p>${text}</p><p><a href="/">To the start of the site</a></p></div>`,
      )
    : `${status} ${title}. ${text}\n`;
  return textAnswer(status, body, html ? 'text/html' : 'text/plain', request, { vary: 'Accept', ...headers });
}

/** An answer with text of ours, or its bytes; without its body to HEAD. Pages of ours may load nothing. */
export function textAnswer(
  status: number,
  text: string | Uint8Array,
  type: string,
  request: Request,
  headers: Record<string, string> = {},
): Response {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : new Uint8Array(text);
  return new Response(request.method === 'HEAD' ? null : bytes, {
    status,
    headers: {
      ...COMMON_HEADERS,
      'content-type': `${type}; charset=utf-8`,
      'content-length': String(bytes.length),
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      ...headers,
    },
  });
}
