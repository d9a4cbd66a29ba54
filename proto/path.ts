// SPDX-License-Identifier: Apache-2.0
// The codec of what two ends say about the paths of a session: PathMessage values to bytes and back (SITE.md section 8).

import { PortholeError } from './errors.ts';
import { porthole } from './generated/messages.js';
import { MAX_CHALLENGE_COST, MAX_PATH_MESSAGE_BYTES, MAX_TOKEN_BYTES, SESSION_ID_BYTES } from './limits.ts';
import { checkEnding, type Ending, type Plain, plain } from './site.ts';

/** What a host asks of a visitor before it lets it in. `salt` and `cost` are scrypt's (RFC 7914), r = 8, p = 1. */
export interface Challenge extends Ending {
  /** What to salt the password with. */
  readonly salt: Uint8Array;
  /** N of scrypt. */
  readonly cost: number;
}
/** A visitor's answer to a challenge. */
export interface Proof {
  /** Shows that its sender knows the password, on this path alone (ACCESS.md). */
  readonly password: Uint8Array;
}

/** What is said about a path; `none` is of a newer version. Numbers of frames are modulo 2^32. */
export type PathMessage =
  | { readonly type: 'join'; readonly session: Uint8Array; readonly received: number; readonly token: Uint8Array }
  | { readonly type: 'joined'; readonly session: Uint8Array; readonly received: number }
  | ({ readonly type: 'refused' } & Ending)
  | ({ readonly type: 'challenge' } & Challenge)
  | ({ readonly type: 'proof' } & Proof)
  | { readonly type: 'carry'; readonly move: number; readonly next: number; readonly received: number; readonly sound: boolean }
  | { readonly type: 'ack'; readonly received: number }
  | { readonly type: 'ping'; readonly id: number; readonly answer: boolean; readonly suspect: boolean }
  | ({ readonly type: 'over' } & Ending)
  | { readonly type: 'none' };

const EMPTY = new Uint8Array(0);

/** @throws PortholeError MESSAGE_TOO_LONG */
function short(bytes: Uint8Array, what: string): void {
  if (bytes.length > MAX_TOKEN_BYTES) throw new PortholeError('MESSAGE_TOO_LONG', `${what} is longer than ${MAX_TOKEN_BYTES} bytes`);
}

/** @throws PortholeError PROTOCOL_VIOLATED for an id that no session can have */
function checkId(session: Uint8Array): void {
  if (session.length !== SESSION_ID_BYTES) {
    throw new PortholeError('PROTOCOL_VIOLATED', `the id of a session has ${SESSION_ID_BYTES} bytes, not ${session.length}`);
  }
}

/** The rules beyond protobuf's own, the same for what is sent and for what comes. */
function check(message: PathMessage): void {
  switch (message.type) {
    case 'join':
      if (message.session.length > 0) checkId(message.session);
      return short(message.token, 'an invitation');
    case 'joined':
      return checkId(message.session);
    case 'refused':
    case 'over':
      return checkEnding(message);
    case 'challenge':
      checkEnding(message);
      short(message.salt, 'a salt');
      if (message.cost > MAX_CHALLENGE_COST) {
        throw new PortholeError('PROTOCOL_VIOLATED', `a cost of ${message.cost} is more than ${MAX_CHALLENGE_COST}`);
      }
      return;
    case 'proof':
      return short(message.password, 'a proof');
    default:
      return;
  }
}

/**
 * Encodes one message about a path, without its type.
 * @throws PortholeError MESSAGE_TOO_LONG, PROTOCOL_VIOLATED
 */
export function encodePathMessage(message: PathMessage): Uint8Array {
  check(message);
  const { type, ...fields } = message;
  return porthole.site.PathMessage.encode(type === 'none' ? {} : { [type]: fields }).finish();
}

/**
 * Decodes one message about a path, without its type. Fields and types of a newer version are skipped.
 * @throws PortholeError MESSAGE_TOO_LONG, FRAME_MALFORMED, PROTOCOL_VIOLATED
 */
export function decodePathMessage(bytes: Uint8Array): PathMessage {
  if (bytes.length > MAX_PATH_MESSAGE_BYTES) {
    throw new PortholeError('MESSAGE_TOO_LONG', `${bytes.length} bytes about a path are more than ${MAX_PATH_MESSAGE_BYTES}`);
  }
  let wire: porthole.site.PathMessage;
  try {
    wire = porthole.site.PathMessage.decode(bytes);
  } catch (cause) {
    throw new PortholeError('FRAME_MALFORMED', 'a message about a path could not be read', { cause });
  }
  const message = fromWire(wire);
  check(message);
  return message;
}

function ending(wire: Plain<Ending>): Ending {
  return { code: wire.code ?? '', message: wire.message ?? '' };
}

function fromWire(wire: porthole.site.PathMessage): PathMessage {
  switch (wire.body) {
    case 'join': {
      const { session = EMPTY, received = 0, token = EMPTY } = plain(wire.join);
      return { type: 'join', session, received, token };
    }
    case 'joined': {
      const { session = EMPTY, received = 0 } = plain(wire.joined);
      return { type: 'joined', session, received };
    }
    case 'refused':
      return { type: 'refused', ...ending(plain(wire.refused)) };
    case 'challenge': {
      const { salt = EMPTY, cost = 0, ...rest } = plain(wire.challenge);
      return { type: 'challenge', ...ending(rest), salt, cost };
    }
    case 'proof':
      return { type: 'proof', password: plain(wire.proof).password ?? EMPTY };
    case 'carry': {
      const { move = 0, next = 0, received = 0, sound = false } = plain(wire.carry);
      return { type: 'carry', move, next, received, sound };
    }
    case 'ack':
      return { type: 'ack', received: plain(wire.ack).received ?? 0 };
    case 'ping': {
      const { id = 0, answer = false, suspect = false } = plain(wire.ping);
      return { type: 'ping', id, answer, suspect };
    }
    case 'over':
      return { type: 'over', ...ending(plain(wire.over)) };
    default:
      return { type: 'none' };
  }
}
