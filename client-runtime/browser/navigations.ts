// SPDX-License-Identifier: Apache-2.0
// What the service worker tells of the navigations in this shell's frame: asked for, answered, on the way.

import type { NavigationMessage, WithHeld } from './bridge.ts';

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

  /** The site's answer is something that a browser shows by a viewer of its own, into which no page can look: a PDF in Firefox. */
  get viewed(): boolean {
    const { status = 0, type = '' } = this.last?.answer ?? {};
    return status >= 200 && status < 300 && type !== '' && !/^(text\/html|application\/xhtml\+xml)\b/i.test(type);
  }
}
