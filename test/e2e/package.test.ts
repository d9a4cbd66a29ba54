// SPDX-License-Identifier: Apache-2.0
// The published package: packed, installed into an empty project, and used as its README says.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { scratch } from '../support/porthole.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** A user who owns nothing. */
const NOBODY = 65_534;

/** What are-the-types-wrong says of a package. */
interface Findings {
  readonly analysis: {
    readonly entrypoints: Readonly<Record<string, unknown>>;
    readonly problems: readonly { readonly kind: string; readonly resolutionKind?: string }[];
  };
}
/**
 * What the profile in .attw.json passes over: lookup without `exports`, and `require` of ES modules. Only versions of Node before
 * those that Porthole runs on know neither.
 */
const PASSED_OVER = ['node10', 'node16-cjs'];

const SCRIPT = `
import { createSuite } from 'porthole/signaling';
import { serve } from 'porthole/host';
import { connect } from 'porthole/client';
const suite = await createSuite({ port: 0, dataFolder: process.argv[2] });
const host = await serve({ suite: suite.url, name: 'hello', site: async (request) => new Response('you asked for ' + new URL(request.url).pathname) });
const { link } = await host.ready;
const visit = await connect(link, { via: ['data-channel'] });
const response = await visit.fetch(new Request(new URL('/packed', link)));
console.log(await response.text(), visit.site?.name);
await visit.close();
await host.close();
await suite.close();
process.exit();
`;

const INSPECTOR = `
import { inspect, serveInspector } from 'porthole/host';
const inspector = await inspect(async () => new Response('x'));
const page = await serveInspector(inspector, { port: 0 });
for (const name of ['', 'page.css', 'page.js']) {
  const response = await fetch(page.url + name);
  console.log(response.status, response.headers.get('content-type'), (await response.text()).length > 1000);
}
await page.close();
await inspector.close();
process.exit();
`;

describe('the package', function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof scratch>>;
  let tarball: string;
  let project: string;
  // As on a machine where Node 24 is the one that is installed; npm itself stays on the Node it came with.
  const own = (process.env.PATH ?? '').split(':').filter((path) => !path.includes('node_modules'));
  const env = { ...process.env, PATH: [join(ROOT, 'node_modules/.bin'), ...own].join(':'), npm_config_loglevel: 'error' };
  const run = (cwd: string, command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const npm = (cwd: string, ...args: string[]): string =>
    execFileSync('npm', args, { cwd, env: { ...env, PATH: own.join(':') }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

  before(async () => {
    folder = await scratch();
    npm(ROOT, 'pack', '--pack-destination', folder.path);
    tarball = join(folder.path, (await readdir(folder.path)).find((name) => name.endsWith('.tgz')) as string);
    project = join(folder.path, 'project');
    await mkdir(project);
    await writeFile(join(project, 'package.json'), '{ "name": "empty", "version": "1.0.0", "type": "module", "private": true }');
    npm(project, 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball);
  });
  after(() => folder.drop());

  it('has a program that tells its version', () => {
    assert.match(run(project, 'npx', 'porthole', '--version'), /^\d+\.\d+\.\d+\s*$/);
  });

  it('works as a library: a host and a visitor in ten lines', async () => {
    await writeFile(join(project, 'script.js'), SCRIPT);
    const said = execFileSync('node', ['script.js', join(folder.path, 'data')], {
      cwd: project,
      env: { ...env, HOME: folder.path },
      encoding: 'utf8',
    });
    assert.equal(said.trim(), 'you asked for /packed hello');
  });

  it('has the inspector’s page', async () => {
    await writeFile(join(project, 'inspector.js'), INSPECTOR);
    const said = execFileSync('node', ['inspector.js'], { cwd: project, env: { ...env, HOME: folder.path }, encoding: 'utf8' });
    const types = ['text/html', 'text/css', 'text/javascript'].map((type) => `200 ${type}; charset=utf-8 true`);
    assert.deepEqual(said.trim().split('\n'), types);
  });

  it('takes a strategy from the project it is installed in', async () => {
    await cp(join(ROOT, 'examples/strategy/socks5.ts'), join(project, 'socks5.ts'));
    const args = ['porthole', 'get', 'http://localhost:1/', '--strategy', './socks5.ts', '--via', 'sock'];
    const own = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PORTHOLE_')));
    assert.match(spawnSync('npx', args, { cwd: project, env: own, encoding: 'utf8' }).stderr, /"sock" is neither a strategy .*, socks5\)/);
  });

  it('installed for all users it runs for each of them, and keeps what it keeps in their homes', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const prefix = join(folder.path, 'global');
    const site = join(folder.path, 'site');
    const home = join(folder.path, 'nobody');
    npm(folder.path, 'install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', '--prefer-offline', tarball);
    await mkdir(site);
    await writeFile(join(site, 'index.html'), '<title>Packed</title>');
    await mkdir(home);
    await chown(home, NOBODY, NOBODY);
    await chmod(folder.path, 0o755);
    // A Node that this user may run, wherever this clone is.
    await cp(process.execPath, join(folder.path, 'node'));
    const program = join(prefix, 'lib', 'node_modules', 'porthole', 'dist', 'cli', 'main.js');
    const args = [join(folder.path, 'node'), program, 'up', site, '--port', '0', '--json'];
    const child = spawn('setpriv', [`--reuid=${NOBODY}`, '--clear-groups', ...args], {
      cwd: home,
      env: { PATH: env.PATH, HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const { event, link } = JSON.parse(line.toString().split('\n')[0] as string) as { event: string; link: string };
      assert.equal(event, 'ready', line.toString());
      const { host, port } = new URL(link);
      const asked = request({ host: '127.0.0.1', port, headers: { host, accept: 'text/html' }, agent: false }).end();
      const [response] = await once(asked, 'response');
      response.resume();
      assert.equal(response.statusCode, 200);
      assert.deepEqual(await readdir(home), ['.porthole']);
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  });

  it('publint finds nothing', () => {
    const said = run(ROOT, process.execPath, 'node_modules/publint/src/cli.js', '--strict', tarball);
    assert.match(said, /All good/);
  });

  it('are-the-types-wrong finds nothing', () => {
    const program = join(dirname(import.meta.resolve('@arethetypeswrong/cli/package.json').slice('file://'.length)), 'dist/index.js');
    const { analysis } = JSON.parse(run(ROOT, process.execPath, program, tarball, '--format', 'json')) as Findings;
    const entries = ['transport', 'host', 'client', 'signaling', 'policy', 'proto', 'package.json'].map((entry) => `./${entry}`);
    assert.deepEqual(Object.keys(analysis.entrypoints), entries);
    assert.deepEqual(
      analysis.problems.filter(({ resolutionKind }) => !PASSED_OVER.includes(resolutionKind ?? '')),
      [],
    );
  });

  it('brings what it needs and nothing it should not', () => {
    const names = run(ROOT, 'tar', '-tzf', tarball).split('\n');
    for (const needed of [
      'dist/cli/main.js',
      'dist/browser/shell.html',
      'dist/browser/sw.js',
      'dist/transport/http/badge/badge.js',
      'dist/host-agent/inspect/page/index.html',
      'dist/host-agent/inspect/page/page.css',
      'dist/host-agent/inspect/page/page.js',
      'dist/signaling/web/pages/files/style.css',
      'examples/site/index.html',
      'LICENSE',
    ]) {
      assert.ok(names.includes(`package/${needed}`), needed);
    }
    for (const name of names) assert.ok(!/large\.bin|docs\/api|\/test\/|\/bench\/|\.test\./.test(name), name);
  });
});
