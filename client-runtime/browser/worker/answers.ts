// SPDX-License-Identifier: Apache-2.0
// Answers fetch events from the site: carries each to a session, and makes its response fit for a service worker to give.

import { asPortholeError, PortholeError } from '../../../proto/errors.ts';
import { isOfOrigin } from '../../../transport/session/fields.ts';
import { DOWNLOAD_PATH, RESERVED_PATH, type RequestHead } from '../shared/bridge.ts';
import { type Answer, carry, type Errand, NoShell } from './exchange.ts';
import { errorPage, errorText, leavePage } from './pages.ts';
import { resumable } from './resume.ts';
import { type FetchEventLike, type PageClient, scope } from './scope.ts';
import { shells, tellNavigation } from './shells.ts';
import { spliced } from './splice.ts';

/** Milliseconds between words to a shell about a body that is on its way. */
const TELL_EVERY_MS = 250;
const REDIRECTS = /^30[12378]$/;
/** Shells that a person loaded anew, until their frames load the site: that is meant by it. */
const reloaded = new Set<string>();

/** Response headers that speak of the body's own bytes. */
const OF_BYTES = ['content-length', 'etag', 'accept-ranges', 'repr-digest'];

/**
 * Answers a request of the site's origin from the site. Errors become pages or texts with their status.
 * @throws NoShell when no page of this origin can carry it
 */
export async function answerFromSite(event: FetchEventLike): Promise<Response> {
  const { request } = event;
  const inFrame = request.mode === 'navigate';
  try {
    const shell = inFrame ? await shells.likeliest() : undefined;
    const errand = await errandFor(event, shell);
    tellNavigation(shell, errand.head.url, { is: 'asked' });
    const answer = await carry(errand);
    const to = leadsTo(answer, errand.head.url);
    if (inFrame) tellAnswer(shell, errand, answer);
    if (inFrame && to && to.origin !== scope.location.origin && /^https?:$/.test(to.protocol)) return leavePage(to.href);
    const headers = headersFor(answer, to);
    if (inFrame) {
      ofFrame(headers, shell);
      sayCharset(headers);
    }
    return respond(errand, answer, headers, shell);
  } catch (error) {
    if (error instanceof NoShell) throw error;
    const why = asPortholeError(error);
    return inFrame ? errorPage(why, request.method === 'GET') : errorText(why);
  }
}

/** Answers DOWNLOAD_PATH: a file of the site, to be saved and not shown. */
export async function answerDownload(event: FetchEventLike, url: URL): Promise<Response> {
  try {
    const target = new URL(url.searchParams.get('path') ?? '', scope.location.origin);
    if (target.origin !== scope.location.origin || target.pathname.startsWith(RESERVED_PATH)) {
      throw new PortholeError('NOT_ALLOWED', 'only files of this site can be saved here');
    }
    const errand = await errandFor(event, undefined, target.href);
    const answer = await carry(errand);
    const { status } = answer.head;
    const to = leadsTo(answer, target.href);
    if (to?.origin === scope.location.origin) {
      return redirect(
        status,
        `${DOWNLOAD_PATH}?${new URLSearchParams({ path: to.pathname + to.search, name: url.searchParams.get('name') ?? '' })}`,
      );
    }
    if (status < 200 || status > 299) {
      await answer.body?.cancel();
      throw new PortholeError('SITE_FAILED', `the site answered ${status} for ${target.pathname}`);
    }
    const headers = headersFor(answer, to);
    const own = headers.get('content-disposition');
    if (!own || !/^\s*attachment\b.*\bfilename/i.test(own)) {
      headers.set('content-disposition', attachment(url.searchParams.get('name') || lastSegment(target)));
    }
    return respond(errand, answer, headers);
  } catch (error) {
    return errorPage(error instanceof NoShell ? new PortholeError('SESSION_CLOSED') : asPortholeError(error), false);
  }
}

/** A page is loaded that will be a shell. */
export function noteReload({ request, resultingClientId }: FetchEventLike): void {
  if (request.cache === 'no-cache') reloaded.add(resultingClientId);
}

/**
 * What to carry for an event.
 * @param shell whose frame it is for
 * @param saveFrom for a download
 */
async function errandFor(event: FetchEventLike, shell?: PageClient, saveFrom?: string): Promise<Errand> {
  const { request } = event;
  // Not every browser shows these two to a worker among the headers.
  const headers = new Headers(request.headers);
  const { method, mode, referrer } = request;
  // The shell asks with the address that it shows, which is most often the one it asks for: no page led there.
  if (/^https?:/.test(referrer) && !(mode === 'navigate' && referrer === withoutFragment(request.url))) headers.set('referer', referrer);
  const safe = method === 'GET' || method === 'HEAD';
  // Only pages of this origin have this worker; but whoever has a frame of it may send that somewhere, and hide where it came from.
  const own = mode !== 'navigate' || referrer.startsWith(`${scope.location.origin}/`);
  // The site is to see whose page sends it something: what refuses a foreign page's form goes by this.
  if (!safe) headers.set('origin', own ? scope.location.origin : /^https?:/.test(referrer) ? new URL(referrer).origin : 'null');
  const body = await bodyOf(request);
  const client = clientOf(event);
  const head: RequestHead = {
    method,
    url: withoutFragment(saveFrom ?? request.url),
    headers: [...headers],
    destination: saveFrom === undefined ? request.destination : '',
    hasBody: body !== null,
    identity: saveFrom !== undefined,
    cookies: request.credentials === 'omit' ? null : own ? 'all' : safe ? 'lax' : 'none',
    client: client?.id ?? '',
    cache: shell && reloaded.delete(shell.id) ? 'no-cache' : request.cache,
  };
  return { head, body, client, signal: request.signal };
}

const withoutFragment = (url: string): string => url.replace(/#.*/, '');

function clientOf({ request, clientId, resultingClientId }: FetchEventLike): Errand['client'] {
  if (request.keepalive) return null; // it outlives its page by intent
  if (request.mode === 'navigate') return resultingClientId ? { id: resultingClientId, coming: true } : null;
  return clientId === '' ? null : { id: clientId, coming: false };
}

async function bodyOf(request: Request): Promise<ReadableStream<Uint8Array> | null> {
  if (request.method === 'GET' || request.method === 'HEAD') return null;
  if (request.body !== undefined) return request.body;
  // A browser that does not let a worker stream it has it in a file of its own, where it is long.
  const content = await request.blob();
  return content.size > 0 ? content.stream() : null;
}

/** @param shell is told how much of the body has come */
function respond(errand: Errand, answer: Answer, headers: Headers, shell?: PageClient): Response {
  const { status } = answer.head;
  if (status === 0) return Response.error(); // nothing is kept, and nothing else was wanted
  if (status < 200 || status > 599) throw new PortholeError('PROTOCOL_VIOLATED', `the site answered with status ${status}`);
  const statusText = /^[\t\x20-\x7e\x80-\xff]*$/.test(answer.head.statusText) ? answer.head.statusText : '';
  let body = answer.body && resumable(errand, answer, answer.body);
  if (body && answer.head.injected) {
    body = spliced(body, () => answer.insert);
    for (const name of OF_BYTES) headers.delete(name); // they are of the bytes without ours
  }
  const shown = body && shell ? counted(body, wholeOf(answer), shell, errand.head.url) : body;
  return new Response(answer.bytes ?? shown, { status, statusText, headers });
}

function tellAnswer(shell: PageClient | undefined, errand: Errand, answer: Answer): void {
  const type = answer.head.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  tellNavigation(shell, errand.head.url, { is: 'answered', status: answer.head.status, type });
}

/** Bytes that the body of an answer will have; null when it does not say. */
function wholeOf({ head }: Answer): number | null {
  const text = head.headers.find(([name]) => name === 'content-length')?.[1];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** The same body; a shell is told now and then how much of it has come. */
function counted(body: ReadableStream<Uint8Array>, whole: number | null, shell: PageClient, url: string): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  let told = performance.now();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        bytes += value.byteLength;
        if (performance.now() - told >= TELL_EVERY_MS) {
          told = performance.now();
          tellNavigation(shell, url, { is: 'coming', bytes, whole });
        }
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function redirect(status: number, to: string): Response {
  return new Response(null, { status, headers: { location: to } });
}

/** Where a redirect leads; null for any other response. */
function leadsTo(answer: Answer, base: string): URL | null {
  if (!REDIRECTS.test(String(answer.head.status))) return null;
  const to = answer.head.headers.find(([name]) => name === 'location')?.[1];
  return to !== undefined && URL.canParse(to, base) ? new URL(to, base) : null;
}

function headersFor(answer: Answer, to: URL | null): Headers {
  // The origin is the shell's as well.
  const headers = new Headers(answer.head.headers.filter(([name]) => !isOfOrigin(name)));
  if (to) headers.set('location', to.href);
  return headers;
}

/** "Not in a frame" means not in a frame of somebody else's page. The shell is none, unless it is in one itself. */
function ofFrame(headers: Headers, shell?: PageClient): void {
  if (shell?.frameType === 'nested') return;
  headers.delete('x-frame-options');
  const policy = headers.get('content-security-policy');
  if (policy) headers.set('content-security-policy', withoutFrameAncestors(policy));
}

/** A text that says no character set would be read in the shell's, being in its frame; in a window of its own it would be in this. */
function sayCharset(headers: Headers): void {
  if (/^text\/plain\s*$/i.test(headers.get('content-type') ?? '')) headers.set('content-type', 'text/plain; charset=windows-1252');
}

function withoutFrameAncestors(policies: string): string {
  const keep = (directive: string): boolean => !/^\s*frame-ancestors(\s|$)/i.test(directive);
  return policies
    .split(',')
    .map((policy) => policy.split(';').filter(keep).join(';'))
    .join(',');
}

/** A Content-Disposition for a file name (RFC 6266; the extended form is RFC 8187). */
function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const extended = encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`;
}

function lastSegment(url: URL): string {
  const segment = url.pathname.split('/').pop() ?? '';
  try {
    return decodeURIComponent(segment) || 'download';
  } catch {
    return segment; // a percent sign that is no escape
  }
}
