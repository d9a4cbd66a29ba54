// SPDX-License-Identifier: Apache-2.0
// A site of one resource, on a connection that breaks when a test says so: what downloads are tried on.

import { createHash } from 'node:crypto';
import { PortholeError } from '../../../proto/errors.ts';
import type { Asking } from '../../../transport/session/http.ts';

/** One thing that goes wrong, for one request. */
export type Fault =
  /** No answer. */
  | { readonly fail: PortholeError }
  /** The answer breaks off after so many bytes of it. */
  | { readonly cutAfter: number; readonly error?: PortholeError }
  /** An answer of this status. */
  | { readonly status: number };

export interface ShakySite {
  content: Buffer;
  etag: string | null;
  /** What the site says the content's digest is; the truth when undefined, nothing when null. */
  digest: string | null | undefined;
  ranges: boolean;
  /** For the requests to come, in order; when they are used up all goes well. */
  readonly faults: (Fault | null)[];
  /** The Range of each request, '' for none. */
  readonly asked: string[];
  /** Bytes of content that were given out. */
  given: number;
  fetch(asking: Asking): Promise<Response>;
}

const CHUNK = 1000;

export function shakySite(content: Buffer): ShakySite {
  const site: ShakySite = {
    content,
    etag: '"one"',
    digest: undefined,
    ranges: true,
    faults: [],
    asked: [],
    given: 0,
    async fetch({ headers, signal }) {
      signal?.throwIfAborted();
      const given = new Headers([...headers] as [string, string][]);
      const range = given.get('range');
      site.asked.push(range ?? '');
      const fault = site.faults.shift() ?? null;
      if (fault && 'fail' in fault) throw fault.fail;
      if (fault && 'status' in fault) return new Response('no', { status: fault.status });
      const { content, etag } = site;
      const answers: Record<string, string> = { 'accept-ranges': 'bytes', ...(etag && { etag }) };
      const digest = site.digest === undefined ? createHash('sha256').update(content).digest('base64') : site.digest;
      if (digest !== null) answers['repr-digest'] = `sha-256=:${digest}:`;
      const first = range && site.ranges && given.get('if-range') === etag ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : null;
      if (first !== null && first >= content.length) return new Response(null, { status: 416, headers: answers });
      const part = content.subarray(first ?? 0);
      answers['content-length'] = String(part.length);
      if (first !== null) answers['content-range'] = `bytes ${first}-${content.length - 1}/${content.length}`;
      return new Response(stream(part, fault), { status: first === null ? 200 : 206, headers: answers });
    },
  };
  function stream(part: Buffer, fault: Fault | null): ReadableStream<Uint8Array> {
    let at = 0;
    const end = fault && 'cutAfter' in fault ? Math.min(fault.cutAfter, part.length) : part.length;
    return new ReadableStream(
      {
        pull(controller) {
          if (at < end) {
            const chunk = new Uint8Array(part.subarray(at, Math.min(at + CHUNK, end)));
            at += chunk.length;
            site.given += chunk.length;
            controller.enqueue(chunk);
          } else if (fault && 'cutAfter' in fault) controller.error(fault.error ?? new PortholeError('PATH_LOST'));
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  }
  return site;
}
