// SPDX-License-Identifier: Apache-2.0
// How the content of long requests goes from pages to the session worker, past the service worker: by reference, on a BroadcastChannel.

/** The BroadcastChannel. Blobs go over it as handles: their bytes are read where they are needed. */
export const UPLOADS_CHANNEL = 'porthole-uploads-1';

/**
 * Bytes of content from which it is handed over. More than a host holds back to count it (HELD_BYTES): what is shorter gets its length
 * there, and what is longer has it from here.
 */
export const HANDED_BYTES = 64 * 1024;

/**
 * Of a request: the id of the content that it stands for; the id of the session that sends it, once it is known; and `held` where the
 * answer is to wait until it is asked for. Of an answer: `wait`, the site has not answered yet, or `ready`, it has, and its answer waits;
 * and the session that sends it.
 */
export const UPLOAD_FIELD = 'porthole-upload';

/** The shell's window, once the script is there that hands content over: it runs in no page of the site, whose policy might forbid it. */
export interface UploadsWindow extends Window {
  portholeUploads?: ForUploads;
  /** It is being loaded. */
  portholeUploadsCome?: Promise<ForUploads>;
}

/** What a page asks for: a Blob, or the entries of a form. */
export type Content = Blob | readonly (readonly [name: string, value: FormDataEntryValue])[];

/** A page of the site, and what it had before its requests were taken over. */
export interface AskingPage {
  readonly window: Window & typeof globalThis;
  readonly fetch: typeof fetch;
}

/** What of an XMLHttpRequest it does not tell itself. */
export interface AskedXhr {
  readonly method: string;
  readonly url: string;
  readonly fields: [name: string, value: string][];
  /** Its own methods. */
  send(): void;
  setField(name: string, value: string): void;
}

/** What the script does for pages. */
export interface ForUploads {
  /** `fetch` with this content. @param type of it, where nothing else says one */
  fetch(page: AskingPage, input: RequestInfo | URL, init: RequestInit, content: Content, type: string | null): Promise<Response>;
  /** `send` with this content, in time. @returns gives it up, before the browser itself has sent anything */
  send(page: AskingPage, xhr: XMLHttpRequest, asked: AskedXhr, content: Content, type: string | null): () => void;
  /** A form is on its way with the id in place of these entries. @param again sends it there once more, as it was sent */
  submit(page: AskingPage, id: string, content: Content, again: (url: string) => void): void;
}

/** Window to sessions. */
export type FromHolder =
  /** What an id stands for: texts and Blobs in their order. The type is told for what a form sent. */
  | {
      readonly is: 'offer';
      readonly id: string;
      readonly parts: readonly (string | Blob)[];
      readonly type: string | null;
      /** By this the page's life is watched (lives.ts). */
      readonly life: string;
    }
  /** What it stood for is gone, or was sent by another session: it is not sent twice. */
  | { readonly is: 'gone'; readonly id: string }
  /** The page gives it up. */
  | { readonly is: 'stop'; readonly id: string };

/** Session to windows. */
export type ToHolders =
  /** Whoever has it is to offer it. */
  | { readonly is: 'want'; readonly id: string }
  /** So much of it is on its way. */
  | { readonly is: 'sent'; readonly id: string; readonly bytes: number }
  /** A form was told to wait: what it asked for is to be asked for again, by this address. */
  | { readonly is: 'late'; readonly id: string; readonly url: string }
  /** Its answer was taken, or it was given up. */
  | { readonly is: 'over'; readonly id: string };
