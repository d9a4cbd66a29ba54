// SPDX-License-Identifier: Apache-2.0
// A visitor's request as it was written: a Request object normalizes its URL, and joins and sorts its fields.

import type { RequestHead } from '../../proto/site.ts';

const heads = new WeakMap<Request, RequestHead>();

/** Notes the head that a Request was made of. */
export function noteHead(request: Request, head: RequestHead): void {
  heads.set(request, head);
}

/** The head as it came, for a site that passes it on; of a Request that was made otherwise, what it says of itself. */
export function headAsAsked(request: Request): RequestHead {
  const head = heads.get(request);
  if (head) return head;
  const { host, pathname, search } = new URL(request.url);
  const headers = [...request.headers].map(([name, value]) => ({ name, value }));
  return { method: request.method, target: pathname + search, authority: host, headers };
}
