// SPDX-License-Identifier: Apache-2.0
// The ways to an app: directly, by the link over a data channel and over the relay, by `open`, and by the suite's gateway.

import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Porthole, type Scratch } from '../../support/porthole.ts';
import type { App, Aspect, Place } from './app.ts';
import { type Seen, type Showing, Tour, WAIT_MS } from './tour.ts';

export const WAYS = ['direct', 'data channel', 'relay', 'open', 'gateway'] as const;
export type Way = (typeof WAYS)[number];

/** A visit's result: what its steps saw, and what the browser complained about meanwhile. */
export interface Visited {
  readonly seen: Readonly<Partial<Record<Aspect, Seen>>>;
  readonly complaints: readonly string[];
}

/** An app behind a host, and what leads there. */
export interface Offered {
  readonly app: App;
  readonly place: Place;
  /** The site's link. */
  readonly link: string;
  readonly scratch: Scratch;
}

/** Drives an app's script in a browser, by one way. */
export async function visit(way: Exclude<Way, 'gateway'>, { app, place, link, scratch }: Offered, browser: Browser): Promise<Visited> {
  const open = way === 'open' ? new Porthole(['open', link, '--port', '0'], scratch.path, { cwd: scratch.path }) : null;
  let context: BrowserContext | undefined;
  try {
    const url = open ? String((await open.waitFor('ready')).url) : way === 'direct' ? `http://localhost:${place.port}/` : link;
    context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
    context.setDefaultTimeout(WAIT_MS);
    if (way === 'relay') await context.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
    const page = await context.newPage();
    const complaints = listen(page, url, [link, `http://localhost:${place.port}/`]);
    const tour = new Tour(page, open || way === 'direct' ? plain(url) : framed(url));
    try {
      await app.drive(tour, place);
      if (way === 'data channel' || way === 'relay') {
        const via = way.replace(' ', '-');
        await page.waitForSelector(`#porthole-badge[data-via="${via}"]`, { state: 'attached' });
      }
    } catch (error) {
      // A step that failed is in the tour; between steps nothing fails that is not the script's own fault, or the app's.
      if (![...tour.seen.values()].some((seen) => 'failed' in seen)) complaints.push(`the script ended: ${String(error).split('\n')[0]}`);
    }
    return { seen: Object.fromEntries(tour.seen), complaints };
  } finally {
    await context?.close();
    await open?.stop();
  }
}

/** Asks for the page and what it names, as clients without a page do; the suite answers by a visit of its own. */
export async function ask({ app, place, link }: Offered): Promise<Visited> {
  const seen: Partial<Record<Aspect, Seen>> = {};
  const { host, port } = new URL(link);
  const through = (path: string): Promise<Answer> => asked(Number(port), host, path);
  const directly = (path: string): Promise<Answer> => asked(place.port, `localhost:${place.port}`, path);
  let named: string[] = [];
  const look = async (aspect: Aspect, paths: readonly string[]): Promise<void> => {
    try {
      for (const path of paths) {
        const [there, here] = [await through(path), await directly(path)];
        if (there.status !== here.status) throw new Error(`${path} has status ${there.status}, directly ${here.status}`);
        if (aspect === 'page') named = namedBy(here.body);
        else if (there.body !== here.body) throw new Error(`${path} is another`);
      }
      seen[aspect] = { saw: `${paths.length}` };
    } catch (error) {
      seen[aspect] = { failed: String(error) };
    }
  };
  await look('page', [app.ready]);
  if (named.length > 0) await look('assets', named);
  return { seen, complaints: [] };
}

interface Answer {
  readonly status: number | undefined;
  /** As it came, a character a byte. */
  readonly body: string;
}

/** Asks as curl does: names below `localhost` lead to this machine, without a resolver's help. */
async function asked(port: number, host: string, path: string): Promise<Answer> {
  const request = get({ host: 'localhost', port, path, headers: { host, accept: '*/*', 'user-agent': 'curl/8' } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const piece of response.setEncoding('latin1')) body += piece;
  return { status: response.statusCode, body };
}

/** The scripts, style sheets and pictures of its own site that a page names: by paths, or by names of this machine, which an app may have had before. */
function namedBy(html: string): string[] {
  const tags = [...html.matchAll(/<(?:script|link|img)\b[^>]*>/g)].map(([tag]) => tag);
  const loaded = tags.filter((tag) => !tag.startsWith('<link') || /\srel=["'](?:stylesheet|icon|modulepreload)["']/.test(tag));
  const named = loaded.map((tag) => /\s(?:src|href)=["'](?:http:\/\/(?:[\w-]+\.)?localhost:\d+)?(\/[^/"'][^"']*)["']/.exec(tag)?.[1]);
  return named.filter((path) => path !== undefined).map((path) => path.replaceAll(/&(?:amp|#0?38);/g, '&'));
}

/** A site that is the page itself. */
function plain(url: string): Showing {
  return { address: (path) => new URL(path, url).href, frame: (page) => page.mainFrame() };
}

/** A site in the frame of Porthole's page. What a link says of the site's key stays with it, where a path says nothing of its own. */
function framed(link: string): Showing {
  const { hash } = new URL(link);
  return {
    address: (path) => new URL(path.includes('#') ? path : path + hash, link).href,
    frame: (page) => page.frames().find((one) => one.parentFrame() === page.mainFrame() && one.url().startsWith('http')) ?? null,
  };
}

/**
 * Notes what the browser complains about, by whatever way in the same words: without origins, numbers, and the words of a status that
 * HTTP/1.1 alone has. What leaves this way for another one of the app's addresses would fail where these are of another machine.
 */
function listen(page: Page, url: string, elsewhere: readonly string[]): string[] {
  const complaints: string[] = [];
  const origins = [url, ...elsewhere];
  const note = (text: string): void => {
    let words = text.split('\n', 1)[0] as string;
    for (const url of origins) words = words.replaceAll(new URL(url).origin, '').replaceAll(new URL(url).host, 'site');
    words = words.replaceAll(/\d{4,}/g, '…').replaceAll(/(a status of \d+) \([^)]*\)/g, '$1');
    if (!complaints.includes(words)) complaints.push(words);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') note(`${message.text()} ${message.location().url}`);
  });
  const others = elsewhere.map((one) => new URL(one).origin).filter((origin) => origin !== new URL(url).origin);
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (others.includes(origin)) note(`the page left its way for ${pathname}`);
  });
  page.on('pageerror', (error) => note(String(error)));
  return complaints;
}
