// SPDX-License-Identifier: Apache-2.0
// A visitor's request as it was written: a Request object normalizes its URL, and joins and sorts its fields.

import type { RequestHead } from '../../proto/site.ts';

type Content = ReadableStream<Uint8Array> | null;

const heads = new WeakMap<Request, RequestHead>();
const contents = new WeakMap<Request, Content>();

/** Notes the head that a Request was made of, and its content. */
export function noteAsked(request: Request, head: RequestHead, content: Content): void {
  heads.set(request, head);
  contents.set(request, content);
}

/** A request's content as it came, for a site that passes it on: a Request with GET or HEAD has none (Fetch Standard), HTTP has. */
export function contentAsAsked(request: Request): Content {
  return request.body ?? contents.get(request) ?? null;
}

/** The head as it came, for a site that passes it on; of a Request that was made otherwise, what it says of itself. */
export function headAsAsked(request: Request): RequestHead {
  const head = heads.get(request);
  if (head) return head;
  const { host, pathname, search } = new URL(request.url);
  const headers = [...request.headers].map(([name, value]) => ({ name, value }));
  return { method: request.method, target: pathname + search, authority: host, headers };
}
