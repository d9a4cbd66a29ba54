// SPDX-License-Identifier: Apache-2.0
// Types of the part of a service worker's global scope that Porthole uses: TypeScript's DOM and worker libraries exclude each other.

/** An event that keeps the worker running until its promises settle. */
export interface WaitingEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}

/** A request that the worker may answer. */
export interface FetchEventLike extends WaitingEvent {
  readonly request: Request;
  /** The page or worker that asks. */
  readonly clientId: string;
  /** The page that a navigation makes; empty for other requests. */
  readonly resultingClientId: string;
  respondWith(response: Promise<Response>): void;
}

/** A message from a page. */
export interface PageMessageEvent extends WaitingEvent {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
  readonly source: PageClient | null;
}

/** A page of the origin. */
export interface PageClient {
  readonly id: string;
  readonly url: string;
  readonly frameType: 'auxiliary' | 'top-level' | 'nested' | 'none';
  readonly focused: boolean;
  readonly visibilityState: DocumentVisibilityState;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

/** `self` in a service worker. */
export interface WorkerScope {
  readonly location: Location;
  readonly clients: {
    claim(): Promise<void>;
    get(id: string): Promise<PageClient | undefined>;
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<PageClient[]>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: WaitingEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEventLike) => void): void;
  addEventListener(type: 'message', listener: (event: PageMessageEvent) => void): void;
}

/** The scope of the service worker that this code runs in. */
export const scope = globalThis as unknown as WorkerScope;
