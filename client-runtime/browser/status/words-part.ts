// SPDX-License-Identifier: Apache-2.0
// Errors in plain words. Loaded after the first page, or with the first error.

import type { ErrorCode } from '../../../proto/errors.ts';

/** A heading and a sentence or two. */
export interface Words {
  readonly title: string;
  readonly text: string;
}

/** Filled in by the build: what the codes mean, in a few words. */
declare const PORTHOLE_SUMMARIES: string;

export const SUMMARIES = JSON.parse(PORTHOLE_SUMMARIES) as Readonly<Record<ErrorCode, string>>;

export const WORDS: Partial<Record<ErrorCode, Words>> = {
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
    title: 'No connection yet',
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
