// SPDX-License-Identifier: Apache-2.0
// What a request passes on its way to the site, and its answer on the way back: the cookie jar, the HTTP cache, and the injected script.
// All are in a part (pipeline-part.ts), which a session that has neither cookies nor kept answers loads with its first answer.

import type { Asking } from '../../../transport/session/http.ts';
import { mayRepeat, type RequestHead, SAY_PATH } from '../shared/bridge.ts';
import { loadPart } from '../shared/parts.ts';
import type { ToTab } from '../shared/session-messages.ts';
import type { Came } from './cache/came.ts';
import type { Ask, Fetcher } from './fetcher.ts';
import type { Pipeline } from './pipeline-part.ts';
import type { Rewritten } from './rewriting.ts';
import type { SignIn } from './sign-in-part.ts';

let loaded: Promise<Pipeline> | null = null;
/** Names of the databases of the jar and the cache (cookie-messages.ts). */
const KEPT = /^porthole-c/;
let restarted = false;
let known: Promise<boolean> | undefined;

/** Whether the site may have cookies or kept answers: not every browser says which databases there are. */
async function mayHave(): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some(({ name }) => KEPT.test(name ?? ''));
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
    .then(({ openPipeline }) => openPipeline(location.hostname, restarted, () => signIn?.forget()))
    .catch((error) => {
      loaded = null;
      throw error;
    });
  return loaded;
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
  const send = async (asked: Asking): Promise<Response> => (await site.visit()).fetch(asked);
  const response = await send(request);
  // A body is gone by then, and what a script says for itself is its own.
  const asks = response.status === 401 && head.cookies && !head.hasBody && !head.headers.some(([name]) => name === 'authorization');
  return asks ? (await site.signIn()).through({ head, request, send }, response) : response;
}

/** Answers a request: with the site's cookies, and out of what is kept where that serves; a request for the jar by the jar. */
export async function answered(head: RequestHead, sent: Headers, fetcher: Fetcher, ask: Ask): Promise<Came> {
  if (head.cookies) signIn?.give(head, sent);
  known ??= mayHave();
  // What has content may stand for content that a page holds: only the part knows.
  if (mayRepeat(head) && !head.url.startsWith(location.origin + SAY_PATH) && !loaded && !(await known)) return ask(sent);
  return (await pipeline()).answer(head, sent, fetcher, ask);
}

/** What may have our script, by its destination and its type, whose parameters tell nothing of that: documents, and workers' scripts. */
const INJECTED = /^\S*(frame|document|object|embed) [^;]*[/+](x?html|svg)\b|^\S*worker /i;
/** Of a head, what is changed for our script: without these it need not wait for it. */
const CHANGED = /^(content-security|referrer)-policy/;

/**
 * Takes an answer's cookies, clears what it says, keeps what may be kept, and finds the place of our script in a document.
 * @param came the answer, its content coding undone; its headers are changed where they speak of cookies or our script
 * @param sent what it was asked with
 */
export async function behindSite(
  head: RequestHead,
  sent: Headers,
  { site }: Fetcher,
  came: Omit<Came, 'statusText'>,
): Promise<{ readonly page?: Promise<Rewritten>; readonly body: Came['body'] }> {
  const { headers, body } = came;
  const type = headers.get('content-type') ?? '';
  if (headers.has('set-cookie') || headers.has('clear-site-data')) await (await pipeline()).take(head, headers);
  if (!body || !INJECTED.test(`${head.destination} ${type}`))
    return {
      body: await (loaded?.then(
        (open) => open.pass(head, site(), sent, came),
        () => body,
      ) ?? body),
    };
  const page = pipeline().then((open) => open.rewrite(head, headers, open.keep(head, site(), sent, came) ?? body));
  if (!/charset/i.test(type) || [...headers.keys()].some((name) => CHANGED.test(name))) await page;
  return { page, body };
}
