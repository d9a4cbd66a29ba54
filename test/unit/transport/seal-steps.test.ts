// SPDX-License-Identifier: Apache-2.0
// Steps that wait only where they have to, and what comes while one of them waits.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../proto/errors.ts';
import { OneStep } from '../../../transport/seal/one-step.ts';
import { type Steps, soon, take } from '../../../transport/seal/steps.ts';
import { turns } from './seal-pair.ts';

function* sum(...values: (number | Promise<number>)[]): Steps<number> {
  let all = 0;
  for (const value of values) all += yield* soon(value);
  return all;
}

describe('Seal: steps', () => {
  it('are done at once where nothing is awaited, and by a promise otherwise', async () => {
    assert.equal(take(sum(1, 2, 3)), 6);
    const later = take(sum(1, Promise.resolve(2), 3));
    assert.ok(later instanceof Promise);
    assert.equal(await later, 6);
  });

  it('fail where they are, and can go on from what they awaited in vain', async () => {
    function* mended(value: number | Promise<number>): Steps<number> {
      try {
        return yield* soon(value);
      } catch {
        return 7;
      }
    }
    function* failing(before: number | Promise<number>): Steps<never> {
      yield* soon(before);
      throw new Error('here');
    }
    assert.equal(await take(mended(Promise.reject(new Error('in vain')))), 7);
    assert.throws(() => take(failing(1)), /here/);
    await assert.rejects(take(failing(Promise.resolve(1))) as Promise<never>, /here/);
  });
});

describe('Seal: one step at a time', () => {
  function stage(mostBytes = 10): { step: OneStep; told: string[] } {
    const told: string[] = [];
    const step = new OneStep(mostBytes, {
      message: (message) => told.push(`message ${message}`),
      ended: (reason) => told.push(`ended ${reason?.message ?? 'cleanly'}`),
      idle: () => told.push('idle'),
      failed: (error) => told.push(error instanceof PortholeError ? error.code : String(error)),
    });
    return { step, told };
  }
  function* waiting(awaited: Promise<void>): Steps<void> {
    yield* soon(awaited);
  }

  it('holds nothing when none waits', () => {
    const { step, told } = stage();
    step.do(waiting(undefined as unknown as Promise<void>));
    assert.deepEqual([step.waits, step.holds(Uint8Array.of(1)), step.holdsEnd(null), told], [false, false, false, []]);
  });

  it('gives what was held in order, then the end, then says that it is idle', async () => {
    const { step, told } = stage();
    const { promise, resolve } = Promise.withResolvers<void>();
    step.do(waiting(promise));
    const lent = Uint8Array.of(1, 2);
    assert.ok(step.waits && step.holds(lent) && step.holds(Uint8Array.of(3)) && step.holdsEnd(new Error('cut')));
    lent.fill(9); // its owner uses it again
    await turns();
    assert.deepEqual(told, []);
    resolve();
    await turns();
    assert.deepEqual(told, ['message 1,2', 'message 3', 'ended cut', 'idle']);
    assert.equal(step.waits, false);
  });

  it('holds no more than it may', async () => {
    const { step, told } = stage(10);
    const { promise, resolve } = Promise.withResolvers<void>();
    step.do(waiting(promise));
    assert.ok(step.holds(new Uint8Array(10)));
    assert.deepEqual(told, []);
    assert.ok(step.holds(Uint8Array.of(1)));
    assert.deepEqual(told, ['SEAL_BROKEN']);
    resolve();
    await turns();
  });

  it('tells that a step failed, whenever it does', async () => {
    const { step, told } = stage();
    step.do(
      (function* (): Steps<void> {
        yield* soon(undefined);
        throw new Error('at once');
      })(),
    );
    step.do(waiting(Promise.reject(new Error('later'))));
    await turns();
    assert.deepEqual(told, ['Error: at once', 'Error: later', 'idle']);
  });
});
