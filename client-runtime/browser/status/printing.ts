// SPDX-License-Identifier: Apache-2.0
// Prints the site's page and not the shell: the keys print the frame, page by page; what prints the tab (the browser's menu) gets the
// frame in the height of all that is in it.

import { FRAME_ID } from '../shared/bridge.ts';
import { asksToPrint, siteWindow } from '../shared/printing.ts';

/** Pixels of a page's width and height, as A4 has them between the margins that browsers leave (CSS: 96 to an inch). */
const PAGE_WIDTH = 718;
const PAGE_HEIGHT = 1047;
/** The frame's height on paper, for over.css. */
const HEIGHT = '--porthole-printed';

/** Listens, for as long as the shell is there. */
export function printSite(): void {
  addEventListener('keydown', (event) => {
    const site = siteWindow(window);
    if (!asksToPrint(event) || !site) return;
    event.preventDefault();
    site.print();
  });
  let restore: (() => void) | null = null;
  const over = (): void => {
    restore?.();
    restore = null;
  };
  addEventListener('beforeprint', () => {
    over();
    restore = unfolded(document.getElementById(FRAME_ID) as HTMLIFrameElement);
  });
  addEventListener('afterprint', over);
}

/** Gives the frame its height on paper. @returns takes it away again */
function unfolded(frame: HTMLIFrameElement): (() => void) | null {
  const page = frame.contentDocument;
  if (!page?.defaultView || !page.documentElement) return null;
  const undo: (() => void)[] = [];
  const onScreen = asOnPaper(page);
  const { style } = frame;
  Object.assign(style, { inset: 'auto', width: `${PAGE_WIDTH}px`, height: `${PAGE_HEIGHT}px` });
  const tall = page.documentElement.scrollHeight;
  const elements = [...page.querySelectorAll<HTMLElement>('*')].filter((element) => 'offsetHeight' in element);
  const heights = elements.map(({ offsetHeight }) => offsetHeight);
  // What goes by the height of the window (vh, %) goes by that of a page of paper, and not of all of them.
  style.height = `${tall + PAGE_HEIGHT}px`;
  const grown = elements.map((element, at) => element.offsetHeight > (heights[at] as number));
  for (const [at, element] of elements.entries()) if (grown[at]) undo.push(pinned(element, heights[at] as number));
  style.height = `${PAGE_HEIGHT}px`;
  const height = page.documentElement.scrollHeight;
  Object.assign(style, { inset: '', width: '', height: '' });
  onScreen();
  document.documentElement.style.setProperty(HEIGHT, `${height}px`);
  undo.push(() => document.documentElement.style.removeProperty(HEIGHT));
  return () => {
    for (const run of undo) run();
  };
}

/** Holds an element at a height. @returns lets it go */
function pinned({ style }: HTMLElement, height: number): () => void {
  const names = ['height', 'min-height', 'box-sizing'] as const;
  const were = names.map((name) => [name, style.getPropertyValue(name), style.getPropertyPriority(name)] as const);
  for (const [name, value] of [
    ['height', `${height}px`],
    ['min-height', '0'],
    ['box-sizing', 'border-box'],
  ] as const)
    style.setProperty(name, value, 'important');
  return () => {
    for (const [name, value, priority] of were) style.setProperty(name, value, priority);
  };
}

/** Has a page's style sheets be as for paper, as far as they can be read: they are only when it is too late to measure. @returns undoes it */
function asOnPaper(page: Document): () => void {
  const were: [media: MediaList, text: string][] = [];
  const turn = (media: MediaList): void => {
    if (!/print|screen/i.test(media.mediaText)) return;
    were.push([media, media.mediaText]);
    media.mediaText = media.mediaText.replace(/\bscreen\b/gi, 'speech').replace(/\bprint\b/gi, 'all');
  };
  const look = (rules: CSSRuleList): void => {
    for (const rule of rules) {
      if ('media' in rule) turn(rule.media as MediaList);
      const { styleSheet, cssRules } = rule as CSSRule & { styleSheet?: CSSStyleSheet | null; cssRules?: CSSRuleList };
      if (styleSheet) lookInto(styleSheet);
      else if (cssRules && !('selectorText' in rule)) look(cssRules);
    }
  };
  const lookInto = (sheet: CSSStyleSheet): void => {
    turn(sheet.media);
    try {
      look(sheet.cssRules);
    } catch {
      // It is of another origin.
    }
  };
  for (const sheet of [...page.styleSheets, ...(page.adoptedStyleSheets ?? [])]) lookInto(sheet);
  return () => {
    for (const [media, text] of were) media.mediaText = text;
  };
}
