// SPDX-License-Identifier: Apache-2.0
// Attacks of two sites on a third of the same suite, in Chromium, where browsers see one domain's names as one site: requests, frames, windows.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { isLoggedIn, type Seen } from './support/attack-stage.ts';
import { attackSuite } from './support/attack-suite.ts';
import * as attacks from './support/attacks.ts';
import { shows, until } from './support/browser-stage.ts';

describe('attacks of two sites on a third of their suite: requests, frames and windows', function () {
  this.timeout(120_000);
  const stage = attackSuite();

  let marks = 0;
  /**
   * Runs an attack from a page of each attacker's, on a server without walls and on the site.
   * @returns the requests that came of it at the two
   */
  async function attacked(run: (address: string) => unknown, path: string): Promise<{ naive: Seen[]; victim: Seen[] }> {
    const found: { naive: Seen[]; victim: Seen[] } = { naive: [], victim: [] };
    for (const at of stage.attackers()) {
      const mark = `${path}?${++marks}`;
      const fits = ({ path }: Seen): boolean => path === mark;
      await at.evaluate(run, stage.origin('victim') + mark);
      await at.evaluate(run, stage.naive.origin + mark);
      await until('the attack works without walls', () => stage.naive.seen.some((one) => fits(one) && isLoggedIn(one)));
      found.naive.push(...stage.naive.seen.filter(fits));
      found.victim.push(...stage.victim.filter(fits));
    }
    return found;
  }

  for (const [what, run, path] of [
    ['a form in a frame', attacks.formInFrame, '/write'],
    ['a form in a window of its own', attacks.formInWindow, '/write'],
    ['a blind POST by fetch', attacks.postBlind, '/write'],
    ['a beacon', attacks.beacon, '/write'],
    ['an image whose address does something', attacks.image, '/delete'],
    ['a script that says what the site knows', attacks.script, '/script'],
  ] as const) {
    it(`fail by ${what}: nothing of it comes with the visitor’s session`, async () => {
      const found = await attacked(run, path);
      assert.deepEqual(found.victim.filter(isLoggedIn), []);
      // What comes all the same is anybody's, and says whose it is.
      for (const { method, origin } of found.victim) if (method === 'POST') assert.match(origin ?? '', /^(null|http:\/\/(evil|worse)\.)/);
    });
  }

  it('fail by a form to a site that lets in friends alone, where who the visitor is would be enough', async () => {
    const tab = await stage.page(`${stage.origin('friends')}/`);
    await shows(tab, 'Victim', '/', 40_000);
    for (const [at, attacker] of stage.attackers().entries()) {
      await attacker.evaluate(attacks.formInFrame, `${stage.origin('victim')}/write?by${at}`);
      assert.equal(stage.victim.filter(({ path }) => path === `/write?by${at}`).length, 1, 'a site for everyone has it as from anyone');
      await attacker.evaluate(attacks.formInFrame, `${stage.origin('friends')}/write?by${at}`);
      await attacker.evaluate(() => {
        document.head.append(Object.assign(document.createElement('meta'), { name: 'referrer', content: 'no-referrer' }));
      });
      await attacker.evaluate(attacks.formInFrame, `${stage.origin('friends')}/write?by${at}`);
    }
    const own = await stage.frame(tab);
    await own.evaluate(attacks.formInFrame, '/write?own');
    assert.deepEqual(
      stage.friends.filter(({ method }) => method === 'POST').map(({ path }) => path),
      ['/write?own'],
    );
  });

  it('fail by a form to a site at which the visitor has signed in with a name and a password', async () => {
    const { host } = new URL(stage.naive.origin);
    await stage.page(`http://me:right@${host}/staff/page`);
    const { prey } = stage;
    await (await stage.frame(prey)).evaluate(() => location.assign('/staff/page'));
    const dialog = prey.getByRole('dialog');
    await dialog.getByLabel('Name').fill('me');
    await dialog.getByLabel('Password').fill('right');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await shows(prey, 'Staff', '/staff/page', 40_000);
    for (const [at, attacker] of stage.attackers().entries()) {
      const path = `/staff/write?by${at}`;
      const of = (seen: readonly Seen[]): boolean | undefined => seen.find((one) => one.path === path)?.signedIn;
      await attacker.evaluate(attacks.formInFrame, stage.naive.origin + path);
      assert.equal(of(stage.naive.seen), true, 'without walls it comes in the visitor’s name');
      await attacker.evaluate(attacks.formInFrame, stage.origin('victim') + path);
      assert.equal(of(stage.victim), false);
    }
    await stage.ask('/staff/write?own');
    assert.equal(stage.victim.find(({ path }) => path === '/staff/write?own')?.signedIn, true);
  });

  it('fail by looking into a frame of the site', async () => {
    const look = async (address: string): Promise<string | null> => {
      const frame = document.createElement('iframe');
      const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
      frame.src = address;
      document.body.append(frame);
      await loaded;
      try {
        return frame.contentDocument?.querySelector('h1')?.textContent ?? null;
      } catch {
        return 'thrown';
      }
    };
    const own = await stage.page(`${stage.naive.origin}/landing`);
    assert.equal(await own.evaluate(look, `${stage.naive.origin}/landing`), 'Victim', 'on one origin it works');
    for (const at of stage.attackers()) assert.equal(await at.evaluate(look, `${stage.origin('victim')}/landing`), null);
  });

  /** Opens the site from an attacker's page. @returns the window that came, with the site in it */
  async function popup(at = stage.attackers()[0] as ReturnType<typeof stage.attackers>[number]): Promise<Page> {
    const [opened] = await Promise.all([
      stage.context.waitForEvent('page'),
      at.evaluate(
        (to) => {
          Object.assign(self, { prey: window.open(to, 'prey') });
        },
        `${stage.origin('victim')}/`,
      ),
    ]);
    await shows(opened, 'Victim', '/', 40_000);
    return opened;
  }

  it('fail by a window that they opened: they neither look into it nor send its frame elsewhere', async () => {
    const opened = await popup();
    const [at] = stage.attackers();
    const found = await at?.evaluate(
      (phish) => {
        const { prey } = self as unknown as { prey: Window };
        const tries = {
          address: () => prey.location.href,
          document: () => prey.document.title,
          storage: () => prey.localStorage.length,
          opener: () => (prey as unknown as { portholePages: unknown }).portholePages,
          inner: () => prey[0]?.document.title,
          send: () => {
            (prey[0] as Window).location.href = phish;
          },
        };
        return Object.entries(tries).map(([name, run]) => {
          try {
            run();
            return `${name} worked`;
          } catch (error) {
            return (error as Error).name;
          }
        });
      },
      `${stage.origin('worse')}/phish`,
    );
    assert.deepEqual(found, Array(6).fill('SecurityError'));
    assert.equal(await opened.frameLocator('#porthole-frame').locator('h1').textContent(), 'Victim');
    await opened.close();
  });

  it('fail by words to the shell and to the site’s frame that only the two say to each other', async () => {
    const opened = await popup();
    await opened.evaluate(() => Object.assign(self, { same: true }));
    const inner = opened.frames().find((one) => one.parentFrame() === opened.mainFrame());
    await inner?.evaluate(() => Object.assign(self, { same: true, heard: [] as unknown[] }));
    await inner?.evaluate(() => addEventListener('message', ({ data }) => (self as unknown as { heard: unknown[] }).heard.push(data)));
    await stage.attackers()[0]?.evaluate(() => {
      const { prey } = self as unknown as { prey: Window };
      const words = [
        ...['nested', 'claim', 'welcome', 'keep', 'line', 'here', 'end', 'leave', 'awake'].map((porthole) => ({ porthole })),
        { porthole: 'state', state: { status: { state: 'closed' }, site: null, history: [], strategies: [] } },
        { porthole: 'navigation', url: `${origin}/`, stage: { is: 'asked' } },
        { porthole: 'password', password: 'guessed' },
        { porthole: 'page', say: { is: 'cookie', text: 'session=evil', path: '/' } },
        { to: 'pages', version: '1', cookies: [], whole: true },
      ];
      for (const word of words) {
        for (const to of [prey, prey[0] as Window]) to.postMessage(word, '*', [new MessageChannel().port1]);
      }
    });
    // What was said is heard by a page that listens: nothing of Porthole's does so, or it asks who speaks.
    await until('all was heard', async () => (await inner?.evaluate(() => (self as unknown as { heard: unknown[] }).heard.length)) === 14);
    assert.equal(await opened.evaluate(() => (self as { same?: boolean }).same), true, 'the shell was not loaded again');
    assert.equal(await inner?.evaluate(() => (self as { same?: boolean }).same), true);
    await stage.ask('/write?after');
    assert.equal(stage.victim.filter(({ path }) => path === '/write?after').every(isLoggedIn), true);
    await opened.close();
  });

  it('fail by a window’s name: it leads to no frame of the site’s, and the site’s shell leaves nothing in it', async () => {
    const opened = await popup();
    const names = await opened.evaluate(() => [
      window.name,
      ...Array.from(document.querySelectorAll('iframe'), (one) => one.name || one.id),
    ]);
    const [at] = stage.attackers();
    for (const name of names.filter((one) => one !== 'prey' && one !== '')) {
      const [other] = await Promise.all([
        stage.context.waitForEvent('page'),
        at?.evaluate(([to, target]) => void window.open(to, target), [`${stage.origin('worse')}/phish`, name] as const),
      ]);
      assert.notEqual(other, opened);
      await other.close();
    }
    assert.equal(await opened.frameLocator('#porthole-frame').locator('h1').textContent(), 'Victim');
    assert.equal(names[0], 'prey', 'what the opener called it, and nothing else');
    await opened.close();
  });

  it('fail by a WebSocket to the site: it has nothing of the visitor’s', async () => {
    const [at] = stage.attackers();
    assert.equal(await at?.evaluate(attacks.webSocket, `${stage.naive.socketOrigin}/`), true);
    assert.match(stage.socket.requests.at(-1)?.headers.cookie ?? '', /session=s3cret/, 'without walls it has the session');
    const before = stage.socket.requests.length;
    await at?.evaluate(attacks.webSocket, `${stage.origin('victim')}/`);
    for (const { headers } of stage.socket.requests.slice(before)) {
      assert.doesNotMatch(headers.cookie ?? '', /session/);
      assert.equal(headers.origin, stage.origin('evil'));
    }
    const own = await stage.frame(stage.prey);
    assert.equal(await own.evaluate(attacks.webSocket, `${stage.origin('victim')}/`), true);
    assert.match(stage.socket.requests.at(-1)?.headers.cookie ?? '', /session=s3cret/, 'the site’s own page has it with the session');
  });

  it('fail by reading what the suite knows of the site', async () => {
    for (const at of stage.attackers()) {
      for (const path of ['/.porthole/site.json', '/private', '/']) {
        assert.equal(await at.evaluate(attacks.read, stage.origin('victim') + path), null, path);
      }
    }
    const own = await stage.frame(stage.prey);
    assert.match((await own.evaluate(attacks.read, '/private')) ?? '', /for your eyes/);
  });

  it('fail by an address that gives itself another host', async () => {
    const fooled = (at: (typeof stage)['prey'] | null, headers: Record<string, string>) =>
      at?.evaluate(async (headers) => (await fetch('/said', { headers })).text(), headers);
    const headers = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    const unguarded = await stage.page(`${stage.naive.origin}/landing`);
    assert.equal(await fooled(unguarded, headers), 'host=evil.example', 'without walls the app believes it');
    // The site's own page is believed by its own site alone; by the suite's gateway no field leads to another site.
    const { hostname, port } = new URL(stage.origin('evil'));
    for (const fields of [
      headers,
      { 'x-forwarded-host': new URL(stage.origin('victim')).host, 'x-original-host': 'victim.suite.localhost' },
    ]) {
      const before = stage.victim.length;
      const text = await stage.raw(
        `GET /landing HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${Object.entries(fields)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('')}`,
      );
      assert.match(text, /Attacker/);
      assert.equal(stage.victim.length, before);
    }
    const { host } = new URL(stage.origin('victim'));
    assert.match(await stage.raw(`GET http://${hostname}:${port}/landing HTTP/1.1\r\nHost: ${host}\r\n`), /Attacker/);
    assert.match(await stage.raw(`GET http://elsewhere.example/landing HTTP/1.1\r\nHost: ${host}\r\n`), /^HTTP\/1\.1 421 /);
    assert.match(await stage.raw(`GET /landing HTTP/1.1\r\nHost: ${host}\r\nHost: ${hostname}:${port}\r\n`), /Victim|^HTTP\/1\.1 400 /);
  });
});
