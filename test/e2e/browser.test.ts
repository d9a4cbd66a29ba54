// SPDX-License-Identifier: Apache-2.0
// The browser end in a real Chromium: opening, moving about in and leaving a site.

import assert from 'node:assert/strict';
import { onStage, shows, site, until } from './support/browser-stage.ts';

describe('browser: a site in an unmodified browser', () => {
  const stage = onStage();

  it('opens on the first visit: page, style, script, image, title, icon, badge', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home', '/');
    await site(page).locator('body[data-script="ran"]').waitFor();
    assert.equal(
      await site(page)
        .locator('#styled')
        .evaluate((element) => getComputedStyle(element).color),
      'rgb(1, 2, 3)',
    );
    await until('the image is there', () =>
      site(page)
        .locator('#image')
        .evaluate((image: HTMLImageElement) => image.naturalWidth > 0),
    );
    await until('the title follows', async () => (await page.title()) === 'Home');
    await until('the icon follows', () =>
      page.locator('link[rel="icon"]').evaluate((link: HTMLLinkElement) => link.href.startsWith('data:image/png')),
    );
    assert.equal(await page.locator('meta[name="theme-color"]').getAttribute('content'), '#123456');
    assert.equal(await page.locator('#porthole-badge').getAttribute('data-via'), 'data-channel');
    assert.ok(await page.locator('#porthole-status').isHidden());
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'porthole-frame');
    assert.equal(suite.last('/')?.headers.get('referer'), null);
    assert.equal(suite.asked.filter((path) => path === '/').length, 1, 'the page was not reloaded');
    const scripts = suite.asked.filter((path) => path.endsWith('.js') && !path.includes('-part-') && !path.endsWith('/sw.js'));
    assert.equal(new Set(scripts).size, scripts.length, `a script was asked for twice: ${scripts}`);
  });

  it('tells how much of the first page has come, until there is something to see', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/slow-head`);
    await page.locator('#porthole-status-text', { hasText: /^\d+ KB of 128 KB have come\.$/ }).waitFor();
    assert.equal(await page.locator('#porthole-status-title').textContent(), 'Opening Demo site');
    await shows(page, 'Slow', '/slow-head');
    await until('the status page gives way', () => page.locator('#porthole-status').isHidden());
  });

  it('shows the icon that a script names while the page loads, and asks for none at the usual place', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/late-icon`);
    await shows(page, 'Late icon');
    await until('the icon follows', () =>
      page.locator('link[rel="icon"]').evaluate((link: HTMLLinkElement) => link.href.startsWith('data:image/png')),
    );
    assert.equal(suite.last('/favicon.ico'), undefined);
  });

  it('opens a deep link, with query and fragment, and keeps the place on reload', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/second?x=1#there`);
    await shows(page, 'Second', '/second?x=1#there');
    await page.reload();
    await shows(page, 'Second', '/second?x=1#there');
    await until('the title follows', async () => (await page.title()) === 'Second ?x=1');
  });

  it('goes back and forward, over pages, fragments and pushed states, also after a reload', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home', '/');
    await site(page).locator('#part').first().click();
    await shows(page, 'Home', '/#part');
    await site(page)
      .locator('body')
      .evaluate(() => history.pushState(null, '', '/pushed?tab=2'));
    await shows(page, 'Home', '/pushed?tab=2');
    await site(page).locator('#second').click();
    await shows(page, 'Second', '/second?x=1');
    await page.goBack();
    await until('back to the pushed state', () => new URL(page.url()).pathname === '/pushed');
    await page.goForward();
    await shows(page, 'Second', '/second?x=1');
    await site(page).locator('#home').click();
    await shows(page, 'Home', '/');
    await page.reload();
    await shows(page, 'Home', '/');
    await page.goBack();
    await shows(page, 'Second', '/second?x=1');
    await page.goForward();
    await shows(page, 'Home', '/');
    await page.goto(`${suite.origin('other')}/second`);
    await shows(page, 'Second');
    await page.goBack();
    await shows(page, 'Home', '/');
    await page.goBack();
    await shows(page, 'Second', '/second?x=1');
    await page.goForward();
    await page.goForward();
    await page.waitForURL(`${suite.origin('other')}/second`);
    await page.evaluate(() => history.go(-2));
    await shows(page, 'Second', '/second?x=1');
  });

  it('follows a fragment typed into the address bar', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home', '/');
    await page.goto(`${suite.origin()}/#part`);
    await until(
      'the frame follows',
      async () =>
        (await site(page)
          .locator('body')
          .evaluate(() => location.hash)) === '#part',
    );
  });

  it('keeps links in their place: _top in the frame, _blank in a new tab, other origins out of the frame, mail alone', async () => {
    const { page, suite, context } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home', '/');
    await page.evaluate(() => Object.assign(window, { mark: 1 }));
    await site(page).locator('#top').click();
    await shows(page, 'Second', '/second');
    await site(page).locator('#home').click();
    await shows(page, 'Home', '/');
    assert.equal(await page.evaluate('window.mark'), 1, 'the shell stayed');
    const [tab] = await Promise.all([context.waitForEvent('page'), site(page).locator('#blank').click()]);
    await shows(tab, 'Second', '/second');
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      site(page)
        .locator('body')
        .evaluate(() => void window.open('/docs/')),
    ]);
    await shows(opened, 'Docs', '/docs/');
    assert.equal(await site(page).locator('#mail').getAttribute('target'), null);
    await site(page)
      .locator('body')
      .evaluate(
        (body, to) => {
          body.innerHTML = `<a id="out" href="${to}">out</a>`;
        },
        `${suite.origin('other')}/second`,
      );
    await site(page).locator('#out').click();
    await page.waitForURL(`${suite.origin('other')}/second`);
    await shows(page, 'Second', '/second');
  });

  it('takes the tab along when a script or a redirect leads to another origin, and stays when a page busts frames', async () => {
    const { page, suite } = stage;
    const other = `${suite.origin('other')}/second`;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home', '/');
    await site(page)
      .locator('body')
      .evaluate((_, to) => location.assign(to), other);
    await page.waitForURL(other);
    await page.goto(`${suite.origin()}/away?to=${encodeURIComponent(other)}`);
    await page.waitForURL(other);
    await page.goto(`${suite.origin()}/busts-frames`);
    await shows(page, 'Unframed', '/busts-frames');
    await page.waitForTimeout(300);
    assert.equal(suite.seen.filter((request) => request.path === '/busts-frames').length, 1);
    await page.goto(`${suite.origin()}/forbids-frames`);
    await shows(page, 'Alone', '/forbids-frames');
  });

  it('follows redirects of pages and of what they contain, and resolves what is relative to the new place', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home', '/');
    await site(page).locator('#folder').click();
    await shows(page, 'Docs', '/docs/');
    await until('the redirected image is there', () =>
      site(page)
        .locator('#image')
        .evaluate((image: HTMLImageElement) => image.naturalWidth > 0),
    );
  });

  it('shows a missing page with its status, 404', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/missing`);
    await shows(page, 'No such page', '/missing');
    const status = await site(page)
      .locator('body')
      .evaluate(async () => (await fetch('/also-missing')).status);
    assert.equal(status, 404);
  });

  it('sends forms, bodies large and small, and takes answers without a body', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home', '/');
    await site(page).locator('#form button').click();
    await shows(page, 'POST', '/form');
    assert.equal(await site(page).locator('pre').textContent(), 'word=k%C3%A4se');
    assert.equal(suite.last('/form')?.headers.get('origin'), suite.origin());
    const [sent, got, empty] = await site(page)
      .locator('body')
      .evaluate(async () => {
        const bytes = new Uint8Array(3_000_000).map((_, n) => n * 7);
        const digest = await crypto.subtle.digest('SHA-256', bytes);
        const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        const answer = await fetch('/upload', { method: 'PUT', body: bytes });
        return [hex, await answer.text(), (await fetch('/empty')).status] as const;
      });
    assert.equal(got, sent);
    assert.equal(empty, 204);
  });

  it('asks for compression, undoes it, and never asks for it with a range', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home');
    const result = await site(page)
      .locator('body')
      .evaluate(async () => {
        const response = await fetch('/compressed');
        const part = await fetch('/tone.wav', { headers: { range: 'bytes=0-3' } });
        return {
          text: await response.text(),
          coding: response.headers.get('content-encoding'),
          part: await part.text(),
          status: part.status,
        };
      });
    assert.deepEqual(result, { text: 'unpacked '.repeat(1000), coding: null, part: 'RIFF', status: 206 });
    assert.match(suite.last('/compressed')?.headers.get('accept-encoding') ?? '', /gzip/);
    assert.equal(suite.last('/tone.wav')?.headers.get('accept-encoding'), null);
  });

  it('hands events on as they come', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home');
    const first = await site(page)
      .locator('body')
      .evaluate(
        () =>
          new Promise((resolve) => {
            const source = new EventSource('/events');
            source.onmessage = (event) => {
              source.close();
              resolve(event.data);
            };
          }),
      );
    assert.equal(first, '0');
    await until('the request is aborted', () => suite.last('/events')?.ended === 'aborted');
  });

  it('gives the site no service worker of its own, and keeps ours from its hands', async () => {
    const { page, suite } = stage;
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home');
    const refused = await site(page)
      .locator('body')
      .evaluate(async () => {
        const error = await navigator.serviceWorker
          .register('/app.js')
          .catch((reason: DOMException) => `${reason.name}: ${reason.message}`);
        for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
        return String(error);
      });
    assert.match(refused, /^SecurityError: .*Porthole/);
    // A script that kept the browser's own function is refused by the suite.
    const own = await page.evaluate(() => navigator.serviceWorker.register('/app.js').catch((reason: Error) => reason.message));
    assert.match(String(own), /403/);
    await page.reload();
    await shows(page, 'Home');
  });
});
