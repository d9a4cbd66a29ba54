// SPDX-License-Identifier: Apache-2.0
// Drills: a transfer in a lab goes on while its networks fail, and it is written down how long it stood still.

import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { environment } from '../support/environment.ts';
import { type CommandEvent, PROGRAM } from '../support/porthole.ts';
import type { Lab } from './lab.ts';
import type { Stage } from './stage.ts';

const RELAY = 'relay';
/** How often it is looked whether the transfer is well, in milliseconds. */
const LOOK_MS = 25;
/** A transfer that has grown within so many milliseconds flows. */
const FLOWS_MS = 300;
/** One that has been well for so long is well, in milliseconds. */
const WELL_MS = 2000;

/** Something that happens to the networks; resolves when they are whole again, if not the same. */
export interface Trouble {
  readonly name: string;
  readonly happen: (lab: Lab) => Promise<void>;
}

/** What a trouble did to a transfer, in milliseconds, counted from when the networks were whole again. */
export interface Drilled {
  /** The longest time without a byte. */
  readonly stallMs: number;
  /** To when the transfer flowed on a direct path, and went on doing so. */
  readonly directMs: number;
  /** Whether all that came, before and after, is what the file begins with. */
  readonly intact: boolean;
  /** What the visitor said of its paths meanwhile, each with its time. */
  readonly story: readonly string[];
}

/** A transfer from the stage's host to the lab's visitor, as a person would have it. */
export class Transfer {
  bytes = 0;
  /** The way in use, as far as the visitor knows; empty while it is silent, or gone. */
  via = '';
  readonly story: string[] = [];
  over = false;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #begun = performance.now();
  readonly #hash = createHash('sha256');
  #grewAt = 0;
  #stalls: { from: number; to: number }[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) this.#heard(line);
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      const now = this.now;
      if (this.bytes > 0 && now - this.#grewAt > LOOK_MS) this.#stalls.push({ from: this.#grewAt, to: now });
      this.#grewAt = now;
      this.bytes += chunk.length;
      this.#hash.update(chunk);
    });
    this.#ended = once(child, 'close').then(() => {
      this.over = true;
    });
  }

  /** @param via the strategies, as on the command line; all of them when left out */
  static async begin(lab: Lab, stage: Stage, via?: string): Promise<Transfer> {
    const home = join(lab.folder, 'visitor');
    await mkdir(home, { recursive: true });
    const strategies = via ? ['--via', via] : [];
    const child = lab.spawn('visitor', process.execPath, [PROGRAM, 'get', stage.file, '--json', ...strategies], {
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment({ HOME: home, PORTHOLE_HOME: home }),
    });
    return new Transfer(child);
  }

  /** Milliseconds since it was begun. */
  get now(): number {
    return performance.now() - this.#begun;
  }

  /** Resolves when it flows on a direct path, and has done so for a while; with since when. */
  async well(withinMs: number): Promise<number> {
    const until = this.now + withinMs;
    let since = this.now;
    while (this.now - since < WELL_MS) {
      if (this.over) throw new Error(`the transfer ended: ${this.story.join('\n')}`);
      if (this.now > until) throw new Error(`not well within ${withinMs} ms: ${this.story.join('\n')}`);
      await pause(LOOK_MS);
      if (this.via === '' || this.via === RELAY || this.now - this.#grewAt > FLOWS_MS) since = this.now;
    }
    return since;
  }

  /** Has something happen, and waits until the transfer is well again. */
  async meets(lab: Lab, { name, happen }: Trouble, withinMs: number): Promise<Drilled> {
    this.#stalls = [];
    await happen(lab);
    const mended = this.now;
    this.story.push(`${Math.round(mended)}: ${name}`);
    const well = await this.well(withinMs);
    await this.stop();
    const content = await readFile(join(lab.folder, 'site', 'file.bin'));
    return {
      stallMs: Math.round(Math.max(0, ...this.#stalls.map(({ from, to }) => to - Math.max(from, mended)))),
      directMs: Math.max(0, Math.round(well - mended)),
      intact: createHash('sha256').update(content.subarray(0, this.bytes)).digest('hex') === this.#hash.digest('hex'),
      story: this.story,
    };
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #heard(line: string): void {
    if (!line.startsWith('{')) return void this.story.push(line);
    const event = JSON.parse(line) as CommandEvent;
    if (event.event !== 'path' && event.event !== 'path-lost') return;
    if (event.event === 'path-lost' || event.kind === 'silent' || event.kind === 'lost') this.via = '';
    else if (event.kind === 'moved' || event.kind === 'recovered') this.via = String(event.via);
    this.story.push(`${Math.round(this.now)}: ${event.kind ?? 'lost'} ${event.via ?? ''}: ${event.reason}`);
  }
}
