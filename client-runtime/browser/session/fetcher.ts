// SPDX-License-Identifier: Apache-2.0
// What answers requests behind the bridge: the visit, and a person where the site asks for one.

import type { Asking } from '../../../transport/session/http.ts';
import type { Came } from './cache/came.ts';
import type { SignIn } from './sign-in-part.ts';

/** What answers requests, whenever there is a way to. */
export interface Fetcher {
  fetch(request: Asking): Promise<Response>;
  /** Who has a person sign in. */
  signIn(): Promise<SignIn>;
  /** The id of the site that answers, where it is known. */
  site(): string | undefined;
}

/** Sends a request with these fields, or has another send it that knows how it is sent otherwise. */
export type Ask = (sent: Headers, by?: (request: Asking, send: (request: Asking) => Promise<Came>) => Promise<Came>) => Promise<Came>;
