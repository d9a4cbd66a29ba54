// SPDX-License-Identifier: Apache-2.0
// Shows the site's title, icon and colour in the tab.

/** Bytes of an icon that is shown in the tab. */
const MAX_ICON_BYTES = 256 * 1024;
/** Milliseconds in which many changes make one copy. */
const SETTLE_MS = 50;

/**
 * Copies title, icon and theme colour from a page of the site, now and as they change.
 * @param fallback the title of a page that has none
 */
export function mirrorHead(inner: Document, fallback: string): void {
  let pending = false;
  const copy = (): void => {
    pending = false;
    if (!inner.defaultView) return; // the page was left
    document.title = inner.title || fallback;
    copyThemeColor(inner);
    void copyIcon(inner);
  };
  const later = (): void => {
    if (pending) return;
    pending = true;
    setTimeout(copy, SETTLE_MS);
  };
  const follow = (): void => {
    copy();
    if (!inner.head) return; // an image, or some other document that is not HTML
    new MutationObserver(later).observe(inner.head, { childList: true, subtree: true, characterData: true, attributes: true });
  };
  inner.addEventListener('readystatechange', copy);
  if (inner.readyState !== 'loading') {
    follow();
    return;
  }
  inner.addEventListener('DOMContentLoaded', follow, { once: true });
  later(); // a long page has its title long before its end
}

function copyThemeColor(inner: Document): void {
  const theirs = inner.querySelector<HTMLMetaElement>('meta[name="theme-color"]');
  let ours = document.querySelector<HTMLMetaElement>('meta[name="theme-color"]');
  if (!theirs) {
    ours?.remove();
    return;
  }
  if (!ours) {
    ours = document.createElement('meta');
    ours.name = 'theme-color';
    document.head.append(ours);
  }
  ours.content = theirs.content;
}

let shownIcon = '';

/**
 * Browsers fetch a tab's icon past the service worker: it is fetched here, and given to the tab as it is. As browsers do, it waits for
 * the page to have loaded: until then a script may name an icon, and nobody asks for one at the usual place.
 */
async function copyIcon(inner: Document): Promise<void> {
  if (inner.readyState !== 'complete') return;
  const link = inner.querySelector<HTMLLinkElement>('link[rel~="icon" i]');
  const url = link?.href || new URL('/favicon.ico', location.origin).href;
  if (url === shownIcon) return;
  shownIcon = url;
  const ours = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!ours) return;
  try {
    const data = url.startsWith('data:') ? url : await iconData(url);
    if (url === shownIcon && data) {
      ours.removeAttribute('type');
      ours.href = data;
    }
  } catch {
    // The tab keeps the icon it has
  }
}

async function iconData(url: string): Promise<string | null> {
  const response = await fetch(url);
  const blob = await response.blob();
  if (!response.ok || !blob.type.startsWith('image/') || blob.size > MAX_ICON_BYTES) return null;
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
