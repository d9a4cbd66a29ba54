// SPDX-License-Identifier: Apache-2.0
// One exchange: its heads, bodies, times and messages, and what can be done with it.

import { bodyOf } from './body-view.ts';
import { editForm } from './edit.ts';
import { statusOf } from './list.ts';
import { ask, button, byId, type Exchange, type ExchangeLine, el, type Message, say, sizeWords, timeWords } from './shared.ts';

type Tab = 'Request' | 'Response' | 'Messages' | 'Timing';

/** What the page around it does. */
export interface Around {
  readonly secrets: () => boolean;
  /** The way that the request of an exchange came by, in words. */
  readonly wayOf: (id: number) => string;
  readonly kindOf: (id: number) => Exchange['kind'] | undefined;
  /** Shows another exchange. */
  readonly choose: (id: number) => void;
}

/** What is shown of the exchange that was chosen. */
export class Detail {
  readonly #place = byId('detail');
  readonly #around: Around;
  #id = 0;
  #tab: Tab = 'Response';
  #isEditing = false;
  /** What was drawn: nothing is drawn anew that is the same. */
  #drawn = '';
  /** Counts up: an answer that comes too late is for nobody. */
  #turn = 0;

  constructor(around: Around) {
    this.#around = around;
  }

  show(id: number): void {
    if (id !== this.#id) this.#isEditing = false;
    const kind = this.#around.kindOf(id);
    // Of what talks, what it says is what people look for.
    if (id !== this.#id && kind !== 'request' && this.#tab === 'Response') this.#tab = 'Messages';
    this.#id = id;
    this.#drawn = '';
    void this.#load();
  }

  /** The exchange that is shown went on. */
  changed(line: ExchangeLine): void {
    if (line.id === this.#id && !this.#isEditing) void this.#load();
  }

  /** Draws it anew: secrets are shown now, or not. */
  again(): void {
    if (this.#id > 0) this.show(this.#id);
  }

  async replay(): Promise<void> {
    if (this.#id === 0) return;
    try {
      const line = await ask<ExchangeLine>(`/exchanges/${this.#id}/replay`, { method: 'POST' });
      this.#sent(line);
    } catch (error) {
      say((error as Error).message);
    }
  }

  #sent(line: ExchangeLine): void {
    this.#isEditing = false;
    say(`Asked again: exchange ${line.id}.`);
    this.#around.choose(line.id);
  }

  async #load(): Promise<void> {
    const turn = ++this.#turn;
    const id = this.#id;
    let nodes: Node[];
    try {
      const exchange = await ask<Exchange>(`/exchanges/${id}${this.#around.secrets() ? '?secrets=1' : ''}`);
      if (turn !== this.#turn) return;
      const state = JSON.stringify([exchange, this.#tab]);
      if (state === this.#drawn) return;
      this.#drawn = state;
      nodes = await this.#nodes(exchange);
    } catch (error) {
      nodes = [el('p', { className: 'hint' }, (error as Error).message)];
    }
    if (turn === this.#turn) this.#place.replaceChildren(...nodes);
  }

  async #nodes(exchange: Exchange): Promise<Node[]> {
    const { heads } = exchange;
    const status = statusOf(exchange);
    const isTalk = exchange.kind !== 'request';
    const tabs: Tab[] = ['Request', 'Response', ...(isTalk ? (['Messages'] as const) : []), 'Timing'];
    if (!tabs.includes(this.#tab)) this.#tab = 'Response';
    const from = exchange.replayOf;
    return [
      el('h2', {}, `${exchange.method} ${exchange.target}`),
      el(
        'div',
        { className: 'facts' },
        el('span', { className: status.className }, status.text),
        el('span', {}, timeWords(exchange.endedMs ?? exchange.answeredMs)),
        el('span', {}, `visitor ${exchange.visitor || '–'}${exchange.who && exchange.who !== 'anyone' ? ` (${exchange.who})` : ''}`),
        this.#around.wayOf(exchange.id) ? el('span', {}, this.#around.wayOf(exchange.id)) : null,
        el('span', {}, new Date(exchange.startedAt).toLocaleString()),
        from === null ? null : button(`replay of ${from}`, () => this.#around.choose(from)),
        exchange.from === 'import' ? el('span', {}, 'from a HAR file') : null,
      ),
      exchange.error === null ? '' : el('p', { className: 'note bad' }, `It ended early: ${exchange.error}.`),
      el(
        'div',
        { className: 'buttons' },
        button('Replay', () => this.replay(), { className: 'first', disabled: exchange.kind === 'websocket' || !heads }),
        button('Edit and replay', () => this.#edit(exchange), { disabled: exchange.kind === 'websocket' || !heads }),
        exchange.from === 'replay' && exchange.endedMs === null
          ? button('Stop', () => ask(`/exchanges/${exchange.id}/stop`, { method: 'POST' }))
          : null,
        button('Copy as curl', () => this.#curl(exchange.id)),
        el('a', { href: `api/har?ids=${exchange.id}${this.#around.secrets() ? '&secrets=1' : ''}`, download: '' }, 'HAR'),
      ),
      el(
        'div',
        { className: 'tabs', role: 'tablist' },
        ...tabs.map((tab) => {
          const one = button(tab, () => this.#turnTo(tab), { role: 'tab' });
          one.setAttribute('aria-selected', String(tab === this.#tab));
          return one;
        }),
      ),
      heads
        ? el('div', { role: 'tabpanel' }, ...(await this.#panel(exchange)))
        : el('p', { className: 'note' }, 'Its heads are not kept any more.'),
    ].map((node) => (typeof node === 'string' ? document.createTextNode(node) : node));
  }

  #turnTo(tab: Tab): void {
    this.#tab = tab;
    this.#drawn = '';
    void this.#load().then(() => this.#place.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus());
  }

  async #panel(exchange: Exchange): Promise<Node[]> {
    const { request, response } = exchange.heads as NonNullable<Exchange['heads']>;
    const typeOf = (headers: typeof request.headers): string => headers.find(({ name }) => name === 'content-type')?.value ?? '';
    switch (this.#tab) {
      case 'Request':
        return [
          el('h3', {}, 'Header fields', el('span', { className: 'quiet' }, request.authority)),
          fieldsTable(request.headers),
          await bodyOf(exchange, 'request', typeOf(request.headers)),
        ];
      case 'Response':
        if (!response)
          return [el('p', { className: 'quiet' }, exchange.endedMs === null ? 'There is no answer yet.' : 'There was no answer.')];
        return [el('h3', {}, 'Header fields'), fieldsTable(response.headers), await bodyOf(exchange, 'response', typeOf(response.headers))];
      case 'Messages':
        return [messagesTable((await ask<{ messages: Message[] }>(`/exchanges/${exchange.id}/messages`)).messages)];
      case 'Timing':
        return timing(exchange, this.#around.wayOf(exchange.id));
    }
  }

  async #edit(exchange: Exchange): Promise<void> {
    this.#isEditing = true;
    const stop = (): void => {
      this.#isEditing = false;
      this.again();
    };
    const form = await editForm(exchange, (line) => this.#sent(line), stop);
    this.#place.replaceChildren(el('h2', {}, 'Edit and replay'), form);
    form.querySelector<HTMLElement>('input')?.focus();
  }

  async #curl(id: number): Promise<void> {
    try {
      const { command } = await ask<{ command: string }>(`/exchanges/${id}/curl${this.#around.secrets() ? '?secrets=1' : ''}`);
      await navigator.clipboard.writeText(command);
      say(this.#around.secrets() ? 'Copied.' : 'Copied, with secrets masked: tick Secrets to have them.');
    } catch (error) {
      say(`Not copied: ${(error as Error).message}`);
    }
  }
}

function fieldsTable(headers: readonly { readonly name: string; readonly value: string }[]): Node {
  if (headers.length === 0) return el('p', { className: 'quiet' }, 'none');
  return el('table', {}, el('tbody', {}, ...headers.map(({ name, value }) => el('tr', {}, el('td', {}, name), el('td', {}, value)))));
}

/** Messages that are in the table: the newest. */
const MOST_MESSAGES = 2000;

function messagesTable(messages: readonly Message[]): Node {
  if (messages.length === 0) return el('p', { className: 'quiet' }, 'None yet.');
  const shown = messages.slice(-MOST_MESSAGES);
  return el(
    'div',
    {},
    el(
      'h3',
      {},
      `${messages.length} messages`,
      shown.length < messages.length ? el('span', { className: 'quiet' }, `the last ${shown.length} of them`) : null,
    ),
    el(
      'table',
      { className: 'messages' },
      el(
        'tbody',
        {},
        ...shown.map(({ ms, fromVisitor, kind, bytes, text, base64, note }) =>
          el(
            'tr',
            {},
            el('td', {}, ms === null ? '' : timeWords(ms)),
            el(
              'td',
              { className: fromVisitor ? 'up' : 'down', title: fromVisitor ? 'from the visitor' : 'to the visitor' },
              fromVisitor ? '▲ ' : '▼ ',
              kind,
            ),
            el(
              'td',
              {},
              el('div', { className: 'said' }, text ?? base64 ?? ''),
              note === '' ? null : el('span', { className: 'quiet' }, `${text === null ? 'base64, ' : ''}${note}`),
            ),
            el('td', { className: 'quiet' }, sizeWords(bytes)),
          ),
        ),
      ),
    ),
  );
}

function timing({ answeredMs, endedMs, requestBytes, responseBytes, agent, who }: Exchange, way: string): Node[] {
  const wait = answeredMs ?? endedMs ?? 0;
  const receive = endedMs === null || answeredMs === null ? 0 : endedMs - answeredMs;
  const bar = el('div', { className: 'bar' });
  for (const [name, ms] of [
    ['wait', wait],
    ['receive', receive],
  ] as const) {
    const part = el('i', { className: name, title: `${name} ${timeWords(ms)}` });
    part.style.flexGrow = String(Math.max(ms, 0.01));
    bar.append(part);
  }
  const rows = [
    ['Until the answer begins', timeWords(answeredMs)],
    ['Until it ends', endedMs === null ? 'it goes on' : timeWords(receive)],
    ['Together', timeWords(endedMs)],
    ['From the visitor', sizeWords(requestBytes)],
    ['To the visitor', sizeWords(responseBytes)],
    ['Way', way || '–'],
    ['Let in as', who || '–'],
    ['Program', agent || '–'],
  ];
  return [
    bar,
    el('table', {}, el('tbody', {}, ...rows.map(([name = '', value = '']) => el('tr', {}, el('td', {}, name), el('td', {}, value))))),
  ];
}
