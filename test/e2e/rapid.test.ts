// SPDX-License-Identifier: Apache-2.0
// Rapid reset against a real host: the attacker's sessions end with a code, and another visitor waits at most twice as long.

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type Visit } from '../../client-runtime/index.ts';
import { MAX_RESETS } from '../../proto/limits.ts';
import { Porthole, type Scratch, scratch } from '../support/porthole.ts';

/** How long each measurement takes, and how often a request is made in it, in milliseconds. */
const MEASURE_MS = 4000;
const EVERY_MS = 10;
/** Below this, twice as long is what a busy machine does by itself, in milliseconds. */
const LEAST_MS = 5;
/** A busy machine spoils a round; an attack that does harm spoils all of them. */
const ROUNDS = 6;

interface Told {
  readonly begun: number;
  readonly sessions: number;
}

/** A host with one small page. */
class Host {
  readonly folder: Scratch;
  readonly porthole: Porthole;
  link = '';

  private constructor(folder: Scratch) {
    this.folder = folder;
    this.porthole = new Porthole(['up', join(folder.path, 'site'), '--port', '0'], folder.path);
  }

  static async up(): Promise<Host> {
    const folder = await scratch();
    await mkdir(join(folder.path, 'site'));
    await writeFile(join(folder.path, 'site', 'index.html'), randomBytes(3000));
    const host = new Host(folder);
    host.link = ((await host.porthole.waitFor('ready')) as unknown as { link: string }).link;
    return host;
  }

  async stop(): Promise<void> {
    await this.porthole.stop();
    await this.folder.drop();
  }
}

describe('rapid reset of a real host', () => {
  it('another visitor’s p95 at most doubles', async function () {
    this.timeout(180_000);
    const [host, other] = await Promise.all([Host.up(), Host.up()]);
    const { link } = host;
    const visit = await connect(link, { via: ['tcp-punch', 'relay'] });
    const attacks: string[] = [];
    /** The visitor's p95 while somebody attacks that host. */
    const beside = async (attacked: Host): Promise<number> => {
      // In truth it has a machine of its own: it has what the others leave of the processor.
      const attacker = fork(join(import.meta.dirname, 'support', 'rapid-visitor.ts'), [attacked.link], {
        execPath: '/usr/bin/chrt',
        execArgv: ['--idle', '0', process.execPath],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      let told: Told = { begun: 0, sessions: 0 };
      attacker.on('message', (message) => {
        told = message as Told;
      });
      try {
        await until(() => told.begun > 0);
        const ms = await p95(visit, link);
        await until(() => told.begun > MAX_RESETS);
        if (attacked === host) attacks.push(`${told.begun} requests in ${told.sessions} sessions`);
        return ms;
      } finally {
        await end(attacker);
      }
    };
    try {
      await p95(visit, link, MEASURE_MS / 2); // until code is compiled
      const alone = await p95(visit, link);
      // The attack of another host takes as much of this machine, and does this one no harm.
      const spared: number[] = [];
      const attacked: number[] = [];
      const isFair = (): boolean => spared.some((ms, at) => (attacked[at] as number) <= 2 * Math.max(ms, LEAST_MS));
      for (let round = 0; round < ROUNDS && !isFair(); round++) {
        spared.push(await beside(other));
        attacked.push(await beside(host));
      }
      const words = (list: readonly number[]): string => list.map((ms) => ms.toFixed(2)).join(', ');
      console.log(
        `      p95 of another visitor: alone ${words([alone])} ms; another host attacked ${words(spared)} ms; its own ${words(attacked)} ms (${attacks.join('; ')})`,
      );
      assert.ok(isFair());
      assert.ok(
        host.porthole.events.some(({ event, code }) => event === 'left' && code === 'RATE_LIMITED'),
        'the host says why they left',
      );
    } finally {
      await visit.close();
      await Promise.all([host.stop(), other.stop()]);
    }
  });
});

/** The p95 of small requests, in milliseconds. Each of them is answered. */
async function p95(visit: Visit, link: string, forMs = MEASURE_MS): Promise<number> {
  const took: number[] = [];
  for (const begun = performance.now(); performance.now() - begun < forMs; ) {
    const from = performance.now();
    const response = await visit.fetch(new Request(link));
    assert.equal(response.status, 200);
    await response.arrayBuffer();
    const ms = performance.now() - from;
    took.push(ms);
    if (ms < EVERY_MS) await new Promise((resolve) => setTimeout(resolve, EVERY_MS - ms));
  }
  return took.sort((a, b) => a - b)[Math.floor(took.length * 0.95)] as number;
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
