// SPDX-License-Identifier: Apache-2.0
// One resource of a site, to a file or a stream. What `porthole get` runs.

import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PortholeError } from '../proto/errors.ts';
import type { Asked } from './gateway.ts';

const REDIRECTIONS = new Set([301, 302, 303, 307, 308]);
/** How often a site may lead on to another address of its own. */
const MAX_REDIRECTIONS = 10;

export interface DownloadOptions {
  /** A file's path, or a stream that is left open. */
  readonly to: string | Writable;
  readonly signal?: AbortSignal;
  /** Called with the bytes so far, and the whole when it is known. */
  readonly onProgress?: (bytes: number, whole: number | null) => void;
}

/**
 * Fetches a resource. A file appears under its name only when it is whole.
 * @param url absolute, on the site
 * @returns bytes written
 * @throws PortholeError HTTP_STATUS when the site answers with an error, or leads elsewhere; STORAGE_FAILED when the file cannot
 * be written; what `fetch` throws
 */
export async function download(visit: Asked, url: string, options: DownloadOptions): Promise<number> {
  const response = await follow(visit, url, options.signal);
  if (response.status >= 400) {
    await response.body?.cancel();
    throw new PortholeError('HTTP_STATUS', `the site answered ${response.status} for ${new URL(url).pathname}`);
  }
  const announced = response.headers.get('content-length');
  const whole = announced === null ? null : Number(announced);
  let bytes = 0;
  const { body } = response;
  async function* content(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      options.onProgress?.(bytes, whole);
      yield chunk;
    }
  }
  const { to } = options;
  if (typeof to !== 'string') {
    await pipeline(content, to, { end: false, signal: options.signal });
    // Left open, so nothing else tells that the last of it is out.
    await new Promise<void>((resolve, reject) => to.write('', (error) => (error ? reject(error) : resolve())));
    return bytes;
  }
  const part = `${to}.part`;
  try {
    await pipeline(content, createWriteStream(part), { signal: options.signal });
    await rename(part, to);
  } catch (error) {
    await rm(part, { force: true });
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (error instanceof PortholeError || syscall === undefined) throw error;
    throw new PortholeError('STORAGE_FAILED', `${to} cannot be written: ${message}`, { cause: error });
  }
  return bytes;
}

/** Asks, and follows redirections on the site. */
async function follow(visit: Asked, url: string, signal: AbortSignal | undefined): Promise<Response> {
  for (let at = url, redirections = 0; ; redirections++) {
    const response = await visit.fetch({ method: 'GET', url: at, headers: [], signal });
    const location = REDIRECTIONS.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    const to = URL.canParse(location, at) ? new URL(location, at) : null;
    if (to?.host !== new URL(url).host) throw new PortholeError('HTTP_STATUS', `the site leads elsewhere: ${location}`);
    if (redirections === MAX_REDIRECTIONS) throw new PortholeError('HTTP_STATUS', `the site led on ${MAX_REDIRECTIONS} times`);
    at = to.href;
  }
}
