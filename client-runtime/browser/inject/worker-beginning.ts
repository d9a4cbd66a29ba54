// SPDX-License-Identifier: Apache-2.0
// Has workers that are made of a blob begin with the injected script: no request for theirs passes the service worker.

/** Milliseconds after which what a worker was made of may go, once the site's own may: by then it has been read. */
const READ_WITHIN_MS = 30_000;

/** @param script the injected script, which stands on one line */
export function beginWorkers(script: string): void {
  const { createObjectURL, revokeObjectURL } = URL;
  const blobs = new Map<string, Blob>();
  /** What stands in their places, for those of which workers were made: a SharedWorker is found again by its address. */
  const begun = new Map<string, string>();
  URL.createObjectURL = (object: Blob | MediaSource): string => {
    const url = createObjectURL.call(URL, object);
    if (object instanceof Blob) blobs.set(url, object);
    return url;
  };
  URL.revokeObjectURL = (url: string): void => {
    revokeObjectURL.call(URL, url);
    const ours = begun.get(String(url));
    if (ours !== undefined) setTimeout(() => revokeObjectURL.call(URL, ours), READ_WITHIN_MS);
    blobs.delete(String(url));
    begun.delete(String(url));
  };
  const beginning = (url: string): string | null => {
    const blob = blobs.get(url.replace(/#.*/s, ''));
    if (!blob) return null;
    const ours = begun.get(url) ?? createObjectURL.call(URL, new Blob([script, blob], { type: blob.type }));
    begun.set(url, ours);
    return ours;
  };
  for (const name of ['Worker', 'SharedWorker'] as const) {
    const Native = globalThis[name] as typeof Worker | undefined;
    if (!Native) continue;
    const either = new Proxy(Native, {
      construct(native, given: [unknown, ...unknown[]], as) {
        const ours = given.length > 0 ? beginning(String(given[0])) : null;
        if (ours === null) return Reflect.construct(native, given, as);
        try {
          return Reflect.construct(native, [ours, ...given.slice(1)], as);
        } catch {
          // A policy of the page (Trusted Types) takes no address but its own.
          return Reflect.construct(native, given, as);
        }
      },
    });
    Object.defineProperty(Native.prototype, 'constructor', { value: either, configurable: true, writable: true });
    Object.defineProperty(globalThis, name, { value: either, configurable: true, writable: true });
  }
}
