// SPDX-License-Identifier: Apache-2.0
// Signs a person in where the site answers 401: a service worker's answer cannot make the browser ask, so the page asks. Loaded with
// the first such answer; name and password are forgotten with the session.

import type { Asking } from '../../../transport/session/http.ts';
import type { RequestHead } from '../shared/bridge.ts';
import type { SignInAnswer, ToTab } from '../shared/session-messages.ts';
import { type Challenge, challengesOf } from './challenges.ts';
import { authorization, bestOf, type Login } from './sign-in-schemes.ts';

/** Milliseconds that a request waits for a person: then its page is the site's own with 401. Below HEAD_WITHIN_MS (bridge.ts). */
export const ASKS_FOR_MS = 200_000;

/** How often a request is sent again with what is known, without a word to anybody. */
const MAX_UNASKED = 3;

/** What a login is good for (RFC 7617 section 2.2, RFC 7616 section 3.3). */
interface Space {
  challenge: Challenge;
  readonly login: Login;
  /** Paths below these are in it, as far as is known. */
  readonly below: Set<string>;
  /** How often the challenge's nonce was used. */
  count: number;
}

/** A request that the site has answered with 401, and how it is sent again. */
interface Sent {
  readonly head: RequestHead;
  readonly request: Asking;
  send(request: Asking): Promise<Response>;
}

/** Asked of a person, for as long as a request waits for the answer. */
interface Question {
  readonly message: ToTab;
  readonly answer: Promise<Login | null>;
  settle(login: Login | null): void;
  waiting: number;
}

export class SignIn {
  readonly #tell: (message: ToTab) => void;
  readonly #spaces = new Map<string, Space>();
  /** By their realms: several answers may ask the same. The first is shown. */
  readonly #questions = new Map<string, Question>();
  /** Realms of which a person does not want to hear before the next page. */
  readonly #declined = new Set<string>();

  /** @param tell tells all windows */
  constructor(tell: (message: ToTab) => void) {
    this.#tell = tell;
  }

  /** Gives a request what the site is known to want for it. */
  give({ method, url, cookies }: RequestHead, headers: Headers): void {
    // What a page of another site would change is not done in this person's name.
    if (cookies === 'none' || headers.has('authorization')) return;
    const { pathname, search } = new URL(url);
    const depth = ({ below }: Space): number =>
      Math.max(0, ...[...below].filter((path) => pathname.startsWith(path)).map((path) => path.length));
    const deepest = [...this.#spaces.values()].sort((one, other) => depth(other) - depth(one))[0];
    if (deepest && depth(deepest) > 0) headers.set('authorization', this.#field(deepest, method, pathname + search));
  }

  /** Nobody is signed in any longer. */
  forget(): void {
    this.#spaces.clear();
  }

  /** A window came: it shows what is asked. */
  came(tell: (message: ToTab) => void): void {
    for (const { message } of this.#questions.values()) return tell(message);
  }

  /** A person answered in one of the windows, or does not want to (null). */
  answered({ realm, login }: SignInAnswer): void {
    if (!login) this.#declined.add(realm);
    this.#questions.get(realm)?.settle(login);
  }

  /**
   * Asks a person for what the site wants, and the site again with it, as long as both go on.
   * @param response the site's, with 401
   * @returns its last answer
   */
  async through({ head, request, send }: Sent, response: Response): Promise<Response> {
    if (head.cookies === 'none') return response;
    const { pathname, search } = new URL(head.url);
    let last = response;
    let used = new Headers([...request.headers] as [string, string][]).get('authorization');
    for (let unasked = 0; last.status === 401 && unasked <= MAX_UNASKED; ) {
      const challenge = bestOf(challengesOf(last.headers.get('www-authenticate') ?? ''));
      if (!challenge) break;
      if (/frame|document/.test(head.destination)) this.#declined.delete(challenge.params.get('realm') ?? '');
      const known = this.#known(challenge, used);
      const space = known ?? (await this.#asked(challenge, used, request.signal));
      if (!space) break;
      unasked = known ? unasked + 1 : 0;
      space.below.add(challenge.scheme === 'digest' ? '/' : pathname.slice(0, pathname.lastIndexOf('/') + 1));
      last.body?.cancel().catch(() => undefined); // nobody reads it
      used = this.#field(space, head.method, pathname + search);
      const headers = new Headers([...request.headers] as [string, string][]);
      headers.set('authorization', used);
      last = await send({ ...request, headers });
    }
    return last;
  }

  /** What is known for a challenge, unless the site did not take it. @param used what the request had */
  #known(challenge: Challenge, used: string | null): Space | undefined {
    const known = this.#spaces.get(keyOf(challenge));
    const stale = challenge.params.get('stale')?.toLowerCase() === 'true';
    // Another request may have brought it, or the nonce is used up: then nothing is wrong with the login.
    if (!known || !(stale || used === null || !isOf(known, used))) return undefined;
    if (challenge.params.get('nonce') !== known.challenge.params.get('nonce')) Object.assign(known, { challenge, count: 0 });
    return known;
  }

  /** What a person gives for a challenge; null when nobody does. */
  async #asked(challenge: Challenge, used: string | null, signal: Asking['signal']): Promise<Space | null> {
    const realm = challenge.params.get('realm') ?? '';
    if (this.#declined.has(realm)) return null;
    const key = keyOf(challenge);
    this.#spaces.delete(key);
    const login = await this.#ask(realm, used !== null, signal);
    if (!login) return null;
    const space = this.#spaces.get(key) ?? { challenge, login, below: new Set<string>(), count: 0 };
    this.#spaces.set(key, space);
    return space;
  }

  async #ask(realm: string, wrong: boolean, signal: Asking['signal']): Promise<Login | null> {
    const question = this.#questions.get(realm) ?? this.#begin(realm, wrong);
    question.waiting++;
    try {
      const enough = AbortSignal.any([AbortSignal.timeout(ASKS_FOR_MS), ...(signal ? [signal] : [])]);
      return await Promise.race([question.answer, new Promise<null>((resolve) => enough.addEventListener('abort', () => resolve(null)))]);
    } finally {
      if (--question.waiting === 0) question.settle(null);
    }
  }

  #begin(realm: string, wrong: boolean): Question {
    const { promise, resolve } = Promise.withResolvers<Login | null>();
    const settle = (login: Login | null): void => {
      resolve(login);
      if (this.#questions.get(realm) !== question) return;
      this.#questions.delete(realm);
      this.#tell({ porthole: 'sign-in', realm: null, wrong: false });
      this.came(this.#tell);
    };
    const question: Question = { message: { porthole: 'sign-in', realm, wrong }, answer: promise, settle, waiting: 0 };
    this.#questions.set(realm, question);
    if (this.#questions.size === 1) this.#tell(question.message);
    return question;
  }

  #field(space: Space, method: string, uri: string): string {
    const cnonce = crypto.randomUUID().replaceAll('-', '');
    return authorization(space.challenge, space.login, { method, uri }, ++space.count, cnonce);
  }
}

/** A login is for one realm and one scheme: what was given as a hash is not sent in the clear. */
function keyOf({ scheme, params }: Challenge): string {
  return `${scheme} ${params.get('realm')}`;
}

/** Whether a field was made of this challenge and this login. */
function isOf({ challenge, login }: Space, field: string): boolean {
  if (challenge.scheme === 'basic') return field === authorization(challenge, login, { method: '', uri: '' }, 0, '');
  return field.includes(`nonce="${challenge.params.get('nonce')}"`);
}
