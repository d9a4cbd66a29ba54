// SPDX-License-Identifier: Apache-2.0
// The Connection of a data channel that takes nothing more just when it has to.

import assert from 'node:assert/strict';
import { ChannelConnection } from '../../../transport/strategies/data-channel-connection.ts';
import { fakeClock } from '../../support/clock.ts';

/** A channel that throws at what is sent, as one that closes does. */
function closing(): RTCDataChannel {
  const channel = {
    bufferedAmount: 0,
    send(): void {
      throw new DOMException('closing', 'InvalidStateError');
    },
  };
  return channel as unknown as RTCDataChannel;
}

describe('the Connection of a data channel that closes', () => {
  it('has ended in good order once the end mark has come, and gives what came before it', () => {
    const channel = closing();
    let hungUp = 0;
    const connection = new ChannelConnection(channel, () => hungUp++, fakeClock());
    const told: unknown[] = [];
    const tell = (data: unknown): unknown => channel.onmessage?.({ data } as MessageEvent);
    tell(Uint8Array.of(1).buffer);
    tell('end');
    connection.start({ message: ([byte]) => told.push(byte), heard() {}, drained() {}, ended: (reason) => told.push(reason) });
    assert.deepEqual([told, hungUp], [[1, null], 1]);
  });

  it('waits for nothing after a close that could not be said', async () => {
    const clock = fakeClock();
    const connection = new ChannelConnection(closing(), () => {}, clock);
    await connection.close();
    assert.equal(clock.timers, 0);
  });
});
