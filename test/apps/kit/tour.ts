// SPDX-License-Identifier: Apache-2.0
// One visit of an app by a script: the page as it is by this way, and what each step of the script saw.

import type { Frame, Page } from 'playwright-core';
import type { Aspect } from './app.ts';

/** What must come is waited for so long, in milliseconds: long beyond what the busiest machine takes. */
export const WAIT_MS = 60_000;

/** What a script saw of an aspect, to be compared with what it saw directly; or why it saw nothing. */
export type Seen = { readonly saw: string; readonly ms?: number } | { readonly failed: string };

/** How a way shows a site: where its pages are, and which frame they are in. */
export interface Showing {
  /** The address to open for a path of the site. */
  address(path: string): string;
  /** The frame that shows the site in this page. */
  frame(page: Page): Frame | null;
}

export class Tour {
  readonly page: Page;
  readonly seen = new Map<Aspect, Seen>();
  readonly #showing: Showing;
  readonly #console: string[] = [];

  constructor(page: Page, showing: Showing) {
    this.page = page;
    this.#showing = showing;
    page.on('console', (message) => this.#console.push(message.text()));
  }

  /** Opens a path of the site, as a person does who types its address. */
  async open(path: string): Promise<void> {
    await this.page.goto(this.#showing.address(path), { timeout: WAIT_MS, waitUntil: 'domcontentloaded' });
    await until('the site is shown', () => this.#showing.frame(this.page) !== null);
  }

  /** The site as it is shown now. */
  get site(): Frame {
    const frame = this.#showing.frame(this.page);
    if (!frame) throw new Error('the site is not shown');
    return frame;
  }

  /**
   * Does a step. One that fails is noted and ends the script, whose later steps stand on it.
   * @param look returns what is to be the same by every way, and how long it took where that is asked for, in milliseconds
   */
  async step(aspect: Aspect, look: () => Promise<string | { saw: string; ms: number }>): Promise<void> {
    try {
      const saw = await look();
      this.seen.set(aspect, typeof saw === 'string' ? { saw } : saw);
    } catch (error) {
      this.seen.set(aspect, { failed: error instanceof Error ? (error.message.split('\n', 3).join(' ') as string) : String(error) });
      throw error;
    }
  }

  /** Waits until the page has written this to its console. */
  async heard(words: string): Promise<string> {
    await until(`the console says ${words}`, () => this.#console.some((one) => one.includes(words)));
    return words;
  }

  /** Follows a link of the page to a path, and goes back: the address bar goes along. @param shown an element of the page there, and its text */
  async thereAndBack(link: string, path: string, ...shown: readonly [string, string]): Promise<string> {
    const bare = (url: string): string => url.replace(/#.*$/, '');
    const at = (pathname: string): Promise<void> =>
      until(`the address is ${pathname}`, () => [this.site.url(), this.page.url()].every((url) => new URL(url).pathname === pathname));
    const from = new URL(this.site.url()).pathname;
    await this.site.locator(link).first().click();
    await this.text(...shown);
    await at(path);
    const there = bare(this.page.url());
    // Only once this is answered: the document goes with it.
    await this.site.evaluate(() => void setTimeout(() => history.back()));
    await until('the address is another', () => [this.site.url(), this.page.url()].every((url) => bare(url) !== there));
    await at(from);
    return `${path} and ${from}`;
  }

  /** Presses a button until its text is another: a page of a server's is seen before its script runs. */
  async press(button: string, text: string): Promise<void> {
    const one = this.site.locator(button).first();
    await this.text(button, text);
    await until(`${button} does something`, async () => {
      await one.click();
      const end = Date.now() + 500;
      while (Date.now() < end) {
        if ((await one.textContent()) !== text) return true;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      return false;
    });
  }

  /** Waits until an element has this text. */
  async text(selector: string, words: string): Promise<void> {
    await this.site.locator(selector, { hasText: words }).first().waitFor({ timeout: WAIT_MS });
  }

  /**
   * What the page has loaded beside itself: waits until its pictures are there.
   * @returns style sheets with rules, and pictures with their size
   */
  async assets(): Promise<string> {
    await this.site.waitForLoadState('load', { timeout: WAIT_MS });
    await this.site.waitForFunction(() => [...document.images].every((one) => one.complete), undefined, { timeout: WAIT_MS });
    const { styles, pictures, failed } = await this.site.evaluate(() => ({
      styles: [...document.styleSheets].filter(({ cssRules }) => cssRules.length > 0).length,
      pictures: [...document.images].map((one) => `${one.naturalWidth}×${one.naturalHeight}`),
      failed: performance
        .getEntriesByType('resource')
        .map((one) => one as PerformanceResourceTiming)
        .filter(({ initiatorType, responseStatus }) => ['link', 'script', 'img', 'css'].includes(initiatorType) && responseStatus >= 400)
        .map(({ name }) => new URL(name).pathname),
    }));
    if (failed.length > 0) throw new Error(`not loaded: ${failed.join(', ')}`);
    return `${styles} style sheets, pictures: ${pictures.join(' ') || 'none'}`;
  }

  /**
   * Saves edits and takes the time until each is in the page, which must not be loaded anew.
   * @param edit saves a file with these words in it
   * @returns the middle one of three times, in milliseconds
   */
  async hotReload(selector: string, edit: (words: string) => Promise<void>): Promise<{ saw: string; ms: number }> {
    await this.site.evaluate(() => Object.assign(window, { sameDocument: true }));
    const times: number[] = [];
    for (let nth = 1; nth <= EDITS; nth++) {
      const words = `edit ${nth} of ${Date.now()}`;
      // Frames of animation are not painted in a hidden page; an observer is told in any case.
      const shown = this.site.evaluate(
        ([selector, words, ms]) =>
          new Promise<number>((resolve, reject) => {
            const look = (): void => {
              if (!document.querySelector(selector)?.textContent?.includes(words)) return;
              observer.disconnect();
              resolve(Date.now());
            };
            const observer = new MutationObserver(look);
            observer.observe(document, { subtree: true, childList: true, characterData: true });
            setTimeout(() => reject(new Error('the edit was not shown')), ms);
          }),
        [selector, words, WAIT_MS] as const,
      );
      shown.catch(() => {}); // awaited below, once the edit is saved
      await this.site.evaluate(() => true); // the observer stands
      // Watchers of files take what is saved twice within a moment for one.
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
      const saved = Date.now();
      await edit(words);
      times.push((await shown) - saved);
    }
    if (!(await this.site.evaluate(() => (window as { sameDocument?: boolean }).sameDocument))) throw new Error('the page was loaded anew');
    times.sort((x, y) => x - y);
    return { saw: 'hot', ms: Math.round(times[EDITS >> 1] as number) };
  }
}
const EDITS = 3;
/** How long after one edit the next is saved, in milliseconds. */
const BETWEEN_MS = 500;

/** Waits until something is so. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
