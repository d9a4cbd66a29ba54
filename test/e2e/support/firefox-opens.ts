// SPDX-License-Identifier: Apache-2.0
// A program that opens a link in Firefox and tells what it saw, as JSON: run on another machine, whose browser cannot be driven from here.

import puppeteer from 'puppeteer-core';
import { loadPictures, seekMiddle } from './in-page.ts';

/** What Firefox saw. */
export interface Seen {
  readonly heading: string;
  readonly badge: string;
  readonly pictures: number;
  readonly broken: readonly string[];
  /** How far the film's place is from its middle after it was sought, in seconds; null where this Firefox cannot play such a film. */
  readonly offMiddle: number | null;
}

const [, , program = '', link = ''] = process.argv;
const browser = await puppeteer.launch({ browser: 'firefox', executablePath: program, headless: true });
try {
  const page = await browser.newPage();
  await page.goto(link);
  const badge = await page.waitForFunction(
    () => document.querySelector('#porthole-badge')?.shadowRoot?.querySelector('.words')?.textContent,
  );
  const heading = await page.evaluate(() => document.querySelector('h1')?.textContent ?? '');
  await page.goto(new URL('gallery.html', link).href);
  const { pictures, broken } = await page.evaluate(loadPictures);
  await page.goto(new URL('film.html', link).href);
  const plays = await page.evaluate(() => document.createElement('video').canPlayType('video/mp4; codecs="avc1.42E01E"') !== '');
  const offMiddle = plays ? await page.evaluate(seekMiddle) : null;
  console.log(JSON.stringify({ heading, badge: (await badge.jsonValue()) ?? '', pictures, broken, offMiddle } satisfies Seen));
} finally {
  await browser.close();
}
