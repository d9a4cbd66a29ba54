// SPDX-License-Identifier: Apache-2.0
// Opens and reads files: descriptors with one owner each, at less than half the cost of a FileHandle, and closed without the garbage collector.

import * as fs from 'node:fs';
import { PortholeError } from '../../proto/errors.ts';
import { type FileFacts, factsOf } from './facts.ts';
import { Pace } from './pace.ts';

/** What all that is offered lies on, as far as anybody knows. */
const disk = new Pace();

/** File systems that wait for another machine or program (statfs(2)): NFS, SMB in its three forms, FUSE, Ceph, 9p. */
const FAR = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x00c36400, 0x01021997]);

/** Looks what a folder lies on. All of this process leaves the waiting to threads once it offers one that lies far away. */
export async function noteWhereItLies(folder: string, pace = disk): Promise<void> {
  // Unsigned: Node has some of them as negative numbers.
  const { type } = await fs.promises.statfs(folder);
  if (FAR.has(type >>> 0)) pace.leave();
}

/**
 * Opens a path: at once while the disk is quick, else in the thread pool, for the look-up may wait for it.
 * Throws, or rejects with, Node's own error.
 */
export function openFd(path: string, flags: number, pace = disk): Descriptor | Promise<Descriptor> {
  if (pace.quick) return new Descriptor(pace.wait(() => fs.openSync(path, flags)));
  return new Promise((resolve, reject) => {
    fs.open(path, flags, (error, fd) => (error ? reject(error) : resolve(new Descriptor(fd))));
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
 * A descriptor that is open for reading, and the only one who knows its number: once it is closed, the next file or socket of this
 * process gets that number, and who read or closed by it would do so to that one.
 */
export class Descriptor {
  readonly #fd: number;
  /** Reads under way in the thread pool. */
  #reads = 0;
  #closed = false;

  /** @param fd this object's to close from now on */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Whether it may be used no more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Where Linux shows what is open: its link leads there, and what opens this path opens the same file. */
  get path(): string {
    return `/proc/self/fd/${this.#number}`;
  }

  /** What the system says of it. It is in memory once it is open, so there is nothing to wait for. */
  stat(): fs.BigIntStats {
    return fs.fstatSync(this.#number, { bigint: true });
  }

  /** The facts of an open file. */
  facts(): FileFacts {
    return factsOf(this.stat());
  }

  /**
   * `read` of no more than a few hundred kilobytes: at once while the disk is quick. What lies in memory comes sooner than a thread
   * takes it up, and is still in the processor's caches when it is encrypted.
   * Throws, or rejects with, Node's own error.
   */
  readSoon(buffers: Uint8Array[], position: number, pace = disk): number | Promise<number> {
    if (!pace.quick) return this.read(buffers, position);
    const [only] = buffers;
    if (only && buffers.length === 1) return pace.wait(() => fs.readSync(this.#number, only, 0, only.length, position));
    return pace.wait(() => fs.readvSync(this.#number, buffers, position));
  }

  /** Reads up to all of the buffers' lengths from a position, in the thread pool; 0 is the end. Rejects with Node's own error. */
  async read(buffers: Uint8Array[], position: number): Promise<number> {
    const fd = this.#number;
    this.#reads++;
    try {
      return await read(fd, buffers, position);
    } finally {
      this.#reads--;
      if (this.#closed && this.#reads === 0) fs.closeSync(fd);
    }
  }

  /**
   * Gives it back; at the end of the reads that are under way, which may not have begun with the system. Nothing happens the second
   * time. It was only read from: there is nothing to flush, so nothing to wait for.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#reads === 0) fs.closeSync(this.#fd);
  }

  get #number(): number {
    if (this.#closed) throw new PortholeError('INTERNAL', 'a file was used after it was closed');
    return this.#fd;
  }
}

function read(fd: number, buffers: Uint8Array[], position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, bytes: number) => (error ? reject(error) : resolve(bytes));
    const [only] = buffers;
    if (only && buffers.length === 1) fs.read(fd, only, 0, only.length, position, done);
    else fs.readv(fd, buffers, position, done);
  });
}
