// SPDX-License-Identifier: Apache-2.0
// An XMLHttpRequest with handed-over content: its upload is told as it goes, then the browser's own request gets the answer.

import { ALIVE_PATH } from '../shared/bridge.ts';
import { type AskedXhr, type AskingPage, type Content, UPLOAD_FIELD } from '../shared/upload-messages.ts';
import { Hand } from './hand.ts';

/** Milliseconds between two `progress` events (XMLHttpRequest standard, "processRequestBodyChunkLength"). */
const TELL_EVERY_MS = 50;

/** Whether a browser tells of the end of an upload also where there was nothing to send, as Chromium does; by its pages. */
const tells = new WeakMap<Window, boolean>();

function tellsItself({ window }: AskingPage): boolean {
  let told = tells.get(window);
  if (told === undefined) {
    const probe = new window.XMLHttpRequest();
    told = false;
    probe.upload.onabort = () => {
      told = true;
    };
    probe.open('POST', ALIVE_PATH);
    probe.send();
    probe.abort();
    tells.set(window, told);
  }
  return told;
}

/** Sends it. @returns gives it up */
export function sendXhr(page: AskingPage, xhr: XMLHttpRequest, asked: AskedXhr, content: Content, type: string | null): () => void {
  const { method, url, fields } = asked;
  const hand = new Hand(page, content, type);
  /** The type that the request itself does not say. */
  const typed = new Headers(fields).has('content-type') ? null : hand.type;
  const { window, fetch } = page;
  let over = false; // the browser has the request, or nobody wants it
  let sent = 0;
  let told = -TELL_EVERY_MS;
  const tell = (...types: string[]): void => {
    for (const type of types) {
      xhr.upload.dispatchEvent(new window.ProgressEvent(type, { lengthComputable: true, loaded: sent, total: hand.length }));
    }
  };
  let uploaded = false;
  hand.onSent = (bytes) => {
    if (over || uploaded) return;
    sent = bytes;
    uploaded = bytes === hand.length;
    if (uploaded) tell('progress', 'load', 'loadend');
    else if (performance.now() - told >= TELL_EVERY_MS) {
      told = performance.now();
      tell('progress');
    }
  };
  /** Has the browser ask for what there is. */
  const collect = (): void => {
    over = true;
    clearTimeout(late);
    asked.setField(UPLOAD_FIELD, hand.mark);
    // Led on to another place, it stands for the same there.
    if (typed !== null) asked.setField('content-type', typed);
    xhr.addEventListener('loadend', () => hand.stop(), { once: true });
    asked.send();
  };
  /** Tells of what broke it off where the browser would: when the request itself is over. */
  const tellAtEnd = (type: string): void => {
    if (uploaded || tellsItself(page)) return;
    const told = (): void => {
      if (xhr.readyState !== xhr.DONE) return;
      xhr.removeEventListener('readystatechange', told);
      tell(type, 'loadend');
    };
    xhr.addEventListener('readystatechange', told);
  };
  const { timeout } = xhr;
  const late = timeout > 0 ? setTimeout(expired, timeout) : undefined;
  function expired(): void {
    tellAtEnd('timeout');
    xhr.addEventListener('loadend', () => {
      xhr.timeout = timeout;
    });
    xhr.timeout = 1; // what has not been answered by now is late
    collect();
  }

  tell('loadstart');
  const headers = new Headers(fields);
  if (typed !== null) headers.set('content-type', typed);
  if (!headers.has('accept')) headers.set('accept', '*/*');
  const init: RequestInit = { method, headers: [...headers] };
  hand.ready(fetch.bind(window), url, init).then(
    () => over || collect(),
    () => {
      if (over) return;
      tellAtEnd('error');
      collect();
    },
  );
  return () => {
    if (over) return;
    over = true;
    clearTimeout(late);
    hand.stop();
    tellAtEnd('abort');
  };
}
