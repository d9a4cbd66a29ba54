// SPDX-License-Identifier: Apache-2.0
// The shell: the page at every address of a site's origin. It installs the workers and shows the site in a frame.

import { asPortholeError, PortholeError } from '../../../proto/errors.ts';
import type { WithHeld } from '../shared/bridge.ts';
import type { ShellWindow } from '../shared/outer-shell.ts';
import { loadPart } from '../shared/parts.ts';
import type { TabState } from '../shared/session-messages.ts';
import { pagePass, takeFragment } from '../shared/visitor-store.ts';
import { tellError } from '../status/error-words.ts';
import { Bar, type Notice, noticeFor, type StatusPage } from '../status/status.ts';
import { comingWords, withWords, wordsFor } from '../status/words.ts';
import { followFrame, leadFrame, shellPath } from './address.ts';
import { Beside } from './beside.ts';
import { type FrameContent, onceSeen, SiteFrame, whole } from './frame.ts';
import { controlPage, introduce, keepShell, mayRestart, type NestedMessage, WorkerRefused } from './install.ts';
import { type Coming, Navigations } from './navigations.ts';
import { PageVisitor } from './page-visitor.ts';
import { SessionLink } from './session-link.ts';
import { stayByScript } from './stay.ts';

/** Milliseconds before a page that failed although there is a connection is loaded again; doubled each time up to the longest. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** Milliseconds in which a browser that went back to this page begins to restore the frame's place by itself. */
const RESTORED_WITHIN_MS = 250;
/** Milliseconds in which the worker tells that the site's page was asked for before this script was there. */
const ASKED_WITHIN_MS = 1_000;
/** Milliseconds after which what comes behind the site's first answer comes without one. */
const BEHIND_AFTER_MS = 2_500;
/** Milliseconds from a page's head to the page; when none is there by then, the browser is saving a file. */
const SAVED_AFTER_MS = 1_000;

const supportPart = (): Promise<typeof import('../status/support-part.ts')> => loadPart(() => import('../status/support-part.ts'));

export class Shell {
  readonly #page: StatusPage;
  readonly #name: string;
  readonly #bar = new Bar();
  readonly #beside = new Beside();
  readonly #visitor: PageVisitor;
  #state: TabState = { status: { state: 'finding' }, site: null, history: [], strategies: [], key: undefined };
  readonly #told = Promise.withResolvers<void>(); // the session has said how it stands
  readonly #frame: SiteFrame;
  readonly #navigations: Navigations;
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

  constructor(page: StatusPage, name: string) {
    this.#page = page;
    this.#name = name;
    this.#navigations = new Navigations({ answered: () => this.#answered(), coming: (coming) => this.#coming(coming) });
    this.#frame = new SiteFrame((content) => this.#loaded(content));
    const session = new SessionLink({
      pass: pagePass,
      changed: (state) => {
        this.#changed(state);
        this.#told.resolve();
      },
      ask: (wrong) => void this.#visitor.ask(wrong).catch((error: unknown) => this.#fail(error)),
      signIn: (realm, wrong) => {
        const asks = loadPart(() => import('../status/sign-in-part.ts'));
        void asks.then(({ ask }) => ask(realm, wrong, this.#siteName(), (answer) => session.signIn(answer)));
      },
      salted: (salt, verifier) => this.#visitor.salted(salt, verifier),
      worker: introduce,
      failed: (error) => this.#fail(error),
    });
    this.#visitor = new PageVisitor(
      (notice) => this.#page.show(notice),
      (password) => session.password(password),
    );
    const shell = window as ShellWindow;
    shell.portholePages = {
      say: (...said) => session.page(...said),
      moved: () => followFrame(this.#frame),
      tell: (message) => this.#bar.message(message),
    };
    for (const said of shell.portholeSaid ?? []) session.page(...said);
    leadFrame(this.#frame, this.#navigations);
    stayByScript((path) => {
      if (path !== this.#frame.path()) this.#frame.element.contentWindow?.location.assign(path);
    });
    window.addEventListener('message', (event: MessageEvent<NestedMessage>) => {
      if (event.origin === location.origin && event.data?.porthole === 'nested') void this.#bypassed(event.source as Window);
    });
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) location.reload(); // back from the browser's store of left pages: the visit ended when it was left
    });
    window.addEventListener('hashchange', () => takeFragment() && location.reload()); // pasted into this tab's address bar
    this.#changed(this.#state);
    void this.#begin();
  }

  async #begin(): Promise<void> {
    const { portholeAsked: asked } = window as WithHeld;
    try {
      await Promise.all([controlPage(), this.#told.promise]);
    } catch (error) {
      return this.#fail(error);
    }
    if (this.#failed) return;
    setTimeout(() => this.#bringRest(), BEHIND_AFTER_MS);
    const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (how?.type === 'back_forward') await new Promise((resolve) => setTimeout(resolve, RESTORED_WITHIN_MS));
    this.#started = true;
    const start = (): void => {
      if (!this.#navigations.last) this.#frame.start(shellPath());
    };
    if (asked && asked !== navigator.serviceWorker.controller)
      this.#frame.start(shellPath()); // its successor knows nothing of it
    else if (asked) setTimeout(start, ASKED_WITHIN_MS);
    else start();
  }

  /** The visit stands differently. */
  #changed(state: TabState): void {
    this.#state = state;
    const { status, site } = state;
    const connected = status.state === 'connected';
    if (status.state !== 'offline') this.#since = new Date();
    const wasAsking = this.#visitor.asking;
    this.#visitor.follow(status, site?.id);
    if (status.state === 'closed' && status.error?.code === 'KEY_WRONG') return this.#deceived();
    if (this.#shown) this.#follow();
    if (this.#shown && wasAsking && !this.#visitor.asking) this.#page.hide();
    this.#notify();
    this.#showBadge();
    if (!connected) return;
    const content = this.#frame.content();
    if (content.kind === 'error' && content.retry) this.#reload(0);
    if (content.kind === 'foreign' && this.#started && !this.#navigations.viewed) this.#reload(0);
  }

  /** Says how the visit stands, while there is no page of the site to see. */
  #notify(): void {
    this.#worded(() => {
      if (!this.#shown && !this.#failed && !this.#saved && !this.#visitor.asking) this.#page.show(this.#notice());
    });
  }

  /** The bar follows the visit. */
  #follow(): void {
    this.#worded(() => this.#bar.follow(this.#state.status));
  }

  /** Does something that puts the state into words, unless that is another by the time they are there. */
  #worded(run: () => void): void {
    const { status } = this.#state;
    if ('error' in status) withWords(() => this.#state.status === status && run());
    else run();
  }

  /** Another site than the one that this tab's link names has answered, or its page is shown in another tab: nothing of it is shown here. */
  #deceived(): void {
    this.#failed = true;
    this.#shown = false;
    this.#frame.load('about:blank');
    withWords(() => this.#page.show(this.#notice()));
  }

  /** The frame has another document. */
  #loaded(content: FrameContent): void {
    const { state } = this.#state.status;
    if (this.#failed) return;
    switch (content.kind) {
      case 'site':
        this.#retries = 0;
        clearTimeout(this.#retry);
        this.#beside.mirror(content.document, this.#siteName());
        followFrame(this.#frame);
        onceSeen(content.document, () => void this.#told.promise.then(() => this.#failed || this.#show()));
        break;
      case 'error':
        whole(content.document, (page) => withWords(() => tellError(page)));
        if (content.retry && state === 'connected') this.#reload(FIRST_RETRY_MS * 2 ** this.#retries++);
        // While there is no connection the status page says more than the error page does.
        if (state === 'connected' || this.#shown) this.#show();
        return;
      case 'leave':
        location.assign(content.to);
        break;
      case 'foreign':
        if (this.#navigations.viewed) {
          const { pathname, search } = new URL(this.#navigations.viewed);
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
    void this.#beside.bring(() => this.#showBadge());
    keepShell();
  }

  #showBadge(): void {
    const { status } = this.#state;
    if (status.state === 'connected' || this.#shown) this.#beside.show(this.#state, this.#siteName());
  }

  /** The site answered for a page. If no page comes of it, it was a file, and the browser has saved it. */
  #answered(): void {
    this.#bringRest();
    if (this.#shown) return;
    setTimeout(() => {
      if (this.#shown || this.#failed || this.#frame.content().kind !== 'nothing') return;
      this.#saved = true;
      this.#saying();
    }, SAVED_AFTER_MS);
  }

  /** More of a page has come, or of a file. */
  #coming(coming: Coming): void {
    if (this.#shown || this.#failed || this.#visitor.asking) return;
    if (this.#saved) this.#saying(coming);
    else if (this.#state.status.state === 'connected') this.#page.show({ ...this.#notice(), text: comingWords(coming) });
  }

  #saying(coming: Coming | null = this.#navigations.last?.coming ?? null): void {
    const progress = coming ? ` ${comingWords(coming)}` : '';
    const text = `This address is a file and not a page. Look among the downloads of your browser.${progress}`;
    this.#page.show({ busy: false, title: 'The file is being saved', text });
  }

  #show(): void {
    if (this.#shown) return;
    this.#shown = true;
    this.#page.hide();
    this.#follow();
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
      void supportPart().then(
        ({ refusedWorker }) => this.#page.show(refusedWorker(thrown.message)),
        (error) => this.#fail(error),
      );
      return;
    }
    const { code, message } = asPortholeError(thrown);
    const text = `${message[0]?.toUpperCase()}${message.slice(1)}.`;
    withWords(() => this.#page.show({ busy: false, title: wordsFor(code).title, text, detail: code, action: 'again' }));
  }

  #notice(): Notice {
    const { status, strategies, key } = this.#state;
    return noticeFor(status, { name: this.#siteName(), since: this.#since, strategies, key });
  }

  #siteName(): string {
    return this.#state.site?.title || this.#state.site?.name || this.#name;
  }
}
