// SPDX-License-Identifier: Apache-2.0
// Messages on the bridge, gathered into lists, and short bodies read whole: in order, with all that was lent, and broken where they were.

import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { readShort } from '../../../client-runtime/browser/session/cache/bodies.ts';
import type { Said } from '../../../client-runtime/browser/shared/bridge.ts';
import { gathered } from '../../../client-runtime/browser/shared/gather.ts';

describe('messages on the bridge', () => {
  it('of one turn go together, in order, with all that they lend; those of the next turn by themselves', async () => {
    const sent: [readonly Said<string>[], number][] = [];
    const say = gathered<string>((said, lent) => sent.push([said, lent.length]));
    say('1', 'ask', [new ArrayBuffer(1)]);
    await Promise.resolve();
    say('2', 'ask');
    say('1', 'data', [new ArrayBuffer(1), new ArrayBuffer(1)]);
    assert.deepEqual(sent, []);
    await turn();
    say('2', 'data');
    await turn();
    assert.deepEqual(sent, [
      [
        [
          ['1', 'ask'],
          ['2', 'ask'],
          ['1', 'data'],
        ],
        3,
      ],
      [[['2', 'data']], 0],
    ]);
  });

  it('are made one where they fit and follow each other about one request', async () => {
    const sent: Said<string>[] = [];
    const join = (before: string, next: string): string | undefined => (before === 'head' && next === 'end' ? 'both' : undefined);
    const say = gathered<string>((said) => sent.push(...said), join);
    for (const [id, word] of ['1 head', '1 end', '2 head', '3 end', '2 end'].map((one) => one.split(' ') as [string, string]))
      say(id, word);
    await turn();
    assert.deepEqual(
      sent.map(([id, word]) => `${id} ${word}`),
      ['1 both', '2 head', '3 end', '2 end'],
    );
  });
});

describe('a short body that is read whole', () => {
  const bodyOf = (pieces: readonly string[], error?: Error): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(Buffer.from(piece));
        if (!error) controller.close();
      },
      pull(controller) {
        if (error) controller.error(error);
      },
    });
  const read = async (body: ReadableStream<Uint8Array>): Promise<string[]> => {
    const pieces: string[] = [];
    try {
      for await (const piece of body) pieces.push(Buffer.from(piece).toString());
    } catch (error) {
      pieces.push(`broken: ${(error as Error).message}`);
    }
    return pieces;
  };

  it('is one piece', async () => {
    assert.deepEqual(await read(await readShort(bodyOf(['ab', 'c', 'def']), 6)), ['abcdef']);
    assert.deepEqual(await read(await readShort(bodyOf([]), 0)), []);
  });

  it('breaks behind what came of it', async () => {
    assert.deepEqual(await read(await readShort(bodyOf(['ab'], new Error('gone')), 6)), ['ab', 'broken: gone']);
    assert.deepEqual(await read(await readShort(bodyOf([], new Error('gone')), 6)), ['broken: gone']);
  });

  it('is as short as it came, and never longer than was said', async () => {
    assert.deepEqual(await read(await readShort(bodyOf(['ab']), 6)), ['ab']);
    assert.deepEqual(await read(await readShort(bodyOf(['abcd', 'efgh', 'ijk']), 6)), ['abcdef']);
  });
});
