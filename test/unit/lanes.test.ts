// SPDX-License-Identifier: Apache-2.0
// How test/run.ts runs its jobs: in order, so many at least, so many at most, and more only where there is room.

import assert from 'node:assert/strict';
import { inLanes } from '../support/lanes.ts';

describe('jobs in lanes', () => {
  /** Jobs that end when they are told to, and the numbers of those that were begun. */
  function jobs(count: number) {
    const begun: number[] = [];
    const ends: ((error?: Error) => void)[] = [];
    const list = Array.from({ length: count }, (_, at) => () => {
      begun.push(at);
      return new Promise<void>((resolve, reject) => {
        ends[at] = (error) => (error ? reject(error) : resolve());
      });
    });
    return { list, begun, end: (at: number, error?: Error): void => ends[at]?.(error) };
  }
  const turn = async (): Promise<void> => {
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
  };
  /** What is looked at anew in each turn of the event loop. */
  const room = (is: boolean) => (): Promise<boolean> => new Promise((resolve) => setImmediate(resolve, is));

  it('begins the least at once, and the next when one has ended', async () => {
    const { list, begun, end } = jobs(4);
    const all = inLanes(list, { least: 2, most: 4, room: room(false) });
    await turn();
    assert.deepEqual(begun, [0, 1]);
    end(1);
    await turn();
    assert.deepEqual(begun, [0, 1, 2]);
    for (const at of [0, 2]) end(at);
    await turn();
    end(3);
    await all;
    assert.deepEqual(begun, [0, 1, 2, 3]);
  });

  it('begins more where there is room, up to the most', async () => {
    const { list, begun, end } = jobs(5);
    const all = inLanes(list, { least: 1, most: 3, room: room(true) });
    await turn();
    assert.deepEqual(begun, [0, 1, 2]);
    for (const at of [0, 1, 2]) end(at);
    await turn();
    for (const at of [3, 4]) end(at);
    await all;
  });

  it('does not wait for an answer about room when a lane has become free', async () => {
    const { list, begun, end } = jobs(2);
    const all = inLanes(list, { least: 1, most: 2, room: () => new Promise(() => {}) });
    await turn();
    assert.deepEqual(begun, [0]);
    end(0);
    await turn();
    assert.deepEqual(begun, [0, 1]);
    end(1);
    await all;
  });

  it('throws what a job throws', async () => {
    const { list, end } = jobs(1);
    const all = inLanes(list, { least: 1, most: 1 });
    await turn();
    end(0, new Error('broken'));
    await assert.rejects(all, /broken/);
  });
});
