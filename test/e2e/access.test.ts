// SPDX-License-Identifier: Apache-2.0
// Access as people use it: list, password and invitation let the right ones in, the wrong ones stay outside and learn why, and the suite knows nothing of it.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { withInvite } from '../../client-runtime/links/invite-link.ts';
import { GUESS_LIMITS } from '../../host-agent/access/guesses.ts';
import { INVITE_KEY_LABEL, makeInvite } from '../../host-agent/access/invites.ts';
import { readVerifier } from '../../host-agent/access/password.ts';
import { loadIdentity } from '../../host-agent/identity/identity.ts';
import { ERRORS, type ErrorCode } from '../../proto/errors.ts';
import { siteKey } from '../../proto/rendezvous.ts';
import { atLoopback, type CommandEvent, Porthole, scratch } from '../support/porthole.ts';
import { memoryHas } from '../support/process-memory.ts';
import { chromiumPath, startChromium } from './support/browser-chromium.ts';

const CONTENT = 'what only friends may read\n';
const PASSWORD = 'harbour-light-9f31';

describe('access, as people use it', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let suite: Porthole;
  let host: Porthole;
  let port: number;
  let link: string;
  const file = (name: string): string => join(folder.path, name);
  const told: string[] = []; // all that the suite says

  before(async function () {
    this.timeout(60_000);
    folder = await scratch();
    await mkdir(file('site'));
    await writeFile(file('site/index.html'), `<title>Friends</title><h1>${CONTENT}</h1>`);
    await writeFile(file('site/note.txt'), CONTENT);
    await writeFile(file('friends'), '# nobody yet\n');
    await writeFile(file('secret'), `${PASSWORD}\n`);
    await writeFile(file('wrong'), 'harbour-light-0000\n');
    await writeFile(file('guests'), '# nobody yet\n');
    await writeFile(file('secret2'), `${PASSWORD}\n`);
    suite = new Porthole(['suite', '--port', '0', '--address', '127.0.0.1'], file('suite'), { cwd: folder.path });
    suite.process.stdout?.on('data', (text: string) => told.push(text));
    suite.process.stderr?.on('data', (text: string) => told.push(text));
    port = (await suite.waitFor('ready')).port as number;
    host = await hosted('friends', '--allow', file('friends'), '--password-file', file('secret'));
    link = (await host.waitFor('ready')).link as string;
  });
  after(async () => {
    for (const one of hosts) await one.stop();
    await suite?.stop();
    await folder?.drop();
  });
  // Whatever a test came to: one that failed has not ended its visitors itself.
  afterEach(async () => {
    for (const one of visitors.splice(0)) await one.stop();
  });

  const hosts: Porthole[] = [];
  const visitors: Porthole[] = [];
  async function hosted(name: string, ...flags: string[]): Promise<Porthole> {
    const one = new Porthole(['host', 'site', '--suite', `http://localhost:${port}`, '--name', name, ...flags], file('home'), {
      cwd: folder.path,
    });
    hosts.push(one);
    await one.waitFor('shares');
    return one;
  }

  /** A program of a visitor's, or of the owner's beside the host. */
  function starts(who: string, ...args: string[]): Porthole {
    const one = new Porthole(args, file(who), { cwd: folder.path });
    visitors.push(one);
    return one;
  }

  /** A visitor of its own, and what becomes of its visit. */
  async function gets(who: string, at: string, ...flags: string[]): Promise<{ code: ErrorCode | 'OK'; text: string; message: string }> {
    const out = file(`${who}.out`);
    const get = starts(who, 'get', at, '-o', out, ...flags);
    const exit = await get.ended;
    const error = get.events.find(({ event }) => event === 'error') as { code: ErrorCode; message: string } | undefined;
    if (error) assert.equal(exit, ERRORS[error.code].exit);
    else assert.equal(exit, 0, JSON.stringify(get.events));
    return { code: error?.code ?? 'OK', text: error ? '' : await readFile(out, 'utf8'), message: error?.message ?? '' };
  }
  const note = (): string => new URL('/note.txt', link).href;
  async function command(args: string[], who: string): Promise<CommandEvent> {
    const run = starts(who, ...args);
    assert.equal(await run.ended, 0, run.stderr + JSON.stringify(run.events));
    return run.events[0] as CommandEvent;
  }
  const keyOf = async (who: string, at = link): Promise<string> => (await command(['identity', at], who)).key as string;
  const inviteFor = async (name: string, ...flags: string[]): Promise<CommandEvent> =>
    command(['invite', '--name', name, ...flags], 'home');

  it('the password: right, wrong, none', async () => {
    assert.equal((await gets('anna', note(), '--password-file', file('secret'))).text, CONTENT);
    assert.equal((await gets('anna', note(), '--password-file', file('wrong'))).code, 'PASSWORD_WRONG');
    assert.equal((await gets('anna', note())).code, 'PASSWORD_NEEDED');
    const path = await host.waitFor('path');
    assert.equal(path.who, 'password');
    const refused = await host.waitFor(({ event, code }) => event === 'refused' && code === 'PASSWORD_WRONG');
    assert.equal(refused.key, await keyOf('anna'));
  }).timeout(60_000);

  it('a key, from the moment it is on the list; at this site only, and not for the anonymous', async () => {
    assert.equal((await gets('ben', note())).code, 'PASSWORD_NEEDED');
    const key = await keyOf('ben');
    await appendFile(file('friends'), `${key}  Ben\n`);
    assert.equal((await gets('ben', note())).text, CONTENT);
    await host.waitFor(({ event, who }) => event === 'path' && who === `key ${key.slice(0, 8)}… (Ben)`);
    assert.equal((await gets('ben', note(), '--anonymous')).code, 'PASSWORD_NEEDED');
    const other = await hosted('listed', '--allow', file('friends'));
    const there = (await other.waitFor('ready')).link as string;
    assert.equal((await gets('ben', there)).code, 'NOT_ALLOWED');
    assert.notEqual(await keyOf('ben', there), key);
  }).timeout(60_000);

  it('an invitation, until it has run out; a damaged one not; another site’s not', async () => {
    const invited = await hosted('invited', '--invite-only');
    const at = (await invited.waitFor('ready')).link as string;
    assert.equal((await gets('carl', at)).code, 'NOT_ALLOWED');
    const { link: given, id } = await inviteFor('invited', '--expires', '30m', '--label', 'Carl');
    assert.equal((await gets('carl', `${new URL('/note.txt', at).href}${new URL(given as string).hash}`)).text, CONTENT);
    await invited.waitFor(({ event, who }) => event === 'path' && who === `invite ${String(id).slice(0, 8)} (Carl)`);
    const key = (await loadIdentity(file('home/sites/invited.pem'))).derive(INVITE_KEY_LABEL);
    const late = withInvite(at, makeInvite(key, randomBytes(8), Date.now() - 5000));
    assert.equal((await gets('carl', late)).code, 'TOKEN_EXPIRED');
    const forged = makeInvite(key, randomBytes(8), Date.now() + 60_000);
    forged[20] = (forged[20] as number) ^ 1;
    assert.equal((await gets('carl', withInvite(at, forged))).code, 'TOKEN_INVALID');
    assert.equal((await gets('carl', `${at}&invite=***`)).code, 'TOKEN_INVALID');
    const elsewhere = (await inviteFor('friends')).link as string;
    assert.equal((await gets('carl', `${at}${new URL(elsewhere).hash}`)).code, 'TOKEN_INVALID');
    assert.equal((await gets('carl', `${note()}${new URL(elsewhere).hash}`)).text, CONTENT);
  }).timeout(90_000);

  it('a gateway on the visitor’s machine carries the whole site, and its address carries no invitation', async () => {
    const given = (await inviteFor('friends')).link as string;
    const open = starts('dora', 'open', given, '--port', '0');
    const ready = await open.waitFor('ready');
    assert.ok(!JSON.stringify(open.events).includes(new URL(given).hash.slice(8)), 'no event repeats it');
    assert.equal(await (await fetch(new URL('/note.txt', atLoopback(ready.url)))).text(), CONTENT);
  }).timeout(60_000);

  it('access that is taken back ends the visits that it let in within a second, and tells why; others stay', async () => {
    const taken = await hosted('taken', '--allow', file('guests'), '--password-file', file('secret2'));
    const there = (await taken.waitFor('ready')).link as string;
    const { link: given, id } = await inviteFor('taken', '--label', 'Frida');
    await writeFile(file('guests'), `${await keyOf('gustav', there)}  Gustav\n`);
    const visits = {
      frida: starts('frida', 'open', given as string, '--port', '0'),
      gustav: starts('gustav', 'open', there, '--port', '0'),
      hanna: starts('hanna', 'open', there, '--port', '0', '--password-file', file('secret2')),
    };
    const shows = async (who: keyof typeof visits): Promise<number> => {
      const { url } = await visits[who].waitFor('ready');
      return (await fetch(new URL('/note.txt', atLoopback(url)))).status;
    };
    assert.deepEqual([await shows('frida'), await shows('gustav'), await shows('hanna')], [200, 200, 200]);
    /** Takes access back, and tells how many milliseconds later the host has ended the visit. */
    const ends = async (who: keyof typeof visits, code: ErrorCode, takeBack: () => Promise<unknown>): Promise<number> => {
      const before = taken.events.length;
      await takeBack();
      const begun = performance.now();
      await taken.waitFor((event) => event.event === 'left' && event.code === code, 20_000, before);
      const ms = performance.now() - begun;
      await visits[who].waitFor((event) => event.event === 'error' && event.code === code);
      assert.equal(await visits[who].ended, ERRORS[code].exit);
      return ms;
    };
    const took = [
      await ends('frida', 'TOKEN_INVALID', () => command(['invite', '--name', 'taken', '--revoke', String(id).slice(0, 8)], 'home')),
      await ends('gustav', 'NOT_ALLOWED', () => writeFile(file('guests'), '# nobody any more\n')),
    ];
    assert.equal(await shows('hanna'), 200);
    took.push(await ends('hanna', 'PASSWORD_NEEDED', () => writeFile(file('secret2'), 'another-one-77\n')));
    assert.ok(
      took.every((ms) => ms < 1000),
      `${took.map(Math.round).join(', ')} ms`,
    );
    assert.equal((await gets('frida', given as string)).code, 'PASSWORD_NEEDED');
    assert.equal((await gets('hanna', there, '--password-file', file('secret2'))).code, 'OK');
  }).timeout(120_000);

  it('guessing: after some wrong ones the password waits, and says how long; key and invitation still open', async () => {
    const codes: string[] = [];
    for (let i = 0; i <= GUESS_LIMITS.perKey.wrong; i++) codes.push((await gets('eve', note(), '--password-file', file('wrong'))).code);
    assert.equal(codes.at(-1), 'RATE_LIMITED', codes.join());
    const refusal = await gets('eve', note(), '--password-file', file('secret'));
    assert.equal(refusal.code, 'RATE_LIMITED');
    assert.match(refusal.message, /try again in \d+ s/);
    const given = (await inviteFor('friends')).link as string;
    assert.equal((await gets('eve', `${note()}${new URL(given).hash}`)).text, CONTENT);
    assert.equal((await gets('ben', note())).text, CONTENT);
  }).timeout(120_000);

  it('a client without a page is sent to where it can show something', async () => {
    const asked = request({ host: '127.0.0.1', port, path: '/note.txt', headers: { host: new URL(link).host, accept: '*/*' } }).end();
    const [response] = await once(asked, 'response');
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += chunk;
    assert.equal(response.statusCode, 403);
    assert.match(body, /PASSWORD_NEEDED: .*password.*porthole get/);
    assert.ok(!body.includes(CONTENT));
  }).timeout(30_000);

  describe('in Chromium', () => {
    let browser: Browser;
    let page: Page;

    before(async function () {
      if (!chromiumPath()) {
        console.log('      skipped: there is no Chromium on this machine (Debian: apt-get install chromium)');
        this.skip();
      }
      browser = await startChromium();
    });
    beforeEach(async () => {
      page = await (await browser.newContext()).newPage();
    });
    afterEach(() => page?.context().close());
    after(() => browser?.close());
    const heading = () => page.frameLocator('#porthole-frame').locator('h1', { hasText: CONTENT.trim() });

    it('the page asks for the password, says that one was wrong, and opens; a reload does not ask again', async () => {
      await page.goto(link, { waitUntil: 'commit' });
      const field = page.getByLabel('Password', { exact: true });
      await field.fill('harbour-light-0000');
      await field.press('Enter');
      await page.getByRole('alert').filter({ hasText: 'not the password' }).waitFor();
      await field.fill(PASSWORD);
      await field.press('Enter');
      await heading().waitFor();
      await page.reload();
      await heading().waitFor();
    }).timeout(60_000);

    it('an invitation opens the page and leaves the address', async () => {
      const given = (await inviteFor('friends')).link as string;
      await page.goto(given);
      await heading().waitFor();
      assert.equal(page.url(), new URL('/', link).href);
      await page.reload();
      await heading().waitFor();
    }).timeout(60_000);

    it('who is refused gets a key to send, which opens the site once it is on the list', async () => {
      const other = await hosted('by-list', '--allow', file('friends'));
      await page.goto((await other.waitFor('ready')).link as string);
      await page.getByRole('heading', { name: 'not open to everyone' }).waitFor();
      const key = (await page.locator('#porthole-status-key').textContent()) ?? '';
      await appendFile(file('friends'), `${key}  a browser\n`);
      await page.getByRole('button', { name: 'Try again' }).click();
      await heading().waitFor();
    }).timeout(60_000);
  });

  describe('after all of this', () => {
    it('the suite has none of it: neither in what it says and stores, nor in its memory', async () => {
      const kept = await readVerifier(file('home/sites/friends.password'));
      const { link: given } = await inviteFor('friends', '--label', 'Gustav-the-label');
      assert.equal((await gets('gus', `${note()}${new URL(given as string).hash}`)).code, 'OK');
      assert.equal((await gets('anna', note(), '--password-file', file('secret'))).code, 'OK');
      const token = new URL(given as string).hash.slice('#invite='.length);
      const key = await keyOf('ben');
      const secrets = {
        password: PASSWORD,
        verifier: kept?.verifier as Uint8Array,
        'verifier in text': Buffer.from(kept?.verifier ?? []).toString('base64url'),
        token,
        'token in bytes': Buffer.from(token, 'base64url'),
        "a visitor's key": key,
        "a visitor's key in bytes": siteKey(key),
        label: 'Gustav-the-label',
        content: CONTENT,
      };
      const control = { name: 'friends.localhost' };
      assert.deepEqual(await memoryHas(suite.pid, { ...secrets, ...control }), ['name']);
      const files = (await readdir(file('suite'), { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
      const stored = await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name))));
      const said = Buffer.concat([...stored, Buffer.from(told.join(''))]);
      assert.ok(said.includes('friends'), 'its directory is read');
      for (const [name, secret] of Object.entries(secrets)) {
        assert.ok(!said.includes(typeof secret === 'string' ? secret : Buffer.from(secret)), name);
      }
    }).timeout(60_000);
  });
});
