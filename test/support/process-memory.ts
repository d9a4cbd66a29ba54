// SPDX-License-Identifier: Apache-2.0
// Looks through the memory of a process that the test has started: for what must not be there.

import { open, readFile } from 'node:fs/promises';

/** Bytes read at a time; what is looked for may lie across two pieces. */
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * Which of these stand anywhere in the writable memory of a process (Linux). As UTF-8, and for texts as UTF-16 too, which is
 * how V8 keeps those with other letters.
 */
export async function memoryHas(pid: number, needles: Readonly<Record<string, string | Uint8Array>>): Promise<string[]> {
  const wanted = Object.entries(needles).flatMap(([name, needle]) =>
    (typeof needle === 'string' ? [Buffer.from(needle), Buffer.from(needle, 'utf16le')] : [Buffer.from(needle)]).map(
      (bytes) => [name, bytes] as const,
    ),
  );
  const overlap = Math.max(...wanted.map(([, bytes]) => bytes.length)) - 1;
  const found = new Set<string>();
  const memory = await open(`/proc/${pid}/mem`);
  try {
    for (const line of (await readFile(`/proc/${pid}/maps`, 'utf8')).split('\n')) {
      const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      const end = Number.parseInt(to, 16);
      for (let at = Number.parseInt(from, 16); at < end; at += PIECE_BYTES) {
        const length = Math.min(PIECE_BYTES + overlap, end - at);
        // A piece that went away meanwhile, or that the kernel keeps, holds nothing of the process's own.
        const piece = await memory.read(Buffer.alloc(length), 0, length, at).catch(() => null);
        if (!piece) continue;
        const bytes = piece.buffer.subarray(0, piece.bytesRead);
        for (const [name, needle] of wanted) if (!found.has(name) && bytes.includes(needle)) found.add(name);
      }
    }
  } finally {
    await memory.close();
  }
  return [...found].sort();
}
