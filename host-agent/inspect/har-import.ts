// SPDX-License-Identifier: Apache-2.0
// HAR 1.2 from elsewhere: its entries become exchanges that can be looked at, and asked of this site.

import { z } from 'zod';
import { PortholeError } from '../../proto/errors.ts';
import { isHopByHop } from '../../transport/session/fields.ts';
import type { Entry, Recorder } from './recorder.ts';

const fields = z.array(z.object({ name: z.string(), value: z.string() })).default([]);
const text = z.object({ mimeType: z.string().optional(), text: z.string().optional(), encoding: z.string().optional() });
/** What is read of an entry; other programs write more, and some less. */
const entrySchema = z.object({
  startedDateTime: z.string().optional(),
  time: z.number().optional(),
  request: z.object({ method: z.string().min(1), url: z.string(), headers: fields, postData: text.optional() }),
  response: z.object({ status: z.number(), headers: fields, content: text.optional(), _error: z.string().nullish() }).optional(),
  timings: z.object({ wait: z.number().optional(), receive: z.number().optional() }).optional(),
  _porthole: z.object({ visitor: z.string(), who: z.string(), path: z.string(), agent: z.string() }).partial().optional(),
});
const schema = z.object({ log: z.object({ entries: z.array(z.unknown()) }) });

/**
 * Takes in a file.
 * @returns the new exchanges, and how many entries could not be read
 * @throws PortholeError USAGE when it is no HAR
 */
export function importHar(recorder: Recorder, file: string): { readonly entries: Entry[]; readonly skipped: number } {
  let log: z.infer<typeof schema>;
  try {
    log = schema.parse(JSON.parse(file));
  } catch (cause) {
    throw new PortholeError('USAGE', 'that is no HAR file: it has no log with entries', { cause });
  }
  const entries: Entry[] = [];
  for (const one of log.log.entries) {
    const read = entrySchema.safeParse(one);
    const entry = read.success ? taken(recorder, read.data) : null;
    if (entry) entries.push(entry);
  }
  return { entries, skipped: log.log.entries.length - entries.length };
}

function taken(
  recorder: Recorder,
  { startedDateTime, time, request, response, timings, _porthole }: z.infer<typeof entrySchema>,
): Entry | null {
  if (!URL.canParse(request.url)) return null;
  const [, authority = '', path = ''] = /^[a-z]+:\/\/([^/?#]*)([^#]*)/i.exec(request.url) ?? [];
  const target = path.startsWith('/') ? path : `/${path}`;
  const head = { method: request.method.toUpperCase(), target, authority, headers: named(request.headers) };
  const body = bytesOf(request.postData);
  const visitor = {
    session: _porthole?.visitor ?? '',
    who: _porthole?.who ?? '',
    via: _porthole?.path ?? '',
    agent: _porthole?.agent ?? '',
  };
  recorder.expect(head, { from: 'import', replayOf: null });
  const entry = recorder.begin(head, visitor, false, body?.length ?? 0);
  if (body) entry.requestPiece(body);
  const begun = startedDateTime === undefined ? Number.NaN : Date.parse(startedDateTime);
  const waitMs = timings?.wait ?? time ?? 0;
  if (response && response.status > 0) {
    const content = bytesOf(response.content);
    entry.answered({ status: response.status, headers: named(response.headers) }, content?.length ?? 0);
    if (content) entry.responsePiece(content);
  }
  entry.happened({
    startedAt: Number.isNaN(begun) ? null : begun,
    answeredMs: waitMs,
    endedMs: Math.max(waitMs, time ?? waitMs + (timings?.receive ?? 0)),
  });
  entry.end(response?._error ? new Error(response._error) : null);
  return entry;
}

/** Small names, as the site protocol has them; HTTP/2's pseudo-fields and what is of one connection left out. */
function named(headers: z.infer<typeof fields>): { name: string; value: string }[] {
  return headers
    .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
    .filter(({ name, value }) => !name.startsWith(':') && !isHopByHop(name) && !/[\r\n\0]/.test(name + value));
}

function bytesOf(content: z.infer<typeof text> | undefined): Uint8Array<ArrayBuffer> | null {
  if (!content?.text) return null;
  return new Uint8Array(Buffer.from(content.text, content.encoding === 'base64' ? 'base64' : 'utf8'));
}
