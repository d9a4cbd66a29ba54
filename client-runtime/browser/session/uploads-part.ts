// SPDX-License-Identifier: Apache-2.0
// Answers requests that stand for content which a page holds. Loaded with the first of them.

import { PortholeError } from '../../../proto/errors.ts';
import type { Asking } from '../../../transport/session/http.ts';
import type { RequestHead } from '../shared/bridge.ts';
import { type FromHolder, type ToHolders, UPLOAD_FIELD, UPLOADS_CHANNEL } from '../shared/upload-messages.ts';
import type { Came } from './cache/came.ts';
import type { Fetcher } from './fetcher.ts';
import { markOf } from './form-mark.ts';
import { type Offer, Upload } from './upload.ts';

/** Milliseconds in which a page offers what its request stands for: its script may have to be loaded first. */
export const OFFERED_WITHIN_MS = 20_000;
/** Milliseconds after which a request is told to wait, and to ask again: Chromium gives a service worker five minutes for one. */
export const TOLD_AFTER_MS = 10_000;
/** Statuses by which a browser is led on with the same content (RFC 9110 section 15.4). */
const LEADS_ON = new Set([307, 308]);

export class Uploads {
  readonly #fetcher: Fetcher;
  readonly #air = new BroadcastChannel(UPLOADS_CHANNEL);
  readonly #awaited = new Map<string, PromiseWithResolvers<Offer>>();
  readonly #uploads = new Map<string, Upload>();

  constructor(fetcher: Fetcher) {
    this.#fetcher = fetcher;
    this.#air.onmessage = ({ data }: MessageEvent<FromHolder>) => this.#heard(data);
  }

  /**
   * Answers a request.
   * @param mark what it says of content; null: it may be a form whose one field says it
   * @param send sends it as it is
   * @throws PortholeError CANCELLED when nobody has such content, SESSION_CLOSED when another session had it, and as the visit does
   */
  async answer(head: RequestHead, mark: string | null, request: Asking, send: (request: Asking) => Promise<Came>): Promise<Came> {
    let said = mark;
    if (said === null && request.body) {
      const { mark, body } = await markOf(request.body);
      if (mark === null) return send({ ...request, body });
      said = mark;
    }
    const [id = '', ...more] = (said ?? '').split(' ');
    const upload = this.#uploads.get(id) ?? (await this.#begin(id));
    const outcome = await upload.outcome(request, TOLD_AFTER_MS);
    if (!outcome && mark === null) this.#say({ is: 'late', id, url: head.url });
    if (more.includes('held') || !outcome) {
      const word = `${outcome ? 'ready' : 'wait'} ${this.#fetcher.session}`;
      return new Response(null, { status: 204, headers: { [UPLOAD_FIELD]: word } });
    }
    upload.taken();
    if (!('came' in outcome && LEADS_ON.has(outcome.came.status))) upload.end();
    if (!('came' in outcome)) throw outcome.error;
    return outcome.came;
  }

  /** Has the page offer it. */
  async #begin(id: string): Promise<Upload> {
    const known = this.#awaited.get(id);
    const awaited = known ?? Promise.withResolvers<Offer>();
    this.#awaited.set(id, awaited);
    if (!known) this.#say({ is: 'want', id });
    const late = setTimeout(() => awaited.reject(new PortholeError('CANCELLED', 'the page that asked is gone')), OFFERED_WITHIN_MS);
    try {
      const offer = await awaited.promise;
      const begun = this.#uploads.get(id); // by another request that stands for the same
      if (begun) return begun;
      const upload = new Upload(offer, {
        fetch: async (request) => (await this.#fetcher.visit()).fetch(request),
        sent: (bytes) => this.#say({ is: 'sent', id, bytes }),
        over: () => this.#uploads.delete(id) && this.#say({ is: 'over', id }),
      });
      this.#uploads.set(id, upload);
      return upload;
    } finally {
      clearTimeout(late);
      this.#awaited.delete(id);
    }
  }

  #heard(message: FromHolder): void {
    const { id } = message;
    const awaited = this.#awaited.get(id);
    if (message.is === 'offer') awaited?.resolve(message);
    else if (message.is === 'gone')
      awaited?.reject(new PortholeError('SESSION_CLOSED', 'what carried this request has ended, and it may not be made twice'));
    else {
      awaited?.reject(new PortholeError('CANCELLED'));
      const upload = this.#uploads.get(id);
      upload?.stop(new PortholeError('CANCELLED'));
      upload?.end();
    }
  }

  #say(message: ToHolders): void {
    this.#air.postMessage(message);
  }
}
