// SPDX-License-Identifier: Apache-2.0
// The bridge between the service worker and the shell page: its messages, and the numbers both ends keep.

/** The version of these messages. A worker and a shell of different builds may meet while an update is under way. */
export const BRIDGE_VERSION = 1;

/** The part of a site's origin that belongs to Porthole; everything else is the site's. */
export const RESERVED_PATH = '/.porthole/';
/** Answered by the worker: `?path=<path of the site>&name=<file name>` as an attachment. */
export const DOWNLOAD_PATH = '/.porthole/download';
/** The build's unhashed copy of the shell page. */
export const SHELL_PATH = '/.porthole/shell.html';
/** The worker's script. */
export const WORKER_PATH = '/.porthole/sw.js';
/** The element that shows the site: by this a shell that was loaded inside a shell knows where it is. */
export const FRAME_ID = 'porthole-frame';

/** Milliseconds within which a shell says that it took a request; then the worker asks the next one. */
export const TAKEN_WITHIN_MS = 2_000;
/** Milliseconds that a request may wait for its response head. Below Chromium's limit of five minutes for one fetch event. */
export const HEAD_WITHIN_MS = 240_000;
/** Milliseconds between the shell's signs of life while it carries something: browsers stop a worker that is idle for 30 s. */
export const ALIVE_EVERY_MS = 10_000;
/** Milliseconds between the worker's looks at whether its shells and the pages it answers still exist. */
export const CHECK_EVERY_MS = 1_000;
/** Bytes that may be between the two ends of a body on the bridge. */
export const BODY_WINDOW_BYTES = 512 * 1024;
/** Times that one body is picked up again without a byte of progress in between. */
export const MAX_RESUMES = 10;

/** A header list as it crosses the bridge: structured clone does not carry Headers. */
export type HeaderList = [name: string, value: string][];

/** A request as the worker saw it. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  /** The request's `destination`: 'iframe', 'image', 'video', '' for fetch(). */
  readonly destination: string;
  readonly hasBody: boolean;
  /** Ask for the bytes as they are stored: they are saved to a file, or picked up where they broke off. */
  readonly identity: boolean;
}

/** A response's head as the shell got it. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderList;
  readonly hasBody: boolean;
  /** The bytes are as the host stores them; false when the shell undid a content coding. */
  readonly identity: boolean;
}

/** Worker to shell, by `client.postMessage`, with the exchange's port. */
export interface AskMessage {
  readonly porthole: 'ask';
  readonly bridge: number;
  readonly id: string;
  readonly request: RequestHead;
}

/** Shell to worker: these exchanges are being carried. It also keeps the worker awake. */
export interface AliveMessage {
  readonly porthole: 'alive';
  readonly ids: readonly string[];
}

/** Worker to shell, in answer: these are not known here; the browser stopped the worker in between. */
export interface UnknownMessage {
  readonly porthole: 'unknown';
  readonly ids: readonly string[];
}

/** Shell to worker: here is a shell; take control of its page. */
export interface ClaimMessage {
  readonly porthole: 'claim';
}

/** Shell to worker: store the shell's files, if they are not stored. */
export interface KeepMessage {
  readonly porthole: 'keep';
}

/** The shell page's window: what the worker said before the page's script was there; asked for once. */
export type WithHeld = Window & { portholeHeld?: () => readonly MessageEvent[] };

/** What an end sends about the body that it sends. */
export type BodyOut =
  | { readonly type: 'data'; readonly bytes: ArrayBuffer }
  | { readonly type: 'end' }
  | { readonly type: 'broken'; readonly code: string; readonly message: string };

/** What an end sends about the body that it receives. */
export type BodyIn = { readonly type: 'pull'; readonly bytes: number } | { readonly type: 'cancel' };

/** On the exchange's port, worker to shell: the request's body, what it wants of the response's, and `stop` to end it all. */
export type ToShell = BodyOut | BodyIn | { readonly type: 'stop' };

/** On the exchange's port, shell to worker. `failed` stands in place of a head; `gone` says that the shell's page is closing. */
export type ToWorker =
  | BodyOut
  | BodyIn
  | { readonly type: 'taken' }
  | { readonly type: 'head'; readonly head: ResponseHead }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'gone' };

/** Posts a message on an exchange's port. */
export type Post<Message> = (message: Message, transfer?: Transferable[]) => void;
