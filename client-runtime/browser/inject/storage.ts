// SPDX-License-Identifier: Apache-2.0
// Protects Porthole's items in the origin's storage, which page and shell share, from a page that empties it; and empties it where the
// site's server says so (Clear-Site-Data), of all but them.

import { CLEAR_CHANNEL, CLEARED_KEY, type ClearMessage } from '../shared/clear-messages.ts';
import type { PageGift } from '../shared/cookie-messages.ts';

/** What our items' names begin with. */
const OURS = 'porthole-';

function clearOwn(storage: Storage): void {
  const names = Array.from({ length: storage.length }, (_, at) => storage.key(at));
  for (const name of names) if (name !== null && !name.startsWith(OURS)) storage.removeItem(name);
}

/** Makes `clear` forget all of the page's own items, and nothing else. */
export function keepOwnItems(): void {
  Storage.prototype.clear = function (this: Storage) {
    clearOwn(this);
  };
}

/**
 * Clears the site's storage when the session says so: the items, which only pages have, and the databases that are open here, which are
 * closed as a browser would close them.
 * @param gift the page's; null: a worker, which has no items
 */
export function clearAsTold(gift: PageGift | null): void {
  let listening = false;
  const listen = (): void => {
    if (listening) return;
    listening = true;
    const channel = new BroadcastChannel(CLEAR_CHANNEL);
    channel.onmessage = ({ data }: MessageEvent<ClearMessage>) => {
      if (data.to !== 'pages') return;
      for (const database of databases()) {
        database.close();
        database.dispatchEvent(new Event('close'));
      }
      if (!gift) return;
      clearItems(data.cleared);
      channel.postMessage({ to: 'session', cleared: data.cleared, client: gift.client } satisfies ClearMessage);
    };
  };
  const databases = openDatabases(listen); // an open channel may keep a worker that has nothing else to do
  if (gift?.cleared) clearItems(gift.cleared);
  if (gift) listen();
}

/** Clears the items of both storages, unless another page has done so: this tab's, and the origin's. */
function clearItems(cleared: string): void {
  for (const name of ['localStorage', 'sessionStorage'] as const) {
    try {
      const storage = window[name];
      if (storage.getItem(CLEARED_KEY) === cleared) continue;
      clearOwn(storage);
      storage.setItem(CLEARED_KEY, cleared);
    } catch {
      // Storage is off: there is nothing in it
    }
  }
}

/** Follows which databases are opened. @param run called with each @returns those that may still be open */
function openDatabases(run: () => void): () => Iterable<IDBDatabase> {
  let known: WeakRef<IDBDatabase>[] = [];
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (this: IDBFactory, ...given: Parameters<IDBFactory['open']>) {
    const request = open.apply(this, given);
    request.addEventListener('success', () => {
      run();
      known = [...known.filter((one) => one.deref()), new WeakRef(request.result)];
    });
    return request;
  };
  return () => known.splice(0).flatMap((one) => one.deref() ?? []);
}
