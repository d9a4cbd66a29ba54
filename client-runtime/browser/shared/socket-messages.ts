// SPDX-License-Identifier: Apache-2.0
// The messages between a WebSocket of the site's and the session, each WebSocket on a port of its own, or a worker's on a channel.

/** Bytes of messages that a page has been given and not taken yet, above which the session reads no further. */
export const SOCKET_WINDOW_BYTES = 1024 * 1024;

/** A WebSocket that a page wants. */
export interface SocketWish {
  /** A wish that is told twice is one. */
  readonly id: string;
  /** Absolute, with the scheme ws or wss. */
  readonly url: string;
  readonly protocols: readonly string[];
  /** By this the page's life is watched (lives.ts). */
  readonly life: string;
}

/** Either end of what leads from one to the other: of a MessagePort, or of a BroadcastChannel that no others are on. */
export interface SocketPort {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
  close(): void;
}

/** Worker to session, on a channel, where more than one session may have answered: the one that goes on. */
export interface SocketChoice {
  readonly is: 'chosen';
  readonly session: string;
}

/** Page to session. */
export type ToSocket =
  | { readonly is: 'send'; readonly data: string | ArrayBuffer }
  /** Without a code none is sent. */
  | { readonly is: 'close'; readonly code?: number; readonly reason: string }
  /** The page has taken messages of so many bytes. */
  | { readonly is: 'took'; readonly bytes: number };

/** Session to page. */
export type FromSocket =
  /** It was heard: by this the session's life is watched. */
  | { readonly is: 'here'; readonly session: string }
  | { readonly is: 'open'; readonly protocol: string }
  | { readonly is: 'message'; readonly data: string | ArrayBuffer; readonly bytes: number }
  /** So many bytes of what was to be sent are on their way. */
  | { readonly is: 'sent'; readonly bytes: number }
  /** The server has begun to close it. */
  | { readonly is: 'closing' }
  | { readonly is: 'closed'; readonly code: number; readonly reason: string; readonly clean: boolean };
