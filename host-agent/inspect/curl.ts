// SPDX-License-Identifier: Apache-2.0
// A request as a curl command that a person can paste into a shell.

import type { RequestHead } from '../../proto/site.ts';

/** Bytes of a body that stand in the command; a longer one is to be in a file beside it. */
export const MAX_INLINE_BYTES = 64 * 1024;
/** What curl says by itself, or what would have it show bytes that nobody can read. */
const LEFT_OUT = new Set(['content-length', 'accept-encoding', 'host', 'connection', 'transfer-encoding']);

/** A word of a POSIX shell (2.2.2): nothing in it is read by the shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Bytes as the format of `printf`, which has all of them. */
function printfFormat(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += /[A-Za-z0-9 ,.:;=_/{}()-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return text;
}

/**
 * The command.
 * @param url absolute
 * @param body null when it has none; `file` when it is too long, or not known whole: the command then names one
 */
export function curlCommand(head: RequestHead, url: string, body: Uint8Array | 'file' | null): string {
  const words = ['curl', '--globoff', '--path-as-is', '--include', shellWord(url)];
  const hasBody = body === 'file' || (body !== null && body.length > 0);
  if (head.method === 'HEAD') words.splice(3, 1, '--head');
  else if (head.method !== (hasBody ? 'POST' : 'GET')) words.push('--request', shellWord(head.method));
  if (head.headers.some(({ name }) => name === 'accept-encoding')) words.push('--compressed');
  for (const { name, value } of head.headers) {
    // A field without a value would be taken for an order to leave it out.
    if (!LEFT_OUT.has(name)) words.push('--header', shellWord(value === '' ? `${name};` : `${name}: ${value}`));
  }
  // curl names a type by itself where the request had none.
  if (hasBody && !head.headers.some(({ name }) => name === 'content-type')) words.push('--header', shellWord('content-type:'));
  const command = words.join(' ');
  if (!hasBody) return command;
  if (body === 'file') return `${command} --data-binary @body.bin`;
  const text = utf8(body as Uint8Array);
  if (text !== null && !text.includes('\0')) return `${command} --data-raw ${shellWord(text)}`;
  return `printf '${printfFormat(body as Uint8Array)}' | ${command} --data-binary @-`;
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
