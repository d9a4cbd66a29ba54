// SPDX-License-Identifier: Apache-2.0
// Attacks of two sites on a third of the same suite, in Chromium: cookies, storage, channels, workers, caches, and what addresses give away.

import assert from 'node:assert/strict';
import type { Frame, Page } from 'playwright-core';
import { BRIDGE_NAME, DOWNLOAD_PATH, SAY_PATH, WORKER_PATH } from '../../client-runtime/browser/shared/bridge.ts';
import { COOKIES_CHANNEL } from '../../client-runtime/browser/shared/cookie-messages.ts';
import { attackersPage, bare, isLoggedIn, type Seen } from './support/attack-stage.ts';
import { attackSuite, DOMAIN } from './support/attack-suite.ts';
import * as attacks from './support/attacks.ts';
import { shows, until } from './support/browser-stage.ts';

describe('attacks of two sites on a third of their suite: cookies, storage, workers and caches', function () {
  this.timeout(120_000);
  const stage = attackSuite();
  const evil = (): Frame => stage.attackers()[0] as Frame;
  const lastOf = (seen: readonly Seen[], path: string): Seen => {
    const found = seen.findLast((one) => one.path === path);
    assert.ok(found, path);
    return found;
  };
  /** What a server without walls sees of the person who comes to it now. */
  const comes = async (path: string): Promise<Seen> => {
    await (await stage.page(stage.naive.origin + path)).close();
    return lastOf(stage.naive.seen, path);
  };

  it('fail by a cookie for all names of the suite', async () => {
    await evil().evaluate(attacks.cookiesFor, { domain: DOMAIN, count: 1, size: 8 });
    assert.match((await comes('/landing')).cookie, /tossed0=xxxxxxxx/, 'without walls it arrives');
    await stage.ask('/write?tossed');
    assert.equal(lastOf(stage.victim, '/write?tossed').cookie, 'session=s3cret');
    await stage.prey.reload();
    await shows(stage.prey, 'Victim', '/', 40_000);
    assert.equal(await (await stage.frame(stage.prey)).evaluate(() => document.cookie), 'session=s3cret');
  });

  it('fail by more cookies than a server reads: the suite takes them away, and the visitor stays logged in', async () => {
    const bomb = (): Promise<void> => evil().evaluate(attacks.cookiesFor, { domain: DOMAIN, count: 60, size: 4000 });
    await bomb();
    const page = await stage.context.newPage();
    const [answer] = await Promise.all([
      page.waitForResponse(`${stage.naive.origin}/landing`),
      page.goto(`${stage.naive.origin}/landing`).catch(() => 0),
    ]);
    assert.equal(answer.status(), 431, 'without walls the server is gone for this browser');
    await stage.ask('/write?bombed');
    assert.ok(isLoggedIn(lastOf(stage.victim, '/write?bombed')), 'what goes by the session brings none of them');
    await stage.prey.reload();
    await shows(stage.prey, 'Victim', '/', 40_000);
    await stage.ask('/write?again');
    assert.ok(isLoggedIn(lastOf(stage.victim, '/write?again')));
    // A page of the suite that no worker has stored.
    await bomb();
    const portal = new URL(stage.origin('victim').replace('victim.', '')).href;
    // The first answer, to this request or to another of the browser's, takes them away.
    assert.ok([431, 200].includes((await page.goto(portal))?.status() ?? 0));
    assert.equal((await page.goto(portal))?.status(), 200);
    assert.deepEqual(
      (await stage.context.cookies()).filter(({ name }) => name.startsWith('tossed')),
      [],
    );
  });

  it('fail by an answer that clears what a browser keeps', async () => {
    const clearing = await bare(attackersPage);
    try {
      const session = async (): Promise<boolean> => isLoggedIn(await comes('/landing'));
      await evil().evaluate(attacks.image, `http://clearing.${DOMAIN}:${clearing.port}/clear`);
      assert.equal(await session(), false, 'without walls it clears the cookies of all names');
      const naive = await stage.page(`${stage.naive.origin}/`);
      await naive.evaluate(() => fetch('/login', { method: 'POST' }));
      // By the other attacker's page, whose worker does not stand before the suite's gateway.
      await stage.attackers()[1]?.evaluate(attacks.image, `${stage.origin('evil')}/clear`);
      assert.equal(await session(), true);
    } finally {
      await clearing.close();
    }
  });

  it('fail by a cookieStore: a site’s own takes no cookie for others, and what the browser’s takes reaches nobody', async () => {
    type Window = { cookieStore: { set(cookie: object): Promise<void>; getAll(): Promise<{ name: string }[]> } };
    const cookie = { name: 'baked', value: '1', domain: DOMAIN };
    const naive = await stage.page(`${stage.naive.origin}/landing`);
    await naive.evaluate((cookie) => (globalThis as unknown as Window).cookieStore.set(cookie), cookie);
    assert.match((await comes('/landing')).cookie, /baked=1/, 'without walls it arrives');
    const refused = await evil().evaluate(
      (cookie) => (globalThis as unknown as Window).cookieStore.set(cookie).then(String, ({ name }) => name),
      cookie,
    );
    assert.equal(refused, 'TypeError');
    await evil().evaluate((cookie) => (parent as unknown as Window).cookieStore.set(cookie), { ...cookie, name: 'of-the-shell' });
    for (const at of [await stage.frame(stage.prey), ...stage.attackers()]) {
      const names = await at.evaluate(async () => (await (globalThis as unknown as Window).cookieStore.getAll()).map(({ name }) => name));
      assert.doesNotMatch(names.join(), /baked|of-the-shell/);
    }
    await stage.ask('/write?baked');
    assert.equal(lastOf(stage.victim, '/write?baked').cookie, 'session=s3cret');
  });

  /** Leaves something in each store of a page's origin. */
  const keep = async (text: string): Promise<void> => {
    localStorage.setItem('diary', text);
    await (await caches.open(`diary-${text}`)).put('/diary', new Response(text));
    await new Promise<void>((resolve) => {
      const asked = indexedDB.open(`diary-${text}`);
      asked.onsuccess = () => {
        asked.result.close();
        resolve();
      };
    });
  };
  /** All that a page can find in the stores of its origin. */
  const find = async (): Promise<string> =>
    JSON.stringify([
      { ...localStorage },
      await caches.keys(),
      (await indexedDB.databases()).map(({ name }) => name),
      await caches.match('/diary').then((kept) => kept?.text()),
    ]);

  it('fail by the stores of the browser: each site has its own, and so its own key of the visitor', async () => {
    const [one, other] = [await stage.page(`${stage.naive.origin}/a`), await stage.page(`${stage.naive.origin}/b`)];
    await one.evaluate(keep, 'ours');
    assert.match(
      await other.evaluate(find),
      /diary":"ours.*diary-ours.*diary-ours.*"ours"\]$/,
      'two sites at one origin have all of each other',
    );
    const prey = await stage.frame(stage.prey);
    await prey.evaluate(keep, 'private');
    for (const at of stage.attackers()) assert.doesNotMatch(await at.evaluate(find), /private|diary/);
    const seeds = await Promise.all([prey, ...stage.attackers()].map((at) => at.evaluate(() => localStorage.getItem('porthole-visitor'))));
    assert.equal(new Set(seeds).size, 3);
    assert.ok(seeds.every((seed) => /^[0-9a-f]{64}$/.test(seed ?? '')));
  });

  it('fail by an answer of a site’s own that clears all: another site’s is not touched, and Porthole’s own is there as before', async () => {
    const prey = await stage.frame(stage.prey);
    await prey.evaluate(keep, 'private');
    const seedOf = (at: Page | Frame): Promise<string | null> => at.evaluate(() => localStorage.getItem('porthole-visitor'));
    const [seed, own] = [await seedOf(prey), await seedOf(evil())];
    await evil().evaluate(keep, 'evil');
    await evil().evaluate(() => fetch('/clear'));
    assert.doesNotMatch(await evil().evaluate(find), /diary/, 'it clears what is its own');
    assert.equal(await seedOf(evil()), own);
    assert.match(await prey.evaluate(find), /diary":"private.*diary-private.*diary-private.*"private"\]$/);
    assert.deepEqual([await seedOf(prey), await prey.evaluate(() => document.cookie)], [seed, 'session=s3cret']);
    const tab = evil().parentFrame() as Frame;
    const controller = (): string | undefined => navigator.serviceWorker.controller?.scriptURL;
    assert.equal(await tab.evaluate(controller), stage.origin('evil') + WORKER_PATH);
    assert.equal(await evil().evaluate(async () => (await fetch('/again')).status), 200, 'and the visit goes on');
  });

  it('fail by a link that takes Porthole’s worker away: it comes back, and nothing of the site’s is lost', async () => {
    const prey = await stage.frame(stage.prey);
    await prey.evaluate(keep, 'private');
    const seed = await prey.evaluate(() => localStorage.getItem('porthole-visitor'));
    const stores = (at: Page): Promise<string[]> =>
      at.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('porthole-')));
    await until('the shell is stored', async () => (await stores(stage.prey)).length > 0, 40_000);
    const [opened] = await Promise.all([
      stage.context.waitForEvent('page'),
      evil().evaluate((to) => void window.open(to), `${stage.origin('victim')}/?porthole-unregister`),
    ]);
    await opened.waitForURL(`${stage.origin('victim')}/`);
    await shows(opened, 'Victim', '/', 40_000);
    const found = await (await stage.frame(opened)).evaluate(find);
    assert.match(found, /diary":"private.*diary-private.*diary-private.*"private"\]$/);
    assert.equal(await opened.evaluate(() => localStorage.getItem('porthole-visitor')), seed);
    assert.equal(await (await stage.frame(opened)).evaluate(() => document.cookie), 'session=s3cret');
  });

  it('fail by channels and locks: neither what Porthole’s own parts say nor who lives is heard elsewhere', async () => {
    const names = [BRIDGE_NAME, COOKIES_CHANNEL];
    const hear = (names: string[]): void => {
      const heard: unknown[] = [];
      Object.assign(self, { heard, channels: names.map((name) => new BroadcastChannel(name)) });
      for (const one of (self as unknown as { channels: BroadcastChannel[] }).channels) one.onmessage = ({ data }) => heard.push(data);
    };
    const say = (names: string[]): void => {
      const cookie = { name: 'session', value: 'evil', path: '/', expires: null, httpOnly: false, sameSite: 'none', created: 1 };
      for (const name of names) new BroadcastChannel(name).postMessage({ to: 'pages', version: 'x 1', cookies: [cookie], whole: true });
    };
    const heardBy = (at: Page | Frame): Promise<string> =>
      at.evaluate(() => JSON.stringify((self as unknown as { heard: unknown[] }).heard));
    const lock = (name: string): Promise<string[]> =>
      new Promise((resolve) => {
        void navigator.locks.request(name, { steal: true }, async () => {
          resolve(((await navigator.locks.query()).held ?? []).map(({ name }) => name ?? ''));
          return new Promise(() => undefined);
        });
      });
    const [one, other] = [await stage.page(`${stage.naive.origin}/a`), await stage.page(`${stage.naive.origin}/b`)];
    await one.evaluate(hear, names);
    await other.evaluate(say, names);
    await until('at one origin it is heard', async () => /evil/.test(await heardBy(one)));
    await one.evaluate(lock, 'of the one');
    assert.ok((await other.evaluate(lock, 'of the other')).includes('of the one'), 'at one origin locks are seen');

    const prey = await stage.frame(stage.prey);
    await prey.evaluate(hear, names);
    const locks = await prey.evaluate(lock, 'of the site');
    const alive = locks.filter((name) => name.startsWith('porthole-life-'));
    assert.ok(alive.length > 0);
    for (const at of stage.attackers()) {
      await at.evaluate(say, names);
      const seen = await at.evaluate(lock, alive[0] as string);
      assert.deepEqual(
        seen.filter((name) => name === 'of the site' || alive.slice(1).includes(name)),
        [],
      );
    }
    await stage.ask('/write?said');
    assert.equal(lastOf(stage.victim, '/write?said').cookie, 'session=s3cret');
    assert.doesNotMatch(await heardBy(prey), /evil/);
    assert.equal(await prey.evaluate(() => document.cookie), 'session=s3cret');
  });

  it('fail by workers with the site’s scripts', async () => {
    const works = (address: string): string[] =>
      [() => new Worker(address), () => new SharedWorker(address, { name: 'porthole', type: 'module' })].map((make) => {
        try {
          make();
          return 'made';
        } catch (error) {
          return (error as Error).name;
        }
      });
    const own = await stage.page(`${stage.naive.origin}/landing`);
    assert.deepEqual(await own.evaluate(works, `${stage.naive.origin}/script`), ['made', 'made'], 'at one origin it works');
    for (const at of stage.attackers()) {
      for (const path of [WORKER_PATH, '/script']) {
        assert.deepEqual(await at.evaluate(works, stage.origin('victim') + path), ['SecurityError', 'SecurityError']);
      }
    }
  });

  it('fail by WebSockets of workers: only those of a site’s own workers come with its login', async () => {
    const open = (to: string): Promise<string> =>
      new Promise((resolve) => {
        const text = `const socket = new WebSocket(${JSON.stringify(to)}); socket.onopen = () => postMessage('open'); socket.onerror = () => postMessage('refused');`;
        const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
        worker.onmessage = ({ data }) => resolve(data);
      });
    const own = await stage.page(`${stage.naive.origin}/landing`);
    assert.equal(await own.evaluate(open, `${stage.naive.socketOrigin.replace('http', 'ws')}/naive`), 'open');
    assert.match(stage.socket.requests.at(-1)?.headers.cookie ?? '', /session=s3cret/, 'without walls it comes with the login');
    const prey = await stage.frame(stage.prey);
    assert.equal(await prey.evaluate(open, `${stage.origin('victim').replace('http', 'ws')}/own`), 'open');
    assert.equal(stage.socket.requests.at(-1)?.url, '/own');
    assert.equal(stage.socket.requests.at(-1)?.headers.cookie, 'session=s3cret');
    const before = stage.socket.requests.length;
    for (const at of stage.attackers()) {
      await at.evaluate(open, `${stage.origin('victim').replace('http', 'ws')}/stolen`); // as anybody may
      // As its own worker would ask the session for one.
      const wish = { id: 'x', url: `${stage.origin('victim').replace('http', 'ws')}/stolen`, protocols: [], life: 'x' };
      const say = `${stage.origin('victim')}${SAY_PATH}?${new URLSearchParams({ socket: JSON.stringify(wish), channel: 'x' })}`;
      await at.evaluate((to) => fetch(to, { method: 'HEAD', mode: 'no-cors', credentials: 'include' }).catch(() => undefined), say);
    }
    const came = stage.socket.requests.slice(before).map(({ headers }) => headers);
    assert.ok(came.length <= 2 && came.every(({ cookie = '', origin }) => !cookie.includes('s3cret') && origin !== stage.origin('victim')));
  });

  it('fail by a service worker of the site’s own: the origin has one, and it stays Porthole’s', async () => {
    const server = await bare(attackersPage);
    try {
      const page = await stage.page(`http://naive.${DOMAIN}:${server.port}/`);
      assert.equal(await page.evaluate(attacks.registerWorker, '/worker.js'), 'registered', 'without walls it works');
      // Its host even answers for Porthole's own path.
      assert.match((await page.evaluate(attacks.read, WORKER_PATH)) ?? '', /owned/);
    } finally {
      await server.close();
    }
    for (const address of [
      '/worker.js',
      '/.porthole/../worker.js',
      '/.porthole%2fsw.js',
      `${stage.origin('victim')}/worker.js`,
      `${stage.origin('victim')}${WORKER_PATH}`,
    ]) {
      assert.match(await evil().evaluate(attacks.registerWorker, address), /^(TypeError|SecurityError)$/, address);
    }
    const tab = evil().parentFrame() as Frame;
    const script = await tab.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      await registration?.update();
      return (registration?.installing ?? registration?.waiting ?? registration?.active)?.scriptURL;
    });
    assert.equal(script, stage.origin('evil') + WORKER_PATH);
    const text = await evil().evaluate(attacks.read, WORKER_PATH);
    assert.ok(text && text.length > 1000 && !text.includes('owned'));
  });

  it('fail by addresses below /.porthole/ that set a cookie or save a file', async () => {
    await evil().evaluate(attacks.image, `${stage.naive.origin}/plant`);
    assert.match((await comes('/landing')).cookie, /planted=1/, 'without walls an image plants a cookie');
    const set = `${SAY_PATH}?path=/&set=${encodeURIComponent('planted=1')}`;
    const before = stage.victim.length;
    for (const at of stage.attackers()) {
      for (const path of [set, '/plant', `${DOWNLOAD_PATH}?path=${encodeURIComponent(set)}&name=x`]) {
        const address = stage.origin('victim') + path;
        await at.evaluate(attacks.image, address);
        await at.evaluate(
          (address) => fetch(address, { method: 'HEAD', mode: 'no-cors', credentials: 'include' }).catch(() => undefined),
          address,
        );
      }
      await at.evaluate(attacks.formInFrame, stage.origin('victim') + set);
    }
    await stage.ask('/write?planted');
    assert.equal(lastOf(stage.victim, '/write?planted').cookie, 'session=s3cret');
    assert.deepEqual(
      stage.victim.slice(before).filter(({ path }) => path.startsWith('/.porthole')),
      [],
    );
  });

  it('fail by the browser’s cache: what a page fetched is not shown as the site', async () => {
    // A browser that has not been at the site.
    const fresh = await (stage.context.browser() as NonNullable<ReturnType<typeof stage.context.browser>>).newContext();
    try {
      const page = await fresh.newPage();
      await page.goto(`${stage.naive.origin}/landing`);
      const fetched = (address: string) => page.evaluate(async (address) => void (await fetch(address, { mode: 'no-cors' })), address);
      for (const origin of [stage.naive.origin, stage.origin('victim')]) await fetched(`${origin}/cached`);
      const count = (): number => stage.naive.seen.filter(({ path }) => path === '/cached').length;
      const before = count();
      await page.goto(`${stage.naive.origin}/cached`);
      assert.equal(count(), before, 'without walls the stored answer is the page');
      await page.goto(`${stage.origin('victim')}/cached`);
      await shows(page, 'Cached', '/cached', 40_000);
    } finally {
      await fresh.close();
    }
  });

  it('fail by when an answer comes: whether the visitor was somewhere is not in the browser’s cache', async () => {
    const visit = async (at: Page | Frame): Promise<void> => at.evaluate(async () => void (await (await fetch('/tagged')).text()));
    const own = await stage.page(`${stage.naive.origin}/landing`);
    await visit(own);
    await visit(await stage.frame(stage.prey));
    const probe = async (address: string) => evil().evaluate(async (to) => void (await fetch(to, { mode: 'no-cors' })), address);
    await probe(`${stage.naive.origin}/tagged`);
    assert.equal(lastOf(stage.naive.seen, '/tagged').conditional, true, 'without walls a short answer (304) tells that he was');
    const before = stage.victim.length;
    await probe(`${stage.origin('victim')}/tagged`);
    const [asked] = stage.victim.slice(before).filter(({ path }) => path === '/tagged');
    assert.equal(asked?.conditional, false, 'it is asked for as by who was never there');
  });

  it('fail by where a visitor comes from: no invitation is in an address that others are told', async () => {
    const told = async (at: Page | Frame): Promise<string> => {
      await at.evaluate(
        (to) => fetch(to, { method: 'POST', mode: 'no-cors', referrerPolicy: 'unsafe-url' }),
        `${stage.naive.origin}/write?told`,
      );
      return lastOf(stage.naive.seen, '/write?told').referer ?? '';
    };
    const secret = 'c2VjcmV0LWludml0YXRpb24';
    assert.match(
      await told(await stage.page(`${stage.naive.origin}/landing?invite=${secret}`)),
      new RegExp(secret),
      'in a query it is told',
    );
    const page = await stage.page(`${stage.origin('victim')}/landing#invite=${secret}`);
    await page.waitForFunction(() => location.hash === '');
    // The site is for everyone: an invitation changes nothing.
    await shows(page, 'Victim', '/landing', 40_000);
    const inner = await stage.frame(page);
    assert.equal(await told(inner), `${stage.origin('victim')}/landing`);
    // The page's own timings name it as it was opened, and its own scripts by that: in these two kinds of entries.
    const everywhere = await page.evaluate(() => {
      const entries = performance.getEntries().filter(({ entryType }) => !['navigation', 'long-animation-frame'].includes(entryType));
      return JSON.stringify([document.referrer, window.name, history.state, entries]);
    });
    assert.doesNotMatch(everywhere, new RegExp(secret));
    assert.ok(stage.victim.every(({ path, referer }) => !`${path} ${referer}`.includes(secret)));
  });
});
