// SPDX-License-Identifier: Apache-2.0
// What the tests of the static site share: folders of their own, requests, and a count of what is open.

import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type StaticSiteOptions, staticSite } from '../../../../host-agent/static/site.ts';

const made: string[] = [];

/** A new folder with files in it, by name; `removeFolders` takes it away. */
export async function folderWith(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'porthole-static-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) await put(folder, name, content);
  return folder;
}

export async function put(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  await fs.mkdir(dirname(join(folder, name)), { recursive: true });
  await fs.writeFile(join(folder, name), content);
}

export async function removeFolders(): Promise<void> {
  for (const folder of made.splice(0)) await fs.rm(folder, { recursive: true, force: true });
}

/** Bytes that differ from place to place, so that a shifted range shows. */
export function patterned(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 17 + (i >> 16)) & 0xff;
  return bytes;
}

export type Ask = (path: string, headers?: Record<string, string>, init?: RequestInit) => Promise<Response>;

/** A function that asks the site of a folder. */
export async function siteOf(folder: string, options?: StaticSiteOptions): Promise<Ask> {
  const site = await staticSite(folder, options);
  return async (path, headers = {}, init = {}) =>
    site(new Request(`http://site.localhost${path}`, { headers, ...init }), { session: '1', via: 'memory', agent: '', who: 'anyone' });
}

export async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

/** The files below a folder that this process holds open; an empty list is what a test ends with. */
export async function openBelow(folder: string): Promise<string[]> {
  const real = await fs.realpath(folder);
  const links = await Promise.all((await fs.readdir('/proc/self/fd')).map((fd) => fs.readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return links.filter((link) => link.startsWith(real));
}

/** Waits until nothing below a folder is open, for a second at the most; returns what still is. */
export async function stillOpenBelow(folder: string): Promise<string[]> {
  let open = await openBelow(folder);
  for (let tries = 0; open.length > 0 && tries < 100; tries++) {
    await pause(10);
    open = await openBelow(folder);
  }
  return open;
}
