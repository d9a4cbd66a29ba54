// SPDX-License-Identifier: Apache-2.0
// Pages of the site get no service worker of their own, and cannot remove ours: the origin has one, and it carries the site.

type SiteWindow = Window & {
  ServiceWorkerContainer?: typeof ServiceWorkerContainer;
  ServiceWorkerRegistration?: typeof ServiceWorkerRegistration;
  DOMException?: typeof DOMException;
};

/** Makes a page's calls about service workers answer as on an origin that has none and may have none. */
export function refuseWorkers(inner: SiteWindow): void {
  const container = inner.ServiceWorkerContainer?.prototype;
  const registration = inner.ServiceWorkerRegistration?.prototype;
  if (!container || !registration) return;
  const Refusal = inner.DOMException ?? DOMException;
  container.register = () =>
    Promise.reject(
      new Refusal(
        'This site is carried by Porthole, whose own service worker holds this origin: a site cannot bring another.',
        'SecurityError',
      ),
    );
  container.getRegistration = async () => undefined;
  container.getRegistrations = async () => [];
  registration.unregister = async () => false;
}
