// SPDX-License-Identifier: Apache-2.0
// The ports an exam chooses by itself: in their ranges, those for what comes in never those that are to be nobody's.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { INBOUND_PORTS, inboundPorts, portOf, UNUSED_PORTS } from '../../../../transport/nat/exam/mapping.ts';
import { UdpExam } from '../../../../transport/nat/exam/udp.ts';

describe('ports of an exam’s own choice', () => {
  it('are in their ranges, which have no port in common', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
        for (const range of [INBOUND_PORTS, UNUSED_PORTS]) {
          const port = portOf(range, () => chance);
          assert.ok(Number.isInteger(port) && port >= range[0] && port < range[1]);
        }
      }),
      { seed: 7 },
    );
    assert.ok(INBOUND_PORTS[1] <= UNUSED_PORTS[0]);
    const tried = inboundPorts(() => 0);
    assert.deepEqual([tried[0], tried.at(-1)], [INBOUND_PORTS[0], 0]);
  });

  it('are passed over where something has them already', async () => {
    const first = await UdpExam.open('127.0.0.1', () => 0.5);
    const second = await UdpExam.open('127.0.0.1', () => 0.5);
    first.close();
    second.close();
  });
});
