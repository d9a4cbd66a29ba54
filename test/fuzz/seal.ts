// SPDX-License-Identifier: Apache-2.0
// Hurts real messages of sealed paths, by a seed: no crash, no hang, coded errors only, and nothing forged or cut off is taken for whole.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { PortholeError } from '../../proto/errors.ts';
import type { BytePipe, PipeEvents } from '../../transport/channel/byte-pipe.ts';
import type { Connection, Receiver } from '../../transport/channel/connection.ts';
import { framedConnection } from '../../transport/channel/framed.ts';
import { lengthPrefix } from '../../transport/channel/framing.ts';
import { joined } from '../../transport/channel/join.ts';
import { nodePrimitives } from '../../transport/seal/node.ts';
import type { KeyPair, Primitives } from '../../transport/seal/primitives.ts';
import { RecordCipher } from '../../transport/seal/record-cipher.ts';
import { unpack } from '../../transport/seal/records.ts';
import { type Sealed, sealAsHost, sealAsVisitor } from '../../transport/seal/sealed.ts';
import type { Clock } from '../../transport/time/clock.ts';
import { type Chance, chanceOf, hurtBytes, hurtList } from './hurt.ts';

/** The codes that hurt messages may lead to: never that the key is another one. */
const CODES = ['SEAL_BROKEN', 'FRAME_MALFORMED', 'PATH_LOST', 'MESSAGE_TOO_LONG'];
/** Records under one key: few, so that the change of keys is hurt, too. */
const REKEY_RECORDS = 3;

type Side = 'visitor' | 'host';

/** What one end received, and can receive again: the keys of its own are kept. */
interface Tape {
  readonly side: Side;
  /** What came to it, in order; the last is the end mark. */
  readonly messages: readonly Uint8Array[];
  readonly keys: Keys;
}

interface Keys {
  readonly visitor: KeyPair;
  readonly host: KeyPair;
  /** Each end's ephemeral keys, in the order of their use. */
  readonly ephemeral: Readonly<Record<Side, KeyPair>>;
}

/** What each end says, before and after the handshake. */
const EARLY: Readonly<Record<Side, readonly Uint8Array[]>> = { visitor: contents('v', [20, 300]), host: contents('h', [20]) };
const LATER: Readonly<Record<Side, readonly Uint8Array[]>> = {
  visitor: contents('w', [1, 700, 2500, 90]),
  host: contents('i', [5, 3000, 1, 40]),
};

function contents(letter: string, sizes: readonly number[]): Uint8Array[] {
  return sizes.map((size, i) => new Uint8Array(Buffer.alloc(size, `${letter}${i}.`)));
}
const other = (side: Side): Side => (side === 'visitor' ? 'host' : 'visitor');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time does not pass. */
const CLOCK: Clock = { now: () => 0, after: () => () => {} };

/** A connection that the fuzzer plugs into: what the end above sends is kept, what it gets is pushed. */
class Plug implements Connection {
  readonly via = 'fuzz';
  readonly maxMessage = 70_000;
  readonly resent = 0;
  readonly sent: Uint8Array[] = [];
  receiver: Receiver | null = null;

  send(message: Uint8Array): boolean {
    this.sent.push(new Uint8Array(message));
    return true;
  }
  start(receiver: Receiver): void {
    this.receiver = receiver;
  }
  pause(): void {}
  resume(): void {}
  async close(): Promise<void> {}
  abort(): void {}
}

/** A byte pipe of the same kind. */
class Spout implements BytePipe {
  readonly queued = 0;
  readonly resent = 0;
  events: PipeEvents | null = null;

  start(events: PipeEvents): void {
    this.events = events;
  }
  write(): void {}
  flush(): void {}
  onceDrained(): void {}
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {
    this.events = null;
  }
}

/** What an end has made of what it was given. */
interface Outcome {
  readonly got: Uint8Array[];
  /** Undefined while it waits for more; null after a clean end. */
  over?: Error | null;
}

function open(side: Side, keys: Keys, connection: Connection): { sealed: Sealed; outcome: Outcome } {
  const primitives: Primitives = { ...nodePrimitives, newKeyPair: () => keys.ephemeral[side] };
  const options = { primitives, clock: CLOCK, rekeyRecords: REKEY_RECORDS };
  const sealed =
    side === 'host'
      ? sealAsHost(connection, { ...options, key: keys.host })
      : sealAsVisitor(connection, { ...options, key: keys.visitor, site: keys.host.publicKey });
  for (const message of EARLY[side]) sealed.send(message);
  const outcome: Outcome = { got: [] };
  sealed.start({
    heard() {},
    drained() {},
    message: (message) => outcome.got.push(message),
    ended: (reason) => {
      outcome.over = reason;
    },
  });
  return { sealed, outcome };
}

/** A whole conversation of two ends, as the `side` that is listened to heard it: the other end closes. */
async function record(side: Side, keys: Keys): Promise<Tape> {
  const plugs = { visitor: new Plug(), host: new Plug() };
  const ends = { visitor: open('visitor', keys, plugs.visitor), host: open('host', keys, plugs.host) };
  const heard: Record<Side, Uint8Array[]> = { visitor: [], host: [] };
  const pass = async (): Promise<void> => {
    await turn();
    for (const from of ['visitor', 'host'] as const) {
      for (const message of plugs[from].sent.splice(0)) {
        heard[other(from)].push(message);
        plugs[other(from)].receiver?.message(new Uint8Array(message));
      }
    }
  };
  for (let i = 0; i < 5; i++) await pass();
  await Promise.all([ends.visitor.sealed.ready, ends.host.sealed.ready]);
  for (let i = 0; i < LATER.visitor.length; i++) {
    for (const from of ['visitor', 'host'] as const) await ends[from].sealed.send(LATER[from][i] as Uint8Array);
    await pass();
  }
  await ends[other(side)].sealed.close();
  await pass();
  const tape = { side, keys, messages: heard[side] };
  check(ends[side].outcome, tape);
  assert.equal(ends[side].outcome.over, null, 'the recording itself must end well');
  return tape;
}

/** All that a tape's end should hear. */
const whole = ({ side }: Tape): readonly Uint8Array[] => [...EARLY[other(side)], ...LATER[other(side)]];

/** Nothing forged, nothing out of order, and a clean end only behind everything. */
function check({ got, over }: Outcome, tape: Tape): string {
  const truth = whole(tape);
  assert.ok(got.length <= truth.length, 'more came than was sent');
  for (const [i, message] of got.entries()) assert.equal(Buffer.compare(message, truth[i] as Uint8Array), 0, `message ${i} is forged`);
  assert.ok(over !== undefined, 'an end hangs');
  if (over === null) {
    assert.equal(got.length, truth.length, 'a path that was cut off was taken for whole');
    return 'none';
  }
  assert.ok(over instanceof PortholeError, `not a coded error: ${String(over)}`);
  assert.ok(CODES.includes(over.code), `${over.code}: ${over.message}`);
  return over.code;
}

/** An end that has had nothing but this: does it hold? */
async function play(tape: Tape, messages: readonly Uint8Array[]): Promise<string> {
  const plug = new Plug();
  const { outcome, sealed } = open(tape.side, tape.keys, plug);
  if (tape.side === 'visitor') await turn();
  for (const [i, message] of messages.entries()) {
    plug.receiver?.message(message);
    if (i < 2 && tape.side === 'host' && outcome.over === undefined) await turn(); // to let it answer the handshake
    if (outcome.over !== undefined) break;
  }
  if (outcome.over === undefined) plug.receiver?.ended(null);
  sealed.abort(new PortholeError('CANCELLED'));
  return check(outcome, tape);
}

/** The same as a byte stream, cut anywhere. */
async function pour(tape: Tape, stream: Uint8Array, chance: Chance): Promise<string> {
  const spout = new Spout();
  const { outcome, sealed } = open(tape.side, tape.keys, framedConnection('fuzz', spout, { clock: CLOCK }));
  if (tape.side === 'visitor') await turn();
  for (let at = 0, i = 0; at < stream.length && outcome.over === undefined; i++) {
    const length = 1 + chance(chance(4) === 0 ? 20 : 2000);
    spout.events?.data(Buffer.from(stream.subarray(at, at + length)));
    at += length;
    if (i < 8) await turn();
  }
  spout.events?.ended();
  sealed.abort(new PortholeError('CANCELLED'));
  return check(outcome, tape);
}

/** One record alone, at its place in the order: the quick way. */
function openOne(key: Uint8Array, n: number, original: Uint8Array, hurt: Uint8Array): string {
  try {
    void new RecordCipher(nodePrimitives, key, REKEY_RECORDS * 1000, n).open(hurt);
  } catch (error) {
    assert.ok(error instanceof PortholeError && error.code === 'SEAL_BROKEN', String(error));
    return error.code;
  }
  assert.equal(Buffer.compare(original, hurt), 0, 'a forged record was opened');
  return 'none';
}

/** A content that an authentic but broken peer might send. */
function unpackOne(content: Uint8Array): string {
  let bytes = 0;
  try {
    unpack(content, (message) => {
      bytes += message.length;
      const at = message.byteOffset - content.byteOffset;
      assert.equal(message.length, ((content[at - 2] as number) << 8) | (content[at - 1] as number), 'a message is not as long as it says');
    });
  } catch (error) {
    assert.ok(error instanceof PortholeError && error.code === 'FRAME_MALFORMED', String(error));
    assert.equal(bytes, 0, 'part of a content that cannot be read was handed out');
    return error.code;
  }
  assert.ok(bytes <= content.length);
  return 'none';
}

/**
 * Hurts messages of real sealed paths and gives them to an end, most of them one record at a time.
 * @param seed the same seed does the same again
 * @param mutations how many
 * @returns how often each code came of it; `none` where the hurt changed nothing that counts
 * @throws AssertionError when an end hangs, breaks without a code, or takes what it must not
 */
export async function fuzzSeal(seed: number, mutations: number): Promise<{ mutations: number; codes: Record<string, number> }> {
  const chance = chanceOf(seed);
  const codes: Record<string, number> = {};
  const pair = (name: string): KeyPair => nodePrimitives.keyPair(createHash('sha256').update(`${seed} ${name}`).digest());
  const keys: Keys = { visitor: pair('visitor'), host: pair('host'), ephemeral: { visitor: pair('e visitor'), host: pair('e host') } };
  const tapes: Tape[] = [];
  for (const side of ['visitor', 'host'] as const) tapes.push(await record(side, keys));
  const key = new Uint8Array(createHash('sha256').update(`${seed} record`).digest());
  const contents = [64, 65, 1024, 4000].map((size) => {
    const content = new Uint8Array(size);
    for (let at = 0; at + 20 < size; at += 22) content.set([0, 20], at);
    return content;
  });
  const records = contents.map(
    (content, n) => new Uint8Array(new RecordCipher(nodePrimitives, key, 1000, n).seal([content]) as Uint8Array),
  );
  const all = [...records, ...tapes.flatMap(({ messages }) => messages)];

  for (let done = 0; done < mutations; done++) {
    const way = chance(40);
    let code: string;
    if (way < 22) {
      const n = chance(records.length);
      code = openOne(key, n, records[n] as Uint8Array, hurtBytes(records[n] as Uint8Array, all, chance));
    } else if (way < 30) code = unpackOne(hurtBytes(contents[chance(contents.length)] as Uint8Array, all, chance));
    else {
      const tape = tapes[chance(tapes.length)] as Tape;
      if (way < 35) {
        const messages = [...tape.messages];
        const at = chance(messages.length);
        messages[at] = hurtBytes(messages[at] as Uint8Array, all, chance);
        code = await play(tape, messages);
      } else if (way < 38) code = await play(tape, hurtList(tape.messages, all, chance));
      else {
        const stream = joined([...tape.messages.flatMap((message) => [lengthPrefix(message.length), message]), lengthPrefix(0)]);
        code = await pour(tape, hurtBytes(stream, all, chance), chance);
      }
    }
    codes[code] = (codes[code] ?? 0) + 1;
  }
  return { mutations, codes };
}
