// SPDX-License-Identifier: Apache-2.0
// One real visit in the lab: `porthole get` of a file, watched for the ways it takes.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { environment } from '../support/environment.ts';
import { type CommandEvent, PROGRAM } from '../support/porthole.ts';
import type { Lab } from './lab.ts';
import type { Stage } from './stage.ts';

/** The way that is not direct, and the one that none is better than. */
const RELAY = 'relay';
const BEST = 'tcp-punch';
/** How long a visit on another direct way is held open for the best, in milliseconds. */
const BETTER_MS = 3000;
/** The longest a visit may take, in milliseconds. */
const MOST_MS = 60_000;
const STOPWATCH = join(import.meta.dirname, 'stopwatch.ts');

/** What became of a visit. Times are in milliseconds from the program's first connection on; null: it did not come to that. */
export interface Outcome {
  /** Whether the file came whole, by its digest. */
  readonly whole: boolean;
  /** The way in use at the end. */
  readonly via: string | null;
  /** How that way was made, where the program tells. */
  readonly technique: string | null;
  readonly firstByteMs: number | null;
  readonly directMs: number | null;
  readonly wholeMs: number | null;
  /** What the program said when it failed. */
  readonly error: string | null;
}

/**
 * Fetches the stage's file from a place.
 * @param settleMs how long the visit is held open for a direct way, by not reading what it has fetched
 */
export async function visit(lab: Lab, stage: Stage, place: string, settleMs: number): Promise<Outcome> {
  const home = join(lab.folder, `visits-${place}`);
  await mkdir(home, { recursive: true });
  const child = lab.spawn(place, process.execPath, ['--import', STOPWATCH, PROGRAM, 'get', stage.file, '--json', '--patience', '30'], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment({ HOME: home, PORTHOLE_HOME: home }),
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const settled = new AbortController();
  let opened = performance.now();
  const since = (): number => Math.round(performance.now() - opened);
  let last: CommandEvent | undefined;
  let directMs: number | null = null;
  let error: string | null = null;
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const event = (line.startsWith('{') ? JSON.parse(line) : { event: 'said', message: line }) as CommandEvent;
      if (event.event === 'opened') opened = performance.now();
      if (event.event === 'error' || event.event === 'said') error = `${event.code ?? ''} ${event.message}`.trim();
      if (event.event !== 'path' || event.kind === 'standby') continue;
      last = event;
      if (event.via === RELAY) continue;
      directMs ??= since();
      if (event.via === BEST) settled.abort();
      else setTimeout(() => settled.abort(), BETTER_MS).unref();
    }
  });
  const hash = createHash('sha256');
  let firstByteMs: number | null = null;
  const late = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
  const read = (async () => {
    for await (const chunk of child.stdout ?? []) {
      hash.update(chunk as Buffer);
      if (firstByteMs !== null) continue;
      firstByteMs = since();
      await pause(settleMs, undefined, { signal: settled.signal }).catch(() => {});
    }
  })();
  await read;
  const wholeMs = since();
  const [code] = await ended;
  clearTimeout(late);
  const whole = code === 0 && hash.digest('hex') === stage.digest;
  return {
    whole,
    via: last ? String(last.via) : null,
    technique: /\(([a-z-]+)\)/.exec(String(last?.reason))?.[1] ?? null,
    firstByteMs,
    directMs,
    wholeMs: whole ? wholeMs : null,
    error: whole ? null : (error ?? `ended with ${code}`),
  };
}
