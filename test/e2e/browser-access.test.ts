// SPDX-License-Identifier: Apache-2.0
// The browser end at the door of a site that is not for everyone: the question for the password, invitations, refusals.

import assert from 'node:assert/strict';
import { withInvite } from '../../client-runtime/links/invite-link.ts';
import { newVerifier } from '../../host-agent/access/password.ts';
import { isVisitorId } from '../../proto/visitor.ts';
import { onStage, shows, site, until } from './support/browser-stage.ts';
import type { TestDoor } from './support/browser-visit.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('browser: a site that is not for everyone', () => {
  const stage = onStage();
  let door: TestDoor;

  before(async () => {
    const { salt, verifier, cost } = await newVerifier('harbour light');
    door = { salt: hex(salt), verifier: hex(verifier), cost, wrong: 3, lockedMs: 2500 };
  });

  const at = (id: string) => stage.page.locator(`#porthole-${id}`);
  const focused = () => stage.page.evaluate(() => document.activeElement?.id);
  const ask = async (): Promise<void> => {
    stage.suite.site = { ...stage.suite.site, door };
    await stage.page.goto(`${stage.suite.origin()}/second?x=1#there`);
    await at('door-password').waitFor();
  };
  const give = async (password: string): Promise<void> => {
    await at('door-password').fill(password);
    await at('door-password').press('Enter');
  };

  it('asks for the password by name, says that it was wrong, keeps the focus, and opens the place that was asked for', async () => {
    const { page } = stage;
    await ask();
    assert.match((await at('status-title').textContent()) ?? '', /asks for a password/);
    const field = page.getByLabel('Password', { exact: true });
    assert.equal(await field.getAttribute('autocomplete'), 'current-password');
    assert.equal(await focused(), 'porthole-door-password');
    await give('harbour lights');
    await page.getByRole('alert').filter({ hasText: 'not the password' }).waitFor();
    assert.equal(await focused(), 'porthole-door-password');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    await field.fill('harbour light');
    await page.getByRole('button', { name: 'Open the site' }).click();
    await shows(page, 'Second', '/second?x=1#there');
    assert.ok(await at('status').isHidden());
    assert.equal(await field.inputValue(), '', 'it is not left in the page');
  });

  it('shows what is typed when asked to', async () => {
    const { page } = stage;
    await ask();
    await page.getByRole('button', { name: 'Show' }).click();
    assert.equal(await at('door-password').getAttribute('type'), 'text');
    assert.equal(await focused(), 'porthole-door-password');
    await page.getByRole('button', { name: 'Hide' }).click();
    assert.equal(await at('door-password').getAttribute('type'), 'password');
  });

  it('does not ask again on reload, nor in another tab beside it; in one of a later day only when it was not to be remembered', async () => {
    const { page, context, suite } = stage;
    await ask();
    await give('harbour light');
    await shows(page, 'Second');
    await page.reload();
    await shows(page, 'Second');
    const beside = await context.newPage();
    await beside.goto(`${suite.origin()}/second`);
    await shows(beside, 'Second');
    await page.close();
    await beside.close();
    const second = await context.newPage();
    await second.goto(`${suite.origin()}/second`, { waitUntil: 'commit' }); // its frame loads only when the door is open
    await second.getByLabel('Remember on this device').check();
    await second.getByLabel('Password', { exact: true }).fill('harbour light');
    await second.keyboard.press('Enter');
    await shows(second, 'Second');
    await second.close();
    const third = await context.newPage();
    await third.goto(`${suite.origin()}/second`);
    await shows(third, 'Second');
  });

  it('asks in each tab, and closes all doors when one is opened', async () => {
    const { page, context, suite } = stage;
    await ask();
    const second = await context.newPage();
    await second.goto(`${suite.origin()}/second`, { waitUntil: 'commit' });
    await second.getByLabel('Password', { exact: true }).waitFor();
    await give('harbour light');
    await shows(page, 'Second');
    await shows(second, 'Second');
    assert.ok(await second.locator('#porthole-door').isHidden());
  });

  it('keeps neither the password nor a wrong one’s salted form', async () => {
    const { page } = stage;
    await ask();
    await give('harbour lights');
    await page.getByRole('alert').filter({ hasText: 'not the password' }).waitFor();
    const stores = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assert.doesNotMatch(await stores(), /salted|harbour/);
    await give('harbour light');
    await shows(page, 'Second');
    assert.match(await stores(), /salted/);
    assert.doesNotMatch(await stores(), /harbour/);
  });

  it('says how long to wait after too many, counts it down, and asks again by itself', async () => {
    const { page } = stage;
    await ask();
    // Each is there for a second only: a busy machine looks too late.
    await at('status-until').evaluate((timer) => {
      const shown = Object.assign(window, { shown: [] as string[] }).shown;
      const note = (): void => void (timer.textContent && shown.at(-1) !== timer.textContent && shown.push(timer.textContent));
      new MutationObserver(note).observe(timer, { childList: true, characterData: true, subtree: true });
    });
    for (let i = 0; i < 3; i++) {
      await at('door-password').and(page.locator(':not([readonly])')).waitFor();
      await give(`wrong ${i}`);
    }
    await page.getByRole('timer').waitFor();
    assert.match((await at('status-text').textContent()) ?? '', /Too many wrong passwords/);
    assert.ok(await at('door').isHidden());
    await at('door-password').waitFor();
    const shown = await page.evaluate(() => (window as unknown as { shown: string[] }).shown);
    const seconds = shown.map((text) => Number(/in 0:0(\d)/.exec(text)?.[1]));
    assert.ok(seconds.length >= 2 && [2, 3].includes(seconds[0] ?? 0), shown.join());
    assert.ok(
      seconds.every((left, i) => i === 0 || left < (seconds[i - 1] ?? 0)),
      shown.join(),
    );
    await at('door-password').waitFor();
    assert.equal(await focused(), 'porthole-door-password');
    await give('harbour light');
    await shows(page, 'Second');
  });

  it('asks over the page when the password was changed meanwhile, and gives the page back', async () => {
    const { page } = stage;
    await ask();
    await give('harbour light');
    await shows(page, 'Second');
    await page.evaluate(() => {
      const visit = window.testVisit;
      const salt = crypto.getRandomValues(new Uint8Array(16));
      visit?.lose();
      void visit?.ask({ code: 'PASSWORD_NEEDED', message: '', salt, cost: 2 ** 14 }, salt).then(() => visit.connect());
    });
    await at('door-password').waitFor();
    await give('the new one');
    await until('the page is back', () => at('status').isHidden());
    assert.equal(await site(page).locator('h1').textContent(), 'Second');
  });

  it('takes an invitation out of the address before the site sees it, and brings it to each visit', async () => {
    const { page, suite } = stage;
    const token = new Uint8Array(28).fill(9);
    const brought = () => page.evaluate(() => window.testVisit?.token ?? []);
    await page.goto(`${withInvite(`${suite.origin()}/second?x=1`, token)}&there`);
    await shows(page, 'Second', '/second?x=1#there');
    assert.deepEqual(await brought(), [...token]);
    assert.equal(
      await site(page)
        .locator('body')
        .evaluate(() => location.hash),
      '#there',
    );
    assert.ok(!suite.asked.concat(suite.seen.map(({ path }) => path)).some((path) => path.includes('invite')));
    await page.goto(`${suite.origin()}/`);
    await shows(page, 'Home', '/');
    assert.deepEqual(await brought(), [...token]);
    await page.evaluate(() => {
      location.hash = 'invite=QUJD'; // as one pastes a link into the address bar of an open tab
    });
    await until('the new invitation is brought', async () => String(await brought().catch(() => [])) === '65,66,67');
    await shows(page, 'Home', '/');
  });

  it('shows a visitor who is refused the key to send, the same each time, another at another site', async () => {
    const { page, suite, context } = stage;
    suite.site = { ...suite.site, refused: 'NOT_ALLOWED' };
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`${suite.origin()}/`);
    await page.getByRole('heading', { name: 'not open to everyone' }).waitFor();
    const key = await at('status-key').textContent();
    assert.ok(isVisitorId(key ?? ''), String(key));
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied.').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'not open to everyone' }).waitFor();
    assert.equal(await at('status-key').textContent(), key);
    await page.goto(`${suite.origin('other')}/`);
    await page.getByRole('heading', { name: 'not open to everyone' }).waitFor();
    assert.notEqual(await at('status-key').textContent(), key);
  });

  it('tells an invitation that has expired, or is damaged, and goes on without it', async () => {
    const { page, suite } = stage;
    suite.site = { ...suite.site, refused: 'TOKEN_EXPIRED' };
    await page.goto(withInvite(`${suite.origin()}/`, new Uint8Array(28)));
    await page.getByRole('heading', { name: 'has expired' }).waitFor();
    suite.site = { ...suite.site, refused: undefined };
    await page.goto(`${suite.origin()}/?#invite=*`, { waitUntil: 'commit' });
    await page.getByRole('heading', { name: 'not valid' }).waitFor();
    await page.getByRole('button', { name: 'without the invitation' }).click();
    await shows(page, 'Home');
    assert.equal(await page.evaluate(() => window.testVisit?.token), undefined);
  });
});
