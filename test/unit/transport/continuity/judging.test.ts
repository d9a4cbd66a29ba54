// SPDX-License-Identifier: Apache-2.0
// Access that is taken back: the session that it let in ends within JUDGE_MS, with or without a path, and none goes on by a resume.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../../proto/errors.ts';
import type { Gate, Judgement } from '../../../../transport/continuity/gate.ts';
import { JUDGE_MS } from '../../../../transport/continuity/limits.ts';
import { type FakeClock, fakeClock } from '../../../support/clock.ts';
import { Resumables, settled } from '../../../support/resumables.ts';

const refusal = new PortholeError('NOT_ALLOWED', 'not any more');

describe('session acceptor: judging', () => {
  let clock: FakeClock;
  let resumables: Resumables;
  let judged: number;
  let judgement: () => Promise<Judgement>;

  function start(gate: Partial<Gate> = {}): void {
    resumables = new Resumables({
      clock,
      gate: {
        authorize: async () => ({ who: 'anna' }),
        judge: () => {
          judged++;
          return judgement();
        },
        ...gate,
      },
    });
  }
  beforeEach(() => {
    clock = fakeClock();
    judged = 0;
    judgement = async () => () => null;
  });
  afterEach(() => resumables.end());

  const overs = (): unknown[] => resumables.events.flatMap((event) => (event.type === 'over' ? [event.error?.code] : []));
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };

  it('ends a live session within JUDGE_MS, and tells its visitor the code', async () => {
    start();
    await resumables.added();
    await pass(3 * JUDGE_MS);
    assert.equal(resumables.acceptor.sessions, 1);
    assert.ok(judged > 0);
    judgement =
      async () =>
      ({ who }) =>
        who === 'anna' ? refusal : null;
    await pass(JUDGE_MS);
    assert.equal(resumables.acceptor.sessions, 0);
    assert.deepEqual(overs(), ['NOT_ALLOWED']);
  });

  it('ends one that is without a path, which then cannot be resumed', async () => {
    start();
    const { wire } = await resumables.added();
    await settled();
    wire.cut();
    await settled();
    assert.equal(resumables.acceptor.kept, 1);
    judgement = async () => () => refusal;
    await pass(JUDGE_MS);
    assert.equal(resumables.acceptor.sessions, 0);
    await assert.rejects(resumables.add().path, (error: PortholeError) => error.code === 'SESSION_LOST');
  });

  it('judges a resume by the rules as they were read last, and reads them anew', async () => {
    start();
    const { wire } = await resumables.added();
    await pass(JUDGE_MS);
    wire.cut();
    await settled();
    const before = judged;
    // The rules change, and are read only now.
    let late: () => void = () => {};
    judgement = () => new Promise((resolve) => (late = () => resolve(() => refusal)));
    const resumed = resumables.add();
    await resumed.path;
    assert.equal(judged, before + 1);
    late();
    await settled();
    assert.deepEqual(overs(), ['NOT_ALLOWED']);
    assert.equal(resumables.acceptor.sessions, 0);
  });

  it('a resume that the rules do not allow any more ends the session with the code', async () => {
    start();
    const { wire } = await resumables.added();
    let allowed = true;
    judgement = async () => () => (allowed ? null : refusal);
    await pass(JUDGE_MS);
    wire.cut();
    await settled();
    allowed = false;
    await assert.rejects(resumables.add().path, (error: PortholeError) => error.code === 'NOT_ALLOWED');
    assert.deepEqual(overs(), ['NOT_ALLOWED']);
    assert.equal(resumables.acceptor.sessions, 0);
  });

  it('rules that cannot be read leave things as they are, and are read again', async () => {
    start();
    await resumables.added();
    judgement = () => Promise.reject(new Error('no such file'));
    await pass(JUDGE_MS);
    await pass(JUDGE_MS);
    assert.equal(resumables.acceptor.sessions, 1);
    judgement = async () => () => refusal;
    await pass(JUDGE_MS);
    assert.equal(resumables.acceptor.sessions, 0);
  });

  it('looks at nothing while nobody is here, nor for a gate that takes back nothing', async () => {
    start();
    await pass(10 * JUDGE_MS);
    assert.equal(judged, 0);
    await resumables.added();
    await pass(JUDGE_MS);
    assert.equal(judged, 1);
    resumables.visitor.abort(new Error('enough'));
    await settled();
    await pass(10 * JUDGE_MS);
    assert.equal(judged, 1);
    assert.equal(clock.timers, 0);
    start({ judge: undefined });
    await resumables.added();
    await pass(10 * JUDGE_MS);
    assert.equal(resumables.acceptor.sessions, 1);
  });
});
