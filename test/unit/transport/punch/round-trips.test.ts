// SPDX-License-Identifier: Apache-2.0
// How many round trips the choreography takes until the connecter connects, by a clock of the test's own.

import assert from 'node:assert/strict';
import type { Arrivals } from '../../../../transport/nat/punch/arrivals.ts';
import type { Learned } from '../../../../transport/nat/punch/learn.ts';
import type { Note, Role } from '../../../../transport/nat/punch/notes.ts';
import { Round, type RoundOptions } from '../../../../transport/nat/punch/round.ts';
import type { TcpSockets } from '../../../../transport/nat/sockets/sockets.ts';
import { fakeClock } from '../../../support/clock.ts';
import { callOn, lines } from '../data-channel-pair.ts';

/** Of a note from end to end through the suite, and of a question to the suite and its answer. */
const TRIP_MS = 100;
/** STUN over TCP: a connection, and a question. */
const LEARN_TRIPS = 2;
const STEP_MS = 5;

/**
 * Plays one round of which the caller tells at once.
 * @param ahead who has learned its port before
 * @returns after how many round trips the connecter connects
 */
async function tripsUntilConnect(opener: Role, ahead: Readonly<Record<Role, boolean>>): Promise<number> {
  const clock = fakeClock();
  const connected: number[] = [];
  const facts = { technique: 'guarded', opener, ttl: 'low', family: 4, sockets: 1 } as const;
  const learned = (port: number): Learned => ({ local: { ip: '0.0.0.0', port }, outside: { port, step: 0 }, rttMs: TRIP_MS, release() {} });
  const rounds: Partial<Record<Role, Round>> = {};
  const end = (role: Role): Round => {
    const options: RoundOptions = {
      number: 0,
      facts,
      technique: {
        probes: 1,
        open: async () => {},
        connect: async () => void connected.push(clock.now()),
      },
      call: callOn(lines()[0], role, { clock }),
      sockets: {} as TcpSockets,
      arrivals: {} as Arrivals,
      random: Math.random,
      peerIp: '192.0.2.1',
      learn: () =>
        ahead[role]
          ? Promise.resolve(learned(1))
          : new Promise((resolve) => void clock.after(LEARN_TRIPS * TRIP_MS, () => resolve(learned(1)))),
      tell: (note: Note) => void clock.after(TRIP_MS, () => 'round' in note && note.type !== 'round' && rounds[other(role)]?.note(note)),
      onKnown: () => {},
      onTrying: () => {},
      onFailed: (error) => assert.fail(error),
    };
    return new Round(options);
  };
  rounds.caller = end('caller');
  rounds.callee = end('callee');
  rounds.caller.begin();
  clock.after(TRIP_MS, () => rounds.callee?.begin()); // its note "round"
  while (connected.length === 0 && clock.now() < 10 * TRIP_MS) {
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    clock.advance(STEP_MS);
  }
  rounds.caller.close();
  rounds.callee.close();
  assert.equal(connected.length, 1);
  // What waits for what takes no time of its own here, but for the steps of the clock.
  return Math.round((connected[0] as number) / TRIP_MS);
}

const other = (role: Role): Role => (role === 'caller' ? 'callee' : 'caller');

describe('punch: round trips until the connecter connects', () => {
  const TABLE: readonly (readonly [opener: Role, caller: boolean, callee: boolean, trips: number])[] = [
    // The note "round" and "here" there, "here" and "open" back: with a connection and its proofs two more, four in all.
    ['callee', true, true, 2],
    // Nothing is known before: the host learns while the visitor's note is long there.
    ['callee', false, false, 4],
    ['callee', true, false, 4],
    ['callee', false, true, 4],
    // The visitor opens: it has to hear the host's port first, and then the host has to hear that it is open.
    ['caller', true, true, 3],
    ['caller', false, true, 3],
    ['caller', false, false, 5],
  ];
  for (const [opener, caller, callee, trips] of TABLE)
    it(`the ${opener} opens; the caller ${caller ? 'knows' : 'learns'} its port, the callee ${callee ? 'knows' : 'learns'}: ${trips}`, async () => {
      assert.equal(await tripsUntilConnect(opener, { caller, callee }), trips);
    });
});
