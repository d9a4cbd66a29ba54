// SPDX-License-Identifier: Apache-2.0
// Two machines on one bridge, as a computer and a telephone in one room are: a network namespace each.

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = join(import.meta.dirname, 'one-bridge.sh');
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const UNSHARE = ['-Urnm'];

/** The two machines. */
export type Machine = 'host' | 'phone';

/** Their addresses: in the room's network, and of the Internet. */
export const ROOM = { host: '192.168.7.20', phone: '192.168.7.21' } as const;
export const INTERNET = { host: '203.0.113.20', phone: '203.0.113.21' } as const;

/** Why this machine can have no such networks; null when it can. */
export function noBridgeReason(): string | null {
  try {
    execFileSync('unshare', [...UNSHARE, 'sh', '-c', 'mount -t tmpfs none /run && ip netns add a && ip link add name b type bridge'], {
      stdio: 'ignore',
      env: { PATH },
    });
    return null;
  } catch {
    return 'no network namespaces or bridges here, or no iproute2 (Debian: apt-get install iproute2)';
  }
}

export class OneBridge {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async open(): Promise<OneBridge> {
    const holder = spawn('unshare', [...UNSHARE, 'sh', SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH } });
    if (!holder.stdout) throw new Error('no output');
    await Promise.race([
      once(holder.stdout, 'data'),
      once(holder, 'exit').then(() => Promise.reject(new Error('the networks could not be made'))),
    ]);
    return new OneBridge(holder);
  }

  /** The words in front of a command line that run it on a machine. */
  enter(machine: Machine): string[] {
    return ['nsenter', '--preserve-credentials', '-U', '-n', '-m', '-t', String(this.#holder.pid), 'ip', 'netns', 'exec', machine];
  }

  /** A program in `folder` that runs `program` on a machine. */
  async wrapper(machine: Machine, program: string, folder: string): Promise<string> {
    const path = join(folder, `on-${machine}`);
    await writeFile(path, `#!/bin/sh\nexec ${this.enter(machine).join(' ')} ${program} "$@"\n`);
    await chmod(path, 0o755);
    return path;
  }

  /** Runs a program to its end; resolves with what it printed, rejects when it fails. */
  async run(machine: Machine, ...command: string[]): Promise<string> {
    const [first, ...rest] = [...this.enter(machine), ...command] as [string, ...string[]];
    const { stdout } = await promisify(execFile)(first, rest, { env: { PATH }, encoding: 'latin1', maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  /** The networks go with the last process in them. */
  close(): void {
    this.#holder.kill();
  }
}
