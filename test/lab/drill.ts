// SPDX-License-Identifier: Apache-2.0
// Drills: a transfer in a lab goes on while its networks fail, and it is written down how long it stood still.

import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type CommandEvent, MAIN } from '../support/porthole.ts';
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

/** What a trouble did to a transfer, in milliseconds from when the networks were whole again. */
export interface Drilled {
  readonly trouble: string;
  /** To the first byte after the longest time without one. */
  readonly backMs: number;
  /** To when the transfer flowed on a direct way, and went on doing so. */
  readonly directMs: number;
  /** What the visitor said of its paths meanwhile, each with its time. */
  readonly story: readonly string[];
}

/** A transfer from the stage's host to the lab's visitor, as a person would have it. */
export class Transfer {
  bytes = 0;
  /** The way in use, as far as the visitor knows; empty while it is silent, or gone. */
  via = '';
  readonly story: string[] = [];
  /** Whether it has come whole, by its digest. */
  readonly whole: Promise<boolean>;
  readonly #child: ChildProcess;
  readonly #begun = performance.now();
  #grewAt = 0;
  #gap = { ms: 0, endedAt: 0 };
  over = false;

  private constructor(child: ChildProcess, digest: string) {
    this.#child = child;
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) this.#heard(line);
    });
    const hash = createHash('sha256');
    child.stdout?.on('data', (chunk: Buffer) => {
      const now = this.now;
      if (this.bytes > 0 && now - this.#grewAt > this.#gap.ms) this.#gap = { ms: now - this.#grewAt, endedAt: now };
      this.#grewAt = now;
      this.bytes += chunk.length;
      hash.update(chunk);
    });
    this.whole = once(child, 'close').then(([code]) => {
      this.over = true;
      return code === 0 && hash.digest('hex') === digest;
    });
  }

  /** @param via the ways, as on the command line; all of them when left out */
  static async begin(lab: Lab, stage: Stage, via?: string): Promise<Transfer> {
    const home = join(lab.folder, 'visitor');
    await mkdir(home);
    const ways = via ? ['--via', via] : [];
    const child = lab.spawn('visitor', process.execPath, [MAIN, 'get', stage.file, '--json', ...ways], {
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: home, PORTHOLE_HOME: home },
    });
    return new Transfer(child, stage.digest);
  }

  /** Milliseconds since it was begun. */
  get now(): number {
    return performance.now() - this.#begun;
  }

  /** Resolves when it flows on a direct way, and has done so for a while; with since when. */
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
    const told = this.story.length;
    this.#gap = { ms: 0, endedAt: 0 };
    await happen(lab);
    const mended = this.now;
    this.story.push(`${Math.round(mended)}: ${name}`);
    const well = await this.well(withinMs);
    return {
      trouble: name,
      backMs: Math.max(0, Math.round(this.#gap.endedAt - mended)),
      directMs: Math.max(0, Math.round(well - mended)),
      story: this.story.slice(told),
    };
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.whole;
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
