// SPDX-License-Identifier: Apache-2.0
// A test's hands on its visit, which is in a worker (browser-visit-session.ts), from the page (browser-visit-page.ts).

import type { SiteInfo } from '../../../client-runtime/visit/visit.ts';
import type { ErrorCode } from '../../../proto/errors.ts';
import type { Challenge } from '../../../transport/continuity/gate.ts';
import type { PathNews } from '../../../transport/paths/news.ts';

/** How the test server describes the site and how visits to it begin. */
export interface TestSite extends SiteInfo {
  readonly connectAfterMs: number;
  readonly error: ErrorCode | null;
  /** The host does not let this visitor in. */
  readonly refused?: ErrorCode;
  /** The host asks for a password. */
  readonly door?: TestDoor;
}

/** The password of a test site, in hexadecimal as its host would keep it. */
export interface TestDoor {
  readonly salt: string;
  readonly verifier: string;
  readonly cost: number;
  /** So many wrong ones in a row, and it is locked for a while. */
  readonly wrong: number;
  readonly lockedMs: number;
}

/** How the test server tells the head of the site's response. */
export interface CarriedHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: [string, string][];
}

/** The BroadcastChannel between a test's page and its session's worker. */
export const TEST_CHANNEL = 'porthole-test';
export type FromTest =
  | { readonly do: 'tell' }
  | { readonly do: 'connect'; readonly id: number; readonly news: Partial<PathNews> }
  | { readonly do: 'lose'; readonly id: number }
  | { readonly do: 'ask'; readonly id: number; readonly challenge: Challenge; readonly hash: Uint8Array };
export type ToTest = { readonly busy: readonly string[]; readonly token: readonly number[] | undefined } | { readonly done: number };

/** The visit, from a page. */
export class VisitHandle {
  /** Paths whose bodies are flowing. */
  busy: readonly string[] = [];
  /** The invitation that was brought. */
  token: readonly number[] | undefined;
  readonly #channel: BroadcastChannel;
  readonly #asked = new Map<number, () => void>();
  #count = 0;

  constructor(channel: BroadcastChannel) {
    this.#channel = channel;
  }

  /** Resolves, as the others do, when it has been done, and the page was told before. */
  connect(news: Partial<PathNews> = {}): Promise<void> {
    return this.#do({ do: 'connect', id: ++this.#count, news });
  }
  /** The path breaks: what is under way breaks with it. */
  lose(): Promise<void> {
    return this.#do({ do: 'lose', id: ++this.#count });
  }
  /** Has the visitor answer a question for the password. */
  ask(challenge: Challenge, hash: Uint8Array): Promise<void> {
    return this.#do({ do: 'ask', id: ++this.#count, challenge, hash });
  }
  heard(message: ToTest): void {
    if ('done' in message) this.#asked.get(message.done)?.();
    else Object.assign(this, message);
  }
  #do(message: Exclude<FromTest, { do: 'tell' }>): Promise<void> {
    this.#channel.postMessage(message);
    return new Promise((resolve) => this.#asked.set(message.id, resolve));
  }
}

declare global {
  interface Window {
    testVisit?: VisitHandle;
  }
}
