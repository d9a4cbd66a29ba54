// SPDX-License-Identifier: Apache-2.0
// A site of many small files, as plain pages have them, and pages whose scripts keep the browser busy.

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const PICTURES = 200;
export const SCRIPTS = 20;
/** With the page itself. */
export const FILES = PICTURES + SCRIPTS + 1;

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const HEAD = '<!doctype html><meta charset="utf-8"><title>Many</title>';

/** Bytes that do not compress, the same each time. */
function noise(name: string, bytes: number): Buffer {
  const pieces: Buffer[] = [];
  for (let i = 0; i * 32 < bytes; i++) pieces.push(createHash('sha256').update(`${name} ${i}`).digest());
  return Buffer.concat(pieces).subarray(0, bytes);
}

/**
 * Writes the site: `index.html` with pictures of 4 KB and scripts of 50 KB, `busy.html?ms=…`, which asks for a file and then
 * blocks its thread for so long, and `large.bin`.
 */
export async function makeManySite(folder: string): Promise<void> {
  await mkdir(join(folder, 'i'), { recursive: true });
  await mkdir(join(folder, 's'), { recursive: true });
  const numbers = (count: number): number[] => [...Array(count).keys()];
  for (const i of numbers(PICTURES)) await writeFile(join(folder, 'i', `${i}.png`), Buffer.concat([PIXEL, noise(`i${i}`, 4000)]));
  for (const i of numbers(SCRIPTS))
    await writeFile(join(folder, 's', `${i}.js`), `window.n = (window.n ?? 0) + 1; /*${noise(`s${i}`, 25_000).toString('hex')}*/`);
  const scripts = numbers(SCRIPTS).map((i) => `<script src="s/${i}.js"></script>`);
  const pictures = numbers(PICTURES).map((i) => `<img src="i/${i}.png" width="10" height="10" alt="">`);
  await writeFile(join(folder, 'index.html'), `${HEAD}${scripts.join('')}<body>${pictures.join('')}<h1>Many</h1>`);
  await writeFile(
    join(folder, 'busy.html'),
    `${HEAD}<h1></h1><script>onload = async () => {
      const asked = fetch('word.txt');
      const until = Date.now() + Number(new URLSearchParams(location.search).get('ms'));
      while (Date.now() < until);
      const answer = await asked;
      document.querySelector('h1').textContent = answer.status + ' ' + (await answer.text());
    }</script>`,
  );
  await writeFile(join(folder, 'word.txt'), 'here');
  await writeFile(join(folder, 'large.bin'), noise('large', 24 * 1024 * 1024));
}
