// SPDX-License-Identifier: Apache-2.0
// Changes of exchanges for pages that look on: gathered for a moment, then told by an event stream. Nothing is done while none looks.

import type { ServerResponse } from 'node:http';
import type { Clock } from '../../transport/time/clock.ts';
import type { ExchangeLine } from './exchange.ts';
import type { Inspector } from './inspector.ts';
import { maskAddress } from './mask.ts';
import { lineOf } from './recorder.ts';

/** How long changes are gathered, in milliseconds. */
const GATHER_MS = 100;
/** Bytes that a page may have unread; one that is slower is told to ask for everything anew. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
/** A sign of life, so that a page learns when the program is gone, in milliseconds. */
const ALIVE_MS = 15_000;

/** How pages are told. */
export interface LiveOptions {
  readonly clock: Clock;
  /** Whether pages begin with secrets shown. */
  readonly secrets: boolean;
  /** The way of a request in a word or two, by its strategy's name. */
  readonly wayWords: (via: string) => string;
}

/** Tells pages of changes. */
export class Live {
  readonly #inspector: Inspector;
  readonly #clock: Clock;
  readonly #secrets: boolean;
  readonly #wayWords: LiveOptions['wayWords'];
  readonly #pages = new Set<{ readonly response: ServerResponse; missed: boolean }>();
  readonly #changed = new Map<number, ExchangeLine>();
  #dropped: number[] = [];
  #unsubscribe: (() => void) | null = null;
  #cancel: (() => void) | null = null;
  #cancelAlive: (() => void) | null = null;

  constructor(inspector: Inspector, { clock, secrets, wayWords }: LiveOptions) {
    this.#secrets = secrets;
    this.#wayWords = wayWords;
    this.#inspector = inspector;
    this.#clock = clock;
  }

  /** A page looks on from now, beginning with all that is there. */
  add(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const page = { response, missed: false };
    this.#pages.add(page);
    response.on('close', () => {
      this.#pages.delete(page);
      if (this.#pages.size === 0) this.#rest();
    });
    this.#unsubscribe ??= this.#inspector.subscribe((exchange, change) => this.#note(exchange, change === 'dropped'));
    this.#cancelAlive ??= this.#beat();
    response.write(this.#all());
  }

  /** What else changed: trouble with the disk. */
  poke(): void {
    if (this.#pages.size > 0) this.#soon();
  }

  close(): void {
    for (const { response } of this.#pages) response.end();
    this.#rest();
  }

  #rest(): void {
    this.#unsubscribe?.();
    this.#cancel?.();
    this.#cancelAlive?.();
    this.#unsubscribe = this.#cancel = this.#cancelAlive = null;
    this.#changed.clear();
    this.#dropped = [];
  }

  #note(exchange: ExchangeLine, isDropped: boolean): void {
    if (isDropped) {
      this.#changed.delete(exchange.id);
      this.#dropped.push(exchange.id);
    } else this.#changed.set(exchange.id, exchange);
    this.#soon();
  }

  #soon(): void {
    this.#cancel ??= this.#clock.after(GATHER_MS, () => {
      this.#cancel = null;
      this.#tell();
    });
  }

  #tell(): void {
    const said = { lines: Array.from(this.#changed.values(), (one) => this.#shown(one)), dropped: this.#dropped, ...this.#state() };
    this.#changed.clear();
    this.#dropped = [];
    const event = eventOf('changes', said);
    for (const page of this.#pages) {
      if (page.response.writableLength > MAX_UNREAD_BYTES) page.missed = true;
      else if (page.missed) {
        page.missed = false;
        page.response.write(this.#all());
      } else page.response.write(event);
    }
  }

  #all(): string {
    return eventOf('all', { lines: this.#inspector.exchanges().map((one) => this.#shown(one)), secrets: this.#secrets, ...this.#state() });
  }

  /** As the list shows it. */
  #shown(exchange: ExchangeLine): ExchangeLine & { readonly way: string } {
    return { ...lineOf(exchange), target: maskAddress(exchange.target), way: this.#wayWords(exchange.via) };
  }

  #state(): { trouble: string | null; usage: { bytes: number; limit: number } } {
    return { trouble: this.#inspector.trouble?.message ?? null, usage: this.#inspector.usage };
  }

  #beat(): () => void {
    return this.#clock.after(ALIVE_MS, () => {
      for (const { response } of this.#pages) response.write(': alive\n\n');
      this.#cancelAlive = this.#beat();
    });
  }
}

function eventOf(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
