// SPDX-License-Identifier: Apache-2.0
// The log of requests: a line each, for a person who watches, as an event, or as web servers write them.

import { maskAddress } from '../../host-agent/inspect/mask.ts';
import type { Observer, Sight } from '../../host-agent/inspect/observed.ts';
import type { RequestHead } from '../../proto/site.ts';
import { ANYONE, type Visitor } from '../../transport/session/site.ts';
import type { Clock } from '../../transport/time/clock.ts';
import { type Output, sizeWords } from './output.ts';

/** Lines that a person is shown in a second; what comes beyond them is counted. */
export const MAX_LINES_PER_S = 100;
const SECOND_MS = 1000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A request that is over. */
export interface Logged {
  readonly at: Date;
  readonly method: string;
  readonly target: string;
  /** 0 where there was no answer. */
  readonly status: number;
  /** Milliseconds until its end. */
  readonly ms: number;
  /** Bytes of the answer's content. */
  readonly bytes: number;
  /** The visitor's session, and whom the gate let in. */
  readonly visitor: string;
  readonly who: string;
  readonly referer: string;
  readonly userAgent: string;
}

/** How requests are logged. */
export interface RequestLogOptions {
  readonly format: 'plain' | 'combined';
  readonly output: Output;
  readonly clock: Clock;
  /** The time of day. */
  readonly date: () => Date;
  /** Whether tokens in addresses are shown. */
  readonly secrets: boolean;
}

/** Tells of each request once it is over. */
export function requestLog({ format, output, clock, date, secrets }: RequestLogOptions): Observer {
  let lines = 0;
  let more = 0;
  let isCounting = false;
  const write = (one: Logged): void => {
    const event = { event: 'request', ...one, at: one.at.toISOString() };
    if (format === 'combined') return output.event(event, combinedLine(one));
    if (output.watched && ++lines > MAX_LINES_PER_S) more++;
    else output.event(event, plainLine(one));
    if (!output.watched || isCounting) return;
    isCounting = true;
    clock.after(SECOND_MS, () => {
      if (more > 0) output.event({ event: 'requests', more }, `  … and ${more} more requests in this second`);
      lines = more = 0;
      isCounting = false;
    });
  };
  return {
    begin({ method, target, headers }: RequestHead, { session, who }: Visitor, tunnel: boolean): Sight {
      const at = date();
      const begun = clock.now();
      const field = (name: string): string => headers.find((one) => one.name === name)?.value ?? '';
      let bytes = 0;
      let status = 0;
      return {
        seesRequest: false,
        requestPiece: () => {},
        responsePiece(piece, release) {
          bytes += piece.length;
          return release;
        },
        answered(head) {
          status = tunnel && head.status === 200 ? 101 : head.status;
        },
        end() {
          const address = (text: string): string => (secrets ? text : maskAddress(text));
          write({
            at,
            method: tunnel ? 'GET' : method, // as over HTTP/1.1
            target: address(target),
            status,
            ms: Math.round((clock.now() - begun) * 10) / 10,
            bytes,
            visitor: session,
            who,
            referer: address(field('referer')),
            userAgent: field('user-agent'),
          });
        },
      };
    },
  };
}

/** Everything that a terminal or a reader of logs could take for something else, as `\x1b`. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

const two = (number: number): string => String(number).padStart(2, '0');

/** A line for a person; the address, which may be long, is its end. */
export function plainLine({ at, method, target, status, ms, bytes, visitor, who }: Logged): string {
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  const duration = ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
  const name = who === ANYONE ? `visitor ${visitor}` : who;
  return escaped(
    `  ${time}  ${method.padEnd(4)} ${status === 0 ? '–––' : status} ${duration.padStart(8)} ${sizeWords(bytes).padStart(9)}  ${name}  ${target}`,
  );
}

/** A line as Apache's `combined` log format has it. Where a visitor is nobody here knows: its session stands in the address's place. */
export function combinedLine({ at, method, target, status, bytes, visitor, who, referer, userAgent }: Logged): string {
  const minutes = -at.getTimezoneOffset();
  const zone = `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
  const day = `${two(at.getDate())}/${MONTHS[at.getMonth()]}/${at.getFullYear()}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  const quoted = (text: string): string => `"${quotable(text) || '-'}"`;
  const user = who === ANYONE ? '-' : quotable(who).replaceAll(' ', '_');
  const line = `${quotable(`${method} ${target}`)} HTTP/1.1`;
  return `visitor-${quotable(visitor)} - ${user} [${day}:${time} ${zone}] "${line}" ${status === 0 ? '-' : status} ${bytes || '-'} ${quoted(referer)} ${quoted(userAgent)}`;
}

/** As Apache writes what stands between quotes. */
function quotable(text: string): string {
  const quoted = text.replace(/["\\]/g, '\\$&');
  return escaped(quoted).replace(/[^\x20-\x7e]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16)}`).join(''),
  );
}
