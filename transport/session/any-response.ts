// SPDX-License-Identifier: Apache-2.0
// Responses with any status that HTTP can write: the platform's constructor takes none beyond 599, which servers send all the same.

/** The last status of three digits. */
const LAST = 999;
/** The last one that the platform knows; what is beyond means no more to whoever reads it (RFC 9110 section 15). */
const LAST_KNOWN = 599;

/**
 * A Response, of any final status. One beyond 599 is not seen in its copies (`clone`), where it is 599.
 * @throws RangeError for what is no status of a final response, or has a body and must not; TypeError for what is no field
 */
export function anyResponse(
  body: ReadableStream<Uint8Array> | null,
  { status, headers }: { readonly status: number; readonly headers: [name: string, value: string][] },
): Response {
  if (!(status > LAST_KNOWN && status <= LAST)) return new Response(body, { status, headers });
  return Object.defineProperty(new Response(body, { status: LAST_KNOWN, headers }), 'status', { value: status });
}
