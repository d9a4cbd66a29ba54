// SPDX-License-Identifier: Apache-2.0
// A folder on disk as a Site: which file a request is for, and what is answered when there is none.

import { PortholeError } from '../../proto/errors.ts';
import type { Site } from '../../transport/site.ts';
import { readShort } from './body.ts';
import { type Coding, codingsForRange, readCodingWishes } from './coding.ts';
import { ContentHashes } from './content-hashes.ts';
import { closeFd } from './fd.ts';
import { answerWithFile, type Chosen } from './file-answer.ts';
import { type Folder, type OpenFile, openFolder } from './folder.ts';
import { listingOf } from './listing.ts';
import { mediaType } from './media-type.ts';
import { readPath } from './names.ts';
import { COMMON_HEADERS, errorAnswer, takesHtml, textAnswer } from './pages.ts';

export interface StaticSiteOptions {
  /** Whether a folder without an index page shows what is in it; false when left out. */
  readonly listing?: boolean;
  /** Where content hashes come from; some of its own, as long as the site lives, when left out. Closing them is the caller's. */
  readonly hashes?: ContentHashes;
}

const METHODS = 'GET, HEAD, OPTIONS';
const INDEX = 'index.html';
/** The page that a folder may have for what is missing. */
const MISSING_PAGE = '404.html';
/** Bytes that a missing page may have: it is sent whole. */
export const MAX_MISSING_PAGE_BYTES = 1024 * 1024;
/** Times that a file is opened anew when it is replaced or written while it is read. */
const TRIES = 5;
/** A compressed copy may be this much older than its original: file systems and archives round times by up to 2 s. */
const COPY_LAG_NS = 2_000_000_000n;

/**
 * Makes a site of a folder on disk. Each request looks at the disk anew, so changes are seen at once. Of each answer, read or
 * cancel the body, or abort the request's signal: until then a long file stays open. A body errors with CONTENT_CHANGED when its
 * file changes while it is sent.
 * @throws PortholeError FOLDER_MISSING; the site itself rejects with SITE_FAILED when the disk fails
 */
export async function staticSite(path: string, options: StaticSiteOptions = {}): Promise<Site> {
  const folder = await openFolder(path);
  const hashes = options.hashes ?? new ContentHashes();
  return (request) => answer(folder, { ...options, hashes }, request);
}

async function answer(
  folder: Folder,
  options: Required<Pick<StaticSiteOptions, 'hashes'>> & StaticSiteOptions,
  request: Request,
): Promise<Response> {
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { ...COMMON_HEADERS, allow: METHODS } });
  if (request.method !== 'GET' && request.method !== 'HEAD') return errorAnswer(405, request, { allow: METHODS });

  const url = new URL(request.url);
  const asked = readPath(url.pathname);
  if (asked === 'malformed') return errorAnswer(400, request);
  if (asked === 'hidden') return missing(folder, request);

  const inFolder = asked.name === '' ? '' : `${asked.name}/`;
  const name = asked.slash ? `${inFolder}${INDEX}` : asked.name;
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await folder.open(name);
    if (found === 'forbidden') return errorAnswer(403, request);
    if (found === 'busy') return errorAnswer(503, request, { 'retry-after': '1' });
    if (found === 'folder' && !asked.slash) return toFolder(url, request);
    if (typeof found === 'string') {
      const listing = options.listing && asked.slash ? await listingOf(folder, asked.name) : null;
      return listing === null ? missing(folder, request) : textAnswer(200, listing, 'text/html', request);
    }
    const response = await answerWithFile(await choose(folder, name, found, request), options.hashes, request);
    if (response) return response;
  }
  throw new PortholeError('CONTENT_CHANGED', 'the file is being written; ask for it again');
}

/** A folder's address ends with a slash, or its relative links lead astray. No host in the address: it is the visitor's. */
function toFolder(url: URL, request: Request): Response {
  return textAnswer(308, 'This is a folder; its address ends with a slash.\n', 'text/plain', request, {
    location: `${url.pathname}/${url.search}`,
  });
}

/** The file, or the compressed copy beside it that the visitor would rather have. Closes the one that is not chosen. */
async function choose(folder: Folder, name: string, file: OpenFile, request: Request): Promise<Chosen> {
  for (const coding of codingsWanted(request)) {
    const copy = await folder.open(name + coding.suffix).catch((thrown) => {
      closeFd(file.fd);
      throw thrown;
    });
    if (typeof copy === 'string') continue;
    // A copy of what the file was before its last change would undo the change.
    const stale = copy.facts.mtimeNs + COPY_LAG_NS < file.facts.mtimeNs;
    closeFd(stale ? copy.fd : file.fd);
    if (!stale) return { file: copy, name, coding, reopen: () => folder.open(name + coding.suffix) };
  }
  return { file, name, coding: null, reopen: () => folder.open(name) };
}

function codingsWanted({ method, headers }: Request): readonly Coding[] {
  const wishes = readCodingWishes(headers.get('accept-encoding'));
  return method === 'GET' && headers.has('range') ? codingsForRange(wishes, headers.get('if-range')) : wishes.codings;
}

/** The honest 404: with the folder's own page for it when there is one. */
async function missing(folder: Folder, request: Request): Promise<Response> {
  const page = takesHtml(request.headers.get('accept')) ? await missingPage(folder) : null;
  if (page === null) return errorAnswer(404, request);
  return new Response(request.method === 'HEAD' ? null : page, {
    status: 404,
    headers: { ...COMMON_HEADERS, 'content-type': mediaType(MISSING_PAGE), 'content-length': String(page.length), vary: 'Accept' },
  });
}

async function missingPage(folder: Folder): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = await folder.open(MISSING_PAGE);
  if (typeof file === 'string') return null;
  try {
    const { size } = file.facts;
    return size > MAX_MISSING_PAGE_BYTES ? null : await readShort(file, { first: 0, last: size - 1 });
  } finally {
    closeFd(file.fd);
  }
}
