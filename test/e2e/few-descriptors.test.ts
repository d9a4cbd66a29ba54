// SPDX-License-Identifier: Apache-2.0
// A host and a suite with few descriptors (`ulimit -n`): what needs one more fails with a code, they go on, and serve again when there are some.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect } from '../../client-runtime/index.ts';
import type { Visit } from '../../client-runtime/visit/visit.ts';
import { PortholeError } from '../../proto/errors.ts';
import { Porthole, scratch } from '../support/porthole.ts';

/** Descriptors beyond those that the program has when it is up. */
const SPARE = 12;
/** More than fit. */
const CROWD = 3 * SPARE;

describe('few descriptors', function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  const file = (name: string): string => join(folder.path, name);
  const running: Porthole[] = [];

  before(async () => {
    folder = await scratch();
    await mkdir(file('site'));
    await writeFile(file('site/index.html'), '<title>Here</title>');
    await writeFile(file('site/note.txt'), 'here\n');
  });
  after(async () => {
    for (const one of running.reverse()) await one.stop();
    await folder?.drop();
  });

  /** A program that may have so many descriptors; null: as many as this one. */
  function start(most: number | null, ...args: string[]): Porthole {
    const within = most === null ? [] : ['sh', '-c', `ulimit -n ${most}; exec "$0" "$@"`];
    const one = new Porthole(args, file(args[0] as string), { cwd: folder.path, within });
    running.push(one);
    return one;
  }
  const open = async ({ pid }: Porthole): Promise<number> => (await readdir(`/proc/${pid}/fd`)).length;
  /** Waits until a program has so many open, at the most. */
  async function calm(program: Porthole, most: number): Promise<void> {
    const until = performance.now() + 60_000;
    while ((await open(program)) > most && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok((await open(program)) <= most, `${await open(program)} descriptors are open, not ${most}`);
  }
  async function reads(link: string, via: 'fastest' | 'relay-only' = 'fastest'): Promise<string> {
    const visit = await connect(link, { via: [via] });
    try {
      return await (await visit.fetch(new Request(new URL('/note.txt', link)))).text();
    } finally {
      await visit.close();
    }
  }
  const hostOf = (suite: string, most: number | null, name: string): Porthole =>
    start(most, 'host', 'site', '--suite', suite, '--name', name);
  /** What a program needs by itself, once it has nothing more to do. */
  async function needs(program: Porthole): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let looks = 0; looks < 40; looks++) {
      least = Math.min(least, await open(program));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return least;
  }

  it('a host says SOCKET_FAILED and goes on; its visitors are served again afterwards', async () => {
    const suite = start(null, 'suite', '--port', '0', '--address', '127.0.0.1');
    const url = `http://localhost:${(await suite.waitFor('ready')).port}`;
    const plenty = hostOf(url, null, 'plenty');
    const link = (await plenty.waitFor('ready')).link as string;
    assert.equal(await reads(link), 'here\n');
    const base = await needs(plenty);
    await plenty.stop();

    const host = hostOf(url, base + SPARE, 'scarce');
    const at = (await host.waitFor('ready')).link as string;
    assert.equal(await reads(at), 'here\n');
    const visits: Visit[] = [];
    const codes = new Set<string>();
    // One after the other, and all of them stay.
    for (let came = 0; came < CROWD; came++) {
      try {
        visits.push(await connect(at, { via: [came % 2 === 0 ? 'fastest' : 'relay-only'], signal: AbortSignal.timeout(8000) }));
      } catch (error) {
        codes.add(error instanceof PortholeError ? error.code : (error as Error).name);
        if (codes.size > 0 && host.events.some(({ code }) => code === 'SOCKET_FAILED')) break;
      }
    }
    assert.ok(codes.size > 0, 'all of them found a place');
    await host.waitFor(({ code }) => code === 'SOCKET_FAILED');
    // Those that are here are served, though a file may have no descriptor to be read by.
    const answers = await Promise.all(visits.map(async (visit) => (await visit.fetch(new Request(at, { method: 'HEAD' }))).status));
    assert.ok(
      answers.every((status) => status === 200 || status === 500 || status === 503),
      answers.join(),
    );
    await Promise.all(visits.map((visit) => visit.close()));
    await calm(host, base + SPARE / 2);
    assert.equal(await reads(at), 'here\n');
    assert.equal(await reads(at, 'relay-only'), 'here\n');
    assert.equal(await host.stop(), 0, host.stderr);
  });

  it('a suite drops who comes, keeps who is here, and serves again afterwards', async () => {
    const one = start(null, 'suite', '--port', '0', '--address', '127.0.0.1');
    await one.waitFor('ready');
    const base = await needs(one);
    await one.stop();
    const suite = start(base + SPARE, 'suite', '--port', '0', '--address', '127.0.0.1');
    const port = (await suite.waitFor('ready')).port as number;
    const host = hostOf(`http://localhost:${port}`, null, 'stays');
    const link = (await host.waitFor('ready')).link as string;
    assert.equal(await reads(link), 'here\n');
    const crowd: Socket[] = [];
    for (let came = 0; came < CROWD; came++) {
      const socket = dial(port, '127.0.0.1').on('error', () => {});
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      crowd.push(socket);
    }
    const late = await fetch(`http://localhost:${port}/`, { signal: AbortSignal.timeout(3000) }).then(
      () => 'answered',
      () => 'dropped',
    );
    assert.equal(late, 'dropped', 'there was room for one more');
    for (const socket of crowd) socket.destroy();
    await calm(suite, base + SPARE / 2);
    assert.equal((await fetch(`http://localhost:${port}/`)).status, 200);
    assert.equal(await reads(link), 'here\n');
    assert.equal(await reads(link, 'relay-only'), 'here\n');
    assert.equal(host.events.filter(({ event }) => event === 'gone').length, 0, 'the host has stayed');
    assert.equal(await host.stop(), 0);
    assert.equal(await suite.stop(), 0, suite.stderr);
  });
});
