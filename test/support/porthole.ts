// SPDX-License-Identifier: Apache-2.0
// The program as a process, told what it says: for tests that use Porthole as a person would.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from './environment.ts';
import { programOf } from './programs.ts';

/** The program itself, from the sources, as people run it in a clone. */
export const MAIN = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
/** The program as tests start it, hundreds of times in a run. */
export const PROGRAM = programOf(MAIN);

export interface CommandEvent {
  event: string;
  [field: string]: unknown;
}

/** A folder of the test's own, removed by `drop`. */
export interface Scratch {
  readonly path: string;
  drop(): Promise<void>;
}

export async function scratch(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), 'porthole-e2e-'));
  return { path, drop: () => rm(path, { recursive: true, force: true }) };
}

/** The address of `open` as a program dials it: Node does not find names below localhost. */
export function atLoopback(url: unknown): string {
  return Object.assign(new URL(String(url)), { hostname: '127.0.0.1' }).href;
}

/** How long an event is waited for that must come, in milliseconds: long beyond what the busiest machine takes. */
const WAIT_MS = 60_000;

interface PortholeOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly within?: readonly string[];
  readonly main?: string;
}

export class Porthole {
  readonly events: CommandEvent[] = [];
  readonly process: ChildProcess;
  /** The exit status, or the signal's name. */
  readonly ended: Promise<number | string>;
  stderr = '';
  #waiting: (() => void)[] = [];
  #over = false;

  /**
   * @param args as on the command line; `--json` is added
   * @param home PORTHOLE_HOME
   * @param options `within`: words in front of the command line, such as a namespace's `enter`; `main`: what is started
   */
  constructor(args: readonly string[], home: string, options: PortholeOptions = {}) {
    const [command, ...rest] = args;
    const toStderr = command === 'get';
    const [program, ...words] = [
      ...(options.within ?? []),
      process.execPath,
      options.main ?? PROGRAM,
      command as string,
      '--json',
      ...rest,
    ];
    this.process = spawn(program as string, words, {
      cwd: options.cwd ?? home,
      env: environment({ HOME: home, ...options.env, PORTHOLE_HOME: home }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const source = toStderr ? this.process.stderr : this.process.stdout;
    let text = '';
    source?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) this.events.push(JSON.parse(line) as CommandEvent);
      this.#wake();
    });
    if (!toStderr) {
      this.process.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
        this.stderr += chunk;
      });
    }
    this.ended = new Promise((resolve) => {
      this.process.on('close', (code, signal) => {
        this.#over = true;
        this.#wake();
        resolve(code ?? signal ?? 'unknown');
      });
    });
  }

  get pid(): number {
    return this.process.pid as number;
  }

  /** The next event that fits, from `after` on; rejects when the process ends or `ms` pass first. */
  async waitFor(fits: string | ((event: CommandEvent) => boolean), ms = WAIT_MS, after = 0): Promise<CommandEvent> {
    const matches = typeof fits === 'string' ? (event: CommandEvent) => event.event === fits : fits;
    const late = AbortSignal.timeout(ms);
    for (;;) {
      const found = this.events.slice(after).find(matches);
      if (found) return found;
      if (this.#over || late.aborted) {
        throw new Error(
          `no ${fits} event ${this.#over ? 'before the end' : `within ${ms} ms`}: ${JSON.stringify(this.events)} ${this.stderr}`,
        );
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        late.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<number | string> {
    if (!this.#over) this.process.kill('SIGTERM');
    return this.ended;
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** Peak resident memory so far, in MiB. */
  async peakMiB(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  /** Bytes the process has read from files and sockets so far. */
  async bytesRead(): Promise<number> {
    return Number(/rchar: (\d+)/.exec(await readFile(`/proc/${this.pid}/io`, 'utf8'))?.[1]);
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
