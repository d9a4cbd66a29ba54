// SPDX-License-Identifier: Apache-2.0
// What two ends of a session may say, made by chance: valid messages with any fields, for the fuzzer to send as they are or to hurt.

import { ERRORS } from '../../proto/errors.ts';
import { encodePathMessage, type PathMessage } from '../../proto/path.ts';
import { encodeFrame, type Frame } from '../../proto/site.ts';
import { type Chance, hurtBytes } from './hurt.ts';

export type Side = 'visitor' | 'host';

/** But INTERNAL, which would show a fault of this end. */
const CODES = [...Object.keys(ERRORS).filter((code) => code !== 'INTERNAL'), '', 'A_NEWER_CODE'];
const NUMBERS = [0, 1, 2, 3, 5, 31, 32, 255, 2 ** 16, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1];
const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE', 'CONNECT', 'TRACE', 'M-SEARCH'];
const TARGETS = ['/', '/echo', '/wait', '/fail', '*', '/?a=b', '/%00', '/…'];

const pick = <T>(list: readonly T[], chance: Chance): T => list[chance(list.length)] as T;
const number = (chance: Chance): number => (chance(2) === 0 ? chance(6) : pick(NUMBERS, chance));
const words = (chance: Chance): string => 'x'.repeat(pick([0, 3, 1024], chance));
const bytes = (length: number, chance: Chance): Uint8Array => Uint8Array.from({ length }, () => chance(256));

/** A message about a path, by either end. */
export function somePathMessage(session: Uint8Array, chance: Chance): PathMessage {
  const id = chance(4) > 0 ? session : bytes(pick([0, 16], chance), chance);
  const code = pick(CODES, chance);
  switch (chance(12)) {
    case 0:
      return { type: 'join', session: id, received: number(chance), token: bytes(chance(3), chance) };
    case 1:
      return { type: 'joined', session: id.length === 16 ? id : bytes(16, chance), received: number(chance) };
    case 2:
      return { type: 'refused', code, message: words(chance) };
    case 3:
      return {
        type: 'challenge',
        code,
        message: words(chance),
        salt: bytes(chance(20), chance),
        cost: pick([0, 1, 1024, 131_072], chance),
      };
    case 4:
      return { type: 'proof', password: bytes(pick([0, 32], chance), chance) };
    case 5:
      return { type: 'over', code, message: words(chance) };
    case 6:
    case 7:
      return { type: 'ack', received: number(chance) };
    case 8:
    case 9:
      return { type: 'ping', id: number(chance), answer: chance(2) === 0, suspect: chance(2) === 0 };
    default:
      return { type: 'carry', move: number(chance), next: number(chance), received: number(chance), sound: chance(2) === 0 };
  }
}

/** A frame, by either end. Streams are those that a visitor under test opens first, or any. */
export function someFrame(chance: Chance): Frame {
  const stream = chance(4) > 0 ? 1 + 2 * chance(4) : number(chance);
  const end = chance(3) === 0;
  const ending = { code: pick(CODES, chance), message: words(chance) };
  const headers = Array.from({ length: chance(4) }, (_, at) => ({ name: pick(['accept', 'content-length', 'x'], chance), value: `${at}` }));
  switch (chance(14)) {
    case 0: {
      const features = Array.from({ length: chance(3) }, () => pick(['later', 'connect'], chance));
      const credit = (): number => pick([0, 1, 65_536, 2 ** 31 - 1], chance);
      return {
        type: 'hello',
        stream: 0,
        end,
        hello: { version: chance(3), features, agent: 'fuzz', streamCredit: credit(), sessionCredit: credit() },
      };
    }
    case 1:
    case 2:
    case 3:
      return {
        type: 'request',
        stream,
        end,
        request: {
          method: pick(METHODS, chance),
          target: pick(TARGETS, chance),
          authority: 'site',
          headers,
          ...(chance(3) === 0 && { protocol: pick(['websocket', 'x'], chance) }),
        },
      };
    case 4:
    case 5:
      return {
        type: 'response',
        stream,
        end,
        response: { status: pick([0, 99, 200, 204, 304, 404, 599, 600, 2 ** 32 - 1], chance), headers },
      };
    case 6:
    case 7:
    case 8:
      return { type: 'data', stream, end, data: bytes(pick([0, 1, 5, 1000], chance), chance) };
    case 9:
    case 10:
      return { type: 'credit', stream: chance(2) === 0 ? 0 : stream, end, bytes: pick([0, 1, 5000, 2 ** 31 - 1], chance) };
    case 11:
      return { type: 'reset', stream, end, reset: ending };
    case 12:
      return { type: 'goAway', stream: 0, end, goAway: { ...ending, lastStream: number(chance) } };
    default:
      return { type: 'none', stream, end };
  }
}

/** What comes next to an end: a type and a message, whole or hurt. */
export function someMessage(session: Uint8Array, chance: Chance): Uint8Array {
  const numbered = chance(2) === 0;
  const content = numbered ? encodeFrame(someFrame(chance)) : encodePathMessage(somePathMessage(session, chance));
  const whole = Uint8Array.of(numbered ? 0 : 1, ...content);
  if (chance(2) === 0) return whole;
  const other = numbered ? encodePathMessage(somePathMessage(session, chance)) : encodeFrame(someFrame(chance));
  return hurtBytes(whole, [other, content], chance);
}
