// SPDX-License-Identifier: Apache-2.0
// What visitors and the owner are told when the app does not answer.

import { ERRORS, type ErrorCode, PortholeError } from '../../proto/errors.ts';
import { page, textAnswer, wantsHtml } from '../static/pages.ts';
import type { AppTarget } from './target.ts';

/** Seconds after which a page that waits for the app looks again. */
const AGAIN_S = 3;

/** Why an app did not answer. */
export interface Trouble {
  /** From the one list. */
  readonly code: ErrorCode;
  /** What the visitor was answered with. */
  readonly status: number;
  /** For the owner: what it is, and what to do. */
  readonly words: string;
  /** Whether the app is not there at all: what a start of it mends. */
  readonly absent: boolean;
}

/** The codes of system and undici, the first that is found in an error, in those it was made of, and in what caused it. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code, cause, errors } = error as Error & { code?: unknown; errors?: unknown[] };
  return [...(typeof code === 'string' ? [code] : []), ...(errors ?? []).flatMap(codesOf), ...(cause === undefined ? [] : codesOf(cause))];
}

/** What stands in the way of an answer. */
export function troubleOf(error: unknown, { origin, secure }: AppTarget): Trouble {
  const trouble = (code: ErrorCode, words: string, absent = false, status: number = ERRORS[code].http): Trouble => ({
    code,
    status,
    words,
    absent,
  });
  if (error instanceof PortholeError) return trouble(error.code, error.message);
  const codes = codesOf(error);
  const is = (...some: string[]): boolean => codes.some((code) => some.includes(code));
  if (is('NOT_ALLOWED')) return trouble('NOT_ALLOWED', (error as Error).message);
  if (is('ECONNREFUSED')) return trouble('SITE_FAILED', `nothing listens at ${origin}: start the app`, true);
  if (is('ENOTFOUND', 'EAI_AGAIN')) return trouble('SITE_FAILED', `the name in ${origin} leads nowhere`, true);
  if (is('EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN')) return trouble('SITE_FAILED', `there is no way to ${origin} from here`, true);
  if (is('UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT')) return trouble('TIMED_OUT', `${origin} takes no connection`, true);
  if (is('ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO', 'ERR_SSL_PACKET_LENGTH_TOO_LONG')) {
    return trouble('SITE_FAILED', `what listens at ${origin} speaks no TLS: host it as http://`);
  }
  if (codes.some((code) => /CERT|SELF_SIGNED|UNABLE_TO_/.test(code))) {
    return trouble('SITE_FAILED', `the certificate of ${origin} is not trusted here (NODE_EXTRA_CA_CERTS names one that is)`);
  }
  if (is('UND_ERR_HEADERS_OVERFLOW')) return trouble('SITE_FAILED', `the header fields of an answer of ${origin} are too long`);
  if ((error as Error).name === 'HTTPParserError') {
    return trouble('SITE_FAILED', `what listens at ${origin} speaks no HTTP${secure ? '' : ' (https:// perhaps)'}`);
  }
  if (is('UND_ERR_INVALID_ARG', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'))
    return trouble('PROTOCOL_VIOLATED', `a request that HTTP does not know: ${(error as Error).message}`, false, 400);
  return trouble('SITE_FAILED', `${origin} broke off before it answered: ${(error as Error).message}`);
}

/** What visitors read; the owner's address of the app is not for them. */
const TITLES: Readonly<Record<'absent' | 'late' | 'failed' | 'refused', readonly [title: string, text: string]>> = {
  absent: [
    'The app is not running',
    'The computer that has this site is online, but the web app behind the site is not there. Whoever has it can start it: it is at this address again at once.',
  ],
  late: ['The app takes too long', 'The web app behind this site was asked and gave no sign for a long time. Try again later.'],
  failed: ['The app did not answer', 'The web app behind this site broke off before it answered. Try again; if it stays, tell its owner.'],
  refused: ['That request cannot be passed on', 'The web app behind this site cannot be asked like this.'],
};

/** The answer in the app's place: a page to who asks for pages, a line of text to others. A page looks again by itself. */
export function troubleAnswer({ code, status, absent }: Trouble, request: Request): Response {
  const [title, text] = TITLES[absent ? 'absent' : status === 400 ? 'refused' : code === 'TIMED_OUT' ? 'late' : 'failed'];
  const html = wantsHtml(request.headers.get('accept'));
  const again = absent && request.method === 'GET';
  const headers = {
    'cache-control': 'no-store',
    'porthole-error': code,
    vary: 'Accept',
    ...(absent && { 'retry-after': String(AGAIN_S) }),
  };
  // Not the header field Refresh: a service worker's answers may lose it.
  const more = again ? `<p>This page looks again by itself.</p><meta http-equiv="refresh" content="${AGAIN_S}">` : '';
  const body = html
    ? page(title, `<div class="lost"><p class="code">${status}</p><h1>${title}</h1><p>${text}</p>${more}</div>`)
    : `${code}: ${title}. ${text}\n`;
  return textAnswer(status, body, html ? 'text/html' : 'text/plain', request, headers);
}
