// SPDX-License-Identifier: Apache-2.0
// What answers requests behind the bridge, and what an answer is made of.

import type { Asking } from '../../../transport/session/http.ts';
import type { SignIn } from './sign-in-part.ts';

/** What an answer is made of. The platform's Response lets no cookies be seen. */
export interface Came {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** What answers requests, whenever there is a way to. */
export interface Fetcher {
  fetch(request: Asking): Promise<Response>;
  /** Who has a person sign in. */
  signIn(): Promise<SignIn>;
  /** The id of the site that answers, where it is known. */
  site(): string | undefined;
}
