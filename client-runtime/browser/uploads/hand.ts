// SPDX-License-Identifier: Apache-2.0
// The page's end of content that is handed over: offers it to the session that wants it, and hears how much of it has gone.

import { lockOf } from '../shared/lives.ts';
import {
  type AskingPage,
  type Content,
  type FromHolder,
  type ToHolders,
  UPLOAD_FIELD,
  UPLOADS_CHANNEL,
} from '../shared/upload-messages.ts';
import { encoded } from './form-content.ts';

const air = new BroadcastChannel(UPLOADS_CHANNEL);
const hands = new Map<string, Hand>();
/** Pages, by the names of their lives. */
const lives = new WeakMap<Window, Promise<string>>();

air.onmessage = ({ data }: MessageEvent<ToHolders>) => hands.get(data.id)?.heard(data);

/** A page's life: the lock is the page's own, and goes with it. */
function lifeOf({ window }: AskingPage): Promise<string> {
  let life = lives.get(window);
  if (!life) {
    const id = crypto.randomUUID();
    life = new Promise((resolve, reject) => {
      const held = window.navigator.locks.request(lockOf(id), () => {
        resolve(id);
        return new Promise(() => undefined);
      });
      held.catch(reject);
    });
    lives.set(window, life);
    window.addEventListener('pagehide', () => {
      for (const hand of hands.values()) if (hand.page.window === window) hand.drop();
    });
  }
  return life;
}

/** One content. */
export class Hand {
  readonly id: string;
  readonly page: AskingPage;
  /** Bytes of it. */
  readonly length: number;
  /** Its media type; null: none. */
  readonly type: string | null;
  /** Called with the bytes that have gone. */
  onSent: (bytes: number) => void = () => undefined;
  /** Called when the form that it belongs to is to be sent again. */
  onLate: (url: string) => void = () => undefined;
  /** A session has begun to send it: no other may. */
  begun = false;
  /** The session that sends it; empty while none is known. */
  #sender = '';
  readonly #parts: readonly (string | Blob)[];
  readonly #isForm: boolean;

  /** @param isForm the request says another type than this content's */
  constructor(page: AskingPage, content: Content, type: string | null, id: string = crypto.randomUUID(), isForm = false) {
    this.id = id;
    this.page = page;
    this.#isForm = isForm;
    if (Array.isArray(content)) [this.#parts, this.type] = encoded(content);
    else [this.#parts, this.type] = [[content as Blob], type];
    this.length = this.#parts.reduce((sum, part) => sum + (typeof part === 'string' ? new Blob([part]).size : part.size), 0);
    hands.set(id, this);
  }

  heard(message: ToHolders): void {
    if (message.is === 'sent') this.onSent(message.bytes);
    else if (message.is === 'late') {
      this.begun = true;
      this.onLate(message.url);
    } else if (message.is === 'over') this.drop();
    else if (this.begun) this.#say({ is: 'gone', id: this.id });
    else void this.offer();
  }

  async offer(): Promise<void> {
    const life = await lifeOf(this.page);
    this.#say({ is: 'offer', id: this.id, parts: this.#parts, type: this.#isForm ? this.type : null, life });
  }

  /**
   * Asks in the page's name until the site has answered, and leaves the answer where it is.
   * @throws TypeError when nothing carries it any more
   */
  async ready(fetch: typeof globalThis.fetch, url: string, init: RequestInit): Promise<void> {
    const headers = new Headers(init.headers);
    for (;;) {
      headers.set(UPLOAD_FIELD, `${this.mark} held`);
      const { status, headers: fields } = await fetch(url, { ...init, headers: [...headers], redirect: 'manual', cache: 'no-store' });
      this.begun = true;
      // An answer of another kind says what went wrong, and is given again to whoever asks for it.
      if (!this.waits(status, fields)) return;
    }
  }

  /** What a request says that stands for it. */
  get mark(): string {
    return `${this.id} ${this.#sender}`.trim();
  }

  /** Whether an answer says that it is to be asked for again. */
  waits(status: number, fields: Headers): boolean {
    const [word, sender = this.#sender] = (status === 204 && fields.get(UPLOAD_FIELD)?.split(' ')) || [];
    this.#sender = sender;
    return word === 'wait';
  }

  /** The page wants no more of it: what is not over by now is given up. */
  stop(): void {
    if (hands.has(this.id)) this.#say({ is: 'stop', id: this.id });
    this.drop();
  }

  /** Nobody will want it any more. */
  drop(): void {
    hands.delete(this.id);
  }

  #say(message: FromHolder): void {
    air.postMessage(message);
  }
}
