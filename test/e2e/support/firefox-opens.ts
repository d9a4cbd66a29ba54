// SPDX-License-Identifier: Apache-2.0
// A program that opens a link in Firefox and tells what it saw, as JSON: run on another machine, whose browser cannot be driven from here.

import puppeteer from 'puppeteer-core';

/** What Firefox saw. */
export interface Seen {
  readonly heading: string;
  readonly badge: string;
  readonly pictures: number;
  readonly broken: readonly string[];
  /** How far the film's place is from its middle after it was sought, in seconds. */
  readonly offMiddle: number;
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
  const { pictures, broken } = await page.evaluate(async () => {
    const all = [...document.images];
    for (const picture of all) picture.loading = 'eager';
    await Promise.allSettled(all.map((picture) => picture.decode()));
    return { pictures: all.length, broken: all.filter(({ naturalWidth }) => naturalWidth === 0).map(({ src }) => src) };
  });
  await page.goto(new URL('film.html', link).href);
  const offMiddle = await page.evaluate(async () => {
    const video = document.querySelector('video') as HTMLVideoElement;
    video.muted = true;
    if (video.readyState < 1) await new Promise((resolve) => video.addEventListener('loadedmetadata', resolve, { once: true }));
    const sought = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
    video.currentTime = video.duration / 2;
    await sought;
    return Math.abs(video.currentTime - video.duration / 2);
  });
  console.log(JSON.stringify({ heading, badge: (await badge.jsonValue()) ?? '', pictures, broken, offMiddle } satisfies Seen));
} finally {
  await browser.close();
}
