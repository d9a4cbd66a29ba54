// SPDX-License-Identifier: Apache-2.0
// A framed connection whose receiver pauses it holds its pipe, and no less because it paused while it was given what waited.

import assert from 'node:assert/strict';
import type { BytePipe, PipeEvents } from '../../../transport/channel/byte-pipe.ts';
import { framedConnection } from '../../../transport/channel/framed.ts';
import { lengthPrefix } from '../../../transport/channel/framing.ts';

describe('a framed connection', () => {
  it('holds its pipe for as long as its receiver has paused it', () => {
    let events: PipeEvents | null = null;
    const flows: string[] = [];
    const pipe: BytePipe = {
      start: (to) => (events = to),
      write() {},
      flush() {},
      queued: 0,
      resent: 0,
      onceDrained() {},
      pause: () => flows.push('pause'),
      resume: () => flows.push('resume'),
      end() {},
      destroy() {},
    };
    const connection = framedConnection('test', pipe);
    const came: unknown[] = [];
    const message = ([byte]: Uint8Array): void => {
      came.push(byte);
      connection.pause();
    };
    connection.start({ message, heard() {}, drained() {}, ended() {} });
    const chunk = [1, 2].map((byte) => Buffer.concat([lengthPrefix(1), Uint8Array.of(byte)]));
    (events as PipeEvents | null)?.data(Buffer.concat(chunk));
    assert.deepEqual([came, flows], [[1], ['pause']]);
    connection.resume();
    assert.deepEqual([came, flows], [[1, 2], ['pause']]);
    connection.resume();
    assert.deepEqual(flows, ['pause', 'resume']);
  });
});
