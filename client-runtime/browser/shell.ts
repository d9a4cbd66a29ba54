// SPDX-License-Identifier: Apache-2.0
// The shell: the page at every address of a site's origin. It owns the visit, installs the worker and shows the site in a frame.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import type { VisitState } from '../visit.ts';
import { followFrame, followMoves, leadFrame, shellPath } from './address.ts';
import type { Badge } from './badge.ts';
import { type PageBridge, servePage } from './bridge-page.ts';
import { reportDownloads } from './downloads.ts';
import { type FrameContent, SiteFrame } from './frame.ts';
import { mirrorHead } from './head.ts';
import {
  controlPage,
  keepShell,
  mayRestart,
  type NestedMessage,
  outerShell,
  reportNested,
  unregisterAsked,
  WorkerRefused,
} from './install.ts';
import { type StartVisit, VisitKeeper } from './keeper.ts';
import { guideLinks, stayByScript } from './links.ts';
import { refuseWorkers } from './own-worker.ts';
import { PageVisitor } from './page-visitor.ts';
import { loadPart } from './parts.ts';
import { Bar, type Notice, noticeFor, StatusPage } from './status.ts';
import { takeFragment } from './visitor-store.ts';
import { wordsFor } from './words.ts';

export type { StartVisit } from './keeper.ts';

/** Milliseconds before a page that failed although there is a way is loaded again; doubled each time up to the longest. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** Milliseconds in which a browser that went back to this page begins to restore the frame's place by itself. */
const RESTORED_WITHIN_MS = 250;
/** Milliseconds after which what comes behind the site's first answer comes without one. */
const BEHIND_AFTER_MS = 2_500;
/** Milliseconds from a page's head to the page; when none is there by then, the browser is saving a file. */
const SAVED_AFTER_MS = 1_000;

/**
 * Runs the shell page.
 * @param startVisit starts a visit to the site of this origin; called again when a visit ended with an error that passes
 */
export function runShell(startVisit: StartVisit): void {
  const name = location.hostname.split('.')[0] ?? location.hostname;
  const page = new StatusPage(name);
  if (!window.isSecureContext || !('serviceWorker' in navigator) || !('RTCPeerConnection' in window || 'WebSocket' in window)) {
    void loadPart(() => import('./support-part.ts')).then(
      ({ missingSupport }) => page.show(missingSupport()),
      ({ message }) => page.show({ busy: false, title: 'This browser cannot open the site', text: message, action: 'again' }),
    );
    return;
  }
  const outer = outerShell();
  if (outer) {
    page.hide();
    reportNested(outer);
    return;
  }
  takeFragment();
  if (unregisterAsked()) return;
  const start = (): void => void new Shell(startVisit, page, name);
  // A browser may load the page ahead of the person's wish: nobody is visited for that.
  if ((document as { prerendering?: boolean }).prerendering) document.addEventListener('prerenderingchange', start, { once: true });
  else start();
}

class Shell {
  readonly #page: StatusPage;
  readonly #name: string;
  readonly #bar = new Bar();
  #badge: Badge | null = null; // comes after the site's first answer
  #badging = false;
  readonly #visitor: PageVisitor;
  readonly #keeper: VisitKeeper;
  readonly #frame: SiteFrame;
  readonly #bridge: PageBridge;
  /** The frame was told where to go. */
  #started = false;
  /** A page of the site was shown: from now on the status page stays away. */
  #shown = false;
  #since = new Date();
  #failed = false;
  /** What was opened is a file: there will be no page. */
  #saved = false;
  #retries = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(startVisit: StartVisit, page: StatusPage, name: string) {
    this.#page = page;
    this.#name = name;
    this.#frame = new SiteFrame((content) => this.#loaded(content));
    this.#visitor = new PageVisitor((notice) => this.#page.show(notice));
    this.#keeper = new VisitKeeper(
      async () => startVisit(this.#visitor.options()),
      (status) => this.#changed(status),
    );
    this.#bridge = servePage(this.#keeper, () => this.#answered());
    leadFrame(this.#frame, this.#bridge);
    stayByScript((path) => {
      if (path !== this.#frame.path()) this.#frame.element.contentWindow?.location.assign(path);
    });
    reportDownloads((message) => this.#bar.message(message));
    window.addEventListener('message', (event: MessageEvent<NestedMessage>) => {
      if (event.origin === location.origin && event.data?.porthole === 'nested') void this.#bypassed(event.source as Window);
    });
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) location.reload(); // back from the browser's store of left pages: the visit ended when it was left
    });
    window.addEventListener('hashchange', () => takeFragment() && location.reload()); // pasted into this tab's address bar
    this.#changed(this.#keeper.status);
    void this.#begin();
  }

  async #begin(): Promise<void> {
    try {
      await controlPage();
    } catch (error) {
      return this.#fail(error);
    }
    setTimeout(() => this.#bringRest(), BEHIND_AFTER_MS);
    const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (how?.type === 'back_forward') await new Promise((resolve) => setTimeout(resolve, RESTORED_WITHIN_MS));
    this.#started = true;
    if (!this.#bridge.lastNavigation) this.#frame.start(shellPath());
  }

  /** The visit stands differently. */
  #changed(status: VisitState): void {
    const connected = status.state === 'connected';
    if (status.state !== 'offline') this.#since = new Date();
    const wasAsking = this.#visitor.asking;
    this.#visitor.follow(status, this.#keeper.site?.id);
    if (this.#shown) this.#bar.follow(status);
    if (this.#shown && wasAsking && !this.#visitor.asking) this.#page.hide();
    if (!this.#shown && !this.#failed && !this.#saved && !this.#visitor.asking) this.#tell(status);
    this.#showBadge();
    if (!connected) return;
    const content = this.#frame.content();
    if (content.kind === 'error' && content.retry) this.#reload(0);
    if (content.kind === 'foreign' && this.#started && !this.#bridge.lastNavigation?.viewed) this.#reload(0);
  }

  /** The frame has another document. */
  #loaded(content: FrameContent): void {
    const { state } = this.#keeper.status;
    switch (content.kind) {
      case 'site':
        this.#retries = 0;
        clearTimeout(this.#retry);
        refuseWorkers(content.window);
        guideLinks(content.window);
        followMoves(content.window, this.#frame);
        mirrorHead(content.document, this.#siteName());
        followFrame(this.#frame);
        this.#show();
        break;
      case 'error':
        if (content.retry && state === 'connected') this.#reload(FIRST_RETRY_MS * 2 ** this.#retries++);
        // While there is no way the status page says more than the error page does.
        if (state === 'connected' || this.#shown) this.#show();
        return;
      case 'leave':
        location.assign(content.to);
        break;
      case 'foreign':
        if (this.#bridge.lastNavigation?.viewed) {
          const { pathname, search } = new URL(this.#bridge.lastNavigation.url);
          history.replaceState(history.state, '', pathname + search);
          this.#show();
        } else if (state === 'connected') this.#reload(FIRST_RETRY_MS * 2 ** this.#retries++);
        return;
      case 'shell': // it reports itself
      case 'nothing':
        return;
    }
  }

  /** What the first page does not need comes behind the site's first answer, not before it. */
  #bringRest(): void {
    void this.#bringBadge();
    keepShell();
  }

  async #bringBadge(): Promise<void> {
    if (this.#badging) return;
    this.#badging = true;
    try {
      const { Badge, overStyle } = await loadPart(() => import('./badge-part.ts'));
      await overStyle;
      this.#badge = new Badge();
      this.#showBadge();
    } catch {
      this.#badging = false; // the site can be seen without: it is tried again with the next answer
    }
  }

  #showBadge(): void {
    const { status, history } = this.#keeper;
    if (status.state === 'connected' || this.#shown) this.#badge?.show(status, this.#siteName(), history);
  }

  /** The site answered for a page. If no page comes of it, it was a file, and the browser has saved it. */
  #answered(): void {
    this.#bringRest();
    if (this.#shown) return;
    setTimeout(() => {
      if (this.#shown || this.#failed || this.#frame.content().kind !== 'nothing') return;
      this.#saved = true;
      const text = 'This address is a file and not a page. Look among the downloads of your browser.';
      this.#page.show({ busy: false, title: 'The file is being saved', text });
    }, SAVED_AFTER_MS);
  }

  #show(): void {
    if (this.#shown) return;
    this.#shown = true;
    this.#page.hide();
    this.#bar.follow(this.#keeper.status);
    if (document.activeElement === document.body) this.#frame.element.focus();
  }

  #reload(afterMs: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#frame.load(this.#frame.path() ?? shellPath()), Math.min(afterMs, LONGEST_RETRY_MS));
  }

  /** A page of the site was asked for past the worker, and the suite answered with a shell. */
  async #bypassed(inner: Window): Promise<void> {
    if (!mayRestart()) {
      return this.#fail(new PortholeError('INTERNAL', 'this browser keeps loading the site past the service worker'));
    }
    try {
      await controlPage();
    } catch (error) {
      return this.#fail(error);
    }
    if (inner === this.#frame.element.contentWindow) this.#frame.load(this.#frame.path() ?? shellPath());
    else inner.location.reload();
  }

  /** The page cannot do its work, whatever the visit does. */
  #fail(thrown: unknown): void {
    this.#failed = true;
    if (thrown instanceof WorkerRefused) {
      void loadPart(() => import('./support-part.ts')).then(
        ({ refusedWorker }) => this.#page.show(refusedWorker(thrown.message)),
        (error) => this.#fail(error),
      );
      return;
    }
    const { code, message } = asPortholeError(thrown);
    const text = `${message[0]?.toUpperCase()}${message.slice(1)}.`;
    this.#page.show({ busy: false, title: wordsFor(code).title, text, detail: code, action: 'again' });
  }

  /** Says where the visit stands. The visitor's key, which belongs to a refusal, comes a moment later. */
  #tell(status: VisitState): void {
    this.#page.show(this.#notice(status));
    const site = this.#keeper.site?.id;
    if (status.state !== 'closed' || site === undefined) return;
    const withKey = (key: string): void => {
      if (this.#keeper.status === status) this.#page.show(this.#notice(status, key));
    };
    this.#visitor.idFor(site).then(withKey, () => undefined); // the refusal stands without
  }

  #notice(status: VisitState, key?: string): Notice {
    return noticeFor(status, { name: this.#siteName(), since: this.#since, key });
  }

  #siteName(): string {
    return this.#keeper.site?.title || this.#keeper.site?.name || this.#name;
  }
}
