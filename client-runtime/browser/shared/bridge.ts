// SPDX-License-Identifier: Apache-2.0
// The bridge between the service worker and the session's worker: its messages, and the numbers both ends keep.

/** The version of these messages. Workers and shells of different builds may meet while an update is under way. */
export const BRIDGE_VERSION = 3;
/** The BroadcastChannel on which the two find each other; what is said there is addressed. */
export const BRIDGE_NAME = `porthole-bridge-${BRIDGE_VERSION}`;

/** The part of a site's origin that belongs to Porthole; everything else is the site's. */
export const RESERVED_PATH = '/.porthole/';
/** Answered by the worker: `?path=<path of the site>&name=<file name>` as an attachment. */
export const DOWNLOAD_PATH = '/.porthole/download';
/**
 * Answered by the session, to HEAD, which no markup asks with: what a script of the site says. `?path=<path of the page>&set=<cookie>&by=<name>`,
 * bytes as characters, and by which name the page will hear of it; or `?socket=<SocketWish>&channel=<BroadcastChannel>`, of a worker.
 */
export const SAY_PATH = '/.porthole/say';
/** The build's unhashed copy of the shell page. */
export const SHELL_PATH = '/.porthole/shell.html';
/** The worker's script. */
export const WORKER_PATH = '/.porthole/sw.js';
/** Answered by the worker with nothing: a session's worker asks for it while the service worker is not to be stopped. */
export const ALIVE_PATH = '/.porthole/alive';
/** The element that shows the site: by this a shell that was loaded inside a shell knows where it is. */
export const FRAME_ID = 'porthole-frame';

/** Milliseconds within which a session says that it took a request; then the worker asks another one, where there is one. */
export const TAKEN_WITHIN_MS = 2_000;
/** Milliseconds in which a request is answered as a rule: then the answer says that it was taken. */
export const ANSWERED_WITHIN_MS = 500;
/** Milliseconds that a request may wait for its response head once its content has come. Below Chromium's limit of five minutes for one fetch event. */
export const HEAD_WITHIN_MS = 240_000;
/** Milliseconds between signs of life of a session that carries something: browsers stop a service worker that is idle for 30 s. */
export const ALIVE_EVERY_MS = 10_000;
/** Milliseconds between the worker's looks at whether the pages it answers still exist. */
export const CHECK_EVERY_MS = 1_000;
/** Bytes that may be between the two ends of a body on the bridge: so many may be sent unasked. */
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
  /**
   * Which of the site's cookies go with it, by who caused it (RFC 6265bis section 5.2): all, those that a link on another site
   * brings (`lax`), or only those that say SameSite=None (`none`); null: none at all, it was made without credentials.
   */
  readonly cookies: 'all' | 'lax' | 'none' | null;
  /** The page that asks, or that the answer becomes; empty when there is none. */
  readonly client: string;
  /** What may be answered out of what is kept, as the page says (Fetch standard, "cache mode"). A worker of an older build does not say. */
  readonly cache?: RequestCache;
}

/** A response's head as the session got it. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderList;
  readonly hasBody: boolean;
  /** The bytes are as the host stores them; false when the session undid a content coding. */
  readonly identity: boolean;
  /** A document, into which bytes of ours are to be put: what they are is said before its first byte. */
  readonly injected: boolean;
}

/** Bytes of ours in a document, and their place in its body. */
export interface Insert {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Shell to worker: here is a shell; take control of its page. */
export interface ClaimMessage {
  readonly porthole: 'claim';
}

/** Worker to shell, in answer: it speaks this version. */
export interface WelcomeMessage {
  readonly porthole: 'welcome';
  readonly bridge: number;
}

/** Shell to worker, with a port that leads to this session: what is said on the BroadcastChannel may be said there as well, and sooner. */
export interface LineMessage {
  readonly porthole: 'line';
  readonly session: string;
}

/** Shell to worker: it is not to be stopped now. */
export interface AwakeMessage {
  readonly porthole: 'awake';
}

/** Worker to the shell whose frame it is, most likely, about a navigation in the frame. */
export interface NavigationMessage {
  readonly porthole: 'navigation';
  readonly url: string;
  readonly stage:
    | { readonly is: 'asked' }
    | { readonly is: 'answered'; readonly status: number; readonly type: string }
    /** Bytes of its body so far; `whole`: how many there will be, where that is known. */
    | { readonly is: 'coming'; readonly bytes: number; readonly whole: number | null };
}
/** Shell to worker: store the shell's files, if they are not stored. */
export interface KeepMessage {
  readonly porthole: 'keep';
}

/** The shell page's window, as the script in the page itself leaves it. */
export type WithHeld = Window & {
  /** What the worker said before the page's script was there; asked for once. */
  portholeHeld?: () => readonly MessageEvent[];
  /** The worker of which the site's page was asked already. */
  portholeAsked?: ServiceWorker | null;
};

/** What an end sends about the body that it sends. */
export type BodyOut =
  /** `last`: in place of an `end`. */
  | { readonly type: 'data'; readonly bytes: ArrayBuffer; readonly last?: boolean }
  | { readonly type: 'end' }
  | { readonly type: 'broken'; readonly code: string; readonly message: string };

/** What an end sends about the body that it receives. */
export type BodyIn = { readonly type: 'pull'; readonly bytes: number } | { readonly type: 'cancel' };

/** Worker to session, about one request: the request, its body, what is wanted of the response's, and `stop` to end it all. */
export type ToSession =
  | BodyOut
  | BodyIn
  | { readonly type: 'ask'; readonly request: RequestHead }
  /** Nobody else was given this request, which must not be made twice: go on with it. */
  | { readonly type: 'go' }
  | { readonly type: 'stop' };

/** Session to worker. `failed` stands in place of a head; `gone` says that the session is over. */
export type ToWorker =
  | BodyOut
  | BodyIn
  | { readonly type: 'taken' }
  | { readonly type: 'head'; readonly head: ResponseHead }
  | { readonly type: 'insert'; readonly insert: Insert }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'gone' };

/** On the BroadcastChannel, and on a line. Workers and sessions are known by the ids of their lives (lives.ts). */
export type Addressed =
  /** A service worker looks for sessions … */
  | { readonly to: 'sessions'; readonly worker: string }
  /** … and a session tells that it is there; on a line, that the line leads to it. */
  | { readonly to: 'workers'; readonly session: string }
  | { readonly to: 'session'; readonly session: string; readonly worker: string; readonly id: string; readonly say: ToSession }
  | { readonly to: 'worker'; readonly worker: string; readonly id: string; readonly say: ToWorker };

/** Whether a request may be made twice: it changes nothing at the host (RFC 9110, section 9.2.1). */
export function mayRepeat({ method }: RequestHead): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Posts a message to the other end. */
export type Post<Message> = (message: Message, transfer?: Transferable[]) => void;
