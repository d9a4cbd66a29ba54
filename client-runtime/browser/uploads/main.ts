// SPDX-License-Identifier: Apache-2.0
// The script, in the shell's window, that hands the content of long requests to the session: for `fetch`, XMLHttpRequest and forms of pages.

import { type ForUploads, UPLOAD_FIELD, type UploadsWindow } from '../shared/upload-messages.ts';
import { Hand } from './hand.ts';
import { sendXhr } from './xhr.ts';

const forUploads: ForUploads = {
  async fetch(page, input, init, content, type) {
    const { window, fetch } = page;
    const hand = new Hand(page, content, type);
    const headers = new window.Headers(init.headers ?? (input instanceof window.Request ? input.headers : undefined));
    if (hand.type !== null && !headers.has('content-type')) headers.set('content-type', hand.type);
    headers.set(UPLOAD_FIELD, hand.mark);
    try {
      // Whatever is wrong with it is said as the browser says it.
      const request = new window.Request(input, { ...init, headers, body: null });
      request.signal.addEventListener('abort', () => hand.stop());
      for (;;) {
        const response = await fetch.call(window, request.clone());
        if (!hand.waits(response.status, response.headers)) return response;
        hand.begun = true;
        request.headers.set(UPLOAD_FIELD, hand.mark);
      }
    } finally {
      hand.stop();
    }
  },
  send: sendXhr,
  submit(page, id, content, again) {
    const hand = new Hand(page, content, null, id, true);
    // The form's own request may already wait for it.
    void hand.offer();
    hand.onLate = (url) => {
      const send = (): void => again(url);
      void hand.ready(window.fetch.bind(window), url, { method: 'POST' }).then(send, send);
    };
  },
};

(window as UploadsWindow).portholeUploads = forUploads;
