// SPDX-License-Identifier: Apache-2.0
// Raw file descriptors: per read less than half of what a FileHandle costs, and nothing is left to the collector.

import * as fs from 'node:fs';
import type { FileFacts } from './folder.ts';
import { Pace } from './pace.ts';

/** What all that is offered lies on, as far as anybody knows. */
const disk = new Pace();

/**
 * Opens a path: at once while the disk is quick, else in the thread pool, for the look-up may wait for it.
 * Throws, or rejects with, Node's own error.
 */
export function openFd(path: string, flags: number, pace = disk): number | Promise<number> {
  if (pace.quick) return pace.wait(() => fs.openSync(path, flags));
  return new Promise((resolve, reject) => {
    fs.open(path, flags, (error, fd) => (error ? reject(error) : resolve(fd)));
  });
}

/**
 * What has this path, links not followed: at once while the disk is quick.
 * Throws, or rejects with, Node's own error.
 */
export function lookAt(path: string, pace = disk): fs.BigIntStats | Promise<fs.BigIntStats> {
  if (pace.quick) return pace.wait(() => fs.lstatSync(path, { bigint: true }));
  return fs.promises.lstat(path, { bigint: true });
}

/**
 * `readFd` of a few kilobytes: at once while the disk is quick.
 * Throws, or rejects with, Node's own error.
 */
export function readFewFd(fd: number, buffer: Uint8Array, position: number, pace = disk): number | Promise<number> {
  if (pace.quick) return pace.wait(() => fs.readSync(fd, buffer, 0, buffer.length, position));
  return readFd(fd, [buffer], position);
}

/** Reads up to all of the buffers' lengths from a position, in the thread pool; 0 is the end. Rejects with Node's own error. */
export function readFd(fd: number, buffers: Uint8Array[], position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, bytes: number) => (error ? reject(error) : resolve(bytes));
    const [only] = buffers;
    if (only && buffers.length === 1) fs.read(fd, only, 0, only.length, position, done);
    else fs.readv(fd, buffers, position, done);
  });
}

/** The facts of an open file. They are in memory once it is open, so there is nothing to wait for. */
export function statFd(fd: number): FileFacts {
  return factsOf(fs.fstatSync(fd, { bigint: true }));
}

/** What of all that the system says of a file is of use here. */
export function factsOf({ size, mtimeNs, ctimeNs, ino, dev }: fs.BigIntStats): FileFacts {
  return { size: Number(size), mtimeNs, ctimeNs, inode: ino, device: dev };
}

/** Closes a descriptor that was only read from: nothing to flush, so nothing to wait for. */
export function closeFd(fd: number): void {
  fs.closeSync(fd);
}
