// SPDX-License-Identifier: Apache-2.0
// Finds where in a document the injected script goes: behind the doctype and the start tags of html and head, before all else.

/** Characters of a document's beginning that are looked through; what is not decided by then is decided by what was seen. */
export const LOOKED_THROUGH = 64 * 1024;

/**
 * Finds the place in the beginning of a document.
 * @param text what is there of it, without a byte order mark
 * @param whole there is no more of it, or no more is to be waited for
 * @returns the place in characters; null: more has to come first, or (`whole`) there is none
 */
export function insertionPoint(text: string, kind: 'html' | 'xml', whole: boolean): number | null {
  return kind === 'html' ? inHtml(text, whole) : inXml(text, whole);
}

/** HTML: what the parser takes before a head begins (HTML section 13.2.6.4.1 to 13.2.6.4.4), comments and what is read as one included. */
function inHtml(text: string, whole: boolean): number | null {
  let at = 0;
  for (;;) {
    const start = skip(/[\t\n\f\r ]*/y, text, at);
    const tag = /<(html|head)(?=[\t\n\f\r />])/iy;
    tag.lastIndex = start;
    const name = tag.exec(text)?.[1];
    const end = name ? htmlTagEnd(text, start + 1 + name.length) : skip(/<!--(?:-?>|[\s\S]*?--!?>)|<!(?!--)[^>]*>|<\?[^>]*>/y, text, start);
    if (name && end > 0) {
      if (name.toLowerCase() === 'head') return end;
      at = end;
    } else if (!name && end > start) at = end;
    else if (whole) return at;
    else return mayBecome(text.slice(start, start + 7)) ? null : at;
  }
}

/** Whether what begins so may be something to be passed over, once there is more of it. */
function mayBecome(text: string): boolean {
  const lower = text.toLowerCase();
  return (
    lower === '' ||
    /^<[!?]/.test(lower) ||
    /^<(html|head)[\t\n\f\r />]/.test(lower) ||
    '<html'.startsWith(lower) ||
    '<head'.startsWith(lower)
  );
}

/** The end of a start tag, from behind its name; -1 when it is not there (HTML section 13.2.5.32 to 13.2.5.39). */
function htmlTagEnd(text: string, from: number): number {
  let state: 'between' | 'name' | 'behind' | 'equals' | 'value' = 'between';
  for (let at = from; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '>') return at + 1;
    const space = /[\t\n\f\r ]/.test(char);
    if (state === 'equals' && (char === '"' || char === "'")) {
      at = text.indexOf(char, at + 1);
      if (at < 0) return -1;
      state = 'between';
    } else if (state === 'equals') state = space ? 'equals' : 'value';
    else if (state === 'value') state = space ? 'between' : 'value';
    else if (char === '=' && state !== 'between') state = 'equals';
    else if (char === '/') state = 'between';
    else if (!space) state = 'name';
    else if (state === 'name') state = 'behind';
  }
  return -1;
}

/** XML: behind the root's start tag, and that of a head that comes first in it. None in a root without content. */
function inXml(text: string, whole: boolean): number | null {
  const root = xmlElement(text, 0);
  if (root === null || text[root.end - 2] === '/') return null;
  const head = xmlElement(text, root.end);
  if (head === null) return whole || !mayBeHead(text, root.end) ? root.end : null;
  return head.name === 'head' && text[head.end - 2] !== '/' ? head.end : root.end;
}

/** Each alternative begins with another character, so that no try is made twice. */
const DOCTYPE = /<!DOCTYPE(?:[^"'<>[\]]|"[^"]*"|'[^']*'|\[(?:[^"'\]<]|"[^"]*"|'[^']*'|<!--(?:[^-]|-(?!->))*-->|<(?!!--))*\])*>/y;

/** The next start tag, if nothing but white space, comments and declarations is before it. */
function xmlElement(text: string, from: number): { readonly name: string; readonly end: number } | null {
  let at = from;
  for (;;) {
    const start = skip(/[\t\n\r ]*/y, text, at);
    at = skip(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/y, text, start);
    if (at === start) at = skip(DOCTYPE, text, start);
    if (at > start) continue;
    const match = /<(?:[^\s/>:!?]+:)?([^\s/>:!?]+)(?:[^"'<>]|"[^"]*"|'[^']*')*>/y;
    match.lastIndex = start;
    const found = match.exec(text);
    return found ? { name: found[1] ?? '', end: match.lastIndex } : null;
  }
}

/** Whether a head may still come first in the root. */
function mayBeHead(text: string, from: number): boolean {
  const rest = text.slice(from).replace(/^(?:[\t\n\r ]|<!--[\s\S]*?-->|<\?[\s\S]*?\?>)*/, '');
  return rest === '' || /^<(?!\/)/.test(rest);
}

/** The end of what a sticky pattern matches; where it began when it does not. */
function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
