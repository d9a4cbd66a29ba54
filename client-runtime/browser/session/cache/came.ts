// SPDX-License-Identifier: Apache-2.0
// An answer as the session's worker passes it on.

/** What an answer is made of. The platform's Response lets no cookies be seen. */
export interface Came {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}
