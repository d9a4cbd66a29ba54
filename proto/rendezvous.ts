// SPDX-License-Identifier: Apache-2.0
// The codec of the rendezvous protocol: messages to bytes and back, and the text a host signs.

import { PortholeError } from './errors.ts';
import { porthole } from './generated/messages.js';
import { MAX_RENDEZVOUS_BYTES, RENDEZVOUS_VERSION } from './limits.ts';
import { plainTexts } from './text.ts';

const types = {
  Welcome: porthole.rendezvous.Welcome,
  Register: porthole.rendezvous.Register,
  Registered: porthole.rendezvous.Registered,
  Find: porthole.rendezvous.Find,
  SiteStatus: porthole.rendezvous.SiteStatus,
  Introduce: porthole.rendezvous.Introduce,
  Examined: porthole.rendezvous.Examined,
  Exam: porthole.rendezvous.Exam,
  Examination: porthole.rendezvous.Examination,
  InboxTake: porthole.rendezvous.InboxTake,
  InboxBatch: porthole.rendezvous.InboxBatch,
  Introduction: porthole.rendezvous.Introduction,
  Note: porthole.rendezvous.Note,
  Hangup: porthole.rendezvous.Hangup,
  Problem: porthole.rendezvous.Problem,
  Answer: porthole.rendezvous.Answer,
  RelayJoin: porthole.rendezvous.RelayJoin,
  RelayAnswer: porthole.rendezvous.RelayAnswer,
} as const;

/** A field as it is after decoding: scalars and lists are always there, messages may be absent. */
type Field<T> = T extends readonly (infer Item)[]
  ? Decoded<Item>[]
  : T extends Uint8Array | string | number | boolean
    ? T
    : Decoded<T> | null;
type Decoded<T> = T extends Uint8Array | string | number | boolean
  ? T
  : { [K in keyof T as K extends `$${string}` ? never : K]-?: Field<NonNullable<T[K]>> };

/** What may be left out when encoding: everything, as in any protobuf message. */
interface Fields {
  Welcome: porthole.rendezvous.Welcome.$Properties;
  Register: porthole.rendezvous.Register.$Properties;
  Registered: porthole.rendezvous.Registered.$Properties;
  Find: porthole.rendezvous.Find.$Properties;
  SiteStatus: porthole.rendezvous.SiteStatus.$Properties;
  Introduce: porthole.rendezvous.Introduce.$Properties;
  Examined: porthole.rendezvous.Examined.$Properties;
  Exam: porthole.rendezvous.Exam.$Properties;
  Examination: porthole.rendezvous.Examination.$Properties;
  InboxTake: porthole.rendezvous.InboxTake.$Properties;
  InboxBatch: porthole.rendezvous.InboxBatch.$Properties;
  Introduction: porthole.rendezvous.Introduction.$Properties;
  Note: porthole.rendezvous.Note.$Properties;
  Hangup: porthole.rendezvous.Hangup.$Properties;
  Problem: porthole.rendezvous.Problem.$Properties;
  Answer: porthole.rendezvous.Answer.$Properties;
  RelayJoin: porthole.rendezvous.RelayJoin.$Properties;
  RelayAnswer: porthole.rendezvous.RelayAnswer.$Properties;
}

/** The name of a rendezvous message. */
export type MessageName = keyof Fields;
/** A decoded rendezvous message. */
export type Message<K extends MessageName> = Decoded<Fields[K]>;

/** What an end says of its network. */
export type Nat = NonNullable<Message<'Examined'>['nat']>;

/** Whose turn an introduction gives: the caller begins each strategy, the callee follows. */
export const Role = { CALLER: 0, CALLEE: 1 } as const;
/** What a Note is. */
export const NoteKind = { DATA: 0, ATTEMPT: 1, FAILED: 2 } as const;
/** The words of a Nat message. */
export const NatBehaviour = { UNEXAMINED: 0, ENDPOINT_INDEPENDENT: 1, ADDRESS_DEPENDENT: 2, ADDRESS_AND_PORT_DEPENDENT: 3 } as const;
export const NatUnsolicited = { UNASKED: 0, SILENCE: 1, RST: 2, ICMP: 3, ACCEPTED: 4 } as const;
/** Where a callback comes from, and what became of it. */
export const CallbackFrom = { SLOT: 0, OTHER_PORT: 1, OTHER_ADDRESS: 2 } as const;
export const CallbackOutcome = { SILENCE: 0, CONNECTED: 1, RST: 2, ICMP: 3, SENT: 4, UNABLE: 5 } as const;
export const NatFound = { UNKNOWN: 0, NO: 1, YES: 2 } as const;

/**
 * Encodes a rendezvous message.
 * @throws PortholeError MESSAGE_TOO_LONG
 */
export function encodeMessage<K extends MessageName>(name: K, fields: Fields[K]): Uint8Array {
  const type = types[name] as { encode(message: unknown): { finish(): Uint8Array } };
  const bytes = type.encode(fields).finish();
  if (bytes.length > MAX_RENDEZVOUS_BYTES) throw tooLong(name, bytes.length);
  return bytes;
}

/**
 * Decodes a rendezvous message; unknown fields are skipped. Its texts are plain text, whatever the other end wrote.
 * @param bytes as they came: anything but bytes is refused
 * @throws PortholeError MESSAGE_TOO_LONG, FRAME_MALFORMED
 */
export function decodeMessage<K extends MessageName>(name: K, bytes: unknown): Message<K> {
  if (!(bytes instanceof Uint8Array) && !(bytes instanceof ArrayBuffer)) {
    throw new PortholeError('FRAME_MALFORMED', `a ${name} message must be bytes`);
  }
  const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
  if (view.length > MAX_RENDEZVOUS_BYTES) throw tooLong(name, view.length);
  try {
    return plainTexts(types[name].decode(view) as unknown as Message<K>);
  } catch (cause) {
    throw new PortholeError('FRAME_MALFORMED', `a ${name} message could not be read`, { cause });
  }
}

function tooLong(name: string, length: number): PortholeError {
  return new PortholeError('MESSAGE_TOO_LONG', `a ${name} message of ${length} bytes is longer than ${MAX_RENDEZVOUS_BYTES}`);
}

/**
 * The text a host signs to prove its key (RENDEZVOUS.md section 3). It names the suite as the host dialled it,
 * so that one suite cannot use a host's signature at another.
 * @param suite the suite's host name as dialled, lower case, without port
 * @param nonce the 32 bytes of the Welcome
 * @param name the site name asked for
 */
export function challengeText(suite: string, nonce: Uint8Array, name: string): Uint8Array {
  const head = new TextEncoder().encode(`porthole register ${RENDEZVOUS_VERSION}\n${suite}\n${name}\n`);
  const text = new Uint8Array(head.length + nonce.length);
  text.set(head);
  text.set(nonce, head.length);
  return text;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** A site's id: its public key in lower-case base32 (RFC 4648 section 6) without padding, 52 characters, one DNS label. */
export function siteId(publicKey: Uint8Array): string {
  let id = '';
  let bits = 0;
  let held = 0;
  for (const byte of publicKey) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      id += BASE32[(held >> bits) & 31];
      held &= (1 << bits) - 1;
    }
  }
  if (bits > 0) id += BASE32[(held << (5 - bits)) & 31];
  return id;
}

/**
 * The public key that a site's id is, 32 bytes: the inverse of `siteId`.
 * @throws PortholeError LINK_INVALID
 */
export function siteKey(id: string): Uint8Array {
  const key = new Uint8Array(32);
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const character of isSiteId(id) ? id : '') {
    held = (held << 5) | BASE32.indexOf(character);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    key[at++] = held >> bits;
    held &= (1 << bits) - 1;
  }
  // 52 characters have four bits too many: they are 0, so that a key has one id.
  if (at !== key.length || held !== 0) throw new PortholeError('LINK_INVALID', "that is no site's id");
  return key;
}

/** Whether a label can be a site's id. */
export function isSiteId(label: string): boolean {
  return /^[a-z2-7]{52}$/.test(label);
}

/** Whether a label can be a site's name: a DNS label (RFC 1035 section 2.3.1) that is no id. */
export function isSiteName(label: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label) && !isSiteId(label);
}
