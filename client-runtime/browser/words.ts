// SPDX-License-Identifier: Apache-2.0
// What a person reads: states, errors and ways in plain words. Used by the shell page and by the worker's error pages.

import { ERRORS, type ErrorCode } from '../../proto/errors.ts';
import { DATA_CHANNEL } from '../../transport/strategies/data-channel-way.ts';
import { RELAY } from '../../transport/strategies/relay-way.ts';
import { wayNamed } from '../../transport/way.ts';

/** A heading and a sentence or two. */
export interface Words {
  readonly title: string;
  readonly text: string;
}

const WORDS: Partial<Record<ErrorCode, Words>> = {
  HOST_OFFLINE: {
    title: 'This site is offline',
    text: 'The computer that has this site is not online right now. The page opens by itself as soon as it is back.',
  },
  SITE_UNKNOWN: {
    title: 'There is no site here',
    text: 'Nobody has put a site online under this name. Check the link, or ask whoever gave it to you.',
  },
  SUITE_UNREACHABLE: {
    title: 'The meeting point does not answer',
    text: 'The server that introduces you to this site cannot be reached. Check your connection; the page keeps trying.',
  },
  NO_PATH: {
    title: 'No way through yet',
    text: 'Neither a direct nor a relayed connection to this site could be opened from this network. The page keeps trying.',
  },
  PATH_LOST: {
    title: 'The connection broke',
    text: 'The connection to this site broke off. The page loads again by itself when it is back.',
  },
  PATH_SILENT: {
    title: 'The site stopped answering',
    text: 'Nothing has come from this site for a while. The page loads again by itself.',
  },
  SESSION_CLOSED: { title: 'The connection has ended', text: 'The page that carried this connection was closed. Load the page again.' },
  TIMED_OUT: { title: 'The site took too long', text: 'The site did not answer in time.' },
  SITE_FAILED: { title: 'The site could not answer', text: 'The computer that has this site met a problem of its own.' },
  NOT_ALLOWED: {
    title: 'This site is not open to everyone',
    text: 'Its owner chooses who may visit. Ask the owner for an invitation, or send your key to be let in with it.',
  },
  PASSWORD_NEEDED: { title: 'This site asks for a password', text: 'Load the page again to give it.' },
  PASSWORD_WRONG: { title: 'That was not the password', text: 'Load the page again for another try.' },
  TOKEN_INVALID: {
    title: 'This invitation is not valid',
    text: 'Perhaps its link was not copied whole. Ask the owner of this site for a new one, or send your key to be let in with it.',
  },
  TOKEN_EXPIRED: {
    title: 'Your invitation has expired',
    text: 'Ask the owner of this site for a new one, or send your key to be let in with it.',
  },
  KEY_WRONG: {
    title: 'This is not the site you asked for',
    text: 'Somebody else answered in its place, and was told nothing. Ask the owner of the site for the link again.',
  },
  RATE_LIMITED: { title: 'Too many requests', text: 'Please wait a moment before trying again.' },
  LINK_INVALID: { title: 'This is not a link to a site', text: 'Check the link, or ask whoever gave it to you.' },
};

/** An error code in plain words. */
export function wordsFor(code: ErrorCode): Words {
  const { summary } = ERRORS[code];
  return WORDS[code] ?? { title: 'This page could not be opened', text: `${summary[0]?.toUpperCase()}${summary.slice(1)}.` };
}

/** Errors that pass: what was asked for is worth asking for again when a way stands. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'HOST_OFFLINE',
  'SUITE_UNREACHABLE',
  'NO_PATH',
  'PATH_LOST',
  'PATH_SILENT',
  'TIMED_OUT',
  'SESSION_LOST',
  'SESSION_CLOSED',
]);

/** Whether an error passes by itself. */
export function passes(code: ErrorCode): boolean {
  return PASSING.has(code);
}

/** The ways that a page has, as they describe themselves. */
const WAYS = [DATA_CHANNEL, RELAY];

/** The state of having no way. */
export const NO_WAY: Words = { title: 'Reconnecting', text: 'The way to the site was lost; another is being looked for.' };

/** Of a way that gives no sign of life at the moment. */
export function silentWords({ title }: Words): Words {
  return { title: `${title}, silent`, text: 'Nothing has come this way for a moment; another is being looked for.' };
}

/** A strategy's name in plain words; a name that is not known stays as it is. */
export function wayWords(via: string): Words {
  const { label, sentence } = wayNamed(via, WAYS).words;
  return { title: label, text: sentence };
}

/** A reason that a visit gives, as a sentence for a person. */
export function reasonWords(reason: string): string {
  const plain = reason.replace(/[\w-]+/g, (name) => wayNamed(name, WAYS).words.noun ?? name);
  return `${plain[0]?.toUpperCase() ?? ''}${plain.slice(1)}${/[.!?…]$/.test(plain) || plain === '' ? '' : '.'}`;
}

/** A round trip for a person. */
export function roundTrip(ms: number): string {
  return ms < 1 ? 'under 1 ms' : `${Math.round(ms)} ms`;
}
