// SPDX-License-Identifier: Apache-2.0
// What a hostile page does to another origin: functions that run in that page, each given an address of its victim.

/** Sends a form by POST into a frame of the page's own. */
export function formInFrame(address: string): Promise<void> {
  const frame = document.createElement('iframe');
  frame.name = `frame-${Math.random()}`;
  document.body.append(frame);
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action: address, target: frame.name });
  form.append(Object.assign(document.createElement('input'), { name: 'to', value: 'attacker' }));
  document.body.append(form);
  return new Promise((resolve) => {
    frame.onload = () => resolve();
    form.requestSubmit();
  });
}

/** The same in a window of its own. */
export function formInWindow(address: string): void {
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action: address, target: '_blank' });
  form.append(Object.assign(document.createElement('input'), { name: 'to', value: 'attacker' }));
  document.body.append(form);
  form.requestSubmit();
}

/** Sends JSON as what needs no leave of the other origin's (Fetch standard: "CORS-safelisted"). */
export async function postBlind(address: string): Promise<void> {
  await fetch(address, { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"to":"attacker"}' }).catch(() => undefined);
}

/** Sends what goes on when the page is left. */
export async function beacon(address: string): Promise<void> {
  navigator.sendBeacon(address, 'to=attacker');
  // It is on its way once it has an entry.
  for (let left = 100; left > 0 && performance.getEntriesByName(address).length === 0; left--)
    await new Promise((then) => setTimeout(then, 50));
}

/** Asks for something as an image. */
export function image(address: string): Promise<void> {
  return new Promise((resolve) => {
    const one = new Image();
    one.onload = one.onerror = () => resolve();
    one.src = address;
  });
}

/** Runs something of the other origin's as a script. @returns what it said (`self.stolen`) */
export function script(address: string): Promise<string | undefined> {
  Reflect.deleteProperty(self, 'stolen');
  return new Promise((resolve) => {
    const one = document.createElement('script');
    one.onload = one.onerror = () => resolve((self as { stolen?: string }).stolen);
    one.src = address;
    document.body.append(one);
  });
}

/** Shows something of the other origin's inside the page, by each element that can. */
export async function embed(address: string): Promise<void> {
  for (const name of ['iframe', 'object', 'embed']) {
    await new Promise<void>((resolve) => {
      const one = document.createElement(name);
      one.onload = one.onerror = () => resolve();
      setTimeout(resolve, 2000); // not every engine tells of what was refused
      one.setAttribute(name === 'object' ? 'data' : 'src', address);
      document.body.append(one);
    });
  }
}

/** Reads something of the other origin's. @returns null where the browser does not let it */
export async function read(address: string): Promise<string | null> {
  return fetch(address).then(
    async (answer) => (answer.ok ? answer.text() : null),
    () => null,
  );
}

/** Changes something of an origin's that lets all others ask it. */
export async function put(address: string): Promise<void> {
  await fetch(address, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"to":"attacker"}' }).catch(
    () => undefined,
  );
}

/** Opens a WebSocket to the other origin. @returns whether it opened */
export function webSocket(address: string): Promise<boolean> {
  const socket = new WebSocket(address.replace(/^http/, 'ws'));
  return new Promise((resolve) => {
    socket.onopen = () => {
      socket.close();
      resolve(true);
    };
    socket.onerror = () => resolve(false);
  });
}

/** Sets cookies of the browser's own for a whole domain. @param size characters of each; a few names are as many bytes as no server reads */
export function cookiesFor({ domain, count, size }: { domain: string; count: number; size: number }): void {
  // A frame without an address has the browser's own `document.cookie`, whatever stands in the page for it.
  const frame = document.body.appendChild(document.createElement('iframe'));
  for (let at = 0; at < count; at++) {
    Reflect.set(frame.contentDocument as Document, 'cookie', `tossed${at}=${'x'.repeat(size)}; Domain=${domain}; Path=/`);
  }
  frame.remove();
}

/** Registers a service worker past whatever stands in the page for the browser's own way. @returns what became of it */
export async function registerWorker(address: string): Promise<string> {
  const frame = document.body.appendChild(document.createElement('iframe'));
  const { register } = (frame.contentWindow as Window & typeof globalThis).ServiceWorkerContainer.prototype;
  return Reflect.apply(register, navigator.serviceWorker, [address, { scope: '/' }]).then(
    () => 'registered',
    (error: Error) => error.name,
  );
}
