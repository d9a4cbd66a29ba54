// SPDX-License-Identifier: Apache-2.0
// Pages that the worker makes itself: an error in place of a page of the site, and the way out to another origin.

import { ERRORS, type PortholeError } from '../../proto/errors.ts';
import { passes } from './passing.ts';

const STYLE = `
:root { color-scheme: light dark; --paper: #f5f7f8; --ink: #17232b; --soft: #5a6a74; --line: #d8dfe3; --sea: #0b6b75; }
@media (prefers-color-scheme: dark) { :root { --paper: #10171c; --ink: #e6edf1; --soft: #93a4ae; --line: #2a363e; --sea: #5cc2cc; } }
* { box-sizing: border-box; }
body { margin: 0; padding: max(24px, 26vh) 24px 24px; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 27rem; margin: 0 auto; }
h1 { margin: 0 0 8px; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; text-wrap: balance; }
p { margin: 0 0 16px; color: var(--soft); }
p.reason { padding-left: 12px; border-left: 2px solid var(--line); overflow-wrap: anywhere; }
a { color: var(--sea); font-weight: 550; text-underline-offset: 3px; }
small { display: block; margin-top: 24px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--soft);
  font: 12px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
`;

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

function htmlPage(status: number, title: string, attribute: string, body: string): Response {
  const html = `<!doctype html><html lang="en" ${attribute}><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    },
  });
}

/**
 * The page for a navigation that could not be answered. The shell finds `data-porthole-error` on it, says the same in more words
 * (error-words.ts), and loads it again when a way stands and `data-porthole-retry` is there.
 * @param again the request may be sent again unasked: it changes nothing at the host
 */
export function errorPage(error: PortholeError, again: boolean): Response {
  const { summary, http } = ERRORS[error.code];
  const title = `${summary[0]?.toUpperCase()}${summary.slice(1)}`;
  const retry = again && passes(error.code);
  const reason = error.message === summary ? '' : `<p class="reason">${escapeHtml(error.message)}</p>`;
  const tryAgain = again ? '<p><a href="">Try again</a></p>' : '';
  return htmlPage(
    http === 499 ? 503 : http,
    title,
    `data-porthole-error="${error.code}"${retry ? ' data-porthole-retry' : ''}`,
    `<h1>${escapeHtml(title)}</h1>${reason}${tryAgain}<small>${error.code}</small>`,
  );
}

/** The answer to anything but a navigation that could not be answered: the status says so, the header says why. */
export function errorText(error: PortholeError): Response {
  const { http } = ERRORS[error.code];
  return new Response(`${error.message}\n`, {
    status: http === 499 ? 503 : http,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'porthole-error': error.code },
  });
}

/** A frame of the site is on its way to another origin, which may not be shown inside the shell: the shell leaves for it. */
export function leavePage(url: string): Response {
  const to = escapeHtml(url);
  return htmlPage(
    200,
    'Leaving this site',
    `data-porthole-leave="${to}"`,
    `<meta http-equiv="refresh" content="0;url=${to}"><p>On to <a href="${to}" target="_top">${to}</a></p>`,
  );
}
