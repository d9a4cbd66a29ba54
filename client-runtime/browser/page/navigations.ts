// SPDX-License-Identifier: Apache-2.0
// Receives the service worker's reports on navigations in this shell's frame: requested, answered, loading.

import type { NavigationMessage, WithHeld } from '../shared/bridge.ts';

/** Types with a viewer that is not the site's: Firefox shows them as documents of its own, into which no page can look. */
const VIEWED = /^(application\/pdf|application\/(\w+\+)?json|(application|text)\/xml)\b/i;

/** The last navigation. */
export interface Navigation {
  readonly url: string;
  /** When it was asked for (`performance.now()`). */
  readonly at: number;
  answer: { readonly status: number; readonly type: string } | null;
  coming: Coming | null;
}

/** How much of a body has come. */
export interface Coming {
  readonly bytes: number;
  /** How much there will be; null: not known. */
  readonly whole: number | null;
}

export interface NavigationEvents {
  answered(): void;
  coming(coming: Coming): void;
}

export class Navigations {
  /** Null: there was none. */
  last: Navigation | null = null;

  constructor(events: NavigationEvents) {
    const hear = ({ data }: MessageEvent<NavigationMessage>): void => {
      if (data?.porthole !== 'navigation') return;
      const { url, stage } = data;
      if (stage.is === 'asked') this.last = { url, at: performance.now(), answer: null, coming: null };
      if (this.last?.url !== url) return; // another one has overtaken it
      if (stage.is === 'answered') {
        this.last.answer = { status: stage.status, type: stage.type };
        events.answered();
      } else if (stage.is === 'coming') {
        this.last.coming = { bytes: stage.bytes, whole: stage.whole };
        events.coming(this.last.coming);
      }
    };
    navigator.serviceWorker.addEventListener('message', hear);
    navigator.serviceWorker.startMessages();
    for (const event of (window as WithHeld).portholeHeld?.() ?? []) hear(event);
  }

  /** Where the last navigation led, if its answer is a document that a viewer of the browser's own may show; else null. */
  get viewed(): string | null {
    const { status = 0, type = '' } = this.last?.answer ?? {};
    return this.last && status >= 200 && status < 300 && VIEWED.test(type) ? this.last.url : null;
  }
}
