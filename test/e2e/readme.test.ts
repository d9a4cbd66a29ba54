// SPDX-License-Identifier: Apache-2.0
// Every command of the README, run as it stands there: in a clean clone, on a machine of its own network. Its program: library.test.ts.

import assert from 'node:assert/strict';
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { MAIN, PROGRAM, scratch } from '../support/porthole.ts';
import { noBridgeReason, OneBridge } from './support/one-bridge.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The blocks of one language in the README. */
const blocks = (language: string): string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);
/** Its commands, without what is said of them. */
const commands = blocks('sh').flatMap((text) =>
  text
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== ''),
);

/** A proxy that does TLS in front of the suite, as the README has it: it must run on that machine, so it is a program. */
const TLS_PROXY = `
const { createServer } = require('node:tls'), { connect } = require('node:net'), { readFileSync } = require('node:fs');
const [, key, cert] = process.argv;
createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (outer) => {
  const inner = connect(8080, '127.0.0.1');
  outer.pipe(inner).pipe(outer);
  for (const [one, other] of [[outer, inner], [inner, outer]]) one.on('error', () => other.destroy()).on('close', () => other.destroy());
}).listen(443, () => console.log('ready'));`;

describe('the README', function () {
  this.timeout(300_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  let clone: string;
  let home: string;
  let network: OneBridge;
  const running = new Set<ChildProcess>();
  const tried = new Set<string>();
  // As in a fresh terminal: this suite itself was started by npm.
  const outer = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^(CI|NODE|INIT_CWD|PORTHOLE_\w+)$/.test(name)));
  const path = (process.env.PATH ?? '').split(':').filter((one) => !one.includes('node_modules'));
  let env: NodeJS.ProcessEnv;

  before(async function () {
    const reason = noBridgeReason() ?? (existsSync('/usr/bin/openssl') ? null : 'no openssl here (Debian: apt-get install openssl)');
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    folder = await scratch();
    [clone, home] = [join(folder.path, 'clone'), join(folder.path, 'home')];
    for (const file of ['site/index.html', 'site/big.iso', 'Pictures/one.svg']) {
      await fs.mkdir(dirname(join(home, file)), { recursive: true });
      await fs.writeFile(join(home, file), file === 'site/big.iso' ? Buffer.alloc(3_000_000, 7) : `<title>${file}</title>`);
    }
    await fs.writeFile(join(home, 'friends.txt'), '');
    await fs.copyFile(join(ROOT, 'examples/strategy/socks5.ts'), join(home, 'socks5.ts'));
    await fs.mkdir(join(home, 'bin'));
    // As it is installed, in a few files, where there is a bundle of it; a strategy from elsewhere is given the clone's modules.
    const ofClone = join(clone, 'cli/main.ts');
    const program = `case "$*" in *--strategy*) main='${ofClone}';; *) main='${PROGRAM === MAIN ? ofClone : PROGRAM}';; esac`;
    await fs.writeFile(join(home, 'bin/porthole'), `#!/bin/sh\n${program}\nexec ${process.execPath} "$main" "$@"\n`, { mode: 0o755 });
    certificate();
    env = {
      ...outer,
      HOME: home,
      PATH: [join(home, 'bin'), ...path].join(':'),
      NODE_EXTRA_CA_CERTS: join(home, 'cert.pem'),
      npm_config_loglevel: 'error',
    };
    // What git knows, as it is here now: a clone of what is to be committed.
    await fs.mkdir(clone);
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
    for (const file of listed.split('\0')) {
      if (file === '' || !existsSync(join(ROOT, file))) continue;
      await fs.mkdir(dirname(join(clone, file)), { recursive: true });
      await fs.copyFile(join(ROOT, file), join(clone, file));
    }
    network = await OneBridge.open();
  });
  after(async () => {
    for (const child of running) await stop(child);
    network?.close();
    await folder?.drop();
  });

  /** A certificate for the suite and the sites of the README, which this machine's programs are told to trust. */
  function certificate(): void {
    const names = 'subjectAltName=DNS:suite.example,DNS:*.suite.example';
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=suite.example',
      '-addext',
      names,
    ];
    execFileSync('openssl', [...args, '-keyout', join(home, 'key.pem'), '-out', join(home, 'cert.pem')], { stdio: 'ignore' });
  }

  /** Starts a line of the README as a person types it; resolves once its output has what is waited for. */
  async function start(
    line: string,
    said: RegExp,
    options: { cwd?: string; env?: NodeJS.ProcessEnv; outside?: boolean } = {},
  ): Promise<{ child: ChildProcess; output: string }> {
    tried.add(line);
    const { cwd = home } = options;
    const [program, ...words] = [...(options.outside ? [] : network.enter('host')), 'sh', '-c', `cd '${cwd}' && exec ${line}`];
    const child = spawn(program as string, words, {
      cwd,
      env: { ...env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(child);
    let output = '';
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          if (said.test(output)) resolve();
        });
      }
      child.on('close', (code) => reject(new Error(`${line} ended with ${code}:\n${output}`)));
    });
    return { child, output };
  }
  /** Runs a line to its end; resolves with what it printed. */
  async function run(line: string, options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<string> {
    tried.add(line);
    const { cwd = home } = options;
    const [program, ...words] = [...network.enter('host'), 'sh', '-c', `cd '${cwd}' && ${line}`];
    const { stdout } = await promisify(execFile)(program as string, words, {
      cwd,
      env: { ...env, ...options.env },
      timeout: 120_000,
    });
    return stdout;
  }
  async function stop(child: ChildProcess): Promise<void> {
    running.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    process.kill(-(child.pid as number), 'SIGTERM');
    await ended;
  }
  const status = (line: string): Promise<number> =>
    run(line).then(
      () => 0,
      (error: { code: number }) => error.code,
    );

  it('npm start, in a clean clone with nothing installed, shows the example', async () => {
    const port = await freePort();
    const { child, output } = await start(`npm start -- --port ${port}`, /Ctrl\+C/, { cwd: clone, outside: true });
    assert.match(output, /This machine\s+http:\/\/site-[a-z2-7]{5}\.localhost:\d+\//);
    await stop(child);
    const again = await start('npm start', /Ctrl\+C/, { cwd: clone });
    assert.match(await run('curl -s http://localhost:8080/'), /<title>/);
    await stop(again.child);
  });

  it('npm start shows a folder of pictures, and to this network with --lan', async () => {
    const { child, output } = await start('npm start -- ~/Pictures', /Ctrl\+C/, { cwd: clone });
    const [link = ''] = /http:\/\/pictures-[a-z2-7]{5}\.localhost:8080\//.exec(output) ?? [];
    assert.match(await run(`curl -s ${link}`), /one\.svg/);
    await stop(child);
    const lan = await start('npm start -- --lan', /Ctrl\+C/, { cwd: clone });
    const [near = ''] = /http:\/\/192\.168\.7\.20:8080\//.exec(lan.output) ?? [];
    assert.match(await network.run('phone', 'curl', '-s', near), /<html/);
    await stop(lan.child);
  });

  /** A web app on a port of the host's machine, that guards itself against other hosts' names. */
  async function startApp(at: number): Promise<ChildProcess> {
    const source = `require('node:http').createServer((q, s) => s.end(q.headers.host + ' ' + q.url)).listen(${at}, '127.0.0.1', () => console.log('ready'))`;
    return (await start(`${process.execPath} -e "${source}"`, /ready/)).child;
  }

  it('up shows a web app of this machine', async () => {
    const app = await startApp(3000);
    const { child, output } = await start('porthole up 3000', /Ctrl\+C/);
    assert.match(output, /can use the web app at\n {2}http:\/\/localhost:3000\//);
    const [link = ''] = /http:\/\/app-3000-[a-z2-7]{5}\.localhost:8080\//.exec(output) ?? [];
    assert.equal(await run(`curl -s ${link}page`), 'localhost:3000 /page');
    await stop(child);
    await stop(app);
  });

  it('npm test is what runs this', () => {
    assert.equal(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts.test, 'node test/run.ts all');
    tried.add('npm test');
  });

  it('two machines: suite, host, open, get, exam, and who may visit', async () => {
    const proxy = await start(`${process.execPath} -e "${TLS_PROXY.replaceAll('\n', ' ')}" ~/key.pem ~/cert.pem`, /ready/);
    const suite = await start(
      'porthole suite --domain suite.example --public-url https://suite.example',
      /The suite is open at https:\/\/suite\.example\//,
    );
    let host = await start('porthole host ~/site --suite https://suite.example --name mine', /Ctrl\+C/);
    assert.match(host.output, /Everyone\s+https:\/\/mine\.suite\.example\/#key=[a-z2-7]{52}/);

    const open = await start('porthole open https://mine.suite.example/', /is open at/);
    assert.match(await run('curl -s http://localhost:8081/'), /site\/index\.html/);
    await stop(open.child);
    await run('porthole get  https://mine.suite.example/big.iso -o big.iso');
    assert.deepEqual(await fs.readFile(join(home, 'big.iso')), await fs.readFile(join(home, 'site/big.iso')));
    assert.match(await run('porthole exam --suite https://suite.example'), /TCP/);
    assert.match(await run('porthole identity https://mine.suite.example/'), /[a-z2-7]{52}/);

    // The exit statuses of docs/errors.md, as a script meets them.
    assert.equal(await status('porthole get https://mine.suite.example/none'), exitOf('HTTP_STATUS'));
    assert.equal(await status('porthole get https://nobody.suite.example/'), exitOf('SITE_UNKNOWN'));
    assert.equal(await status('porthole get https://mine.suite.example/big.iso > /dev/full'), exitOf('STORAGE_FAILED'));
    assert.equal(await status('porthole host ~/none --suite https://suite.example'), exitOf('FOLDER_MISSING'));
    assert.equal(await status('porthole suite'), exitOf('PORT_IN_USE'));
    assert.equal(await status('porthole nonsense'), exitOf('USAGE'));

    await stop(host.child);
    // There is no proxy on this machine, so the next way carries.
    host = await start('porthole host ~/site --suite https://suite.example --name mine --strategy ./socks5.ts', /Ctrl\+C/);
    const byProxy =
      'SOCKS5_PROXY=socks5://localhost:1080 porthole get https://mine.suite.example/ --strategy ./socks5.ts --via socks5,relay';
    assert.match(await run(byProxy), /site\/index\.html/);
    await stop(host.child);
    for (const line of [
      'porthole host ~/site --password',
      'porthole host ~/site --invite-only',
      'porthole host ~/site --allow friends.txt',
    ]) {
      const given = {
        env: { PORTHOLE_SUITE: 'suite.example', PORTHOLE_PASSWORD: line.endsWith('--password') ? 'open sesame' : undefined },
      };
      host = await start(line, /Ctrl\+C/, given);
      const [link = ''] = /https:\/\/site-[a-z2-7]{5}\.suite\.example\/\S*/.exec(host.output) ?? [];
      await run(`echo 127.0.0.1 ${new URL(link).hostname} >> /etc/hosts`);
      assert.notEqual(await status(`porthole get ${link} --anonymous`), 0, line);
      if (line.endsWith('--password')) {
        assert.match(await run(`porthole get ${link}`, given), /index\.html/);
        await run('porthole password ~/site', { env: { PORTHOLE_PASSWORD: 'open barley' } });
        const later = { env: { PORTHOLE_PASSWORD: 'open barley' } };
        assert.match(await run(`porthole get ${link} --anonymous`, later), /index\.html/);
      }
      if (line.endsWith('--invite-only')) {
        const invited = await run('porthole invite ~/site --expires 7d --label Anna');
        const [invitation = ''] = /https:\/\/\S+/.exec(invited) ?? [];
        assert.match(await run(`porthole get '${invitation}' --anonymous`), /index\.html/);
        const [, id = ''] = /^([0-9a-f]+) .* Anna$/m.exec(await run('porthole invite ~/site --list')) ?? [];
        const revoke = commands.find((line) => line.includes('--revoke')) ?? '';
        await run(revoke.replace(/[0-9a-f]{8}$/, id));
        tried.add(revoke);
        assert.notEqual(await status(`porthole get '${invitation}' --anonymous`), 0);
      }
      await stop(host.child);
    }
    for (const [line, port, asked] of [
      ['porthole host localhost:3000 --suite https://suite.example --name app', 3000, 'localhost:3000 /'],
      ['porthole host http://127.0.0.1:8000/base/ --suite https://suite.example --name base', 8000, '127.0.0.1:8000 /base/'],
    ] as const) {
      const app = await startApp(port);
      host = await start(line, /Ctrl\+C/);
      const [link = ''] = /https:\/\/(app|base)\.suite\.example\//.exec(host.output) ?? [];
      await run(`echo 127.0.0.1 ${new URL(link).hostname} >> /etc/hosts`);
      assert.equal(await run(`porthole get ${link}`), asked);
      await stop(host.child);
      await stop(app);
    }
    for (const { child } of [suite, proxy]) await stop(child);
  });

  it('has no command that is not tried here', () => {
    assert.ok(commands.length > 10);
    assert.deepEqual(
      commands.filter((line) => !tried.has(line)),
      [],
    );
  });
});

/** An exit status, as docs/errors.md has it. */
function exitOf(code: string): number {
  const [, exit] = new RegExp(`^\\| \`${code}\` \\| (\\d+) \\|`, 'm').exec(readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')) ?? [];
  assert.ok(exit, code);
  return Number(exit);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
