// SPDX-License-Identifier: Apache-2.0
// A visitor's request as it was written: a Request object normalizes its URL, and joins and sorts its fields.

import type { RequestHead } from '../../proto/site.ts';

type Content = ReadableStream<Uint8Array> | null;

/** Where a Request has it: a property costs less, also when memory is collected, than a table of requests. */
const ASKED = Symbol('asked');
type Asked = Request & { [ASKED]?: { readonly head: RequestHead; readonly content: Content } };

/** Notes the head that a Request was made of, and its content. */
export function noteAsked(request: Request, head: RequestHead, content: Content): void {
  (request as Asked)[ASKED] = { head, content };
}

/** A request's content as it came, for a site that passes it on: a Request with GET or HEAD has none (Fetch Standard), HTTP has. */
export function contentAsAsked(request: Request): Content {
  return request.body ?? (request as Asked)[ASKED]?.content ?? null;
}

/** The head as it came, for a site that passes it on; of a Request that was made otherwise, what it says of itself. */
export function headAsAsked(request: Request): RequestHead {
  const asked = (request as Asked)[ASKED];
  if (asked) return asked.head;
  const { host, pathname, search } = new URL(request.url);
  const headers = [...request.headers].map(([name, value]) => ({ name, value }));
  return { method: request.method, target: pathname + search, authority: host, headers };
}
