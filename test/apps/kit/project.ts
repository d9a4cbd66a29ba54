// SPDX-License-Identifier: Apache-2.0
// A project as a framework's create tool leaves it: its packages at fixed versions, and a line of it that a person edits.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes the files of a project. @param files their content, by path */
export function writeProject(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** Has a project's manifest name what is installed, where the template leaves a range, and not what is for checks alone. */
export function pinned(folder: string, npm: Readonly<Record<string, string>>): void {
  const path = join(folder, 'package.json');
  const { devDependencies, ...manifest } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...manifest, dependencies: npm }, null, 2));
}

/**
 * What edits a line of a file, again and again.
 * @returns saves the file with `line` replaced by `by(words)`
 * @throws Error where the file has no such line: the template is another
 */
export async function saver(path: string, line: string, by: (words: string) => string): Promise<(words: string) => Promise<void>> {
  const kept = (stock.get(path) ?? (await readFile(path, 'utf8'))) as string;
  if (!kept.includes(line)) throw new Error(`${path} has no ${line}`);
  stock.set(path, kept);
  return async (words) => {
    // In one write over what is there: a development server is quick enough to read a file that was emptied first.
    const content = Buffer.from(kept.replace(line, by(words)));
    const file = await open(path, 'r+');
    try {
      await file.write(content, 0, content.length, 0);
      await file.truncate(content.length);
    } finally {
      await file.close();
    }
  };
}
/** Files as their templates have them, by path. */
const stock = new Map<string, string>();
