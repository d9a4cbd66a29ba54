// SPDX-License-Identifier: Apache-2.0
// Output that is full or closed, data folders that are of no use, and hosts that write to the visitor's terminal.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { type Host, serve } from '../../host-agent/index.ts';
import { environment } from '../support/environment.ts';
import { Porthole, PROGRAM, scratch } from '../support/porthole.ts';

const BIG_BYTES = 3_000_000;
const isRoot = process.getuid?.() === 0;
const OBEYED = /[^\n\P{Cc}]|[\p{Bidi_Control}\u2028\u2029]/u;

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a script may take on a busy machine, in milliseconds. */
const SCRIPT_MS = 150_000;

describe('any output', function () {
  this.timeout(SCRIPT_MS + 30_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  let suite: Porthole;
  let url: string;
  let link: string;

  before(async () => {
    folder = await scratch();
    const site = join(folder.path, 'site');
    await mkdir(site);
    await writeFile(join(site, 'big.bin'), new Uint8Array(BIG_BYTES));
    await writeFile(join(site, 'small.txt'), 'small\n');
    suite = new Porthole(['up', 'site', '--port', '0', '--name', 'bug'], join(folder.path, 'suite'), { cwd: folder.path });
    const ready = await suite.waitFor('ready');
    url = ready.suite as string;
    link = ready.link as string;
  });
  after(async () => {
    assert.equal(await suite.stop(), 0);
    await folder.drop();
  });

  const at = (path: string): string => new URL(path, link).href;
  const variables = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
    environment({
      NODE: process.execPath,
      MAIN: PROGRAM,
      ROOT: join(import.meta.dirname, '..', '..'),
      HOME: folder.path,
      PORTHOLE_HOME: join(folder.path, 'visitor'),
      BIG: at('/big.bin'),
      SMALL: at('/small.txt'),
      SUITE: url,
      DIR: folder.path,
      ...more,
    });

  /** Runs a script of bash; `porthole` is the program. */
  function bash(script: string, env: NodeJS.ProcessEnv = {}, within: readonly string[] = []): Promise<Ended> {
    const [program = 'bash', ...words] = [...within, 'bash', '-c', `porthole() { "$NODE" "$MAIN" "$@"; }\n${script}`];
    return new Promise((resolve) => {
      execFile(program, words, { env: variables(env), cwd: folder.path, timeout: SCRIPT_MS }, (error, stdout, stderr) =>
        resolve({ status: error ? (typeof error.code === 'number' ? error.code : -1) : 0, stdout, stderr }),
      );
    });
  }

  /** `as` runs what follows as a user whom the system does not know, and who can read the clone, wherever it is. */
  const STRANGER = `chmod 755 "$DIR"; mkdir -p "$DIR/clone"; mount --bind "$ROOT" "$DIR/clone"
    NODE="$DIR/clone/node_modules/node/bin/node"; MAIN="$DIR/clone/cli/main.ts"
    as() { setpriv --reuid=54321 --clear-groups "$@"; }\n`;
  /** A disk of 1 MB that is gone when the script has ended. */
  const DISK = 'mkdir -p "$DIR/disk" && mount -t tmpfs -o size=1m none "$DIR/disk" && cd "$DIR/disk"\n';
  const onDisk = (script: string): Promise<Ended> => bash(DISK + script, {}, ['unshare', '--mount']);

  function storageFailed({ status, stderr }: Ended, words: RegExp): void {
    assert.equal(status, 7, stderr);
    const lines = stderr
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('Connected'));
    assert.match(lines.at(-1) ?? '', /^porthole: .*\(STORAGE_FAILED\)$/);
    assert.match(lines.at(-1) ?? '', words);
    assert.doesNotMatch(stderr, /\n\s+at |node:internal/);
  }

  describe('of get', () => {
    for (const where of ['> /dev/full', '-o /dev/full']) {
      it(`${where} is STORAGE_FAILED`, async () => {
        storageFailed(await bash(`porthole get "$BIG" ${where}`), /ENOSPC/);
      });
    }

    it('to a full disk is STORAGE_FAILED, and what can be gone on with is kept', async function () {
      if (!isRoot) this.skip();
      const file = await onDisk('porthole get "$BIG" -o out; status=$?; ls; exit $status');
      storageFailed(file, /ENOSPC/);
      assert.deepEqual(file.stdout.trim().split('\n'), ['out.porthole-part', 'out.porthole-part.json']);
    });

    it('to a full disk by stdout is STORAGE_FAILED, also when only its very end does not fit', async function () {
      if (!isRoot) this.skip();
      storageFailed(await onDisk('porthole get "$BIG" > out'), /ENOSPC/);
      // Room for all but a page: the last write is a short one, and nothing follows that would fail.
      storageFailed(await onDisk('mount -o remount,size=2928k . && porthole get "$BIG" > out'), /ENOSPC/);
      const whole = await onDisk('mount -o remount,size=2932k . && porthole get "$BIG" > out; stat -c %s out');
      assert.equal(whole.stdout.trim(), String(BIG_BYTES), whole.stderr);
    });

    it('into a pipe that is closed ends at once and quietly, as SIGPIPE ends others', async () => {
      const { stdout, stderr } = await bash(`porthole get "$BIG" | head -c 10 | wc -c; echo "\${PIPESTATUS[0]}"`);
      assert.equal(stdout, '10\n141\n');
      assert.doesNotMatch(stderr, /porthole:/);
    });

    it('goes on when only its messages cannot be told', async () => {
      const { status, stdout } = await bash('set -o pipefail; porthole get "$BIG" --json 2> /dev/full | wc -c');
      assert.deepEqual([status, stdout.trim()], [0, String(BIG_BYTES)]);
    });
  });

  describe('of commands that say one thing', () => {
    for (const words of ['identity', 'identity --json', '--help', '--version']) {
      it(`${words}: quiet when nobody reads, STORAGE_FAILED on a full disk`, async () => {
        const closed = await bash(`porthole ${words} | true; exit "\${PIPESTATUS[0]}"`);
        // `true` may be slower than the one line, which then was written.
        assert.ok([0, 141].includes(closed.status), String(closed.status));
        assert.equal(closed.stderr, '');
        storageFailed(await bash(`porthole ${words} > /dev/full`), /ENOSPC/);
      });
    }
  });

  describe('of commands that last', () => {
    const commands: [string, string[]][] = [
      ['host', ['host', 'site', '--name', 'lasting']],
      ['suite', ['suite', '--port', '0', '--address', '127.0.0.1']],
      ['policy', ['policy', '--port', '0']],
    ];
    for (const [name, words] of commands) {
      it(`${name} outlives a reader that has enough`, async () => {
        const args = [PROGRAM, ...words, '--json', ...(name === 'host' ? ['--suite', url] : [])];
        const env = variables({ PORTHOLE_HOME: join(folder.path, `piped-${name}`) });
        const child = spawn(process.execPath, args, { cwd: folder.path, env, stdio: ['ignore', 'pipe', 'pipe'] });
        const [line] = (await once(child.stdout, 'data')) as [Buffer];
        child.stdout.destroy();
        child.stderr.destroy();
        const ready = JSON.parse(line.toString().split('\n')[0] as string) as { link?: string; port?: number };
        if (name === 'host') {
          // Each visitor is told of, where nobody reads.
          for (let visits = 0; visits < 3; visits++) {
            assert.equal((await bash(`porthole get "${new URL('/small.txt', ready.link)}"`)).stdout, 'small\n');
          }
        }
        assert.equal(child.exitCode, null);
        child.kill('SIGTERM');
        assert.deepEqual(await once(child, 'exit'), [0, null]);
      });
    }

    it('a host on a full disk says so once, and its visitors are answered', async () => {
      const env = { PORTHOLE_HOME: join(folder.path, 'full') };
      const { status, stdout, stderr } = await bash(
        `"$NODE" "$MAIN" host site --suite "$SUITE" --name full > /dev/full 2> err & host=$!
        export PORTHOLE_HOME="$DIR/visitor"
        until grep -q porthole: err; do sleep 0.1; done # it is online then: that is what it could not say
        for _ in 1 2; do porthole get "\${SMALL/bug/full}" --patience 20; done
        kill $host; wait $host; status=$?; cat err >&2; exit $status`,
        env,
      );
      assert.deepEqual([status, stdout], [0, 'small\nsmall\n'], stderr);
      const told = stderr.split('\n').filter((line) => line.startsWith('porthole:'));
      assert.equal(told.length, 1, stderr);
      assert.match(told[0] as string, /ENOSPC.*nothing more is written there \(STORAGE_FAILED\)$/);
    });
  });

  describe('a data folder that is of no use', () => {
    const needing = ['host site --suite "$SUITE"', 'identity', 'up site --port 0', 'suite --port 0', 'invite site'];
    const homes: [string, RegExp, string, string?][] = [
      ['is a file', /not a folder/, 'touch file; unset PORTHOLE_HOME; export HOME="$PWD/file"'],
      [
        'is on a full disk',
        /the disk is full/,
        `${DISK}head -c 2m /dev/zero > fill 2> /dev/null; unset PORTHOLE_HOME; export HOME="$PWD"; cd ..`,
        'disk',
      ],
      [
        'is on a disk that is read only',
        /read only/,
        `${DISK}mount -o remount,ro .; unset PORTHOLE_HOME; export HOME="$PWD"; cd ..`,
        'disk',
      ],
      ['is another user’s', /no right/, `${STRANGER}unset PORTHOLE_HOME; export HOME="$DIR"`, 'uid'],
      ['is nowhere', /no home folder \(HOME\)/, `${STRANGER}unset PORTHOLE_HOME HOME`, 'uid'],
    ];
    for (const [what, words, setUp, needs] of homes) {
      it(`that ${what} is told, and get goes on`, async function () {
        if (needs && !isRoot) this.skip();
        const within = needs ? ['unshare', '--mount'] : [];
        const as = needs === 'uid' ? 'as ' : '';
        // What each of them asks is one question (cli/settings/home.ts): all are asked once, two every time.
        for (const command of needs ? needing.slice(0, 2) : needing) {
          const ended = await bash(`${setUp}\n${as}"$NODE" "$MAIN" ${command}`, {}, within);
          storageFailed(ended, words);
          assert.match(ended.stderr, /PORTHOLE_HOME or --home/);
        }
        const got = await bash(`${setUp}\n${as}"$NODE" "$MAIN" get "$SMALL"`, {}, within);
        assert.deepEqual([got.status, got.stdout], [0, 'small\n'], got.stderr);
        assert.equal(got.stderr.split('\n').filter((line) => words.test(line)).length, 1, got.stderr);
      });
    }

    it('that lies in the folder which is to be shared is refused, and nothing is put there', async () => {
      const before = await readdir(join(folder.path, 'site'));
      for (const command of ['host site --suite "$SUITE"', 'up site --port 0']) {
        const { status, stderr } = await bash(`porthole ${command} --home site/keys`);
        assert.equal(status, 2, stderr);
        assert.match(stderr, /^porthole: the data folder .*site\/keys is in the folder that would be shared.*\(CONFIG_INVALID\)$/m);
      }
      assert.deepEqual(await readdir(join(folder.path, 'site')), before);
    });
  });

  describe('words of a host', () => {
    let host: Host;
    before(async () => {
      const hostile = 'X\x1b]0;pwned\x07\x1b[31mRED\u202e\u009b2J';
      const site = async ({ url: asked }: Request): Promise<Response> => {
        if (asked.endsWith('/early')) return new Response('too large\n', { status: 413 });
        if (asked.endsWith('/away')) return Response.redirect(new URL('/landed', asked), 302);
        return new Response('root');
      };
      host = await serve({
        suite: url,
        name: 'words',
        site,
        card: { title: hostile, owner: hostile, purpose: hostile, keywords: [hostile] },
      });
      await host.ready;
    });
    after(() => host.close(0));

    const ask = async (
      port: number,
      name: string,
      path: string,
      body?: Uint8Array,
    ): Promise<{ status: number; location: string; text: string }> => {
      const asked = request({
        host: '127.0.0.1',
        port,
        path,
        method: body ? 'POST' : 'GET',
        headers: { host: `${name}:${port}` },
        agent: false,
      });
      asked.on('error', () => {}); // an early answer may cut the request short
      asked.end(body);
      const [response] = await once(asked, 'response');
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      return { status: response.statusCode, location: response.headers.location ?? '', text };
    };

    it('are plain on the portal, in what the shell reads, and at the terminal; its early answers and redirections arrive', async () => {
      const port = Number(new URL(url).port);
      const portal = await ask(port, 'localhost', '/');
      assert.match(portal.text, />X \]0;pwned \[31mRED 2J</);
      assert.doesNotMatch(portal.text, OBEYED);
      const told = JSON.parse((await ask(port, 'words.localhost', '/.porthole/site.json')).text) as { title: string };
      assert.equal(told.title, 'X ]0;pwned [31mRED 2J');

      const { link: site } = await host.ready;
      const child = spawn(process.execPath, [PROGRAM, 'open', site, '--port', '0'], { env: variables(), cwd: folder.path });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      try {
        while (!/is open at {2}\S+\n.*\n/.test(said)) await once(child.stdout, 'data');
        assert.match(said, /\n {2}X \]0;pwned \[31mRED 2J is open at/);
        assert.doesNotMatch(said, OBEYED);
        const own = Number(/is open at {2}http:\/\/[a-z2-7]{52}\.localhost:(\d+)/.exec(said)?.[1]);
        for (const [at, name] of [
          [own, 'localhost'],
          [port, 'words.localhost'],
        ] as const) {
          const early = await ask(at, name, '/early', new Uint8Array(5_000_000));
          assert.deepEqual([early.status, early.text], [413, 'too large\n']);
          assert.equal((await ask(at, name, '/away')).location, `http://${name}:${at}/landed`);
        }
      } finally {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
    });
  });
});
