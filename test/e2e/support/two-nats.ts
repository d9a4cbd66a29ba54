// SPDX-License-Identifier: Apache-2.0
// Two ends behind a kernel NAT each, a router between them, and a program in each end's place that does as it is told.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Order, Report } from './socket-end.ts';

const SCRIPT = join(import.meta.dirname, 'two-nats.sh');
const END = join(import.meta.dirname, 'socket-end.ts');
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const UNSHARE = ['-Urnm'];

/** The addresses of the ends, inside, and as the other end reaches them. */
export const ADDRESSES = {
  4: { host: { inside: '10.3.0.2', outside: '10.1.0.2' }, visitor: { inside: '10.4.0.2', outside: '10.2.0.2' } },
  6: { host: { inside: 'fd00:3::2', outside: 'fd00:3::2' }, visitor: { inside: 'fd00:4::2', outside: 'fd00:4::2' } },
} as const;

/** Why this machine can have no such networks; null when it can. */
export function noNatsReason(): string | null {
  try {
    execFileSync(
      'unshare',
      [...UNSHARE, 'sh', '-c', 'mount -t tmpfs none /run && ip netns add a && ip netns exec a nft add table inet b'],
      {
        stdio: 'ignore',
        env: { PATH },
      },
    );
    return null;
  } catch {
    return 'no network namespaces here, or no nftables and iproute2 (Debian: apt-get install nftables iproute2)';
  }
}

/** One end's program: takes an order, gives its report. */
export class End {
  readonly #child: ChildProcess;
  constructor(child: ChildProcess) {
    this.#child = child;
  }
  async tell(order: Order): Promise<Report> {
    this.#child.send(order);
    const [report] = (await once(this.#child, 'message')) as [Report];
    return report;
  }
  close(): void {
    this.#child.kill();
  }
}

export class TwoNats {
  readonly #holder: ChildProcess;
  readonly host: End;
  readonly visitor: End;

  private constructor(holder: ChildProcess, host: End, visitor: End) {
    this.#holder = holder;
    this.host = host;
    this.visitor = visitor;
  }

  /** @param unsolicited what the NATs do to a SYN that nobody inside asked for */
  static async open(unsolicited: 'drop' | 'reject'): Promise<TwoNats> {
    const holder = spawn('unshare', [...UNSHARE, 'sh', SCRIPT, unsolicited], { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH } });
    if (!holder.stdout) throw new Error('no output');
    await Promise.race([
      once(holder.stdout, 'data'),
      once(holder, 'exit').then(() => Promise.reject(new Error('the networks could not be made'))),
    ]);
    const inside = (name: string): End => {
      const enter = ['--preserve-credentials', '-U', '-m', '-t', String(holder.pid), 'ip', 'netns', 'exec', name];
      const stdio: ('ignore' | 'inherit' | 'ipc')[] = ['ignore', 'inherit', 'inherit', 'ipc'];
      return new End(spawn('nsenter', [...enter, process.execPath, END], { stdio, env: { PATH } }));
    };
    return new TwoNats(holder, inside('host'), inside('visitor'));
  }

  /** Ends the programs; the networks go with the last process in them. */
  close(): void {
    this.host.close();
    this.visitor.close();
    this.#holder.kill();
  }
}
