// SPDX-License-Identifier: Apache-2.0
// A response body that outlives its session: when it breaks off, the rest is requested by range, through any session and path.

import { PortholeError } from '../../../proto/errors.ts';
import { MAX_RESUMES } from '../shared/bridge.ts';
import { type Answer, carry, type Errand } from './exchange.ts';

/** Milliseconds before the first new attempt without progress; doubled each time up to the longest. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/** Which bytes of which version of the content a response carries. */
interface Span {
  readonly first: number;
  /** The last byte, where the host said it. */
  readonly last: number | null;
  readonly etag: string;
}

/** `bytes 0-99/200` as numbers (RFC 9110, section 14.4). */
function contentRange(value: string | null): { first: number; last: number } | null {
  const match = /^bytes (\d+)-(\d+)\//.exec(value ?? '');
  return match ? { first: Number(match[1]), last: Number(match[2]) } : null;
}

/** What a response carries, if its rest could be asked for: it needs a strong validator (RFC 9110, section 8.8.1). */
function spanOf(errand: Errand, answer: Answer): Span | null {
  const { status, identity } = answer.head;
  const headers = new Headers(answer.head.headers);
  const etag = headers.get('etag');
  if (errand.head.method !== 'GET' || !identity || !etag?.startsWith('"') || headers.get('accept-ranges') === 'none') return null;
  if (status === 200) {
    const length = headers.get('content-length');
    return { first: 0, last: length === null ? null : Number(length) - 1, etag };
  }
  const range = status === 206 ? contentRange(headers.get('content-range')) : null;
  return range && { ...range, etag };
}

/** Whether asking again cannot help. */
function final(error: unknown): boolean {
  return error instanceof PortholeError && (error.code === 'CONTENT_CHANGED' || error.code === 'CANCELLED');
}

/** The body of an answer, picked up again where it broke off, if that can be; else the body as it is. */
export function resumable(errand: Errand, answer: Answer, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const span = spanOf(errand, answer);
  if (!span) return body;
  let reader = body.getReader();
  let next = span.first;
  let failures = 0;
  let cancelled = false;

  async function pickUp(): Promise<void> {
    if (!span) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS)));
    failures++;
    if (cancelled) throw new PortholeError('CANCELLED');
    const headers = errand.head.headers.filter(
      ([name]) => !/^(range|if-(range|match|none-match|modified-since|unmodified-since))$/i.test(name),
    );
    const head = {
      ...errand.head,
      headers: [...headers, ['range', `bytes=${next}-${span.last ?? ''}`], ['if-range', span.etag]] as typeof headers,
    };
    const rest = await carry({ ...errand, head });
    const body = rest.body ?? (rest.bytes ? new Response(rest.bytes).body : null);
    if (rest.head.status === 503) {
      await body?.cancel();
      throw new PortholeError('TIMED_OUT', 'the site is too busy to go on');
    }
    const range = contentRange(new Headers(rest.head.headers).get('content-range'));
    if (rest.head.status !== 206 || range?.first !== next || !body || new Headers(rest.head.headers).get('etag') !== span.etag) {
      await body?.cancel();
      throw new PortholeError('CONTENT_CHANGED');
    }
    reader = body.getReader();
    if (cancelled) await reader.cancel();
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          try {
            const { done, value } = await reader.read();
            if (done) return controller.close();
            next += value.byteLength;
            failures = 0;
            return controller.enqueue(value);
          } catch (broken) {
            if (cancelled) return;
            if (span.last !== null && next > span.last) return controller.close();
            await retry(broken);
          }
        }
      },
      cancel(reason) {
        cancelled = true;
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 }, // what is read ahead is already bounded on the bridge
  );

  async function retry(broken: unknown): Promise<void> {
    let last = broken;
    while (failures < MAX_RESUMES && !final(last)) {
      try {
        return await pickUp();
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }
}
