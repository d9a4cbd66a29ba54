// SPDX-License-Identifier: Apache-2.0
// Porthole in a lab: a suite in the suite's place, and a host of a small folder in the host's.

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Porthole } from '../support/porthole.ts';
import type { Lab } from './lab.ts';

/** The one port that every network lets out. */
export const SUITE_PORT = 443;
/** How long a program may take to be ready on a busy machine, in milliseconds. */
const READY_MS = 60_000;

/** Bytes of `small.bin`. */
export const SMALL_BYTES = 1024;

export interface Stage {
  readonly suite: Porthole;
  readonly host: Porthole;
  readonly suiteUrl: string;
  /** The site's link. */
  readonly link: string;
  /** The link of `file.bin` in it. */
  readonly file: string;
  /** The link of `small.bin`, of SMALL_BYTES. */
  readonly small: string;
  /** The SHA-256 of `file.bin`, in hex. */
  readonly digest: string;
  /** Ends the host and the suite, in this order. */
  close(): Promise<void>;
}

/** Where the suite of a lab is found. */
export const suiteUrlOf = (lab: Lab): string => `http://${lab.address('suite')}:${SUITE_PORT}`;

/** Starts a suite in its place, on all of its addresses. */
export async function startSuite(lab: Lab): Promise<Porthole> {
  const home = join(lab.folder, 'suite');
  await mkdir(home, { recursive: true });
  const { ipv4, ipv6 } = lab.place('suite');
  const addresses = [...ipv4, ...ipv6.slice(0, 1)].flatMap((address) => ['--address', address]);
  const suite = new Porthole(['suite', '--port', String(SUITE_PORT), '--public-url', suiteUrlOf(lab), ...addresses], home, {
    within: lab.enter('suite'),
  });
  await suite.waitFor('ready', READY_MS);
  return suite;
}

/** A file's link; the site's own key stays behind it. */
export function under(link: string, file: string): string {
  const url = new URL(link);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${file}`;
  return url.href;
}

/**
 * Makes the folder that is shown in a lab.
 * @param bytes of `file.bin`, which is random
 * @returns where it is, and the SHA-256 of `file.bin`, in hex
 */
export async function makeFolder(lab: Lab, bytes: number): Promise<{ folder: string; digest: string }> {
  const folder = join(lab.folder, 'site');
  await mkdir(folder);
  const content = randomBytes(bytes);
  await writeFile(join(folder, 'file.bin'), content);
  await writeFile(join(folder, 'small.bin'), randomBytes(SMALL_BYTES));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>A site in the lab</title><p>It is reached.</p>\n');
  return { folder, digest: createHash('sha256').update(content).digest('hex') };
}

/** Starts a host of a folder in a place, once a suite is there. @returns the host, and the site's link */
export async function startHost(lab: Lab, place: string, folder: string, name: string): Promise<{ host: Porthole; link: string }> {
  const home = join(lab.folder, place);
  await mkdir(home);
  const host = new Porthole(['host', folder, '--suite', suiteUrlOf(lab), '--name', name], home, { within: lab.enter(place) });
  return { host, link: String((await host.waitFor('ready', READY_MS)).link) };
}

/**
 * Brings a site online in a lab.
 * @param bytes of `file.bin`, which is random
 */
export async function openStage(lab: Lab, bytes: number): Promise<Stage> {
  const { folder, digest } = await makeFolder(lab, bytes);
  const suite = await startSuite(lab);
  const { host, link } = await startHost(lab, 'host', folder, 'lab');
  return {
    suite,
    host,
    suiteUrl: suiteUrlOf(lab),
    link,
    file: under(link, 'file.bin'),
    small: under(link, 'small.bin'),
    digest,
    close: async () => {
      await host.stop();
      await suite.stop();
    },
  };
}
