// SPDX-License-Identifier: Apache-2.0
// A strategy that nothing in the tree knows of: a copy of examples/strategy/socks5.ts elsewhere, by real processes and a proxy, with its
// own words in events, in sentences, in --via and in the badge.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { ERRORS } from '../../proto/errors.ts';
import { environment } from '../support/environment.ts';
import { atLoopback, MAIN, Porthole, type Scratch, scratch } from '../support/porthole.ts';
import { type Socks5Server, socks5Server } from '../support/socks5-server.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'strategy', 'socks5.ts');
const LABEL = 'By proxy';
const ADVERB = 'through a SOCKS5 proxy';
/** The same as a direct strategy: what a policy makes of it follows from what it says. */
const DIRECT = `
import socks5 from './socks5.ts';
export default async () => {
  const strategy = socks5();
  const attempt = async (...call) => Object.assign(await strategy.attempt(...call), { via: 'straight' });
  return { ...strategy, name: 'straight', kind: 'direct', attempt };
};`;
/** A strategy that this host has not. */
const PIGEONS = `
import { PortholeError } from 'porthole/transport';
const attempt = async () => { throw new PortholeError('NO_PATH', 'they are asleep') };
const words = { label: 'Pigeons', sentence: 'By pigeon.', adverb: 'by pigeon' };
export default { name: 'pigeons', kind: 'direct', cost: 1, words, suits: () => ({ chance: 'possible', reason: 'it is day' }), attempt };`;

/** One that leaves a mark beside itself each time that it is made. */
const MARKING = `
import { appendFileSync } from 'node:fs';
import pigeons from './pigeons.ts';
export default () => {
  appendFileSync(new URL('./made', import.meta.url), 'x');
  return { ...pigeons, name: 'marking' };
};`;

describe('a strategy from elsewhere', function () {
  this.timeout(60_000);
  let folder: Scratch;
  let proxy: Socks5Server;
  let host: Porthole;
  let link: string;
  let home: string;
  let env: NodeJS.ProcessEnv;
  const visitors: Porthole[] = [];

  before(async () => {
    folder = await scratch();
    proxy = await socks5Server('anna:open sesame');
    env = { SOCKS5_PROXY: proxy.url };
    home = join(folder.path, 'home');
    const site = join(folder.path, 'site');
    for (const path of [site, join(folder.path, 'host'), home]) await mkdir(path);
    await writeFile(join(site, 'index.html'), '<title>Here</title><h1>Here</h1>');
    await copyFile(EXAMPLE, join(folder.path, 'socks5.ts'));
    await writeFile(join(folder.path, 'straight.ts'), DIRECT);
    await writeFile(join(folder.path, 'pigeons.ts'), PIGEONS);
    await writeFile(join(folder.path, 'marking.ts'), MARKING);
    const args = ['--strategy', './socks5.ts', '--strategy', 'straight.ts', '--strategy', 'marking.ts', '--via', 'socks5,straight,relay'];
    host = new Porthole(['up', site, '--port', '0', '--name', 'strategy', ...args], join(folder.path, 'host'), {
      cwd: folder.path,
      main: MAIN,
    });
    ({ link } = (await host.waitFor('ready')) as unknown as { link: string });
  });
  after(async () => {
    for (const one of visitors) await one.stop();
    await host?.stop();
    await proxy?.close();
    await folder?.drop();
  });

  const visit = (args: string[], more: NodeJS.ProcessEnv = env): Porthole => {
    const [command = '', ...rest] = args;
    const one = new Porthole([command, link, ...rest], home, { cwd: folder.path, env: more, main: MAIN });
    visitors.push(one);
    return one;
  };
  /** Gets the site's page; resolves with the strategy that carried first. */
  const get = async (args: string[], more?: NodeJS.ProcessEnv): Promise<string> => {
    const out = join(folder.path, 'out.html');
    const one = visit(['get', '-o', out, ...args], more);
    assert.equal(await one.ended, 0, JSON.stringify(one.events));
    assert.match(await readFile(out, 'utf8'), /<h1>Here/);
    return one.events.find(({ event, kind }) => event === 'path' && kind === 'moved')?.via as string;
  };

  it('is made once by `up`, for the host and the suite', async () => {
    assert.equal(await readFile(join(folder.path, 'made'), 'utf8'), 'x');
  });

  it('is asked for by its name, and carries: at both ends, and through the proxy', async () => {
    const before = proxy.dialled.length;
    assert.equal(await get(['--strategy', './socks5.ts', '--via', 'socks5']), 'socks5');
    assert.match(proxy.dialled[before] ?? '', /^127\.0\.0\.1 \d+$/);
    for (const one of [host, visitors.at(-1) as Porthole]) {
      const { label } = await one.waitFor(({ event, via }) => event === 'path' && via === 'socks5');
      assert.equal(label, LABEL);
    }
  });

  it('goes with the policies by what it says of itself', async () => {
    const both = ['--strategy', './socks5.ts', '--strategy', './straight.ts'];
    assert.equal(await get([...both, '--via', 'direct-only']), 'straight');
    const before = proxy.dialled.length;
    const one = visit(['get', '--strategy', './socks5.ts', '--via', 'direct-only']);
    assert.equal(await one.ended, ERRORS.NO_PATH.exit, JSON.stringify(one.events));
    assert.equal(one.events.at(-1)?.code, 'NO_PATH');
    assert.equal(proxy.dialled.length, before, 'a relayed strategy is no direct one');
  });

  it('is named in porthole.config.json and by PORTHOLE_STRATEGIES, and may be a package', async () => {
    const own = join(folder.path, 'node_modules', 'strategy-by-proxy');
    await mkdir(own, { recursive: true });
    await writeFile(join(own, 'package.json'), '{ "name": "strategy-by-proxy", "type": "module", "exports": { "import": "./index.js" } }');
    await writeFile(join(own, 'index.js'), "export { default } from '../../socks5.ts';");
    assert.equal(await get(['--via', 'socks5'], { ...env, PORTHOLE_STRATEGIES: 'strategy-by-proxy' }), 'socks5');
    const config = join(folder.path, 'elsewhere');
    await mkdir(config);
    await writeFile(join(config, 'porthole.config.json'), '{ "strategies": ["../socks5.ts"], "via": "socks5" }');
    const one = new Porthole(['get', link, '-o', join(config, 'out')], home, { cwd: config, env, main: MAIN });
    assert.equal(await one.ended, 0, JSON.stringify(one.events));
  });

  it('has its own words for people, at both ends', async () => {
    const up = spawn(
      process.execPath,
      [MAIN, 'up', join(folder.path, 'site'), '--port', '0', '--strategy', './socks5.ts', '--via', 'socks5'],
      {
        cwd: folder.path,
        env: environment({ HOME: home, PORTHOLE_HOME: join(folder.path, 'people') }),
      },
    );
    try {
      let said = '';
      const heard = async (words: RegExp): Promise<string> => {
        while (!words.test(said)) await once(up.stdout, 'data', { signal: AbortSignal.timeout(20_000) });
        return words.exec(said)?.[0] ?? '';
      };
      up.stdout.setEncoding('utf8').on('data', (piece: string) => (said += piece));
      const where = await heard(/http:\S+/);
      await heard(/No browser can open it/);
      const told = await new Promise<string>((resolve, reject) =>
        execFile(
          process.execPath,
          [MAIN, 'get', where, '--strategy', './socks5.ts'],
          { cwd: folder.path, env: environment({ ...env, HOME: home }) },
          (error, _, stderr) => (error ? reject(error) : resolve(stderr)),
        ),
      );
      assert.match(told, new RegExp(`^Connected ${ADVERB}, `, 'm'));
      await heard(new RegExp(`Visitor .* is connected ${ADVERB}, `));
    } finally {
      up.kill();
      await once(up, 'close');
    }
  });

  it('is passed by where the other end does not have it, with the reason', async () => {
    const open = visit(['open', '--port', '0', '--strategy', './pigeons.ts', '--via', 'pigeons,relay']);
    assert.equal((await open.waitFor(({ event, kind }) => event === 'path' && kind === 'moved')).via, 'relay');
    const { reason } = await open.waitFor(({ event, kind }) => event === 'path' && kind === 'sought');
    assert.match(reason as string, /\(pigeons: the host does not have this strategy\)/);
    await open.stop();
    // And where this end has no proxy.
    const without = visit(['get', '--strategy', './socks5.ts', '--via', 'socks5'], {});
    assert.notEqual(await without.ended, 0);
    assert.match(without.events.at(-1)?.message as string, /socks5: SOCKS5_PROXY names no proxy here/);
  });

  it('is told of to whoever mistypes, and one that cannot be used is told with the reason', async () => {
    const typo = visit(['get', '--strategy', './socks5.ts', '--via', 'sock']);
    assert.equal(await typo.ended, 2);
    assert.match(typo.events[0]?.message as string, /"sock" is neither a strategy \(.*, socks5\) nor a policy/);
    const help = await promisify(execFile)(process.execPath, [MAIN, 'get', '--help']);
    assert.match(help.stdout, /--strategy <module>/);
    const none = visit(['get', '--strategy', './sox.ts']);
    assert.equal(await none.ended, 2);
    assert.deepEqual(
      [none.events[0]?.code, none.events[0]?.message],
      ['USAGE', 'the strategy ./sox.ts cannot be used: there is no such file'],
    );
  });

  it('is among those that an exam looks at', async () => {
    const suite = new Porthole(['suite', '--port', '0', '--address', '127.0.0.1', '127.0.0.2'], join(folder.path, 'host'), { main: MAIN });
    visitors.push(suite);
    const { suite: url } = await suite.waitFor('ready');
    const exam = new Porthole(['exam', '--suite', url as string, '--strategy', './socks5.ts'], home, { cwd: folder.path, env, main: MAIN });
    assert.equal(await exam.ended, 0, JSON.stringify(exam.events));
    const { strategies } = exam.events[0] as unknown as { strategies: { name: string; towards: Record<string, { reason: string }> }[] };
    assert.equal(strategies.at(-1)?.name, 'socks5');
    assert.equal(strategies.at(-1)?.towards['a home router']?.reason, 'the host is behind a NAT');
  });

  describe('and the badge', () => {
    let url: string;
    before(async () => {
      const open = visit(['open', '--port', '0', '--strategy', './socks5.ts', '--via', 'socks5']);
      ({ url } = (await open.waitFor('ready')) as unknown as { url: string });
    });

    it('is brought by the gateway to what asks for a page', async () => {
      // As a browser asks for what it shows; Node's fetch says that a script asks.
      const { host } = new URL(url);
      const near = atLoopback(url);
      const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
      const asked = request(near, { headers: { host, ...navigation } }).end();
      const [answer] = await once(asked, 'response');
      const page = await text(answer);
      const [, path = ''] = /<script src="([^"]+)" async><\/script>\n$/.exec(page) ?? [];
      const script = await (await fetch(atLoopback(path))).text();
      assert.ok(script.includes(`"via":"socks5","direct":false,"title":"${LABEL}","text":["Through the SOCKS5 proxy of your network."`));
      assert.equal(await (await fetch(near)).text(), '<title>Here</title><h1>Here</h1>');
      const byScript = await fetch(near, { headers: { accept: 'text/html' } });
      assert.equal(await byScript.text(), '<title>Here</title><h1>Here</h1>', 'a script gets the bytes as they are');
    });

    it('says so to eyes, in Chromium', async function () {
      if (!chromiumPath()) {
        console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
        this.skip();
      }
      const browser = await startChromium();
      try {
        const page = await browser.newPage();
        await page.goto(url);
        const badge = page.locator('#porthole-badge');
        await badge.locator('.words', { hasText: LABEL }).waitFor();
        assert.deepEqual([await badge.getAttribute('data-via'), await badge.getAttribute('data-direct')], ['socks5', 'false']);
        await badge.locator('.toggle').click();
        assert.ok(await badge.locator('.card').isVisible());
        assert.deepEqual((await badge.locator('.card p').allTextContents()).slice(0, 2), [
          LABEL,
          'Through the SOCKS5 proxy of your network.',
        ]);
      } finally {
        await browser.close();
      }
    });
  });
});
