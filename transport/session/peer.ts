// SPDX-License-Identifier: Apache-2.0
// What the other end of a session has announced: its Hello, and its GoAway.

import { PortholeError } from '../../proto/errors.ts';
import type { Hello } from '../../proto/site.ts';

export class Peer {
  hello: Hello | null = null;
  /** Why it ends the session, when that is no good order. */
  farewell: PortholeError | null = null;
  readonly #answered = Promise.withResolvers<void>();

  /** Resolves when its Hello has come. */
  get answered(): Promise<void> {
    return this.#answered.promise;
  }
  /** Bytes that it takes of a new stream's content; 0 before its Hello. */
  get streamCredit(): number {
    return this.hello?.streamCredit ?? 0;
  }

  /** @throws PortholeError VERSION_UNSUPPORTED */
  greeted(hello: Hello): void {
    if (hello.version < 1) throw new PortholeError('VERSION_UNSUPPORTED', `version ${hello.version} of the site protocol is not known`);
    this.hello = hello;
    this.#answered.resolve();
  }
}
