// SPDX-License-Identifier: Apache-2.0
// What a request passes on its way to the site, and its answer on the way back: the cookie jar, and the injected script. Both are in a
// part (pipeline-part.ts), which a session without cookies loads with its first answer.

import type { Asking } from '../../../transport/session/http.ts';
import { COOKIE_PATH, type RequestHead } from '../shared/bridge.ts';
import { JAR_NAME } from '../shared/cookie-messages.ts';
import { loadPart } from '../shared/parts.ts';
import type { ToTab } from '../shared/session-messages.ts';
import type { Pipeline } from './pipeline-part.ts';
import type { Rewritten } from './rewriting.ts';
import type { SignIn } from './sign-in-part.ts';

let loaded: Promise<Pipeline> | null = null;
let restarted = false;
let known: Promise<boolean> | undefined;

/** Whether the site may have cookies: not every browser says which databases there are. */
async function mayHave(): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some(({ name }) => name === JAR_NAME);
  } catch {
    return true;
  }
}

/** The browser was started anew. */
export function browserRestarted(): void {
  restarted = true;
}

/**
 * Loads the part.
 * @throws PortholeError SUITE_UNREACHABLE when it does not come; it may be asked for again
 */
export function pipeline(): Promise<Pipeline> {
  loaded ??= loadPart(() => import('./pipeline-part.ts'))
    .then(({ openPipeline }) => openPipeline(location.hostname, restarted))
    .catch((error) => {
      loaded = null;
      throw error;
    });
  return loaded;
}

/** What answers requests, whenever there is a way to. */
export interface Fetcher {
  fetch(request: Asking): Promise<Response>;
  /** Who has a person sign in. */
  signIn(): Promise<SignIn>;
}

/** The person who signs in, once the site has asked for that. */
export let signIn: SignIn | undefined;

/** Loads who has a person sign in. @param tell tells all windows */
export async function signsIn(tell: (message: ToTab) => void): Promise<SignIn> {
  const part = await loadPart(() => import('./sign-in-part.ts'));
  signIn ??= new part.SignIn(tell);
  return signIn;
}

/** Asks the site, and a person where the site wants a name and a password. */
export async function askSite(head: RequestHead, request: Asking, site: Fetcher): Promise<Response> {
  const response = await site.fetch(request);
  // A body is gone by then, and what a script says for itself is its own.
  const asks = response.status === 401 && head.cookies && !head.hasBody && !head.headers.some(([name]) => name === 'authorization');
  return asks ? (await site.signIn()).through({ head, request, send: (again) => site.fetch(again) }, response) : response;
}

/** Gives a request the site's cookies, and what it is known to want for a login. @returns the answer, where the request is for the jar and not for the site */
export async function beforeSite(head: RequestHead, headers: Headers): Promise<Response | undefined> {
  if (head.url.startsWith(location.origin + COOKIE_PATH)) return (await pipeline()).write(head);
  if (head.cookies) signIn?.give(head, headers);
  known ??= mayHave();
  if (head.cookies && (loaded || (await known))) (await pipeline()).give(head, headers);
  return undefined;
}

/** Content types of documents that may have our script: what they are stands before the parameters, in letters of any case. */
const DOCUMENTS = /^[^;]*[/+](x?html|svg)\b/i;
/** Of a document's head, what is changed for our script: without these it need not wait for it. */
const CHANGED = /^(content-security|referrer)-policy/;

/**
 * Takes an answer's cookies, and finds the place of our script in a document.
 * @param headers of the answer, which are changed where they speak of either
 */
export async function behindSite(
  head: RequestHead,
  headers: Headers,
  body: ReadableStream<Uint8Array> | null,
): Promise<{ readonly page?: Promise<Rewritten> }> {
  const type = headers.get('content-type') ?? '';
  if (headers.has('set-cookie')) await (await pipeline()).take(head, headers);
  if (!body || !/frame|document|object|embed/.test(head.destination) || !DOCUMENTS.test(type)) return {};
  const page = pipeline().then((open) => open.rewrite(head, headers, body));
  if (!/charset/i.test(type) || [...headers.keys()].some((name) => CHANGED.test(name))) await page;
  return { page };
}
