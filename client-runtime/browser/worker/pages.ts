// SPDX-License-Identifier: Apache-2.0
// Pages that the service worker makes itself: errors in place of a page of the site, and the page that leaves for another origin.

import { ERRORS, type PortholeError } from '../../../proto/errors.ts';
import { passes } from '../shared/passing.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
body { margin: 0; padding: max(24px, 26vh) 24px 24px; }
main { max-width: 27rem; margin: auto; }
p, small { opacity: 0.75; overflow-wrap: anywhere; }
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
 * (error-words.ts), and loads it again when a connection stands and `data-porthole-retry` is there.
 * @param again the request may be sent again unasked: it changes nothing at the host
 */
export function errorPage(error: PortholeError, again: boolean): Response {
  const { http } = ERRORS[error.code];
  const title = `${error.message[0]?.toUpperCase()}${error.message.slice(1)}`;
  const retry = again && passes(error.code);
  const tryAgain = again ? '<p><a href="">Try again</a></p>' : '';
  return htmlPage(
    http === 499 ? 503 : http,
    title,
    `data-porthole-error="${error.code}"${retry ? ' data-porthole-retry' : ''}`,
    `<h1>${escapeHtml(title)}</h1>${tryAgain}<small>${error.code}</small>`,
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
