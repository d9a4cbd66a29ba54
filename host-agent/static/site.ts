// SPDX-License-Identifier: Apache-2.0
// A folder on disk as a Site: which file a request is for, and what is answered when there is none.

import { stat } from 'node:fs/promises';
import { PortholeError } from '../../proto/errors.ts';
import type { Site } from '../../transport/session/site.ts';
import { type Coding, codingsForRange, readCodingWishes } from './coding.ts';
import { ContentHashes } from './content-hashes.ts';
import { answerWithFile, type Chosen } from './file-answer.ts';
import { readHead, readShort } from './file-body.ts';
import type { Folder, Found, OpenFile, Refusal } from './folder.ts';
import { Listings } from './listing.ts';
import { type Head, mediaType, needsHead } from './media-type.ts';
import { readPath } from './names.ts';
import { openFolder } from './open-folder.ts';
import { COMMON_HEADERS, errorAnswer, takesHtml, textAnswer, wantsHtml } from './pages.ts';
import { SingleFile } from './single-file.ts';
import { THUMBNAIL_QUERY, Thumbnails } from './thumbnails.ts';

/** How a folder is shown. */
export interface StaticSiteOptions {
  /** Whether a folder without an index page shows what is in it; true when left out. */
  readonly listing?: boolean;
  /** Paths that are never served, nor what is below them, whatever links lead there; they need not be there yet. */
  readonly exclude?: readonly string[];
  /** Whether the root's index page stands for every page that is missing: for apps that read the address themselves. */
  readonly spa?: boolean;
  /** Where content hashes come from; some of its own, as long as the site lives, when left out. Closing them is the caller's. */
  readonly hashes?: ContentHashes;
}

const METHODS = 'GET, HEAD, OPTIONS';
/** The pages that stand for their folder, the first that is there. */
const INDEXES = ['index.html', 'index.htm'];
/** What a page's name ends with, and its address need not. */
const PAGE_ENDING = '.html';
/** The page that a folder may have for what is missing. */
const MISSING_PAGE = '404.html';
/** Bytes that a missing page may have: it is sent whole. */
export const MAX_MISSING_PAGE_BYTES = 1024 * 1024;
/** Times that a file is opened anew when it is replaced or written while it is read. */
const TRIES = 5;
/** A compressed copy may be this much older than its original: file systems and archives round times by up to 2 s. */
const COPY_LAG_NS = 2_000_000_000n;
const STATUS: Readonly<Record<Refusal, number>> = { missing: 404, forbidden: 403, busy: 503 };

/**
 * Makes a site of a folder on disk, or of a single file. Each request looks at the disk anew, so changes are seen at once. Of
 * each answer, read or cancel the body, or abort the request's signal: until then a long file stays open. A body errors with
 * CONTENT_CHANGED when its file changes while it is sent.
 * @throws PortholeError FOLDER_MISSING, CONFIG_INVALID (a file whose name no link can carry); the site itself rejects with
 * SITE_FAILED when the disk fails
 */
export async function staticSite(path: string, options: StaticSiteOptions = {}): Promise<Site> {
  const { listing = true, exclude = [], spa = false, hashes = new ContentHashes() } = options;
  const folder = await openShared(path, exclude);
  const thumbnails = new Thumbnails();
  const parts: Parts = {
    folder,
    hashes,
    thumbnails,
    spa,
    listings: listing && !(folder instanceof SingleFile) ? new Listings(folder, thumbnails) : null,
    start: folder instanceof SingleFile ? `/${encodeURIComponent(folder.name)}` : null,
  };
  return (request) => answer(parts, request);
}

/** What a site is made of. */
interface Parts {
  readonly folder: Folder;
  readonly hashes: ContentHashes;
  readonly thumbnails: Thumbnails;
  readonly spa: boolean;
  /** Null where folders without an index page are not shown. */
  readonly listings: Listings | null;
  /** Where the site begins, when that is one file; null for a folder. */
  readonly start: string | null;
}

/**
 * Opens what is to be shared: a folder, or one file.
 * @throws PortholeError as `staticSite`
 */
export async function openShared(path: string, exclude: readonly string[] = []): Promise<Folder> {
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  return isFile ? SingleFile.at(path) : openFolder(path, { exclude });
}

async function answer(parts: Parts, request: Request): Promise<Response> {
  const { folder, listings } = parts;
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { ...COMMON_HEADERS, allow: METHODS } });
  if (request.method !== 'GET' && request.method !== 'HEAD') return errorAnswer(405, request, { allow: METHODS });

  const url = new URL(request.url);
  const asked = readPath(url.pathname);
  if (asked === 'malformed') return errorAnswer(400, request);
  if (asked === 'hidden') return missing(folder, request);
  if (parts.start !== null && asked.name === '') {
    return textAnswer(307, 'This site is one file.\n', 'text/plain', request, { location: parts.start });
  }

  if (listings && !asked.slash && url.search.startsWith(`?${THUMBNAIL_QUERY}`)) {
    const small = await parts.thumbnails.answer(() => folder.open(asked.name), mediaType(asked.name, null), request);
    return typeof small === 'string' ? refused(folder, small, request) : small;
  }
  const file = await answerFile(parts, request, () => (asked.slash ? openIndex(folder, asked.name) : openNamed(folder, asked.name)));
  if (file instanceof Response) return file;
  if (file === 'folder' && !asked.slash) return toFolder(url, request);
  if (file !== 'folder' && file !== 'missing') return refused(folder, file, request);
  const listing = asked.slash && listings ? await listings.answer(asked.name, request) : 'missing';
  if (listing instanceof Response) return listing;
  if (listing !== 'missing' || !parts.spa || !wantsHtml(request.headers.get('accept'))) return refused(folder, listing, request);
  // The page of an app that reads the address itself.
  const start = await answerFile(parts, request, () => openIndex(folder, ''));
  return start instanceof Response ? start : refused(folder, start === 'folder' ? 'missing' : start, request);
}

/** Answers with a file, opened anew when it is written meanwhile; tells what is found in place of one. */
async function answerFile(
  { folder, hashes }: Parts,
  request: Request,
  find: () => Promise<{ name: string; found: Found }>,
): Promise<Response | Exclude<Found, OpenFile>> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { name, found } = await find();
    if (typeof found === 'string') return found;
    const response = await answerWithFile(await choose(folder, name, found, request), hashes, request);
    if (response) return response;
  }
  throw new PortholeError('CONTENT_CHANGED', 'the file is being written; ask for it again');
}

/** What stands at a name; where that is nothing, the page that has the name and an ending, which addresses need not show. */
async function openNamed(folder: Folder, name: string): Promise<{ name: string; found: Found }> {
  const found = await folder.open(name);
  if (found !== 'missing' || /\.[^/]*$/.test(name)) return { name, found };
  const page = await folder.open(name + PAGE_ENDING);
  return typeof page === 'string' ? { name, found } : { name: name + PAGE_ENDING, found: page };
}

/** The page that stands for a folder. */
async function openIndex(folder: Folder, name: string): Promise<{ name: string; found: Found }> {
  const inFolder = name === '' ? '' : `${name}/`;
  for (const index of INDEXES) {
    const found = await folder.open(inFolder + index);
    if (found !== 'missing') return { name: inFolder + index, found };
  }
  return { name, found: 'missing' };
}

function refused(folder: Folder, why: Refusal, request: Request): Promise<Response> | Response {
  if (why === 'missing') return missing(folder, request);
  return errorAnswer(STATUS[why], request, why === 'busy' ? { 'retry-after': '1' } : {});
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
      file.fd.close();
      throw thrown;
    });
    if (typeof copy === 'string') continue;
    // A copy of what the file was before its last change would undo the change.
    if (copy.facts.mtimeNs + COPY_LAG_NS < file.facts.mtimeNs) {
      copy.fd.close();
      continue;
    }
    const head = await headOf(file, name).catch((thrown) => {
      copy.fd.close();
      throw thrown;
    });
    return { file: copy, name, coding, head, reopen: () => folder.open(name + coding.suffix) };
  }
  return { file, name, coding: null, reopen: () => folder.open(name) };
}

/** The first bytes of a file, where they tell its type. Closes it. */
async function headOf(file: OpenFile, name: string): Promise<Head | null> {
  try {
    return needsHead(name) ? await readHead(file) : null;
  } finally {
    file.fd.close();
  }
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
    headers: {
      ...COMMON_HEADERS,
      'content-type': mediaType(MISSING_PAGE, { bytes: page, whole: true }),
      'content-length': String(page.length),
      vary: 'Accept',
    },
  });
}

async function missingPage(folder: Folder): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = await folder.open(MISSING_PAGE);
  if (typeof file === 'string') return null;
  try {
    const { size } = file.facts;
    return size > MAX_MISSING_PAGE_BYTES ? null : await readShort(file, { first: 0, last: size - 1 });
  } finally {
    file.fd.close();
  }
}
