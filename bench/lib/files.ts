// SPDX-License-Identifier: Apache-2.0
// The files that are fetched: random bytes in a temporary folder, in memory where the system has such a place.

import { createHash, type Hash, randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileName, type Task, warmUpOf } from './workload.ts';

const BLOCK_BYTES = 1_000_000;
const MEMORY_FOLDER = '/dev/shm';

export interface Folder {
  readonly path: string;
  /** Whether it is in memory; else the page cache holds the files, which were just written. */
  readonly inMemory: boolean;
  remove(): void;
}

/**
 * Makes an empty folder, which is there until `remove`.
 * @param within where; when left out, in memory if there is room, else where the system keeps temporary files
 */
export function makeFolder(bytesNeeded: number, within?: string): Folder {
  const inMemory = within === undefined && roomIn(MEMORY_FOLDER) > bytesNeeded * 1.25;
  const path = mkdtempSync(join(within ?? (inMemory ? MEMORY_FOLDER : tmpdir()), 'porthole-bench-'));
  return { path, inMemory, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Bytes that a task's files take, its warm-up with them. */
export function bytesOf(task: Task): number {
  return task.count * (task.bytes + warmUpOf(task).bytes);
}

/**
 * Writes a task's files, and those that warm up for it.
 * @returns SHA-256, in hex, of the task's files one after the other
 */
export function writeFiles(folder: string, task: Task): string {
  const hash = createHash('sha256');
  for (const { task: each, into } of [
    { task, into: hash },
    { task: warmUpOf(task), into: undefined },
  ]) {
    mkdirSync(join(folder, each.name), { recursive: true });
    for (let index = 0; index < each.count; index++) writeRandom(join(folder, fileName(each, index)), each.bytes, into);
  }
  return hash.digest('hex');
}

function writeRandom(path: string, bytes: number, hash?: Hash): void {
  const file = openSync(path, 'wx');
  try {
    for (let left = bytes; left > 0; ) {
      const block = randomFillSync(Buffer.allocUnsafe(Math.min(left, BLOCK_BYTES)));
      hash?.update(block);
      writeSync(file, block);
      left -= block.length;
    }
  } finally {
    closeSync(file);
  }
}

function roomIn(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
