// SPDX-License-Identifier: Apache-2.0
// Asks a person at the terminal for a secret: what is typed is not shown.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { PortholeError } from '../../proto/errors.ts';

/** Asks, and resolves with the line. Rejects with CANCELLED at Ctrl+C, Ctrl+D, or when the command is told to stop. */
export type Prompt = (words: string) => Promise<string>;

type Terminal = { readonly isTTY?: boolean };

/**
 * A prompt on a terminal; null when there is none.
 * @param output where the question goes: not stdout, which may be content
 */
export function terminalPrompt(
  input: NodeJS.ReadableStream & Terminal,
  output: NodeJS.WritableStream & Terminal,
  signal: AbortSignal,
): Prompt | null {
  if (!input.isTTY || !output.isTTY) return null;
  return (words) =>
    new Promise((resolve, reject) => {
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
      const end = (settle: () => void): void => {
        signal.removeEventListener('abort', stop);
        lines.off('close', stop);
        lines.close();
        output.write('\n');
        settle();
      };
      const stop = (): void => end(() => reject(new PortholeError('CANCELLED')));
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      lines.on('SIGINT', stop);
      lines.on('close', stop);
      lines.on('line', (line) => end(() => resolve(line)));
      output.write(words);
    });
}
