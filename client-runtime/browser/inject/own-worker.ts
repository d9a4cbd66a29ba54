// SPDX-License-Identifier: Apache-2.0
// Keeps pages of the site from registering or removing service workers: the origin has one, Porthole's, which carries the site.

/** Makes a page's calls about service workers answer as on an origin that has none and may have none. */
export function refuseWorkers(): void {
  if (typeof ServiceWorkerContainer !== 'function' || typeof ServiceWorkerRegistration !== 'function') return;
  const container = ServiceWorkerContainer.prototype;
  container.register = () =>
    Promise.reject(
      new DOMException(
        'This site is carried by Porthole, whose own service worker holds this origin: a site cannot bring another.',
        'SecurityError',
      ),
    );
  container.getRegistration = async () => undefined;
  container.getRegistrations = async () => [];
  const never = new Promise<never>(() => undefined);
  Object.defineProperties(container, {
    controller: { configurable: true, get: () => null },
    ready: { configurable: true, get: () => never },
  });
  ServiceWorkerRegistration.prototype.unregister = async () => false;
}
