// SPDX-License-Identifier: Apache-2.0
// What the suite can see of a site: neither its relay's memory nor a capture of the wire holds a byte of a known file.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Namespace, noNamespaceReason } from '../support/no-udp.ts';
import { Porthole, scratch } from '../support/porthole.ts';

const TCPDUMP = '/usr/bin/tcpdump';
const MARKER_BYTES = 1024 * 1024;
/** Each piece of the marker begins with the same bytes, found nowhere else. */
const PIECE_BYTES = 1024;

/** The memory of a process, as far as it can be read, piece by piece. */
async function* memoryOf(pid: number): AsyncGenerator<Buffer> {
  const maps = await readFile(`/proc/${pid}/maps`, 'latin1');
  const memory = await open(`/proc/${pid}/mem`, 'r');
  try {
    for (const [, from, to, rights] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) (\S{4})/gm)) {
      if (!rights?.startsWith('rw')) continue;
      const [first, end] = [Number.parseInt(from as string, 16), Number.parseInt(to as string, 16)];
      for (let at = first; at < end; ) {
        const piece = Buffer.alloc(Math.min(end - at, 16 * 1024 * 1024));
        const { bytesRead } = await memory.read(piece, 0, piece.length, at).catch(() => ({ bytesRead: 0 }));
        if (bytesRead === 0) break; // reserved and never used
        yield piece.subarray(0, bytesRead);
        at += bytesRead;
      }
    }
  } finally {
    await memory.close();
  }
}

async function isInMemory(pid: number, tag: Buffer): Promise<boolean> {
  for await (const piece of memoryOf(pid)) if (piece.includes(tag)) return true;
  return false;
}

describe('what is between the two ends', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let namespace: Namespace;
  let suite: Porthole;
  let host: Porthole;
  let link: string;
  const tag = randomBytes(24);

  const start = (args: string[], home: string): Porthole =>
    new Porthole(args, join(folder.path, home), { cwd: folder.path, within: namespace.enter });

  const capture = async (file: string): Promise<ChildProcess> => {
    const [first, ...rest] = [...namespace.enterNetwork, TCPDUMP, '-i', 'lo', '-U', '-s', '0', '-B', '65536', '-Z', 'root', '-w', file];
    const process = spawn(first as string, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (!process.stderr) throw new Error('no output');
    await once(process.stderr, 'data'); // "listening on lo"
    return process;
  };
  const ended = async (process: ChildProcess): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 500)); // what came last is written
    process.kill('SIGINT');
    await once(process, 'exit');
  };

  before(async function () {
    this.timeout(30_000);
    const reason =
      process.getuid?.() !== 0
        ? 'a capture takes root'
        : existsSync(TCPDUMP)
          ? noNamespaceReason()
          : 'there is no tcpdump on this machine (Debian: apt-get install tcpdump)';
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    folder = await scratch();
    namespace = await Namespace.open();
    const site = join(folder.path, 'site');
    await mkdir(site);
    const marker = randomBytes(MARKER_BYTES);
    for (let at = 0; at < marker.length; at += PIECE_BYTES) marker.set(tag, at);
    await writeFile(join(site, 'marker.bin'), marker);
    suite = start(['suite', '--port', '0', '--address', '127.0.0.1'], 'suite');
    const { suite: url } = await suite.waitFor('ready');
    host = start(['host', site, '--suite', url as string, '--name', 'sealed'], 'host');
    link = (await host.waitFor('ready')).link as string;
  });
  after(async () => {
    await host?.stop();
    await suite?.stop();
    namespace?.close();
    await folder?.drop();
  });

  for (const via of ['relay', 'data-channel']) {
    it(`sees nothing of a file that goes over ${via}`, async function () {
      this.timeout(60_000);
      const file = join(folder.path, `${via}.pcap`);
      const watching = await capture(file);
      const got = join(folder.path, `${via}.bin`);
      const get = start(['get', new URL('/marker.bin', link).href, '-o', got, '--via', via], `visitor-${via}`);
      assert.equal(await get.ended, 0, JSON.stringify(get.events));
      assert.deepEqual(await readFile(got), await readFile(join(folder.path, 'site', 'marker.bin')));
      assert.equal((await get.waitFor('path')).via, via);
      await ended(watching);
      const packets = await readFile(file);
      assert.ok(packets.length > MARKER_BYTES, `the capture has ${packets.length} bytes only`);
      assert.ok(!packets.includes(tag), 'the wire carried the file as it is');
      assert.ok(!(await isInMemory(suite.pid, tag)), 'the suite has it in its memory');
    });
  }

  it('would be seen: the host has it in memory, and the HTTP gateway, which is not end to end, in its own and on the wire', async function () {
    this.timeout(60_000);
    assert.ok(await isInMemory(host.pid, tag), 'the host');
    const file = join(folder.path, 'gateway.pcap');
    const watching = await capture(file);
    const { port } = new URL(link);
    const [first, ...rest] = [
      ...namespace.enter,
      'curl',
      '-sf',
      '-H',
      `Host: sealed.localhost:${port}`,
      `http://127.0.0.1:${port}/marker.bin`,
    ];
    const curl = spawn(first as string, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    let bytes = 0;
    for await (const chunk of curl.stdout) bytes += (chunk as Buffer).length;
    assert.equal(bytes, MARKER_BYTES);
    await ended(watching);
    assert.ok((await readFile(file)).includes(tag), 'the wire');
    assert.ok(await isInMemory(suite.pid, tag), 'the suite');
  });
});
