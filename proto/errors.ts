// SPDX-License-Identifier: Apache-2.0
// The one list of error codes, and the one error class. docs/errors.md has a paragraph for each.

import { plainText } from './text.ts';

/** What a code means to a person, the exit status of a command that ends with it, and the HTTP status of a page that shows it. */
interface ErrorFacts {
  readonly summary: string;
  readonly exit: number;
  readonly http: number;
}

const facts = (exit: number, http: number, summary: string): ErrorFacts => ({ summary, exit, http });

/** Exit statuses: 2 usage, 3 nothing there, 4 refused, 5 no path to the host, 6 the other end misbehaved, 7 local resources, 8 an HTTP error of the site, 70 a fault of ours. */
export const ERRORS = {
  USAGE: facts(2, 400, 'the command was not understood'),
  CONFIG_INVALID: facts(2, 400, 'a setting is not valid'),
  LINK_INVALID: facts(2, 400, 'that is not a link to a site'),
  NAME_INVALID: facts(2, 400, 'a site name is one to 63 letters, digits and hyphens'),

  FOLDER_MISSING: facts(3, 404, 'there is no such folder'),
  SITE_UNKNOWN: facts(3, 404, 'the suite knows no site by that name'),
  HOST_OFFLINE: facts(3, 503, 'the computer that has this site is not online'),
  SUITE_UNREACHABLE: facts(3, 502, 'the suite does not answer'),

  NAME_TAKEN: facts(4, 409, 'another key holds this name'),
  SIGNATURE_WRONG: facts(4, 403, 'the signature does not prove the key'),
  SITE_REPLACED: facts(4, 409, 'the same site came online from somewhere else'),
  RATE_LIMITED: facts(4, 429, 'too many requests; wait and try again'),
  RELAY_REFUSED: facts(4, 403, 'the relay does not know this ticket'),
  NOT_ALLOWED: facts(4, 403, 'that is not allowed'),
  KEY_WRONG: facts(4, 502, 'the other end is not the one that the link names'),
  PASSWORD_NEEDED: facts(4, 401, 'the site asks for a password'),
  PASSWORD_WRONG: facts(4, 403, 'the password is wrong'),
  TOKEN_INVALID: facts(4, 403, 'the invitation is not valid'),
  TOKEN_EXPIRED: facts(4, 403, 'the invitation has expired'),

  NO_PATH: facts(5, 504, 'no path to the host could be opened'),
  STRATEGY_UNFIT: facts(5, 504, 'this strategy cannot work here'),
  PATH_LOST: facts(5, 502, 'the connection broke'),
  PATH_SILENT: facts(5, 504, 'the other end stopped answering'),
  TIMED_OUT: facts(5, 504, 'it took too long'),

  SEAL_BROKEN: facts(6, 502, 'a sealed message was altered, repeated or cut'),
  FRAME_MALFORMED: facts(6, 502, 'a message could not be read'),
  MESSAGE_TOO_LONG: facts(6, 413, 'a message is longer than allowed'),
  PROTOCOL_VIOLATED: facts(6, 502, 'the other end broke a rule of the protocol'),
  VERSION_UNSUPPORTED: facts(6, 505, 'the two ends have no version in common'),
  CREDIT_EXCEEDED: facts(6, 502, 'the other end sent more than it was given credit for'),
  TOO_MANY_STREAMS: facts(6, 503, 'too many requests at once on one session'),
  CONNECT_UNSUPPORTED: facts(6, 501, 'the other end has no such upgraded connections'),
  HTTP_STATUS: facts(8, 502, 'the site answered with an error'),
  SITE_FAILED: facts(6, 502, 'the site failed to answer'),
  CONTENT_CHANGED: facts(6, 502, 'the content changed while it was sent'),

  PORT_IN_USE: facts(7, 500, 'another program uses this port'),
  PORT_FORBIDDEN: facts(7, 500, 'this port needs more rights'),
  STORAGE_FAILED: facts(7, 500, 'the data folder cannot be used'),
  SOCKET_FAILED: facts(7, 500, 'the system gave no socket'),
  SOCKETS_UNFIT: facts(7, 500, 'the sockets of this machine cannot do that'),

  CANCELLED: facts(130, 499, 'it was cancelled'),
  SESSION_LOST: facts(5, 503, 'the session could not be continued'),
  SESSION_CLOSED: facts(5, 503, 'the session has ended'),
  INTERNAL: facts(70, 500, 'something went wrong inside Porthole'),
} as const satisfies Record<string, ErrorFacts>;

/** A code from the one list. */
export type ErrorCode = keyof typeof ERRORS;

/**
 * The one error class: a code from the list, a sentence for a person, and what caused it. The sentence is one line of plain
 * text, whoever had a word in it: it goes to terminals, logs and pages.
 */
export class PortholeError extends Error {
  /** The same for all: told apart by `code`. */
  override readonly name = 'PortholeError';
  /** What it is, from the one list. */
  readonly code: ErrorCode;

  /**
   * @param code from the one list
   * @param message a sentence for a person; the code's summary when left out
   * @param options `cause`: the error underneath
   */
  constructor(code: ErrorCode, message?: string, options?: { cause?: unknown }) {
    super(plainText(message ?? ERRORS[code].summary), options);
    this.code = code;
  }
}

/** Whether a string is a code of the list: codes that come over the wire are not trusted to be. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** The error a peer named on the wire; an unknown code (a newer peer) keeps its name in the message. */
export function errorFromWire(code: string, message: string): PortholeError {
  if (isErrorCode(code)) return new PortholeError(code, message || undefined);
  return new PortholeError('PROTOCOL_VIOLATED', `${code}: ${message}`);
}

/** Any thrown value as a PortholeError; aborts become CANCELLED, the rest the given code. */
export function asPortholeError(thrown: unknown, code: ErrorCode = 'INTERNAL'): PortholeError {
  if (thrown instanceof PortholeError) return thrown;
  if (thrown instanceof Error) {
    if (thrown.name === 'AbortError') return new PortholeError('CANCELLED', undefined, { cause: thrown });
    if (thrown.name === 'TimeoutError') return new PortholeError('TIMED_OUT', undefined, { cause: thrown });
    return new PortholeError(code, `${ERRORS[code].summary}: ${thrown.message}`, { cause: thrown });
  }
  return new PortholeError(code, `${ERRORS[code].summary}: ${String(thrown)}`);
}
