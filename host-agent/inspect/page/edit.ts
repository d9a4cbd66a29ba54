// SPDX-License-Identifier: Apache-2.0
// A request that is changed before it is sent again.

import { ask, base64Of, button, bytesOf, type Exchange, type ExchangeLine, el, utf8, type View } from './shared.ts';

/** The form, filled with what was asked. */
export async function editForm(exchange: Exchange, sent: (line: ExchangeLine) => void, close: () => void): Promise<HTMLElement> {
  const { request } = exchange.heads as NonNullable<Exchange['heads']>;
  const method = el('input', { value: request.method, ariaLabel: 'Method', spellcheck: false, className: 'mono' });
  const target = el('input', { value: request.target, ariaLabel: 'Path and query', spellcheck: false, className: 'mono' });
  const fields = el('textarea', {
    value: request.headers.map(({ name, value }) => `${name}: ${value}`).join('\n'),
    ariaLabel: 'Header fields, one a line',
    spellcheck: false,
    rows: Math.min(16, request.headers.length + 1),
  });
  const view = exchange.requestBytes > 0 ? await ask<View>(`/exchanges/${exchange.id}/view/request`).catch(() => null) : null;
  const coded = request.headers.some(({ name }) => name === 'content-encoding');
  const text = view && !view.more && !coded ? utf8(bytesOf(view.base64), false) : null;
  const isText = exchange.requestBytes === 0 || text !== null;
  const body = el('textarea', { value: text ?? '', ariaLabel: 'Body', spellcheck: false, disabled: !isText });
  const trouble = el('p', { className: 'note bad', role: 'alert', hidden: true });
  const fail = (words: string): void => {
    trouble.textContent = words;
    trouble.hidden = false;
  };
  const send = async (): Promise<void> => {
    const lines = fields.value.split('\n').filter((line) => line.trim() !== '');
    const wrong = lines.find((line) => line.indexOf(':') < 1);
    if (wrong !== undefined) return fail(`A header field is "name: value", and this is none: ${wrong}`);
    const headers = lines.map((line) => ({
      name: line.slice(0, line.indexOf(':')).trim(),
      value: line.slice(line.indexOf(':') + 1).trim(),
    }));
    const isOwn = !isText || body.value === (text ?? '');
    const base64 = body.value === '' ? null : base64Of(new TextEncoder().encode(body.value));
    const changes = { method: method.value.trim(), target: target.value.trim(), headers, ...(isOwn ? {} : { base64 }) };
    try {
      sent(await ask<ExchangeLine>(`/exchanges/${exchange.id}/replay`, { method: 'POST', body: JSON.stringify(changes) }));
    } catch (error) {
      fail((error as Error).message);
    }
  };
  const form = el(
    'form',
    {
      className: 'edit',
      onsubmit: (event: Event) => {
        event.preventDefault();
        void send();
      },
    },
    el('div', { className: 'line' }, method, target),
    fields,
    isText ? body : el('p', { className: 'quiet' }, 'The body is sent as it was recorded: it is no text, or too long to be changed here.'),
    el('p', { className: 'quiet' }, 'Where *** stands, what was recorded is sent.'),
    trouble,
    el('div', { className: 'buttons' }, el('button', { className: 'first' }, 'Send'), button('Cancel', close)),
  );
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
  });
  return form;
}
