// SPDX-License-Identifier: Apache-2.0
// A body as it is shown: as text, in hexadecimal, or as a picture; never as a page.

import { ask, button, bytesOf, type Exchange, el, sizeWords, utf8, type View } from './shared.ts';

type Mode = 'text' | 'hex' | 'picture';
/** Bytes that are shown in hexadecimal. */
const MAX_HEX_BYTES = 64 * 1024;
const HEX_ROW = 16;

const WHY: Readonly<Record<string, string>> = {
  limit: 'It is longer than what is kept of one body (half of --inspect-limit): this is its beginning.',
  disk: 'The disk failed or was too slow: not all of it was kept.',
  dropped: 'Its beginning was dropped to make room for newer ones.',
};

/** Bytes and characters side by side. */
function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, MAX_HEX_BYTES); at += HEX_ROW) {
    const row = [...bytes.subarray(at, at + HEX_ROW)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(HEX_ROW * 3)} ${text}`);
  }
  return lines.join('\n');
}

/** JSON with indents; any other text as it is. */
export function pretty(text: string, type: string): string {
  if (!/\bjson\b/.test(type)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** A body with its heading. */
export async function bodyOf(exchange: Exchange, side: 'request' | 'response', type: string): Promise<HTMLElement> {
  const size = side === 'request' ? exchange.requestBytes : exchange.responseBytes;
  const notKept = side === 'request' ? exchange.requestNotKept : exchange.responseNotKept;
  const about = el('span', { className: 'quiet' }, size === 0 ? 'none' : `${sizeWords(size)}${type === '' ? '' : ` · ${type}`}`);
  const heading = el('h3', {}, 'Body', about);
  const place = el('div');
  const all = el('div', {}, heading, place);
  if (size === 0) return all;
  if (notKept) place.append(el('p', { className: 'note' }, WHY[notKept] ?? notKept));
  const path = `/exchanges/${exchange.id}`;
  let view: View;
  try {
    view = await ask<View>(`${path}/view/${side}`);
  } catch (error) {
    place.append(el('p', { className: 'note' }, (error as Error).message));
    return all;
  }
  const bytes = bytesOf(view.base64);
  const text = utf8(bytes, view.more);
  if (view.trouble) place.append(el('p', { className: 'note' }, view.trouble));
  const shown = el('div');
  const modes: Mode[] = [...(view.picture ? (['picture'] as const) : []), ...(text === null ? [] : (['text'] as const)), 'hex'];
  const buttons = modes.map((mode) => button(mode[0]?.toUpperCase() + mode.slice(1), () => show(mode)));
  const show = (mode: Mode): void => {
    for (const [index, one] of buttons.entries()) one.setAttribute('aria-pressed', String(modes[index] === mode));
    const part = (of: number): Node | null =>
      view.more || bytes.length > of
        ? el('p', { className: 'note' }, `The first ${sizeWords(Math.min(of, bytes.length))}; all of it is in the file.`)
        : null;
    const nodes: Record<Mode, () => (Node | null)[]> = {
      picture: () => [el('img', { className: 'picture', alt: 'The body as a picture', src: `api${path}/picture/${side}` })],
      text: () => [el('pre', { tabIndex: 0 }, pretty(text ?? '', type)), part(bytes.length)],
      hex: () => [el('pre', { className: 'hex', tabIndex: 0 }, hexOf(bytes)), part(MAX_HEX_BYTES)],
    };
    shown.replaceChildren(...nodes[mode]().filter((node) => node !== null));
  };
  show(modes[0] as Mode);
  heading.append(el('span', { className: 'modes' }, ...buttons, el('a', { href: `api${path}/body/${side}`, download: '' }, 'Save')));
  place.append(shown);
  return all;
}
