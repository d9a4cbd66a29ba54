// SPDX-License-Identifier: Apache-2.0
// Bytes as signs of life, from the pipe up through the seal; and records that are cut to a slow line.

import assert from 'node:assert/strict';
import type { PipeEvents } from '../../../transport/channel/byte-pipe.ts';
import { framedConnection } from '../../../transport/channel/framed.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { GATHER_BYTES, Packer } from '../../../transport/seal/packer.ts';
import { sealAsHost, sealAsVisitor } from '../../../transport/seal/sealed.ts';
import { Line } from '../../support/line.ts';
import { linePipes } from '../../support/line-pipe.ts';
import { virtualTime } from '../../support/virtual-time.ts';

describe('signs of life are bytes', () => {
  it('a framed connection tells of the inside of a message', () => {
    let events: PipeEvents | null = null;
    const connection = framedConnection('tcp', {
      start: (to) => {
        events = to;
      },
      write() {},
      flush() {},
      queued: 0,
      resent: 0,
      onceDrained() {},
      pause() {},
      resume() {},
      end() {},
      destroy() {},
    });
    const heard: string[] = [];
    connection.start({ message: () => heard.push('message'), ended() {}, drained() {}, heard: () => heard.push('bytes') });
    const { data } = events as unknown as PipeEvents;
    data(Uint8Array.of(0, 0, 0, 2, 7));
    assert.deepEqual(heard, ['bytes']);
    data(Uint8Array.of(8));
    assert.deepEqual(heard, ['bytes', 'bytes', 'message']);
    connection.abort(new Error('the test is over'));
  });

  it('so does the seal above it: a long record on a slow line is heard all the while', async () => {
    const clock = virtualTime();
    const line = (rate: number): Line => new Line(clock, { rate, delayMs: 10, queueMs: 10_000 });
    const [a, b] = linePipes(clock, line(100_000), line(10_000));
    const key = nodePrimitives.newKeyPair();
    const options = { primitives: nodePrimitives, clock };
    const visitor = sealAsVisitor(framedConnection('tcp', a, { clock }), {
      ...options,
      key: nodePrimitives.newKeyPair(),
      site: key.publicKey,
    });
    const host = sealAsHost(framedConnection('tcp', b, { clock }), { ...options, key });
    const heardAt: number[] = [];
    let came = 0;
    visitor.start({ message: () => came++, ended() {}, drained() {}, heard: () => heardAt.push(clock.now()) });
    void visitor.send(Uint8Array.of(1));
    await clock.run(() => false, 500);
    const began = clock.now();
    void host.send(new Uint8Array(60_000));
    await clock.run(() => came > 0, 60_000);
    const took = clock.now() - began;
    const gaps = heardAt.filter((at) => at > began).map((at, index, all) => at - (all[index - 1] ?? began));
    assert.ok(took > 5000 && Math.max(...gaps) < 400, `${took} ms, ${Math.max(...gaps)} ms without a sign`);
    for (const one of [visitor, host]) one.abort(new Error('the test is over'));
    await clock.run(() => false, 1000);
  });

  it('small messages share a record of no more than is of use on the line', () => {
    const records: number[] = [];
    const packer = new Packer((pieces) => records.push(pieces.reduce((sum, { length }) => sum + length, 0)));
    const add = (times: number): void => {
      for (let i = 0; i < times; i++) packer.add(new Uint8Array(600), undefined);
    };
    packer.gather = 1200;
    add(10);
    assert.equal(records.length, 5);
    assert.ok(
      records.every((bytes) => bytes >= 1200 && bytes < 1300),
      records.join(),
    );
    packer.gather = 1e9;
    records.length = 0;
    add(100);
    assert.ok(
      records.every((bytes) => bytes >= GATHER_BYTES && bytes < GATHER_BYTES + 700),
      records.join(),
    );
  });
});
