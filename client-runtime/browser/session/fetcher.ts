// SPDX-License-Identifier: Apache-2.0
// What the bridge's requests, and pages' other wishes, are answered by: the visit, and a person where the site asks for one.

import type { Visit } from '../../visit/visit.ts';
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
