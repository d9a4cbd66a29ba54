// SPDX-License-Identifier: Apache-2.0
// Installs the service worker and makes it control this page, without endless reloads; and uninstalls it.

import { PortholeError } from '../../../proto/errors.ts';
import { BRIDGE_VERSION, type ClaimMessage, type KeepMessage, type WelcomeMessage, WORKER_PATH } from '../shared/bridge.ts';
import { endSharedSession } from './session-link.ts';

/** Milliseconds that installing and taking control may take. */
const CONTROL_WITHIN_MS = 20_000;
/** Within so many milliseconds … */
const LOOP_WITHIN_MS = 15_000;
/** … so many restarts mean that they do not help. */
const MAX_RESTARTS = 4;
const RESTARTS_KEY = 'porthole-restarts';
/** The way out: this parameter in the address removes the worker and all that it stored. */
const UNREGISTER_PARAMETER = 'porthole-unregister';

/** What a shell inside a shell tells the outer one. */
export interface NestedMessage {
  readonly porthole: 'nested';
}

/** The browser refuses service workers here, though it has them. */
export class WorkerRefused extends Error {}

/**
 * Registers the worker and resolves when one of this build's version controls this page.
 * @throws WorkerRefused with the browser's reason; PortholeError INTERNAL when the worker does not start
 */
export async function controlPage(): Promise<void> {
  const container = navigator.serviceWorker;
  const over = new AbortController();
  const controlled = new Promise<void>((resolve) => {
    const { signal } = over;
    // One of an earlier build does not answer, or with another version: its successor is on the way, and takes the page over.
    const welcomed = ({ data, source }: MessageEvent<WelcomeMessage>): void => {
      if (data?.porthole === 'welcome' && data.bridge === BRIDGE_VERSION && source === container.controller) resolve();
    };
    container.addEventListener('message', welcomed, { signal });
    container.addEventListener('controllerchange', () => introduce(), { signal });
    container.startMessages();
  });
  const registered = container.register(WORKER_PATH, { scope: '/', updateViaCache: 'none' });
  try {
    if (container.controller) {
      registered.catch(() => undefined); // the suite is away, and so is the update; the worker that is here goes on
      introduce();
    } else {
      const registration = await registered.catch((error: unknown) => {
        throw new WorkerRefused(error instanceof Error ? error.message : String(error), { cause: error });
      });
      const worker = registration.active ?? registration.waiting ?? registration.installing;
      // A worker that was active before this page does not claim it by itself: a reload with Shift held bypasses it.
      if (worker?.state === 'activated') introduce(worker);
    }
    const late = new Promise<void>((_, reject) => {
      const timer = setTimeout(() => reject(new PortholeError('INTERNAL', 'the service worker did not start')), CONTROL_WITHIN_MS);
      over.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    await Promise.race([controlled, late]);
  } finally {
    over.abort();
  }
}

/** Tells the worker that this page is a shell. */
export function introduce(worker = navigator.serviceWorker.controller): void {
  worker?.postMessage({ porthole: 'claim' } satisfies ClaimMessage);
}

/** Has the worker store the shell and its parts, for reloads while the suite is away: with the first answer, or when none comes. */
export function keepShell(): void {
  navigator.serviceWorker.controller?.postMessage({ porthole: 'keep' } satisfies KeepMessage);
}

/** Whether the address asks for the worker's removal. Then it is done, and the page starts anew without the parameter. */
export function unregisterAsked(): boolean {
  const url = new URL(location.href);
  if (!url.searchParams.has(UNREGISTER_PARAMETER)) return false;
  url.searchParams.delete(UNREGISTER_PARAMETER);
  void (async () => {
    endSharedSession(); // a service worker stays for as long as it has clients
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    // Not the site's own: any page may lead here.
    for (const name of await caches.keys()) if (name.startsWith('porthole-')) await caches.delete(name);
    sessionStorage.removeItem(RESTARTS_KEY);
    location.replace(url);
  })();
  return true;
}

/** Tells the outer shell that a page of the site is missing here. */
export function reportNested(outer: Window): void {
  outer.postMessage({ porthole: 'nested' } satisfies NestedMessage, location.origin);
}

/** Counts a restart of this tab's shell or frame; false when there were too many of late. */
export function mayRestart(): boolean {
  let times: number[] = [];
  try {
    times = JSON.parse(sessionStorage.getItem(RESTARTS_KEY) ?? '[]') as number[];
  } catch {
    // Storage is off, or holds something else: this tab counts from here on
  }
  times = times.filter((time) => Date.now() - time < LOOP_WITHIN_MS);
  if (times.length >= MAX_RESTARTS) return false;
  try {
    sessionStorage.setItem(RESTARTS_KEY, JSON.stringify([...times, Date.now()]));
  } catch {
    return false; // what cannot be counted is not repeated
  }
  return true;
}
