// SPDX-License-Identifier: Apache-2.0
// A certificate for the peers that speak TLS, signed by itself, made anew each run.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from './workload.ts';

/**
 * Makes a certificate for localhost with the openssl command; Node itself has no means.
 * @param folder where to leave its two files
 * @returns the certificate, or why there is none
 */
export function makeCertificate(folder: string): Certificate | { missing: string } {
  const key = join(folder, 'key.pem');
  const cert = join(folder, 'cert.pem');
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
  try {
    execFileSync('openssl', [...request.split(' '), '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch (error) {
    return { missing: `the openssl command made no certificate: ${(error as Error).message.split('\n')[0]}` };
  }
}
