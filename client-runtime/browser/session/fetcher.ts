// SPDX-License-Identifier: Apache-2.0
// What the bridge's requests, and pages' other wishes, are answered by: the visit, and a person where the site asks for one.

import type { Asking } from '../../../transport/session/http.ts';
import type { Visit } from '../../visit/visit.ts';
import type { Came } from './cache/came.ts';
import type { SignIn } from './sign-in-part.ts';

/** Of a session. */
export interface Fetcher {
  /** The session, as pages know it (lives.ts). */
  readonly session: string;
  /** The visit, once there is one. */
  visit(): Promise<Visit>;
  /** Who has a person sign in. */
  signIn(): Promise<SignIn>;
  /** The id of the site that answers, where it is known. */
  site(): string | undefined;
}

/** Sends a request with these fields, or has another send it that knows how it is sent otherwise. */
export type Ask = (sent: Headers, by?: (request: Asking, send: (request: Asking) => Promise<Came>) => Promise<Came>) => Promise<Came>;
