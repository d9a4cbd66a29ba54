// SPDX-License-Identifier: Apache-2.0
// What is noted of a file, to tell whether it is still the one it was.

import type { BigIntStats } from 'node:fs';

/** What tells one state of a file from another. */
export interface FileFacts {
  readonly size: number;
  /** The last write to it. */
  readonly mtimeNs: bigint;
  /** The last change of it or of what is noted of it; nobody sets it back. */
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  readonly device: bigint;
}

/** What of all that the system says of a file is of use here. */
export function factsOf({ size, mtimeNs, ctimeNs, ino, dev }: BigIntStats): FileFacts {
  return { size: Number(size), mtimeNs, ctimeNs, inode: ino, device: dev };
}
