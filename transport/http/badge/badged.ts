// SPDX-License-Identifier: Apache-2.0
// Appends the script of a badge to a site's pages that come through a gateway. All other responses stay as they are.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PortholeError } from '../../../proto/errors.ts';
import { decodable, decoded } from '../content-codings.ts';

/** What stands after a page's last byte: by its whole URL, for a page may have a base elsewhere. A change of it needs another MARK: browsers keep pages by their tags. */
const appendedFor = (script: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`\n<script src="${new URL(script).href}" async></script>\n`);
/** In the entity tag of such a page, which is another representation than the one without the script (RFC 9110 section 8.8.3). */
const MARK = '-badge';
/** Encodings in which ASCII is not what it says, or need not be at the end of a text. */
const NOT_ASCII = /^(utf-?(7|16|32)|ucs-?[24]|iso-10646|iso-2022|csiso2022|hz-gb|ebcdic|cp037|ibm037|unicode)/i;
/** Of the bytes without the script, or of parts of them. */
const OF_THE_BYTES = ['repr-digest', 'content-digest', 'digest', 'content-md5', 'accept-ranges'];
/** What is asked for with these destinations (Fetch Standard) is never a page to show, nor read by a script that may want one. */
const NO_PAGE = /^(audio|audioworklet|font|image|json|manifest|paintworklet|script|serviceworker|sharedworker|style|track|video|worker)$/;
const CONDITIONS = ['if-none-match', 'if-modified-since'];

/** Puts a request with these headers to the site. */
export type Ask = (headers: Headers) => Promise<Response>;

/**
 * Asks for a page, and appends the script to it if it is one.
 * @param script the script's whole URL, as the browser asks for it: a page's policy is told that this one is no stranger
 * @param headers of the request, a GET or HEAD that a browser makes for a page to show
 * @param ask may be asked twice: whether a page that was not modified is one shows only in the whole of it
 */
export async function askWithBadge(script: string, headers: Headers, ask: Ask): Promise<Response> {
  // A range is of the bytes as they are, and so is what asks for one.
  if (headers.has('range')) return ask(headers);
  const asked = new Headers(headers);
  // What crosses a slow line may be small: it is undone here, where the script is appended, and nowhere else.
  const codings = codingsOf(headers.get('accept-encoding') ?? '');
  asked.set('accept-encoding', codings.join(', ') || 'identity');
  const tags = headers.get('if-none-match') ?? '';
  if (tags !== '') asked.set('if-none-match', tags.replaceAll(`${MARK}"`, '"'));
  const response = await ask(asked);
  if (response.status !== 304) return isPage(response, codings) ? badged(response, script) : response;
  const tag = response.headers.get('etag');
  // What a 304 is about is the page with the script only if the browser has that one.
  if (tag !== null && listed(tags, marked(tag))) {
    const own = new Headers(response.headers);
    own.set('etag', marked(tag));
    admit(own, script);
    return new Response(null, { status: 304, headers: own });
  }
  for (const name of CONDITIONS) asked.delete(name);
  const whole = await ask(asked);
  if (isPage(whole, codings)) return badged(whole, script);
  await whole.body?.cancel();
  return response;
}

/**
 * Whether what a response depends on is more than the site says: what asks for a page gets the script, and nothing else does. A 304
 * does not say what it is about, and has to depend on what the 200 did (RFC 9110 section 15.4.5).
 * @param destination what it is for, as the browser says (Sec-Fetch-Dest)
 */
export function mayBeBadged({ status, headers }: Response, destination: unknown): boolean {
  return status === 304 ? !NO_PAGE.test(String(destination)) : status === 200 && isHtml(headers);
}

function isHtml(headers: Headers): boolean {
  return /^\s*text\/html\s*(;|$)/i.test(headers.get('content-type') ?? '');
}

/** Whether the script can be appended: a whole HTML document in bytes that are its characters, to be shown, and free to be changed. */
function isPage({ status, headers }: Response, codings: readonly string[]): boolean {
  if (status !== 200 || !isHtml(headers)) return false;
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(headers.get('content-type') ?? '')?.[1] ?? '';
  const coding = (headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  return (
    !NOT_ASCII.test(charset) &&
    (coding === 'identity' || codings.includes(coding)) &&
    !/^\s*attachment\b/i.test(headers.get('content-disposition') ?? '') &&
    !/\bno-transform\b/i.test(headers.get('cache-control') ?? '')
  );
}

/** Of what a browser takes, the content codings that can be undone here. */
function codingsOf(accepted: string): readonly string[] {
  return accepted.split(',').flatMap((wish) => {
    const [, name = '', weight = '1'] = /^\s*([\w-]+)\s*(?:;\s*q=([\d.]+)\s*)?$/i.exec(wish.toLowerCase()) ?? [];
    return Number(weight) > 0 && decodable().includes(name) ? [name] : [];
  });
}

async function badged(response: Response, script: string): Promise<Response> {
  const { status, statusText } = response;
  const { headers: plain, body, identity } = decoded(response);
  // A HEAD has no body to undo.
  if (!identity) for (const name of ['content-encoding', 'content-length']) plain.delete(name);
  const reader = body ? readerOf(body) : undefined;
  const first = reader && (await beginning(reader));
  const isUtf16 = first !== undefined && ((first[0] === 0xfe && first[1] === 0xff) || (first[0] === 0xff && first[1] === 0xfe));
  if (reader && isUtf16) {
    if (!identity) plain.delete('etag'); // it is the coded one's
    return new Response(joined(first, reader), { status, statusText, headers: plain });
  }
  const appended = appendedFor(script);
  const headers = new Headers(plain);
  for (const name of OF_THE_BYTES) headers.delete(name);
  const tag = headers.get('etag');
  if (tag !== null) headers.set('etag', marked(tag));
  admit(headers, script);
  const length = headers.get('content-length');
  if (length !== null) headers.set('content-length', String(Number(length) + appended.length));
  return new Response(reader && first ? joined(first, reader, appended) : null, { status, statusText, headers });
}

/**
 * Adds one script to those that a page's policy lets in (CSP Level 3 section 6.7.2), and nothing else. A policy that goes by nonces
 * refuses it all the same, and so does one in the page itself: there is no badge then.
 */
function admit(headers: Headers, script: string): void {
  const policies = headers.get('content-security-policy');
  // The grammar of sources has no IPv6 addresses.
  if (policies === null || script.includes('[')) return;
  headers.set('content-security-policy', policies.split(',').map(admitting).join(','));

  function admitting(policy: string): string {
    const directives = policy.split(';').map((one) => one.trim().split(/\s+/));
    const named = (name: string): string[] | undefined => directives.find(([first]) => first?.toLowerCase() === name);
    const rule = named('script-src-elem') ?? named('script-src') ?? named('default-src');
    if (rule === undefined) return policy;
    const sources = [...rule.slice(1).filter((source) => source.toLowerCase() !== "'none'"), script];
    const added = rule[0]?.toLowerCase() === 'default-src' ? [['script-src-elem', ...sources]] : [];
    const changed = directives.map((one) => (one === rule && added.length === 0 ? [one[0], ...sources] : one));
    return [...changed, ...added]
      .filter(([first]) => first !== '')
      .map((one) => one.join(' '))
      .join('; ');
  }
}

type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;

/** Reads a body. What is not compressed as its headers say is the site's fault, and none of ours. */
function readerOf(body: ReadableStream<Uint8Array>): Reader {
  const reader = body.getReader();
  const damaged = (thrown: unknown): never => {
    // What a platform says that cannot undo a coding (Compression Standard).
    if (thrown instanceof TypeError) throw new PortholeError('SITE_FAILED', 'the page is not compressed as it says', { cause: thrown });
    throw thrown;
  };
  return { read: () => reader.read().catch(damaged), cancel: (reason) => reader.cancel(reason) };
}

/** The first bytes of a body: two at least, if it has them and they may be a byte order mark of UTF-16. */
async function beginning(reader: Reader): Promise<Uint8Array> {
  let bytes = new Uint8Array();
  while (bytes.length === 0 || (bytes.length === 1 && (bytes[0] === 0xfe || bytes[0] === 0xff))) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes = bytes.length === 0 ? new Uint8Array(value) : Uint8Array.of(...bytes, ...value);
  }
  return bytes;
}

/** What was read of a body, the rest of it, and what follows when it came to its end. */
function joined(first: Uint8Array, reader: Reader, last?: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let begun = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!begun) {
          begun = true;
          if (first.length > 0) return controller.enqueue(first);
        }
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        if (last) controller.enqueue(last);
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  ) as ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** The tag of the page with the script. */
function marked(tag: string): string {
  return tag.replace(/"$/, `${MARK}"`);
}

/** Whether a list of tags has one, by the weak comparison (RFC 9110 section 8.8.3.2). */
function listed(tags: string, tag: string): boolean {
  return tags.split(',').some((one) => one.trim().replace(/^W\//, '') === tag.replace(/^W\//, ''));
}

/** What the badge says. */
export interface BadgeWords {
  /** The name of the strategy that is told of; empty while there is none. */
  readonly via: string;
  /** Whether the page comes straight from its host. */
  readonly direct: boolean;
  /** Its heading. */
  readonly title: string;
  /** Sentences below the title; the first is the one that matters. */
  readonly text: readonly string[];
}

/** The script. A block of its own, so that the page sees none of it. */
export function badgeScript(words: BadgeWords): string {
  return `{\nconst WORDS = ${JSON.stringify(words)};\n${code()}}\n`;
}

let read: string | undefined;
const code = (): string => (read ??= readFileSync(join(import.meta.dirname, 'badge.js'), 'utf8'));
