// SPDX-License-Identifier: Apache-2.0
// The response with a file in it: 200, 206, 304, 412 or 416, for an open file and a request.

import { randomUUID } from 'node:crypto';
import { MAX_DATA_BYTES } from '../../proto/limits.ts';
import type { Coding } from './coding.ts';
import type { ContentHashes, Reopen } from './content-hashes.ts';
import { type OnRead, type Piece, readHead, readShort, streamBytes, streamFile } from './file-body.ts';
import type { OpenFile } from './folder.ts';
import { type Head, impliedCoding, mediaType, needsHead } from './media-type.ts';
import { COMMON_HEADERS, errorAnswer } from './pages.ts';
import { type ByteRange, planRanges } from './range.ts';
import { httpDate, judge, namesHash, rangeStillHolds, reprDigest, tagFor, type Validators, validatorsOf } from './validators.ts';

/** A file chosen to be sent: the plain one, or its compressed copy. */
export interface Chosen {
  readonly file: OpenFile;
  /** The name of the plain file, which gives the media type. */
  readonly name: string;
  /** What the file is compressed with; null when it is the plain one. */
  readonly coding: Coding | null;
  /** The first bytes of the plain file, where the file is its compressed copy and they tell its type. */
  readonly head?: Head | null;
  /** Opens the same name again. */
  readonly reopen: Reopen;
}

/**
 * Answers a GET or HEAD with a file. The file is closed before this returns, or else with the answer's body.
 * @returns null when the file was changed while it was read: open it again
 * @throws PortholeError SITE_FAILED when the disk fails; the signal's reason when the request is aborted
 */
export async function answerWithFile(chosen: Chosen, hashes: ContentHashes, request: Request): Promise<Response | null> {
  let handedOver = false;
  try {
    request.signal.throwIfAborted();
    const answer = await compose(chosen, hashes, request);
    handedOver = answer?.ownsFile ?? false;
    return answer?.response ?? null;
  } finally {
    if (!handedOver) chosen.file.fd.close();
  }
}

/** An answer, and whether its body closes the file. */
interface Composed {
  readonly response: Response;
  readonly ownsFile: boolean;
}

const settled = (response: Response): Composed => ({ response, ownsFile: false });

async function compose(chosen: Chosen, hashes: ContentHashes, request: Request): Promise<Composed | null> {
  const { file, name, coding } = chosen;
  const { size } = file.facts;
  const seen = await look(chosen, hashes, request);
  if (seen === null) return null;
  const { hash } = seen;
  const validators = validatorsOf(file.facts, hash, coding?.token);
  const verdict = judge(request.headers, validators);
  if (verdict === 'not-modified') return settled(new Response(null, { status: 304, headers: revalidated(request, validators) }));
  if (verdict === 'failed') return settled(errorAnswer(412, request));

  const { content, head } = needsHead(name) && !coding ? await lookInside(file, seen.content) : { ...seen, head: chosen.head ?? null };
  const type = mediaType(name, head);
  const headers: Record<string, string> = { ...revalidated(request, validators), 'content-type': type, 'accept-ranges': 'bytes' };
  const contentCoding = coding?.token ?? impliedCoding(name);
  if (contentCoding) headers['content-encoding'] = contentCoding;
  if (hash !== null) headers['repr-digest'] = reprDigest(hash);

  const body = (status: number, range: ByteRange): Promise<Composed | null> =>
    run({ status, headers, file, content, range, request, onRead: () => hashes.touch() });

  const plan = planFor(request, size, validators);
  if (plan === 'unsatisfiable') {
    return settled(errorAnswer(416, request, { 'content-range': `bytes */${size}`, 'accept-ranges': 'bytes' }));
  }
  // A multipart body is made of plain parts; which of it a coding would speak of is not defined.
  if (plan === 'whole' || (plan.length > 1 && coding)) return body(200, { first: 0, last: size - 1 });
  const [only, second] = plan;
  if (only && !second) {
    headers['content-range'] = contentRange(only, size);
    return body(206, only);
  }
  const { pieces, bytes, boundary } = multipart(plan, size, type);
  headers['content-type'] = `multipart/byteranges; boundary=${boundary}`;
  headers['content-length'] = String(bytes);
  const stream = streamFile(file, pieces, request.signal, () => hashes.touch());
  return { response: new Response(stream, { status: 206, headers }), ownsFile: true };
}

/** What is known of a file's content. */
interface Seen {
  /** Null for a long file whose hash is not known: its first byte does not wait for it. */
  readonly hash: string | null;
  /** All of a short file that had to be read for it. */
  readonly content: Uint8Array<ArrayBuffer> | null;
}

/** Finds out what a file holds, as far as the answer needs it. Null when it was changed while it was read. */
async function look({ file, reopen }: Chosen, hashes: ContentHashes, request: Request): Promise<Seen | null> {
  const { facts } = file;
  hashes.touch();
  const hash = hashes.known(facts);
  if (hash !== null) return { hash, content: null };
  if (facts.size <= MAX_DATA_BYTES) {
    const content = await readShort(file, { first: 0, last: facts.size - 1 });
    return content && { hash: hashes.learn(facts, content), content };
  }
  // Who names a hash has had this file before, or believes so: reading it once is quicker than sending it.
  if (namesHash(request.headers)) return { hash: await hashes.find(facts, reopen), content: null };
  hashes.later(facts, reopen);
  return { hash: null, content: null };
}

/** The bytes that tell a file's type; all of a short one. Null when it was changed meanwhile: then its name alone tells. */
async function lookInside(file: OpenFile, content: Seen['content']): Promise<Pick<Seen, 'content'> & { head: Head | null }> {
  const head = content ? { bytes: content, whole: true } : await readHead(file);
  return { content: head?.whole ? head.bytes : null, head };
}

/** What a copy needs to be asked about again; with these alone a 304 answers (RFC 9110 section 15.4.5). */
function revalidated({ headers }: Request, validators: Validators): Record<string, string> {
  const etag = tagFor(headers, validators);
  return { ...COMMON_HEADERS, etag, 'last-modified': httpDate(validators.modified), vary: 'Accept-Encoding' };
}

function planFor(request: Request, size: number, validators: Validators): ReturnType<typeof planRanges> {
  // RFC 9110 section 14.2: Range means nothing with any method but GET.
  const range = request.method === 'GET' ? request.headers.get('range') : null;
  if (range === null || !rangeStillHolds(request.headers.get('if-range'), validators)) return 'whole';
  return planRanges(range, size);
}

/** One run of a file's bytes, as an answer. */
interface Run {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly file: OpenFile;
  readonly content: Uint8Array<ArrayBuffer> | null;
  readonly range: ByteRange;
  readonly request: Request;
  readonly onRead: OnRead;
}

/** One run of bytes: read at once when it is short, which saves a stream that waits; streamed when it is long. */
async function run({ status, headers, file, content, range, request, onRead }: Run): Promise<Composed | null> {
  const length = range.last - range.first + 1;
  headers['content-length'] = String(length);
  if (request.method === 'HEAD') return settled(new Response(null, { status, headers }));
  if (length > MAX_DATA_BYTES) {
    return { response: new Response(streamFile(file, [range], request.signal, onRead), { status, headers }), ownsFile: true };
  }
  const bytes = content ? content.subarray(range.first, range.last + 1) : await readShort(file, range);
  return bytes && settled(new Response(streamBytes(bytes), { status, headers }));
}

const contentRange = ({ first, last }: ByteRange, size: number): string => `bytes ${first}-${last}/${size}`;

/** Several ranges as one body (RFC 9110 section 14.6), with its length in bytes. */
function multipart(ranges: readonly ByteRange[], size: number, type: string): { pieces: Piece[]; bytes: number; boundary: string } {
  // Random, so that no content can hold it.
  const boundary = randomUUID();
  const pieces = ranges.flatMap((range, index): Piece[] => [
    utf8(`${index ? '\r\n' : ''}--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`),
    range,
  ]);
  pieces.push(utf8(`\r\n--${boundary}--\r\n`));
  const bytes = pieces.reduce((sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : piece.last - piece.first + 1), 0);
  return { pieces, bytes, boundary };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
