// SPDX-License-Identifier: Apache-2.0
// Kept answers in memory: the bounds, which goes first, and what other workers' news does.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { MAX_REMEMBERED_BODY_BYTES, MAX_REMEMBERED_BYTES, Memory } from '../../../client-runtime/browser/session/cache/memory.ts';
import type { Kept } from '../../../client-runtime/browser/session/cache/rules.ts';

const kept = (url: string, length: number): Kept => ({
  url,
  id: url,
  length,
  status: 200,
  fields: [],
  varies: null,
  askedAt: 0,
  cameAt: 0,
});

describe('kept answers in memory', () => {
  const channels: BroadcastChannel[] = [];
  const name = `memory-${process.pid}`;
  const channel = (): BroadcastChannel => {
    const made = new BroadcastChannel(name);
    channels.push(made);
    return made;
  };
  afterEach(() => {
    for (const one of channels.splice(0)) one.close();
  });
  const hold = (memory: Memory, url: string, bytes: number): void => memory.hold(kept(url, bytes), new Uint8Array(bytes));

  it('MAX_REMEMBERED_BODY_BYTES: a longer body is not held, and what was held for its URL is gone', () => {
    const memory = new Memory(channel());
    hold(memory, '/a', MAX_REMEMBERED_BODY_BYTES);
    assert.equal(memory.get('/a')?.piece?.length, MAX_REMEMBERED_BODY_BYTES);
    hold(memory, '/a', MAX_REMEMBERED_BODY_BYTES + 1);
    assert.equal(memory.get('/a'), undefined);
  });

  it('holds no answer of whose body a part is missing, but one that has none', () => {
    const memory = new Memory(channel());
    memory.hold(kept('/a', 3), undefined);
    memory.hold(kept('/b', 3), new Uint8Array(2));
    memory.hold(kept('/c', 0), undefined);
    assert.deepEqual(
      ['/a', '/b', '/c'].map((url) => memory.get(url) !== undefined),
      [false, false, true],
    );
  });

  it('MAX_REMEMBERED_BYTES: beyond them, whoever was not used for longest goes', () => {
    const memory = new Memory(channel());
    const bytes = MAX_REMEMBERED_BODY_BYTES;
    const most = Math.ceil(MAX_REMEMBERED_BYTES / bytes);
    for (let at = 0; at < most; at++) {
      hold(memory, `/${at}`, bytes);
      memory.get('/0');
    }
    assert.ok(memory.get('/0'));
    assert.equal(memory.get('/1'), undefined);
    assert.ok(memory.get(`/${most - 1}`));
  });

  it('drops what another worker says is another one now, and all when that is said', async () => {
    const [own, others] = [channel(), channel()];
    const [memory, other] = [new Memory(own), new Memory(others)];
    for (const url of ['/a', '/b', '/c']) hold(memory, url, 1);
    const heard = async (url: string | null): Promise<void> => {
      const come = once(own as unknown as EventTarget, 'message');
      other.tell(url);
      await come;
    };
    await heard('/a');
    assert.deepEqual([memory.get('/a'), memory.get('/b')?.kept.url], [undefined, '/b']);
    await heard(null);
    assert.deepEqual([memory.get('/b'), memory.get('/c')], [undefined, undefined]);
  });
});
