// SPDX-License-Identifier: Apache-2.0
// Hands the content of long requests over by reference: a service worker does not know its length, and may not take long to read it.

import {
  type AskedXhr,
  type AskingPage,
  type Content,
  type ForUploads,
  HANDED_BYTES,
  UPLOAD_FIELD,
  type UploadsWindow,
} from '../shared/upload-messages.ts';

/** Filled in by the build: where the script is that does it. It is loaded for the first content that is long. */
declare const PORTHOLE_UPLOADS: string;

type Given = BodyInit | Document | null | undefined;

/** Takes the page's long requests over. */
export function handUploads(shell: UploadsWindow): void {
  const page: AskingPage = { window, fetch: window.fetch };
  takeFetch(shell, page);
  takeXhr(shell, page);
  takeForms(shell, page);
}

/** Loads the script. @throws when it does not come */
function bring(shell: UploadsWindow): Promise<ForUploads> {
  shell.portholeUploadsCome ??= new Promise<ForUploads>((resolve, reject) => {
    const { document } = shell;
    const script = Object.assign(document.createElement('script'), { type: 'module', src: PORTHOLE_UPLOADS });
    script.onload = () => resolve(shell.portholeUploads as ForUploads);
    script.onerror = () => {
      shell.portholeUploadsCome = undefined;
      script.remove();
      reject(new TypeError('a part of Porthole’s page could not be loaded'));
    };
    document.head.append(script);
  });
  return shell.portholeUploadsCome;
}

/** Content that is long enough to be handed over, as it is now, with the type that nothing else says; null: it is not. */
function longContent(body: Given): { content: Content; type: string | null } | null {
  if (body instanceof FormData) {
    const content = [...body];
    return isLong(content) ? { content, type: null } : null;
  }
  if (body instanceof Blob) return body.size > HANDED_BYTES ? { content: body, type: body.type || null } : null;
  const isText = typeof body === 'string';
  const length = isText ? body.length : body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? body.byteLength : 0;
  return length > HANDED_BYTES ? { content: new Blob([body as BlobPart]), type: isText ? 'text/plain;charset=UTF-8' : null } : null;
}

function isLong(entries: readonly (readonly [string, FormDataEntryValue])[]): boolean {
  return entries.reduce((sum, [, value]) => sum + (typeof value === 'string' ? value.length : value.size), 0) > HANDED_BYTES;
}

const isOwn = (url: string | URL): boolean =>
  URL.canParse(url, document.baseURI) && new URL(url, document.baseURI).origin === location.origin;
const hasContent = (method: string): boolean => !/^(get|head)$/i.test(method);

/** Does something in place of a method, which otherwise stays what it is. */
function around<Name extends string, Self, Given extends unknown[], Result>(
  on: { [name in Name]: (this: Self, ...given: never[]) => unknown },
  name: Name,
  instead: (native: () => Result, self: Self, given: Given) => Result,
): void {
  const native = on[name];
  on[name] = new Proxy(native, {
    apply: (_, self: Self, given: Given) => instead(() => Reflect.apply(native, self, given) as Result, self, given),
  });
}

function takeFetch(shell: UploadsWindow, page: AskingPage): void {
  around(window, 'fetch', (native, _, [input, given]: [RequestInfo | URL, RequestInit?]) => {
    const init = given ?? {};
    const asked = input instanceof Request ? input : null;
    const long = init.keepalive ? null : longContent(init.body);
    const may = init.mode !== 'no-cors' && !asked?.body && asked?.mode !== 'no-cors' && hasContent(init.method ?? asked?.method ?? 'GET');
    if (!long || !may || !isOwn(asked?.url ?? String(input))) return native();
    return (async () => {
      const uploads = await bring(shell).catch(() => null);
      // What the script makes of it is of the shell's window, but for the answer.
      return uploads ? uploads.fetch(page, input, init, long.content, long.type) : (native() as Promise<Response>);
    })();
  });
}

function takeXhr(shell: UploadsWindow, page: AskingPage): void {
  const { prototype } = XMLHttpRequest;
  const { send, setRequestHeader } = prototype;
  type Asked = Omit<AskedXhr, 'send' | 'setField'>;
  const opened = new WeakMap<XMLHttpRequest, Asked>();
  /** Those whose content is on its way, and what gives them up. */
  const going = new WeakMap<XMLHttpRequest, () => void>();
  const refuse = (xhr: XMLHttpRequest): void => {
    if (going.has(xhr)) throw new DOMException('The XMLHttpRequest was sent.', 'InvalidStateError');
  };
  around(prototype, 'open', (native, xhr: XMLHttpRequest, given: [string, string | URL, boolean?, unknown?]) => {
    native();
    going.get(xhr)?.();
    going.delete(xhr);
    const [method, url, wait = true, user] = given;
    if (wait && user == null && hasContent(method) && isOwn(url))
      opened.set(xhr, { method, url: new URL(url, document.baseURI).href, fields: [] });
    else opened.delete(xhr);
  });
  around(prototype, 'setRequestHeader', (native, xhr: XMLHttpRequest, [name, value]: [string, string]) => {
    refuse(xhr);
    native();
    opened.get(xhr)?.fields.push([String(name), String(value)]);
  });
  around(prototype, 'send', (native, xhr: XMLHttpRequest, [body]: [Given]) => {
    refuse(xhr);
    const asked = opened.get(xhr);
    const long = asked && longContent(body);
    if (!long || xhr.readyState !== XMLHttpRequest.OPENED) return native();
    let stop = (): void => undefined;
    let stopped = false;
    going.set(xhr, () => {
      stopped = true;
      stop();
    });
    const own: AskedXhr = {
      ...asked,
      send() {
        going.delete(xhr);
        send.call(xhr);
      },
      setField: (...field) => setRequestHeader.apply(xhr, field),
    };
    bring(shell).then(
      (uploads) => {
        if (!stopped) stop = uploads.send(page, xhr, own, long.content, long.type);
      },
      () => {
        going.delete(xhr);
        if (!stopped) native();
      },
    );
  });
  around(prototype, 'abort', (native, xhr: XMLHttpRequest) => {
    const stop = going.get(xhr);
    if (stop) {
      going.delete(xhr);
      stop();
      // The browser tells of the end of what it sends: this goes no further than the session.
      setRequestHeader.call(xhr, UPLOAD_FIELD, crypto.randomUUID());
      send.call(xhr);
    }
    native();
  });
}

/** A form goes as it would, but with an id in place of what is in it: only the browser can navigate by it. */
function takeForms(shell: UploadsWindow, page: AskingPage): void {
  let sending: { readonly form: EventTarget | null; readonly submitter: HTMLElement | null } | null = null;
  const sends = (form: EventTarget | null, submitter: HTMLElement | null): void => {
    const one = { form, submitter };
    sending = one;
    setTimeout(() => {
      if (sending === one) sending = null;
    });
  };
  // The page's own listeners come first: it may keep the form from being sent.
  const last = (event: SubmitEvent): void => {
    if (!event.defaultPrevented) sends(event.target, event.submitter);
  };
  addEventListener(
    'submit',
    () => {
      removeEventListener('submit', last);
      addEventListener('submit', last, { once: true });
    },
    { capture: true },
  );
  const { submit } = HTMLFormElement.prototype;
  around(HTMLFormElement.prototype, 'submit', (native, form: HTMLFormElement) => {
    sends(form, null);
    native();
  });
  addEventListener('formdata', ({ target, formData }: FormDataEvent) => {
    if (!sending || sending.form !== target) return; // a script wants to know what is in it
    const { submitter } = sending;
    sending = null;
    const form = target as HTMLFormElement;
    const said = (name: string): string | null => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name);
    const where = said('target') || document.querySelector('base[target]')?.getAttribute('target') || '_self';
    // What goes to another tab goes to its shell, which can pass nothing on.
    const inside = /^_self$/i.test(where) || [...document.querySelectorAll('iframe')].some(({ name }) => name === where);
    const entries = [...formData];
    const fits =
      said('method')?.toLowerCase() === 'post' &&
      said('enctype')?.toLowerCase() === 'multipart/form-data' &&
      inside &&
      /^utf-?8$/i.test(form.getAttribute('accept-charset') ?? document.characterSet) &&
      isOwn(said('action') ?? '') &&
      isLong(entries);
    if (!fits) return;
    const id = crypto.randomUUID();
    for (const [name] of entries) formData.delete(name);
    formData.set(UPLOAD_FIELD, id);
    const again = (url: string): void => {
      const stand = Object.assign(document.createElement('form'), {
        action: url,
        method: 'post',
        enctype: 'multipart/form-data',
        hidden: true,
      });
      stand.target = where;
      const mark = Object.assign(document.createElement('input'), { type: 'hidden', name: UPLOAD_FIELD, value: id });
      stand.append(mark);
      document.documentElement.append(stand);
      submit.call(stand);
      stand.remove();
    };
    void bring(shell).then((uploads) => uploads.submit(page, id, entries, again));
  });
}
