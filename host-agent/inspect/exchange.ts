// SPDX-License-Identifier: Apache-2.0
// What is known of one exchange: its line in the list, its heads, and how both are kept small.

import type { Header, RequestHead, ResponseHead } from '../../proto/site.ts';
import type { NotKept } from './recorded-body.ts';

/** What an exchange is: an ordinary one; one whose answer is a stream of events; an upgraded connection. */
export type Kind = 'request' | 'events' | 'websocket';

/** A line of the list. */
export interface ExchangeLine {
  /** Counts up from 1. */
  readonly id: number;
  /** What it is. */
  readonly kind: Kind;
  /** The method; of an upgraded connection GET, as over HTTP/1.1. */
  readonly method: string;
  /** Path and query, cut off after MAX_LINE_TARGET characters. */
  readonly target: string;
  /** 0 while there is no answer, and where there was none. */
  readonly status: number;
  /** The media type of the answer, without its parameters. */
  readonly type: string;
  /** When the request came: milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds from there to the answer's head; null while it is not there. */
  readonly answeredMs: number | null;
  /** Milliseconds from there to the end of all; null while it runs. */
  readonly endedMs: number | null;
  /** Bytes of content that came from the visitor. */
  readonly requestBytes: number;
  /** Bytes of content that went to it, as they crossed (compressed, say). */
  readonly responseBytes: number;
  /** The visitor's session. */
  readonly visitor: string;
  /** Whom the gate let in. */
  readonly who: string;
  /** The path that the request came by: a strategy's name. */
  readonly via: string;
  /** What the visitor's program calls itself. */
  readonly agent: string;
  /** Why it ended early; null when it did not. */
  readonly error: string | null;
  /** Where it is from: a visitor; the replay of another one; a file that was imported. */
  readonly from: 'visitor' | 'replay' | 'import';
  /** The exchange that was asked again. */
  readonly replayOf: number | null;
}

/** Both heads of an exchange. */
export interface Heads {
  /** As the visitor asked. */
  readonly request: RequestHead;
  /** As the site answered; null without an answer. */
  readonly response: ResponseHead | null;
}

/** All of an exchange but its bodies. */
export interface Exchange extends ExchangeLine {
  /** Null when they were dropped. */
  readonly heads: Heads | null;
  /** Why the request's body is not there whole; null when it is. */
  readonly requestNotKept: NotKept | null;
  /** The same of the answer's. */
  readonly responseNotKept: NotKept | null;
}

/** Characters of a target that a line has. */
export const MAX_LINE_TARGET = 512;

/** The target as the list has it, in memory of its own: a part of a string would keep the whole one. */
export function lineTarget(target: string): string {
  return target.length <= MAX_LINE_TARGET ? target : `${Buffer.from(target.slice(0, MAX_LINE_TARGET - 1)).toString()}…`;
}

/** The value of the first field of this name; '' without one. */
export function fieldOf(headers: readonly Header[] | undefined, name: string): string {
  return headers?.find((field) => field.name === name)?.value ?? '';
}

/** A media type without its parameters. */
export function mediaTypeOf(headers: readonly Header[] | undefined): string {
  const value = fieldOf(headers, 'content-type');
  const end = value.indexOf(';');
  return (end < 0 ? value : value.slice(0, end)).trim().toLowerCase();
}

/** No field of HTTP and no target has this in it (RFC 9110 section 5.5). */
const LINE = '\n';
const END = '\n\n';

/** Heads as text, cheaper than JSON: a line each for a name and its value. */
export function encodeHeads({ request, response }: Heads): string {
  const { method, target, authority, headers, protocol = '' } = request;
  let text = method + LINE + target + LINE + authority + LINE + protocol;
  for (const { name, value } of headers) text += LINE + name + LINE + value;
  if (response === null) return text;
  text += END + response.status;
  for (const { name, value } of response.headers) text += LINE + name + LINE + value;
  return text;
}

/** Reads what `encodeHeads` wrote. */
export function decodeHeads(text: string): Heads {
  // Values may be empty, and then two ends of lines stand together: the heads are told apart by counting.
  const lines = text.split(LINE);
  const [method = '', target = '', authority = '', protocol = ''] = lines;
  const headers: Header[] = [];
  let at = 4;
  for (; at < lines.length && lines[at] !== ''; at += 2) headers.push({ name: lines[at] as string, value: lines[at + 1] ?? '' });
  const request = { method, target, authority, headers, ...(protocol !== '' && { protocol }) };
  if (at >= lines.length) return { request, response: null };
  const status = Number(lines[at + 1]);
  const fields: Header[] = [];
  for (at += 2; at < lines.length; at += 2) fields.push({ name: lines[at] as string, value: lines[at + 1] ?? '' });
  return { request, response: { status, headers: fields } };
}
