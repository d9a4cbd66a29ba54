// SPDX-License-Identifier: Apache-2.0
// Makes the frame that shows the site, and reports each document in it as early as a parent can notice.

import { FRAME_ID } from '../shared/bridge.ts';

/** Milliseconds between looks for a document that is about to appear. */
const LOOK_EVERY_MS = 20;

/** What the frame shows. */
export type FrameContent =
  | { readonly kind: 'nothing' } // not loaded yet
  | { readonly kind: 'site'; readonly document: Document }
  | { readonly kind: 'error'; readonly retry: boolean; readonly document: Document } // the worker's page in place of the site's
  | { readonly kind: 'leave'; readonly to: string } // on to another origin
  | { readonly kind: 'shell' } // a shell, loaded past the worker
  | { readonly kind: 'foreign' }; // the browser's own error page, or one of another origin

/**
 * The frame, and what is in it. It stands in shell.html: only for a frame that the parser made does a browser keep the
 * history over a reload, and restore its place when a person comes back to the tab's entry.
 */
export class SiteFrame {
  readonly element = document.getElementById(FRAME_ID) as HTMLIFrameElement;
  readonly #onContent: (content: FrameContent) => void;
  #seen: Document | null = null;
  #look: ReturnType<typeof setInterval> | undefined;

  /** @param onContent called for each new document, before its scripts ran where possible */
  constructor(onContent: (content: FrameContent) => void) {
    this.#onContent = onContent;
    this.element.addEventListener('load', () => {
      this.#check();
      if (this.content().kind === 'foreign') this.#onContent({ kind: 'foreign' });
    });
    this.#hunt(); // the browser may be restoring the frame already
  }

  /** Loads the first place into the frame, unless the browser restores one. */
  start(path: string): void {
    if (this.content().kind === 'nothing') this.element.src = path;
    this.#hunt();
  }

  /** What the frame shows now. */
  content(): FrameContent {
    const inner = this.document();
    if (!inner?.defaultView) return { kind: 'foreign' };
    if (inner.URL === 'about:blank') return { kind: 'nothing' };
    const { portholeError, portholeRetry, portholeLeave, portholeShell } = inner.documentElement?.dataset ?? {};
    if (portholeError !== undefined) return { kind: 'error', retry: portholeRetry !== undefined, document: inner };
    if (portholeLeave !== undefined) return { kind: 'leave', to: portholeLeave };
    if (portholeShell !== undefined) return { kind: 'shell' };
    return { kind: 'site', document: inner };
  }

  /** The document in the frame; null when it is not the site's. */
  document(): Document | null {
    try {
      return this.element.contentDocument;
    } catch {
      return null;
    }
  }

  /** Where the frame is: path, query and fragment; null when it shows nothing of the site. */
  path(): string | null {
    const inner = this.document();
    if (!inner || inner.URL === 'about:blank') return null;
    const { pathname, search, hash } = new URL(inner.URL);
    return pathname + search + hash;
  }

  /** Loads a place into the frame, without a new entry in the history. */
  load(path: string): void {
    this.element.contentWindow?.location.replace(new URL(path, location.origin).href);
    this.#hunt();
  }

  /** Looks until a new document is there. */
  #hunt(): void {
    this.#look ??= setInterval(() => this.#check(), LOOK_EVERY_MS);
  }

  #check(): void {
    const inner = this.document();
    if (!inner || inner === this.#seen || inner.URL === 'about:blank' || !inner.documentElement) return;
    clearInterval(this.#look);
    this.#look = undefined;
    this.#seen = inner;
    inner.defaultView?.addEventListener('pagehide', () => {
      setTimeout(() => this.#check()); // by then the next document is in place, as a rule
      this.#hunt();
    });
    this.#onContent(this.content());
  }
}

/** Calls once there is something to see of a document: a part of its body, or its end. Not for one that was left before. */
export function onceSeen(page: Document, run: () => void): void {
  if (page.readyState !== 'loading' || page.body?.firstChild) run();
  else setTimeout(() => page.defaultView && onceSeen(page, run), LOOK_EVERY_MS);
}

/** Calls once a document has been read to its end. */
export function whole(page: Document, run: (page: Document) => void): void {
  if (page.readyState === 'loading') page.addEventListener('DOMContentLoaded', () => run(page), { once: true });
  else run(page);
}
