// SPDX-License-Identifier: Apache-2.0
// What suite and host agree on about sealed inboxes: patterns of paths, what is in a box, what a box is bound to (RENDEZVOUS.md section 8).

import { PortholeError } from './errors.ts';
import { porthole } from './generated/messages.js';
import { MAX_INBOX_PATTERN_CHARS } from './limits.ts';

/** Methods of requests that an inbox takes: those that ask for something to be done. */
export const INBOX_METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** A request as it waits in a box. */
export interface InboxRequest {
  /** When it came: RFC 3339, UTC. */
  readonly received: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Host and port, as the sender calls the site. */
  readonly authority: string;
  /** Without those of one connection. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly body: Uint8Array;
}

/** Whether a pattern is one: a path that begins with `/`, in which `*` stands for any characters, also for none and for `/`. */
export function isInboxPattern(pattern: string): boolean {
  return pattern.length <= MAX_INBOX_PATTERN_CHARS && /^\/[\x21\x22\x24-\x3e\x40-\x7e]*$/.test(pattern);
}

/**
 * Whether a path fits a pattern. In linear time: a stranger may write both.
 * @param path as `URL.pathname` has it: without query, dot segments resolved
 */
export function fitsPattern(pattern: string, path: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return path === pattern;
  const tail = rest.pop() ?? '';
  if (path.length < head.length + tail.length || !path.startsWith(head) || !path.endsWith(tail)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= path.length - tail.length;
}

/** The bytes of a request for a box. */
export function encodeInboxRequest(request: InboxRequest): Uint8Array {
  return porthole.rendezvous.InboxRequest.encode({
    ...request,
    fields: request.fields.map(({ name, value }) => ({ name, value })),
  }).finish();
}

/**
 * Reads what was in a box. Whoever knows the site could have made it.
 * @throws PortholeError FRAME_MALFORMED
 */
export function decodeInboxRequest(bytes: Uint8Array): InboxRequest {
  try {
    const { received, method, target, authority, fields, body } = porthole.rendezvous.InboxRequest.decode(bytes);
    if (!target.startsWith('/')) throw new RangeError('not a request target');
    return {
      received,
      method,
      target,
      authority,
      fields: fields.map(({ name, value }) => ({ name: name ?? '', value: value ?? '' })),
      body,
    };
  } catch (cause) {
    throw new PortholeError('FRAME_MALFORMED', 'a request of the inbox could not be read', { cause });
  }
}

/** What a box is bound to: its kind, the site, the numbering, its number. It cannot take another's place. */
export function boxBinding(site: string, series: Uint8Array, number: number): { info: Uint8Array; ad: Uint8Array } {
  const hex = Array.from(series, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const text = new TextEncoder();
  return { info: text.encode('porthole inbox 1'), ad: text.encode(`${site}\n${hex}\n${number}`) };
}
