// SPDX-License-Identifier: Apache-2.0
// What a gateway asks, as the platform's Request: tests read it by that.

import type { Asking } from '../../transport/session/http.ts';

export function asRequest({ url, method, headers, body, signal }: Asking): Request {
  const init = { method, headers: [...headers].map(([...pair]) => pair), body: body ?? null, signal: signal ?? null, duplex: 'half' };
  return new Request(url, init as RequestInit);
}
