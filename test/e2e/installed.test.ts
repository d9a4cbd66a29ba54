// SPDX-License-Identifier: Apache-2.0
// A clone that another user installed, or on a disk that is read only: it starts, and what it builds goes where it can be written.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { scratch } from '../support/porthole.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** A user who owns nothing. */
const NOBODY = 65_534;
const LONGEST_MS = 60_000;

describe('a clone that cannot be written', function () {
  this.timeout(90_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  let home: string;
  let child: ChildProcess | undefined;

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });
  beforeEach(async () => {
    folder = await scratch();
    home = join(folder.path, 'home');
    for (const name of ['clone', 'site', 'home']) await mkdir(join(folder.path, name));
    await writeFile(join(folder.path, 'site', 'index.html'), '<title>Here</title>');
    await chmod(folder.path, 0o755);
    await chown(home, NOBODY, NOBODY);
  });
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      process.kill(-(child.pid as number), 'SIGTERM');
      await once(child, 'exit');
    }
    child = undefined;
    await folder?.drop();
  });

  /** Runs a script in a mount namespace where the clone is at ./clone. npm stays on the Node it came with. */
  function run(script: string): { output: () => string; until(words: RegExp): Promise<RegExpExecArray>; ended: Promise<number | null> } {
    const own = (process.env.PATH ?? '').split(':').filter((path) => !path.includes('node_modules'));
    const env = { PATH: own.join(':'), HOME: home, ROOT, NODE: 'clone/node_modules/node/bin/node' };
    const as = `nobody() { exec setpriv --reuid=${NOBODY} --clear-groups "$@"; }`;
    const started = spawn('unshare', ['--mount', 'bash', '-ec', `mount --bind "$ROOT" clone\n${as}\n${script}`], {
      cwd: folder.path,
      env,
      detached: true, // a group of its own, so that all of it is told to end
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    let text = '';
    let wake = (): void => {};
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        wake();
      });
    }
    const ended = new Promise<number | null>((resolve) => started.on('close', resolve));
    let over = false;
    void ended.then(() => {
      over = true;
      wake();
    });
    const late = AbortSignal.timeout(LONGEST_MS);
    late.addEventListener('abort', () => wake());
    return {
      output: () => text,
      ended,
      async until(words) {
        for (;;) {
          const found = words.exec(text);
          if (found) return found;
          if (over || late.aborted) throw new Error(`never said ${words}: ${text}`);
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
    };
  }

  /** The page that a browser gets at a site's link. */
  async function shell(link: string): Promise<string> {
    const { host, port } = new URL(link);
    const asked = request({ host: '127.0.0.1', port, headers: { host, accept: 'text/html' }, agent: false }).end();
    const [response] = await once(asked, 'response');
    assert.equal(response.statusCode, 200);
    let text = '';
    for await (const piece of response.setEncoding('utf8')) text += piece;
    return text;
  }

  const built = async (): Promise<string[]> => readdir(join(home, '.porthole', 'cache'));

  it('another user’s: its program runs, and builds below PORTHOLE_HOME', async () => {
    const { until } = run('nobody "$NODE" clone/cli/main.ts up site --port 0 --json');
    const [, link = ''] = await until(/"link":"(http:[^"]+)"/);
    assert.match(await shell(link), /<script/);
    assert.equal((await built()).length, 1);
  });

  it('read only: npm start runs for others, with the example, and builds below PORTHOLE_HOME', async () => {
    const { until, output } = run('mount -o remount,bind,ro clone; cd clone; nobody npm start -- --port 0');
    const [, link = ''] = await until(/This machine\s+(http:\S+)/);
    assert.match(await shell(link), /<script/);
    assert.equal((await built()).length, 1);
    assert.doesNotMatch(output(), /npm (error|warn)/i);
  });

  it('read only: for root as well', async () => {
    const { until } = run(
      'mount -o remount,bind,ro clone; cd clone; export PORTHOLE_HOME="$HOME/.porthole"; exec npm start -- ../site --port 0',
    );
    const [, link = ''] = await until(/This machine\s+(http:\S+)/);
    assert.match(await shell(link), /<script/);
  });

  it('without what it needs: says who has to install it, and ends', async () => {
    const { ended, output } = run('mount -t tmpfs none clone/node_modules; cd clone; nobody npm start -- ../site --port 0');
    assert.equal(await ended, 1);
    assert.match(output(), /What Porthole needs is not installed in .*: let its owner run npm install\./);
  });
});
