// SPDX-License-Identifier: Apache-2.0
// What a line carries when nothing of Porthole is on it: the same file by curl, from a plain HTTPS server in the host's place.

import { once } from 'node:events';
import { join } from 'node:path';
import { makeCertificate } from '../../bench/lib/certificate.ts';
import type { Lab } from './lab.ts';

const PORT = 8443;
const SERVER = join(import.meta.dirname, 'plain-server.ts');

/** Nobody signed the certificate but the server itself. */
const CURL = ['--insecure', '--http1.1', '-sS', '-o', '/dev/null', '-w', '%{size_download}'];

export interface Yardstick {
  /**
   * Fetches so many bytes by each of so many curls at once.
   * @returns milliseconds until the last was whole
   */
  fetch(bytes: number, curls: number): Promise<number>;
}

/** Puts a server in the host's place, and lets the visitor's reach it. */
export async function yardstick(lab: Lab): Promise<Yardstick> {
  const certificate = makeCertificate(lab.folder);
  if ('missing' in certificate) throw new Error(certificate.missing);
  const files = ['key.pem', 'cert.pem'].map((name) => join(lab.folder, name));
  const server = lab.spawn('host', process.execPath, [SERVER, String(PORT), ...files], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout as NodeJS.ReadableStream, 'data');
  await lab.forward('host', PORT);
  const origin = `https://${lab.publicAddress('host')}:${PORT}`;
  return {
    async fetch(bytes, curls) {
      const began = performance.now();
      await Promise.all(
        Array.from({ length: curls }, async () => {
          const curl = lab.spawn('visitor', 'curl', [...CURL, `${origin}/${bytes}`], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          let out = '';
          curl.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
            out += chunk;
          });
          await once(curl, 'close');
          if (out !== String(bytes)) throw new Error(`curl got ${out || 'nothing'} of ${bytes} bytes`);
        }),
      );
      return performance.now() - began;
    },
  };
}
