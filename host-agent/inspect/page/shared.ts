// SPDX-License-Identifier: Apache-2.0
// What all of the inspector's page uses: elements, words for numbers, and what it asks of its server.

import type { Exchange, ExchangeLine } from '../exchange.ts';
import type { Message } from '../messages.ts';

export type { Exchange, ExchangeLine, Message };

/** A line of the list, with the words for the way that the request came by. */
export type Line = ExchangeLine & { readonly way: string };

/** The beginning of a body, as the server gives it to be shown. */
export interface View {
  readonly base64: string;
  readonly more: boolean;
  readonly trouble: string | null;
  readonly picture: string | null;
}

type Child = Node | string | null | false;

/** An element. What was recorded comes into it as text alone. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Partial<Omit<HTMLElementTagNameMap[K], 'style'>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children.filter((child): child is Node | string => child !== null && child !== false));
  return element;
}

/** The element of this id, which the page has. */
export function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** A button with what it does. */
export function button(text: string, run: () => unknown, props: Partial<HTMLButtonElement> = {}): HTMLButtonElement {
  return el('button', { type: 'button', onclick: () => void run(), ...props }, text);
}

export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

export function timeWords(ms: number | null): string {
  if (ms === null) return '…';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** Says something in the line below. */
export function say(text: string): void {
  byId('said').textContent = text;
}

/** Asks the server. @throws Error with its words */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`api${path}`, { ...init, headers: { 'x-porthole-inspect': '1' } });
  const found = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(found.error ?? `status ${response.status}`);
  return found;
}

/** Bytes from base64. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Base64 of bytes. */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** Bytes as text, when they are; null when they are not. A character may be cut in two at the end of a part. */
export function utf8(bytes: Uint8Array, isPart: boolean): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isPart });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell bytes from text
    return /[\0-\x08\x0e-\x1a]/.test(text.slice(0, 4096)) ? null : text;
  } catch {
    return null;
  }
}
