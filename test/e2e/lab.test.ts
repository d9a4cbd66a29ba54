// SPDX-License-Identifier: Apache-2.0
// The lab itself: its wire, what it does to networks under way, and that nothing of it is left.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Actor, actorIn } from '../lab/acting.ts';
import { type Lab, type LabOptions, noLabReason, openLab } from '../lab/lab.ts';

const missing = noLabReason();
const COMING_MS = 5000;
const SILENCE_MS = 400;
const LAB = join(import.meta.dirname, '..', 'lab', 'lab.ts');
/** What the wire must carry, and a busy machine must manage. */
const LEAST_MBIT = 10;

describe('the lab', function () {
  this.timeout(60_000);
  const open: Lab[] = [];

  before(function () {
    if (!missing) return;
    console.log(`      skipped: ${missing}`);
    this.skip();
  });

  afterEach(async () => {
    for (const lab of open.splice(0)) await lab.close();
  });

  async function lab(options: Partial<LabOptions> = {}): Promise<Lab> {
    const opened = await openLab({ host: 'home', visitor: 'home', ...options });
    open.push(opened);
    return opened;
  }

  /** A connection from a place to the suite, and what the suite sees of it. */
  async function connected(
    here: Lab,
    place: string,
  ): Promise<{ end: Actor; id: number; suite: Actor; theirs: number; from: string; port: number }> {
    const [end, suite] = [actorIn(here, place), actorIn(here, 'suite')];
    const listener = await suite.open('tcp', { ip: here.address('suite'), port: 0 }, {});
    await suite.listen(listener.id);
    const { id } = await end.open('tcp', { ip: here.address(place), port: 0 }, {});
    await end.connect(id, { ip: here.address('suite'), port: listener.port });
    assert.equal(await end.outcome(id, COMING_MS), 'open');
    const came = await suite.accept(listener.id, COMING_MS);
    assert.ok(came);
    return { end, id, suite, theirs: came.id, from: came.from.ip, port: listener.port };
  }

  /** A program in a place that prints one line, which is returned. */
  async function line(here: Lab, place: string, code: string): Promise<string> {
    const child = here.spawn(place, process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    return String((await once(child.stdout as NodeJS.ReadableStream, 'data'))[0]).trim();
  }

  const ECHO = `require('net').createServer((s) => { s.setNoDelay(); s.on('error', () => {}); s.pipe(s); }).listen(4000, () => console.log('up'))`;
  const ROUND_TRIPS = (ip: string): string => `
    const s = require('net').connect(4000, '${ip}', () => { s.setNoDelay(); ask(); });
    const took = []; let at;
    const ask = () => { at = performance.now(); s.write('?'); };
    s.on('data', () => { took.push(performance.now() - at); if (took.length < 15) return ask(); console.log(Math.min(...took)); s.destroy(); });`;
  const BULK = (ip: string): string => `
    const bytes = 8e6; let had = 0; const began = performance.now();
    const s = require('net').connect(4000, '${ip}', () => s.write(Buffer.alloc(bytes)));
    s.on('data', (part) => { if ((had += part.length) < bytes) return; console.log(bytes * 8 / 1000 / (performance.now() - began)); s.destroy(); });`;

  it('keeps a round trip, and carries megabits both ways', async () => {
    const here = await lab({ rttMs: 40 });
    assert.equal(await line(here, 'suite', ECHO), 'up');
    for (const place of ['host', 'visitor']) {
      const least = Number(await line(here, place, ROUND_TRIPS(here.address('suite'))));
      assert.ok(least >= 40 && least < 46, `the least of 15 round trips took ${least} ms`);
    }
    const mbit = Number(await line(here, 'host', BULK(here.address('suite'))));
    assert.ok(mbit > LEAST_MBIT, `${mbit} Mbit/s`);
  });

  it('keeps a rate', async () => {
    const here = await lab({ rttMs: 10, rateMbit: 20 });
    assert.equal(await line(here, 'suite', ECHO), 'up');
    const mbit = Number(await line(here, 'host', BULK(here.address('suite'))));
    assert.ok(mbit > 5 && mbit < 20, `${mbit} Mbit/s`);
  });

  it('loses what it is told to', async () => {
    const here = await lab({ loss: 0.2 });
    const [end, suite] = [actorIn(here, 'host'), actorIn(here, 'suite')];
    const [mine, theirs] = [
      await end.open('udp', { ip: here.address('host'), port: 0 }, {}),
      await suite.open('udp', { ip: here.address('suite'), port: 7000 }, {}),
    ];
    const sent = 600;
    let came = 0;
    for (let n = 1; n <= sent; n++) {
      await end.send(mine.id, '.', { ip: here.address('suite'), port: 7000 });
      // More at once would not fit into the socket.
      if (n % 100 === 0) while (await suite.receive(theirs.id, 100)) came++;
    }
    // Six standard deviations to either side.
    assert.ok(Math.abs(came - sent * 0.8) < 60, `${came} of ${sent}`);
  });

  it('reboots a NAT: a random one gives an old connection another port, so that it is dead', async () => {
    const here = await lab({ host: 'random' });
    const { end, id, suite, theirs } = await connected(here, 'host');
    assert.ok(await end.send(id, 'before'));
    assert.equal((await suite.receive(theirs, COMING_MS))?.text, 'before');
    await here.flush('host');
    await suite.send(theirs, 'from outside');
    await end.send(id, 'from inside');
    assert.equal(await suite.receive(theirs, SILENCE_MS), null);
    assert.ok(!(await end.receive(id, SILENCE_MS))?.text, 'nothing but the end');
  });

  it('gives a place another address', async () => {
    for (const visitor of ['cgn', 'open']) {
      const here = await lab({ visitor });
      const before = await connected(here, 'visitor');
      await before.end.stop();
      const address = await here.readdress('visitor');
      assert.notEqual(address, before.from);
      assert.equal(await line(here, 'suite', `require('net').createServer((s) => s.end()).listen(4000, () => console.log('up'))`), 'up');
      const seen = line(
        here,
        'relay',
        `require('net').createServer((s) => { console.log(s.remoteAddress); s.end(); }).listen({ port: 4001, host: '0.0.0.0' })`,
      );
      await pause(300);
      here.spawn('visitor', process.execPath, [
        '-e',
        `setInterval(() => require('net').connect(4001, '${here.address('relay')}').on('error', () => {}), 200)`,
      ]);
      assert.equal(await seen, address);
    }
  });

  it('pulls a cable and puts it back', async () => {
    const here = await lab({ rttMs: 4 });
    const { end, id, suite, theirs } = await connected(here, 'host');
    await here.unplug('host');
    await end.send(id, 'kept');
    assert.equal(await suite.receive(theirs, SILENCE_MS), null);
    await here.plug('host');
    assert.equal((await suite.receive(theirs, COMING_MS))?.text, 'kept');
  });

  it('puts two machines in one network', async () => {
    const here = await lab({ visitor: 'same-lan' });
    const [host, visitor] = [actorIn(here, 'host'), actorIn(here, 'visitor')];
    const listener = await host.open('tcp', { ip: here.address('host'), port: 5000 }, {});
    await host.listen(listener.id);
    const { id } = await visitor.open('tcp', { ip: here.address('visitor'), port: 0 }, {});
    await visitor.connect(id, { ip: here.address('host'), port: 5000 });
    assert.equal(await visitor.outcome(id, COMING_MS), 'open');
    await assert.rejects(openLab({ host: 'open', visitor: 'same-lan' }), /no network of its own/);
  });

  it('gives no program a special right', async () => {
    const here = await lab();
    const rights = await line(
      here,
      'host',
      `console.log(/CapEff:\\s*(\\S+)/.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))[1])`,
    );
    assert.equal(BigInt(`0x${rights}`), 0n);
  });

  it('refuses a kind there is not', async () => {
    await assert.rejects(openLab({ host: 'no-such', visitor: 'home' }), /there is no kind "no-such"/);
  });

  /** Processes in the user namespace of this one, which is a lab's. */
  const inside = (namespace: string): string[] =>
    readdirSync('/proc').filter((name) => {
      try {
        return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/ns/user`) === namespace;
      } catch {
        return false;
      }
    });

  async function nothingLeft(namespace: string, folder: string): Promise<void> {
    for (let wait = 0; wait < 100 && (inside(namespace).length > 0 || existsSync(folder)); wait++) await pause(50);
    assert.deepEqual(inside(namespace), []);
    assert.ok(!existsSync(folder), folder);
  }

  it('leaves nothing when closed, not even what a program in it began by itself', async () => {
    const here = await lab({ rttMs: 10 });
    const child = here.spawn('host', 'sh', ['-c', 'setsid sleep 600 & sleep 600'], { stdio: 'ignore' });
    await pause(200);
    const namespace = readlinkSync(`/proc/${child.pid}/ns/user`);
    assert.ok(inside(namespace).length >= 4, 'the keeper, the shell, both sleepers');
    await here.close();
    await nothingLeft(namespace, here.folder);
    assert.throws(() => here.spawn('host', 'true', []), /closed/);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`leaves nothing when its owner ends by ${signal}`, async () => {
      const owner: ChildProcess = spawn(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import { openLab } from ${JSON.stringify(LAB)};
           import { readlinkSync } from 'node:fs';
           const lab = await openLab({ host: 'home', visitor: 'cgn', rttMs: 10 });
           const child = lab.spawn('visitor', 'sh', ['-c', 'setsid sleep 600 & sleep 600'], { stdio: 'ignore' });
           setTimeout(() => console.log(readlinkSync('/proc/' + child.pid + '/ns/user'), lab.folder), 200);`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'], cwd: dirname(LAB) },
      );
      const [namespace, folder] = String((await once(owner.stdout as NodeJS.ReadableStream, 'data'))[0])
        .trim()
        .split(' ') as [string, string];
      assert.ok(inside(namespace).length >= 4);
      owner.kill(signal);
      await once(owner, 'exit');
      await nothingLeft(namespace, folder);
    });
  }

  it('takes everything down when its keeper crashes', async () => {
    const here = await lab();
    const child = here.spawn('host', 'sleep', ['600'], { stdio: 'ignore' });
    await pause(100);
    const namespace = readlinkSync(`/proc/${child.pid}/ns/user`);
    const keeper = inside(namespace).find((pid) => pid !== String(child.pid)) as string;
    process.kill(Number(keeper), 'SIGKILL');
    await assert.rejects(async () => {
      for (;;) await here.unplug('host');
    });
    await here.close();
    await nothingLeft(namespace, here.folder);
  });
});
