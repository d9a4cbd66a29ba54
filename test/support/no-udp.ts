// SPDX-License-Identifier: Apache-2.0
// A network namespace of the test's own, in which UDP can be blocked while programs run in it.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const RULES = 'table inet block { chain out { type filter hook output priority 0; meta l4proto udp drop; }; }';

const INTERFACES = [
  'ip link set lo up',
  'ip link add outside type veth peer name nowhere',
  'ip address add 10.77.0.1/24 dev outside',
  'ip link set outside up',
  'ip link set nowhere up',
  'ip route add default via 10.77.0.2',
].join(' && ');

/** Why this machine can make no such namespace; null when it can. */
export function noNamespaceReason(): string | null {
  try {
    execFileSync('unshare', ['-Urn', 'sh', '-c', `${INTERFACES} && nft '${RULES}'`], {
      stdio: 'ignore',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    return null;
  } catch {
    return 'no network namespaces for ordinary users here, or no nftables and iproute2 (Debian: apt-get install nftables iproute2)';
  }
}

export class Namespace {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  /**
   * Opens a namespace with a loopback interface, and one that leads nowhere: browsers use no address of loopback for WebRTC.
   */
  static async open(): Promise<Namespace> {
    const holder = spawn('unshare', ['-Urn', 'sh', '-c', `${INTERFACES} && echo up && exec sleep 600`], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    if (!holder.stdout) throw new Error('no output');
    await once(holder.stdout, 'data');
    return new Namespace(holder);
  }

  /** The words in front of a command line that run it in here. */
  get enter(): string[] {
    return ['nsenter', '--preserve-credentials', '-U', '-n', '-t', String(this.#holder.pid)];
  }

  /** The same for the network alone, as root of this machine: for programs that give up rights they have only out there. */
  get enterNetwork(): string[] {
    return ['nsenter', '-n', '-t', String(this.#holder.pid)];
  }

  /** A program in `folder` that runs `program` in here. */
  async wrapper(program: string, folder: string): Promise<string> {
    const path = join(folder, 'in-namespace');
    await writeFile(path, `#!/bin/sh\nexec ${this.enter.join(' ')} ${program} "$@"\n`);
    await chmod(path, 0o755);
    return path;
  }

  blockUdp(): void {
    this.#run('nft', RULES);
  }

  allowUdp(): void {
    this.#run('nft', 'flush ruleset');
  }

  close(): void {
    this.#holder.kill();
  }

  #run(...command: string[]): void {
    const [first, ...rest] = [...this.enter, ...command];
    execFileSync(first as string, rest, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
  }
}
