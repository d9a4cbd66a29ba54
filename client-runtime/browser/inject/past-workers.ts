// SPDX-License-Identifier: Apache-2.0
// Requests that browsers make past service workers: they would leave by the suite's gateway, without the seal and the site's cookies.

import { ALIVE_PATH } from '../shared/bridge.ts';

const SYNCHRONOUS =
  'A synchronous XMLHttpRequest does not pass Porthole’s service worker in this browser, so that it is not sent: ask asynchronously, or open the site with “porthole open”.';

/** Has them carried as the page's other requests are, or refused in words. */
export function keepRequestsCarried(): void {
  refuseSynchronous();
  // Sent by the browser when the page is gone. Pages know that not every browser has it.
  Reflect.deleteProperty(window, 'fetchLater');
  carryObjects();
}

function isOwn(url: URL): boolean {
  return url.origin === location.origin && /^https?:$/.test(url.protocol);
}

/** Refuses XMLHttpRequests that hold the page up, where the browser asks the network for them. */
function refuseSynchronous(): void {
  const { open, send } = XMLHttpRequest.prototype;
  const held = new WeakSet<XMLHttpRequest>();
  let carried: boolean | undefined;
  const isCarried = (): boolean => {
    const probe = new XMLHttpRequest();
    open.call(probe, 'GET', ALIVE_PATH, false);
    try {
      send.call(probe);
    } catch {
      return false;
    }
    return probe.status === 204; // only the worker says so
  };
  XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, ...given: unknown[]) {
    Reflect.apply(open, this, given);
    if (given.length > 2 && !given[2] && isOwn(new URL(String(given[1]), document.baseURI))) held.add(this);
    else held.delete(this);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (held.has(this)) {
      carried ??= isCarried();
      if (!carried) {
        console.error(SYNCHRONOUS);
        throw new DOMException(SYNCHRONOUS, 'NetworkError');
      }
    }
    return send.call(this, body);
  };
}

/** Whether an answer is a document that is not to do all that the page may: as a blob it would be under the page's policy alone. */
function isConfined(headers: Headers): boolean {
  if (!/html|xml/i.test(headers.get('content-type') ?? '')) return false;
  return headers.has('content-security-policy') || /^\s*attachment\b/i.test(headers.get('content-disposition') ?? '');
}

/** Gives `<object>` and `<embed>` their content from memory: the Service Worker specification keeps these two from workers (Handle Fetch). */
function carryObjects(): void {
  const kinds = [
    { found: document.getElementsByTagName('object'), name: 'data' },
    { found: document.getElementsByTagName('embed'), name: 'src' },
  ];
  const known = new WeakSet<Element>();
  const carry = async (element: Element, name: string): Promise<void> => {
    const given = element.getAttribute(name);
    if (!given || !URL.canParse(given, document.baseURI)) return;
    const url = new URL(given, document.baseURI);
    if (!isOwn(url)) return;
    const response = await fetch(url).catch(() => null);
    const content = response?.ok && !isConfined(response.headers) ? await response.blob().catch(() => null) : null;
    if (element.getAttribute(name) !== given) return;
    if (content) element.setAttribute(name, URL.createObjectURL(content) + url.hash);
    else element.removeAttribute(name); // what stands in its place is shown
  };
  const look = (): void => {
    for (const { found, name } of kinds) {
      for (const element of found) {
        if (known.has(element)) continue;
        known.add(element);
        void carry(element, name);
        new MutationObserver(() => void carry(element, name)).observe(element, { attributes: true, attributeFilter: [name] });
      }
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
}
