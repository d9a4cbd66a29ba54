// SPDX-License-Identifier: Apache-2.0
// The built files for browsers on each site's origin: compressed once, cached for ever by their hashes, asked about anew without.

import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { PortholeError } from '../../proto/errors.ts';
import { shellPolicy } from './answers.ts';
import { SHELL_FILE } from './site-routes.ts';

/** The only service worker there is. */
export const WORKER_PATH = '/.porthole/sw.js';
/** A name with a hash of the content in it, as esbuild makes them. */
const HASHED = /[-.]([A-Z0-9]{8}|[0-9a-f]{8,})\.\w+$/;
/** What the build says of itself, for us. */
const BUILD_FILE = 'build.json';
/** The second and the third form of each file: the first one's name is what they are asked for by. */
const COMPRESSED = /\.(br|gz)$/;

/**
 * Adds the routes.
 * @param folder with shell.html, sw.js and what they load; nothing is added without
 * @throws PortholeError CONFIG_INVALID when the shell page is not there
 */
export async function addBrowserFiles(app: FastifyInstance, folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  if (!existsSync(join(folder, SHELL_FILE))) throw new PortholeError('CONFIG_INVALID', `there is no ${SHELL_FILE} in ${folder}`);
  const policy = shellPolicy(inlineScripts(folder));
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/.porthole/',
    constraints: { origin: 'site' },
    index: false,
    cacheControl: false,
    // Every byte of these counts in a first visit; the ETag is enough to ask again by.
    acceptRanges: false,
    lastModified: false,
    preCompressed: true,
    allowedPath: (path) => !COMPRESSED.test(path) && basename(path) !== BUILD_FILE,
    setHeaders(reply, path) {
      const file = basename(path).replace(COMPRESSED, '');
      reply.header('X-Content-Type-Options', 'nosniff');
      reply.header('Cache-Control', HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache');
      if (file === SHELL_FILE) {
        reply.headers({
          'Content-Security-Policy': policy,
          'Referrer-Policy': 'same-origin',
          Vary: 'Sec-Fetch-Dest, Sec-Fetch-Mode, Accept',
        });
      }
      if (file === basename(WORKER_PATH)) reply.header('Service-Worker-Allowed', '/');
    },
  });
}

/** The scripts that the build laid into the shell page, as a policy names them. */
function inlineScripts(folder: string): readonly string[] {
  const path = join(folder, BUILD_FILE);
  if (!existsSync(path)) return []; // a page of somebody else's making
  const { inline } = JSON.parse(readFileSync(path, 'utf8')) as { inline: readonly string[] };
  return inline;
}
