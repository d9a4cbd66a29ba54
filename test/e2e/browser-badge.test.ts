// SPDX-License-Identifier: Apache-2.0
// The badge in a real Chromium: it tells which strategy carries and what happened, by click and by keyboard, to eye and ear.

import assert from 'node:assert/strict';
import { onStage, shows } from './support/browser-stage.ts';

describe('browser: the badge', () => {
  const stage = onStage();
  const text = (id: string): Promise<string | null> => stage.page.locator(`#porthole-badge-${id}`).textContent();
  const story = (): Promise<string[]> => stage.page.locator('#porthole-badge-story li').allInnerTexts();

  beforeEach(async () => {
    await stage.page.goto(`${stage.suite.origin()}/`);
    await shows(stage.page, 'Home');
  });

  it('tells the story of the paths, the newest first, with time and reason in plain words', async () => {
    const { page } = stage;
    await page.evaluate(async () => {
      const { testVisit } = window;
      await testVisit?.connect({ kind: 'standby', standby: 'relay', reason: 'the relay stands by' });
      await testVisit?.connect({ via: 'relay', rttMs: 41.2, reason: 'data-channel went silent; the relay carries on' });
    });
    await page.locator('#porthole-badge-toggle').click();
    assert.deepEqual(await Promise.all(['title', 'rtt', 'standby', 'reason'].map(text)), [
      'Relayed',
      '41 ms',
      '–',
      'The data channel went silent; the relay carries on.',
    ]);
    const [newest, first, ...more] = await story();
    assert.match(newest ?? '', /^\d\d:\d\d:\d\d\s+Relayed\s+The data channel went silent; the relay carries on\.$/);
    assert.match(first ?? '', /^\d\d:\d\d:\d\d\s+Direct\s+The first path that stood\.$/);
    assert.deepEqual(more, [], 'what stands by is no part of the story');

    await page.evaluate(async () => {
      const { testVisit } = window;
      await testVisit?.connect({
        kind: 'sought',
        via: 'relay',
        reason: 'no direct path yet (data-channel: UDP is blocked); the next try is in 60 s',
      });
      await testVisit?.connect({ standby: 'relay', reason: 'a direct path stands: data-channel is 3 ms away, the relay was 41 ms' });
    });
    assert.deepEqual(await Promise.all(['title', 'standby', 'reason'].map(text)), [
      'Direct',
      'Relayed',
      'A direct path stands: the data channel is 3 ms away, the relay was 41 ms.',
    ]);
    assert.equal((await story()).length, 4, 'an open card follows');
  });

  it('has a strategy’s own words, whichever strategy it is', async () => {
    await stage.page.evaluate(() =>
      window.testVisit?.connect({ via: 'pigeons', standby: 'relay', reason: 'data-channel went silent; the pigeons carries on' }),
    );
    assert.deepEqual(await Promise.all(['title', 'path', 'standby', 'reason'].map(text)), [
      'By pigeon',
      'By pigeon. Pigeons carry it.',
      'Relayed',
      'The data channel went silent; the flock of pigeons carries on.',
    ]);
  });

  it('says so when the path is silent, and when there is none', async () => {
    const { page } = stage;
    const dot = (): Promise<string> =>
      page.locator('#porthole-badge-toggle .dot').evaluate((element) => getComputedStyle(element).backgroundColor);
    const well = await dot();
    await page.evaluate(() => window.testVisit?.connect({ kind: 'silent', reason: 'data-channel went silent; looking for another path' }));
    assert.equal(await text('title'), 'Direct, silent');
    const silent = await dot();
    assert.notEqual(silent, well);
    await page.evaluate(() => window.testVisit?.lose());
    assert.equal(await text('title'), 'Reconnecting');
    assert.equal(await dot(), silent);
    assert.equal((await story()).length, 3);
  });

  it('opens and closes by keyboard, and reads out what changes', async () => {
    const { page } = stage;
    const toggle = page.locator('#porthole-badge-toggle');
    const card = page.locator('#porthole-badge-card');
    const said = page.getByRole('status').and(page.locator('#porthole-badge-said'));
    assert.equal(await said.textContent(), '', 'the first path is no news');
    await toggle.focus();
    await page.keyboard.press('Enter');
    assert.ok(await card.isVisible());
    assert.equal(await toggle.getAttribute('aria-expanded'), 'true');
    assert.ok(await page.getByRole('list', { name: 'What happened' }).isVisible());
    await page.keyboard.press('Shift+Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'porthole-badge-hide');
    await page.keyboard.press('Escape');
    assert.ok(await card.isHidden());
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'porthole-badge-toggle');
    await page.evaluate(() => window.testVisit?.connect({ via: 'relay', reason: 'data-channel went silent; the relay carries on' }));
    assert.equal(await said.textContent(), 'Relayed. The data channel went silent; the relay carries on.');
    await page.evaluate(() => window.testVisit?.connect({ kind: 'sought', via: 'relay', reason: 'no direct path yet' }));
    assert.match((await said.textContent()) ?? '', /carries on\.$/, 'what changes nothing is not read out');
  });

  it('keeps within a small window, and shows the newest of a long story', async () => {
    const { page } = stage;
    await page.setViewportSize({ width: 360, height: 480 });
    await page.evaluate(async () => {
      for (let i = 1; i <= 30; i++) await window.testVisit?.connect({ via: i % 2 ? 'relay' : 'data-channel', reason: `move ${i}` });
    });
    await page.locator('#porthole-badge-toggle').click();
    const box = await page.locator('#porthole-badge-card').boundingBox();
    assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 360 && box.y + box.height <= 480, JSON.stringify(box));
    const items = await story();
    assert.equal(items.length, 12);
    assert.match(items[0] ?? '', /Move 30\./);
    const hide = page.locator('#porthole-badge-hide');
    const bottom = async (): Promise<number> => {
      const place = await hide.boundingBox();
      return place ? place.y + place.height : Number.NaN;
    };
    assert.ok((await bottom()) > box.y + box.height);
    await page.locator('#porthole-badge-card').evaluate((element) => element.scrollTo(0, element.scrollHeight));
    assert.ok((await bottom()) <= box.y + box.height, 'the rest is reached by scrolling');
  });
});
