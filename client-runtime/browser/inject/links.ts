// SPDX-License-Identifier: Apache-2.0
// Handles links and forms of the site: which stay in the frame, which leave it, which are saved.

import type { NavigateEventLike, WithNavigation } from '../shared/navigation-api.ts';
import type { ShellWindow } from '../shared/outer-shell.ts';
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
function targetOf(element: Element): string {
  return (element.getAttribute('target') || document.querySelector('base[target]')?.getAttribute('target') || '_self').toLowerCase();
}

const own = (url: URL): boolean => url.origin === location.origin;
const web = (url: URL): boolean => /^https?:$/.test(url.protocol);

/**
 * Keeps the site's links working although its pages are in a frame: another origin gets the whole tab, `_top` means the
 * frame, and what is to be saved goes through the worker. It listens before the page does, but only turns attributes, so
 * that a page that handles the click itself still does.
 * @param top this page is the one that the shell shows, and not in a frame of that one
 */
export function guideLinks(shell: ShellWindow, top: boolean): void {
  addEventListener(
    'click',
    (event) => {
      const link = linkOf(event);
      if (!link || !follows(event) || !URL.canParse(link.href)) return;
      const url = new URL(link.href);
      if (!web(url)) return;
      if (own(url) && link.hasAttribute('download')) save(shell, link, url);
      else if (top) guide(link, own(url), targetOf(link));
    },
    { capture: true },
  );
  guideScripts(shell, top);
  if (!top) return;
  addEventListener('submit', (event) => guideForm(event.target as HTMLFormElement, event.submitter), { capture: true });
  leaveByScript(shell);
}

/** Has a link followed in the shell's hidden frame, from where its file is saved. */
function save(shell: ShellWindow, link: Link, url: URL): void {
  const { href, frame } = startDownload(shell, url, link.getAttribute('download') ?? '');
  forThisEvent(link, { href, target: frame, download: null });
}

/** Turns the target of what leads to the site, or away from it. */
function guide(element: Element, inside: boolean, target: string): void {
  if (inside && (target === '_top' || target === '_parent')) forThisEvent(element, { target: '_self' });
  if (!inside && (target === '_self' || target === '_parent')) forThisEvent(element, { target: '_top' });
}

function guideForm(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? '';
  if (!URL.canParse(action, document.baseURI)) return;
  guide(form, own(new URL(action, document.baseURI)), targetOf(submitter?.hasAttribute('formtarget') ? submitter : form));
}

/** What scripts do without an event: save a file by a click on a link that is in no document, submit a form. */
function guideScripts(shell: ShellWindow, top: boolean): void {
  const { submit } = HTMLFormElement.prototype;
  HTMLFormElement.prototype.submit = function (this: HTMLFormElement) {
    if (top) guideForm(this, null);
    submit.call(this);
  };
  const { click } = HTMLAnchorElement.prototype;
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    if (!this.isConnected && this.hasAttribute('download') && URL.canParse(this.href)) {
      const url = new URL(this.href);
      if (web(url) && own(url)) save(shell, this, url);
    }
    click.call(this);
  };
}

/** Scripts that send the frame to another origin mean the tab. */
function leaveByScript(shell: ShellWindow): void {
  (window as WithNavigation).navigation?.addEventListener('navigate', (navigation) => {
    const event = navigation as NavigateEventLike;
    if (!event.cancelable || event.downloadRequest !== null || !URL.canParse(event.destination.url)) return;
    const url = new URL(event.destination.url);
    if (!web(url) || own(url)) return;
    event.preventDefault();
    shell.location.assign(url.href);
  });
}
