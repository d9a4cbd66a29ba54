// SPDX-License-Identifier: Apache-2.0
// What a command tells: sentences for a person, or one JSON event a line.

import { renderUnicodeCompact } from 'uqr';
import { PortholeError } from '../../proto/errors.ts';
import { plainJson, plainLines, plainText } from '../../proto/text.ts';
import type { Writing } from './standard-streams.ts';

/** A JSON event; DESIGN names the fields of `ready`, `path` and `error`. */
export interface CommandEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface Output {
  /** An event, with the sentence for a person; without one the person is told nothing. */
  event(event: CommandEvent, sentence?: string): void;
  /** An error that does not end the command. */
  trouble(error: PortholeError): void;
  /** A line that is rewritten in place; for a person on a terminal only. */
  progress(line: string): void;
  /** A QR code of a link; for a person on a terminal only. */
  qr(link: string): void;
  /** Whether a person watches: sentences, on a terminal. */
  readonly watched: boolean;
}

/**
 * Text of peers is plain when it comes here (proto/text.ts); what was missed, and names of files, are made so at the last moment.
 * @param json events instead of sentences
 * @param stream where they go; events of `get` go to stderr, its content having stdout
 */
export function createOutput(json: boolean, stream: Writing): Output {
  let rewriting = false;
  const line = (text: string): void => {
    if (rewriting) stream.write('\r\x1b[K');
    rewriting = false;
    stream.write(`${text}\n`);
  };
  if (json) {
    const event = (event: CommandEvent): void => line(eventLine(event));
    return { event, trouble: (error) => event(errorEvent(error)), progress: () => {}, qr: () => {}, watched: false };
  }
  return {
    event: (_event, sentence) => sentence !== undefined && line(plainLines(sentence)),
    trouble: (error) => line(`! ${plainText(error.message)} (${error.code})`),
    progress(text) {
      if (!stream.isTTY) return;
      stream.write(`\r\x1b[K${plainText(text)}`);
      rewriting = true;
    },
    qr: (link) => stream.isTTY && line(indent(renderUnicodeCompact(link, { border: 1 }))),
    watched: stream.isTTY ?? false,
  };
}

/** The output of one of several sites: each event tells which, and so does each sentence that is one. */
export function outputOf(output: Output, name: string): Output {
  return {
    ...output,
    event: (event, sentence) =>
      output.event({ ...event, of: name }, sentence === undefined || sentence.includes('\n') ? sentence : `${name}: ${sentence}`),
    trouble: (error) => output.trouble(new PortholeError(error.code, `${name}: ${error.message}`, { cause: error })),
  };
}

/** An event as a line of JSON: what a terminal would obey is escaped in it. */
export function eventLine(event: CommandEvent): string {
  return plainJson(JSON.stringify(event));
}

/** An error as an event. */
export function errorEvent(error: PortholeError): CommandEvent {
  return { event: 'error', code: error.code, message: error.message };
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes for a person. */
export function sizeWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** A number of seconds for a person. */
export function timeWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
