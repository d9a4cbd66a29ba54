// SPDX-License-Identifier: Apache-2.0
// From strategies to paths: a try ends when all strategies are in or have failed, with the error that tells most.

import assert from 'node:assert/strict';
import { type ErrorCode, PortholeError } from '../../../../proto/errors.ts';
import { memoryPair } from '../../../../transport/channel/memory.ts';
import { openInto } from '../../../../transport/paths/search.ts';
import { failure, turn } from '../../../support/fake-management.ts';

describe('from strategies to paths', () => {
  /** Strategies that stand, each with what adding it comes to: null, or an error's code. Then `open` ends. */
  const go = (strategies: Record<string, ErrorCode | null>, end: () => ReturnType<Parameters<typeof openInto>[0]> = async () => []) =>
    openInto(
      async (onPath) => {
        for (const via of Object.keys(strategies)) onPath(memoryPair(via).a);
        return end();
      },
      async ({ via }) => {
        await turn();
        const code = strategies[via];
        if (code) throw new PortholeError(code, `${via} ${code}`);
      },
    );
  const names = (failures: Awaited<ReturnType<typeof go>>): string[] => failures.map(({ strategy, error }) => `${strategy} ${error.code}`);

  it('resolves when the last strategy is in, with what failed', async () => {
    let added = 0;
    const done = openInto(
      async (onPath) => {
        onPath(memoryPair('a').a);
        onPath(memoryPair('b').a);
        return [failure('c', 'no')];
      },
      async () => {
        await turn();
        added++;
      },
    );
    assert.deepEqual(names(await done), ['c NO_PATH']);
    assert.equal(added, 2);
  });

  it('one that is in is enough, whatever became of the others and of the try', async () => {
    assert.deepEqual(names(await go({ a: 'PATH_LOST', b: null })), ['a PATH_LOST']);
    const cancelled = async () => {
      throw new PortholeError('CANCELLED');
    };
    assert.deepEqual(names(await go({ a: null }, cancelled)), []);
  });

  it('when all broke, names each', () =>
    assert.rejects(go({ a: 'PATH_LOST', b: 'TIMED_OUT' }), { code: 'NO_PATH', message: /a: a PATH_LOST; b: b TIMED_OUT/ }));

  it('when the other end refused, says with what', () => assert.rejects(go({ a: 'PATH_LOST', b: 'KEY_WRONG' }), { code: 'KEY_WRONG' }));

  it('when nothing stood, rejects as the opening does', async () => {
    const error = new PortholeError('NO_PATH', 'words', { cause: [failure('a', 'no')] });
    await assert.rejects(
      go({}, () => Promise.reject(error)),
      (thrown) => thrown === error,
    );
    await assert.rejects(go({}), { code: 'NO_PATH' });
  });
});
