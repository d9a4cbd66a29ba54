// SPDX-License-Identifier: Apache-2.0
// The notes of a punch: what a stranger writes is read whole or refused with a code.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PortholeError } from '../../../../proto/errors.ts';
import { MAX_STEP } from '../../../../transport/nat/probe/prediction.ts';
import {
  BIRTHDAY_SOCKETS,
  MAX_CANDIDATES,
  MAX_PUNCH_NOTE_BYTES,
  MAX_ROUNDS,
  PREDICTED_WINDOW,
} from '../../../../transport/nat/punch/limits.ts';
import { decodeNote, encodeNote, type Note, TECHNIQUES } from '../../../../transport/nat/punch/notes.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const isCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof PortholeError && error.code === code;
const malformed = isCode('FRAME_MALFORMED');

const ROUND = { type: 'round', round: 0, technique: 'guarded', opener: 'callee', ttl: 'low', family: 4, sockets: 1 } as const;
const HERE = { type: 'here', round: 0, port: 40_000, step: 1, rttMs: 20 } as const;

const round = fc.integer({ min: 0, max: MAX_ROUNDS - 1 });
const anyNote: fc.Arbitrary<Note> = fc.oneof(
  fc.record({
    type: fc.constant('candidates' as const),
    list: fc.array(fc.record({ ip: fc.ipV4(), port: fc.integer({ min: 1, max: 65_535 }) }), { maxLength: MAX_CANDIDATES }),
  }),
  fc.record({
    type: fc.constant('round' as const),
    round,
    technique: fc.constantFrom(...TECHNIQUES),
    opener: fc.constantFrom('caller' as const, 'callee' as const),
    ttl: fc.constantFrom('low' as const, 'full' as const),
    family: fc.constantFrom(4 as const, 6 as const),
    sockets: fc.constant(1),
  }),
  fc.record({
    type: fc.constant('here' as const),
    round,
    port: fc.integer({ min: 1, max: 65_535 }),
    step: fc.option(fc.integer({ min: -MAX_STEP, max: MAX_STEP })),
    rttMs: fc.integer({ min: 0, max: 10_000 }),
  }),
  fc.record({ type: fc.constant('open' as const), round }),
  fc.record({
    type: fc.constant('failed' as const),
    round,
    reason: fc.string({ maxLength: 200 }).map((text) => text.replace(/\p{Cc}/gu, '')),
  }),
  fc.constant({ type: 'end' as const }),
);

describe('punch notes', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(anyNote, (note) => assert.deepEqual(decodeNote(encodeNote(note)), JSON.parse(JSON.stringify(note)))),
      { seed: 1 },
    );
  });

  it('a kind that is not known is passed over, also one named as what every object has', () => {
    for (const type of ['later', 'toString', '__proto__', '']) assert.equal(decodeNote(bytes({ type })), null);
  });

  it('unknown fields are passed over', () => {
    assert.deepEqual(decodeNote(bytes({ ...HERE, more: 1 })), HERE);
  });

  it('one byte more than allowed is MESSAGE_TOO_LONG', () => {
    const pad = (length: number): Uint8Array => {
      const note = { type: 'end', pad: '' };
      return bytes({ ...note, pad: 'x'.repeat(length - bytes(note).length) });
    };
    assert.deepEqual(decodeNote(pad(MAX_PUNCH_NOTE_BYTES)), { type: 'end' });
    assert.throws(() => decodeNote(pad(MAX_PUNCH_NOTE_BYTES + 1)), isCode('MESSAGE_TOO_LONG'));
  });

  const WRONG: Readonly<Record<string, unknown>> = {
    'no object': 7,
    'a list': [],
    'no kind': {},
    'a round beyond the last': { ...ROUND, round: MAX_ROUNDS },
    'a technique that is none': { ...ROUND, technique: 'luck' },
    'an opener that is none': { ...ROUND, opener: 'suite' },
    'a family that is none': { ...ROUND, family: 5 },
    'more sockets than a guarded punch has': { ...ROUND, sockets: 2 },
    'more sockets than a prediction has': { ...ROUND, technique: 'predicted', sockets: PREDICTED_WINDOW + 1 },
    'more sockets than a birthday has': { ...ROUND, technique: 'birthday', sockets: Math.max(...BIRTHDAY_SOCKETS) + 1 },
    'port 0': { ...HERE, port: 0 },
    'a port beyond the last': { ...HERE, port: 65_536 },
    'half a port': { ...HERE, port: 0.5 },
    'a gap too wide': { ...HERE, step: MAX_STEP + 1 },
    'no gap': { ...HERE, step: undefined },
    'a round trip before time': { ...HERE, rttMs: -1 },
    'one candidate too many': { type: 'candidates', list: new Array(MAX_CANDIDATES + 1).fill({ ip: '192.0.2.1', port: 1 }) },
    'a candidate with a name': { type: 'candidates', list: [{ ip: 'example.com', port: 1 }] },
    'a candidate with a zone': { type: 'candidates', list: [{ ip: 'fe80::1%lo', port: 1 }] },
    'a candidate that is none': { type: 'candidates', list: [null] },
  };
  for (const [name, value] of Object.entries(WRONG))
    it(`${name} is FRAME_MALFORMED`, () => {
      assert.throws(() => decodeNote(bytes(value)), malformed);
    });

  it('whatever comes is a note, nothing, or an error with a code', () => {
    const refused = (error: unknown): boolean => isCode('FRAME_MALFORMED')(error) || isCode('MESSAGE_TOO_LONG')(error);
    const check = (input: Uint8Array): void => {
      try {
        decodeNote(input);
      } catch (error) {
        assert.ok(refused(error), String(error));
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), check), { seed: 2 });
    fc.assert(
      fc.property(fc.json(), (text) => check(new TextEncoder().encode(text))),
      { seed: 3 },
    );
    const hurt = fc.tuple(anyNote, fc.nat(), fc.nat({ max: 255 })).map(([note, at, byte]) => {
      const whole = encodeNote(note);
      whole[at % whole.length] = byte;
      return whole;
    });
    fc.assert(fc.property(hurt, check), { seed: 4, numRuns: 1000 });
  });

  it('a reason is cut, and rid of control characters', () => {
    const note = decodeNote(encodeNote({ type: 'failed', round: 0, reason: `\u001b[31m${'x'.repeat(500)}` }));
    assert.ok(note?.type === 'failed');
    assert.match(note.reason, /^ \[31mx+$/);
    assert.ok(note.reason.length <= 200);
  });
});
