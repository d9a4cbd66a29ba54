// SPDX-License-Identifier: Apache-2.0
// Messages on their way to a receiver, and the end of a turn that what is said in it waits for.

import assert from 'node:assert/strict';
import { Delivery } from '../../../transport/channel/delivery.ts';
import { endOfTurn, turnsOf } from '../../../transport/time/turn.ts';
import { code } from '../proto/helper.ts';

function listening(delivery: Delivery): { readonly told: string[] } {
  const told: string[] = [];
  delivery.start({
    message: (message) => told.push(String(message[0])),
    heard: () => told.push('heard'),
    drained: () => told.push('drained'),
    ended: (reason) => told.push(reason === null ? 'end' : reason.message),
  });
  return { told };
}

describe('Delivery', () => {
  it('keeps what comes before there is a receiver, in memory of its own, and the end behind it', () => {
    const delivery = new Delivery();
    const memory = Uint8Array.of(1);
    delivery.message(memory, true);
    memory.fill(9);
    delivery.drained();
    delivery.message(Uint8Array.of(2), false);
    delivery.end();
    assert.deepEqual([delivery.bytes, delivery.done], [2, true]);
    const { told } = listening(delivery);
    assert.deepEqual(told, ['drained', '1', '2', 'end']);
    assert.equal(delivery.bytes, 0);
  });

  it('gives at once, without a copy, and not after the end', () => {
    const delivery = new Delivery();
    const { told } = listening(delivery);
    delivery.heard();
    delivery.message(Uint8Array.of(1), true);
    delivery.end();
    delivery.message(Uint8Array.of(2), true);
    delivery.heard();
    delivery.drained();
    delivery.fail(new Error('late'));
    assert.deepEqual(told, ['heard', '1', 'end']);
  });

  it('gives nothing while it is paused, the end included; also where a message pauses it', () => {
    const taken: number[] = [];
    const delivery = new Delivery((bytes) => taken.push(bytes));
    const told: unknown[] = [];
    const none = { heard() {}, drained() {} };
    delivery.start({
      ...none,
      message(message) {
        told.push(message[0]);
        delivery.pause();
      },
      ended: () => told.push('end'),
    });
    for (let i = 0; i < 3; i++) delivery.message(Uint8Array.of(i), true);
    delivery.end();
    assert.deepEqual([told, taken], [[0], [1]]);
    delivery.resume();
    delivery.resume();
    assert.deepEqual(told, [0, 1, 2]);
    delivery.resume();
    assert.deepEqual(
      [told, taken],
      [
        [0, 1, 2, 'end'],
        [1, 1, 1],
      ],
    );
  });

  it('drops what waits when it breaks, and when its end wants no more, and says so at once', () => {
    for (const [over, word] of [
      [(delivery: Delivery) => delivery.fail(new Error('cut')), 'cut'],
      [(delivery: Delivery) => delivery.discard(), 'end'],
    ] as const) {
      const delivery = new Delivery();
      const { told } = listening(delivery);
      delivery.pause();
      delivery.message(Uint8Array.of(1), true);
      over(delivery);
      delivery.resume();
      assert.deepEqual([told, delivery.bytes], [[word], 0]);
    }
  });

  it('takes no longer for a message of a long queue', () => {
    const delivery = new Delivery();
    const many = 200_000;
    let came = 0;
    for (let i = 0; i < many; i++) delivery.message(new Uint8Array(1), false);
    const beganAt = performance.now();
    delivery.start({
      message() {
        came++;
        if (came % 1000 === 0) delivery.pause();
      },
      heard() {},
      drained() {},
      ended() {},
    });
    while (came < many && performance.now() - beganAt < 5000) delivery.resume();
    assert.equal(came, many);
    assert.equal(delivery.bytes, 0);
  });

  it('has one receiver', () => {
    const delivery = new Delivery();
    listening(delivery);
    assert.throws(() => listening(delivery), code('INTERNAL'));
  });
});

describe('endOfTurn', () => {
  const each = { 'with setImmediate': endOfTurn, 'with a MessageChannel': null };
  for (const [name, known] of Object.entries(each)) {
    it(`calls back once, in order, behind all promises of the turn: ${name}`, async () => {
      const opened: MessageChannel[] = [];
      const call =
        known ??
        turnsOf(() => {
          const channel = new MessageChannel();
          opened.push(channel);
          return channel;
        });
      const said: string[] = [];
      const { promise, resolve } = Promise.withResolvers<void>();
      call(() => said.push('first'));
      call(() => {
        said.push('second');
        call(() => {
          said.push('third');
          resolve();
        });
      });
      for (let i = 0; i < 5; i++) await null;
      said.push('promises');
      await promise;
      assert.deepEqual(said, ['promises', 'first', 'second', 'third']);
      assert.ok(opened.length <= 1);
      for (const { port1 } of opened) port1.close();
    });
  }
});
