// SPDX-License-Identifier: Apache-2.0
// The first moments of a page: seen before its script is there, told when that does not come, and its parts when they are needed.

import assert from 'node:assert/strict';
import { onStage, shows, site, until } from './support/browser-stage.ts';

const SCRIPT = /^\/\.porthole\/assets\/(chunk|shell)-/;

describe('browser: the first moments', function () {
  this.timeout(30_000);
  const stage = onStage();

  for (const [scheme, paper] of [
    ['light', 'rgb(245, 247, 248)'],
    ['dark', 'rgb(16, 23, 28)'],
  ] as const) {
    it(`it is seen that something is under way before the script is there (${scheme})`, async () => {
      const { page, suite } = stage;
      const come = Promise.withResolvers<boolean>();
      suite.hinder = (path) => SCRIPT.test(path) && come.promise;
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'no-preference' });
      await page.goto(suite.origin(), { waitUntil: 'commit' });
      await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
      const seen = await page.evaluate(() => {
        const turn = document.querySelector('.mark .turn') as Element;
        const box = turn.getBoundingClientRect();
        return {
          title: document.querySelector('h1')?.textContent,
          moves: turn.getAnimations().map((animation) => [(animation as CSSAnimation).animationName, animation.playState]),
          large: box.width > 30 && box.top >= 0 && box.bottom < innerHeight,
          paper: getComputedStyle(document.getElementById('porthole-status') as Element).backgroundColor,
          door: document.getElementById('porthole-door')?.checkVisibility(),
          scripted: document.title,
        };
      });
      const moves = [['turn', 'running']];
      assert.deepEqual(seen, { title: 'Opening …', moves, large: true, paper, door: false, scripted: 'Opening …' });
      come.resolve(false);
      await shows(page, 'Home');
    });
  }

  it('a script that does not come is told, and comes when a person tries again', async () => {
    const { page, suite } = stage;
    let refused = 0;
    suite.hinder = (path) => SCRIPT.test(path) && ++refused > 0;
    await page.goto(suite.origin());
    await page.locator('h1', { hasText: 'The page did not load whole' }).waitFor();
    assert.equal(await page.locator('#porthole-status').getAttribute('data-busy'), 'false');
    assert.ok(refused > 0);
    suite.hinder = () => false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await shows(page, 'Home');
  });

  it('a part that does not come at once is asked for again', async () => {
    const { page, suite } = stage;
    let refused = 0;
    suite.hinder = (path) => path.includes('/badge-part-') && refused++ < 2;
    await page.goto(suite.origin());
    await shows(page, 'Home');
    await page.waitForSelector('#porthole-badge[data-via="data-channel"]', { state: 'attached' });
    assert.ok(refused >= 3, `${refused}`);
  });

  it('all parts are stored behind the first answer, and none is asked for before it', async () => {
    const { page, suite } = stage;
    await page.goto(suite.origin());
    await shows(page, 'Home');
    const answered = suite.asked.findIndex((path) => /-part-|over-/.test(path));
    assert.ok(answered > suite.asked.indexOf('/.porthole/sw.js'), suite.asked.join());
    const stored = (): Promise<string[]> =>
      page.evaluate(async () => {
        const names = (await caches.keys()).filter((name) => name.startsWith('porthole-shell-'));
        const stores = await Promise.all(names.map((name) => caches.open(name)));
        const requests = (await Promise.all(stores.map((store) => store.keys()))).flat();
        return requests.map(({ url }) => new URL(url).pathname).sort();
      });
    await until('the shell is stored', async () => (await stored()).includes('/.porthole/shell.html'));
    const paths = await stored();
    for (const part of ['door', 'badge'])
      assert.ok(
        paths.some((path) => path.includes(`/${part}-part-`)),
        paths.join(),
      );
    assert.ok(paths.some((path) => SCRIPT.test(path)) && paths.some((path) => path.includes('/over-')), paths.join());
  });

  it('what the worker asks before the script is there is answered: a place that the browser restores by itself', async () => {
    const { page, suite } = stage;
    await page.goto(suite.origin());
    await shows(page, 'Home');
    await site(page).locator('#second').click();
    await shows(page, 'Second', '/second?x=1');
    await site(page).locator('#home').click();
    await shows(page, 'Home', '/');
    await page.goto(`${suite.origin('other')}/second`);
    await shows(page, 'Second');
    // The page is not told of its paint: its script starts a second later, long after the worker has asked.
    await page.addInitScript(() => {
      window.PerformanceObserver.prototype.observe = () => undefined;
      const asked: string[] = [];
      Object.assign(window, { asked });
      navigator.serviceWorker.addEventListener('message', ({ data }) => {
        if (data.porthole === 'navigation' && data.stage.is === 'asked') asked.push(new URL(data.url).pathname);
      });
    });
    await page.goBack();
    await shows(page, 'Home', '/');
    assert.deepEqual(await page.evaluate(() => (window as Window & { asked?: string[] }).asked), ['/'], 'what was asked was answered');
    await page.goBack();
    await shows(page, 'Second', '/second?x=1');
  });
});
