// SPDX-License-Identifier: Apache-2.0
// Stdout and stderr, which may be closed (`porthole … | head`) or full (a disk) at any time: who is told, and that nobody falls.

import { createWriteStream, fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { PortholeError } from '../../proto/errors.ts';

/** Where lines go. */
export interface Writing {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Why nothing more can be written: whoever reads has closed it, or the system refuses. */
export type Loss = 'closed' | PortholeError;

/** A stream that is written to for as long as it takes anything. */
export class Sheltered implements Writing {
  readonly #stream: NodeJS.WriteStream;
  #lost = false;
  /** Called once, when it takes nothing any more. */
  onLost: (loss: Loss) => void = () => {};

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#lost) return;
      this.#lost = true;
      this.onLost(error.code === 'EPIPE' || error.code === 'ECONNRESET' ? 'closed' : unwritable(error));
    });
  }

  get isTTY(): boolean {
    return this.#stream.isTTY;
  }

  write(text: string): void {
    if (!this.#lost) this.#stream.write(text);
  }

  /** Resolves when what was written has gone, or cannot go. */
  flushed(): Promise<void> {
    if (this.#lost) return Promise.resolve();
    // The loss is told in a later turn than the write that failed.
    return new Promise((resolve) => this.#stream.write('', () => setImmediate(resolve)));
  }
}

function unwritable(error: Error): PortholeError {
  return new PortholeError('STORAGE_FAILED', `the output cannot be written: ${error.message}`, { cause: error });
}

/**
 * Stdout for content. Where that is a file, the platform's own stream would take the short write of a disk that is just full for
 * a whole one, and the end of the content would be missing without a word.
 */
export function contentStream(stdout: NodeJS.WriteStream & { readonly fd: number }): Writable {
  return fstatSync(stdout.fd).isFile() ? createWriteStream('', { fd: stdout.fd, autoClose: false }) : stdout;
}
