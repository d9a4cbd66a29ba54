// SPDX-License-Identifier: Apache-2.0
// Watches the network of a page: the browser's events, the page becoming visible again, and sleep.

import { type Clock, systemClock } from '../time/clock.ts';
import { lookAgain, type NetworkWatch } from './network.ts';

/** A look so much later than it should be is taken for sleep, in milliseconds: browsers hold the timers of hidden pages back by up to a minute. */
export const PAGE_SLEEP_MS = 75_000;
/** Browsers tell one change in several events: so many milliseconds after the first, one is passed on. */
export const GATHER_MS = 500;
/** A page that was hidden for so long, in milliseconds, may have been frozen, with its connections. */
export const HIDDEN_MS = 30_000;

/** What is listened to; the page's own in a browser. */
export interface PageSource {
  /** `online`, `offline` */
  readonly window: EventTarget;
  /** `visibilitychange` */
  readonly document: EventTarget & { readonly visibilityState: string };
  /** `change`, where there is one */
  readonly connection?: EventTarget | undefined;
}

/** Watches what a page can know of its network. */
export function watchPageNetwork(
  options: { readonly source?: PageSource; readonly clock?: Clock; readonly wall?: () => number } = {},
): NetworkWatch {
  const { clock = systemClock, wall = Date.now } = options;
  return (changed) => {
    const source = options.source ?? thisPage();
    const over = new AbortController();
    let told: string | null = null;
    let cancel: () => void = () => {};
    const tell = (reason: string): void => {
      if (told === null) {
        cancel = clock.after(GATHER_MS, () => {
          const reason = told as string;
          told = null;
          changed(reason);
        });
      }
      told = reason;
    };
    const on = (target: EventTarget | undefined, type: string, run: () => void): void =>
      target?.addEventListener(type, run, { signal: over.signal });

    on(source.window, 'online', () => tell('the browser is online again'));
    on(source.window, 'offline', () => tell('the browser went offline'));
    on(source.connection, 'change', () => tell('the network changed'));
    let hiddenAt = wall();
    on(source.document, 'visibilitychange', () => {
      if (source.document.visibilityState !== 'visible') hiddenAt = wall();
      else if (wall() - hiddenAt >= HIDDEN_MS) tell('the page is looked at again');
    });
    const stopLooking = lookAgain(clock, wall, PAGE_SLEEP_MS, (slept) => slept && tell('this computer slept'));
    return () => {
      over.abort();
      cancel();
      stopLooking();
    };
  };
}

function thisPage(): PageSource {
  return { window, document, connection: (navigator as { connection?: EventTarget }).connection };
}
