// SPDX-License-Identifier: Apache-2.0
// Links and forms of the site: which stay in the frame, which leave it, which are saved.

import { startDownload } from './downloads.ts';

/** Whether a click means "follow the link here": any other opens a tab or a menu, which is the browser's affair. */
function follows(event: MouseEvent): boolean {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

type Link = HTMLAnchorElement | HTMLAreaElement;

/** The link under a click, also one inside a shadow tree. */
function linkOf(event: Event): Link | null {
  for (const node of event.composedPath()) {
    const name = (node as Element).localName;
    if ((name === 'a' || name === 'area') && (node as Link).href) return node as Link;
  }
  return null;
}

/** Changes an attribute while the browser handles the event, so that the page finds its own element again. */
function forThisEvent(element: Element, changes: Record<string, string | null>): void {
  const before = Object.keys(changes).map((name) => [name, element.getAttribute(name)] as const);
  const set = (name: string, value: string | null): void =>
    value === null ? element.removeAttribute(name) : element.setAttribute(name, value);
  for (const [name, value] of Object.entries(changes)) set(name, value);
  setTimeout(() => {
    for (const [name, value] of before) set(name, value);
  });
}

/** Where a link or form opens: its own target, else the document's. */
function targetOf(element: Element, inner: Document): string {
  return (element.getAttribute('target') || inner.querySelector('base[target]')?.getAttribute('target') || '_self').toLowerCase();
}

type SiteWindow = Window & { HTMLAnchorElement?: typeof HTMLAnchorElement; HTMLFormElement?: typeof HTMLFormElement };

const own = (url: URL): boolean => url.origin === location.origin;
const web = (url: URL): boolean => /^https?:$/.test(url.protocol);

/**
 * Keeps the site's links working although its pages are in a frame: another origin gets the whole tab, `_top` means the
 * frame, and what is to be saved goes through the worker. It listens before the page does, but only turns attributes, so
 * that a page that handles the click itself still does.
 */
export function guideLinks(inner: SiteWindow): void {
  const { document: page } = inner;
  inner.addEventListener(
    'click',
    (event) => {
      const link = linkOf(event);
      if (!link || !follows(event) || !URL.canParse(link.href)) return;
      const url = new URL(link.href);
      if (!web(url)) return;
      const target = targetOf(link, page);
      if (own(url) && link.hasAttribute('download')) {
        const { href, frame } = startDownload(url, link.getAttribute('download') ?? '');
        forThisEvent(link, { href, target: frame, download: null });
      } else if (own(url) && (target === '_top' || target === '_parent')) {
        forThisEvent(link, { target: '_self' });
      } else if (!own(url) && (target === '_self' || target === '_parent')) {
        forThisEvent(link, { target: '_top' });
      }
    },
    { capture: true },
  );
  inner.addEventListener('submit', (event) => guideForm(event.target as HTMLFormElement, event.submitter, page), { capture: true });
  guideScripts(inner);
  leaveByScript(inner);
}

function guideForm(form: HTMLFormElement, submitter: HTMLElement | null, page: Document): void {
  const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? '';
  if (!URL.canParse(action, page.baseURI)) return;
  const target = targetOf(submitter?.hasAttribute('formtarget') ? submitter : form, page);
  const inside = own(new URL(action, page.baseURI));
  if (inside && (target === '_top' || target === '_parent')) forThisEvent(form, { target: '_self' });
  if (!inside && (target === '_self' || target === '_parent')) forThisEvent(form, { target: '_top' });
}

/** What scripts do without an event: save a file by a click on a link that is in no document, submit a form. */
function guideScripts(inner: SiteWindow): void {
  if (!inner.HTMLAnchorElement || !inner.HTMLFormElement) return;
  const { submit } = inner.HTMLFormElement.prototype;
  inner.HTMLFormElement.prototype.submit = function (this: HTMLFormElement) {
    guideForm(this, null, inner.document);
    submit.call(this);
  };
  const { click } = inner.HTMLAnchorElement.prototype;
  inner.HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    if (!this.isConnected && this.hasAttribute('download') && URL.canParse(this.href)) {
      const url = new URL(this.href);
      if (web(url) && own(url)) {
        const { href, frame } = startDownload(url, this.getAttribute('download') ?? '');
        forThisEvent(this, { href, target: frame, download: null });
      }
    }
    click.call(this);
  };
}

interface NavigateEventLike extends Event {
  readonly destination: { readonly url: string; readonly sameDocument: boolean };
  readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  readonly downloadRequest: string | null;
}
type WithNavigation = Window & { readonly navigation?: EventTarget };

/** Scripts that send the frame to another origin mean the tab. */
function leaveByScript(inner: Window): void {
  (inner as WithNavigation).navigation?.addEventListener('navigate', (navigation) => {
    const event = navigation as NavigateEventLike;
    if (!event.cancelable || event.downloadRequest !== null || !URL.canParse(event.destination.url)) return;
    const url = new URL(event.destination.url);
    if (!web(url) || own(url)) return;
    event.preventDefault();
    location.assign(url.href);
  });
}

/**
 * Scripts that send the tab to a place of the site mean the frame: the shell stays. `top.location = self.location`, which
 * pages do so as not to be framed, then changes nothing.
 * @param go loads a place of the site
 */
export function stayByScript(go: (path: string) => void): void {
  (window as WithNavigation).navigation?.addEventListener('navigate', (navigation) => {
    const event = navigation as NavigateEventLike;
    const { url, sameDocument } = event.destination;
    if (sameDocument || !event.cancelable || event.navigationType === 'reload' || event.navigationType === 'traverse') return;
    const to = new URL(url);
    if (!own(to) || event.downloadRequest !== null) return;
    event.preventDefault();
    go(to.pathname + to.search + to.hash);
  });
}
