// SPDX-License-Identifier: Apache-2.0
// The ports an exam chooses by itself: in their ranges, those of guests never those that are to be nobody's.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GUEST_PORTS, guestPorts, portOf, UNUSED_PORTS } from '../../../../transport/nat/exam/ports.ts';
import { UdpExam } from '../../../../transport/nat/exam/udp.ts';

describe('ports of an exam’s own choice', () => {
  it('are in their ranges, which have no port in common', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
        for (const range of [GUEST_PORTS, UNUSED_PORTS]) {
          const port = portOf(range, () => chance);
          assert.ok(Number.isInteger(port) && port >= range[0] && port < range[1]);
        }
      }),
      { seed: 7 },
    );
    assert.ok(GUEST_PORTS[1] <= UNUSED_PORTS[0]);
    const tried = guestPorts(() => 0);
    assert.deepEqual([tried[0], tried.at(-1)], [GUEST_PORTS[0], 0]);
  });

  it('are passed over where something has them already', async () => {
    const first = await UdpExam.open('127.0.0.1', () => 0.5);
    const second = await UdpExam.open('127.0.0.1', () => 0.5);
    first.close();
    second.close();
  });
});
