// SPDX-License-Identifier: Apache-2.0
// Which connections send short segments: those to the outside. That they help where long ones are lost, test/e2e/lines-faulty.test.ts shows.

import assert from 'node:assert/strict';
import { isOutside } from '../../../transport/nat/addresses.ts';
import { FfiSockets, MAX_SEGMENT_BYTES } from '../../../transport/nat/sockets/ffi.ts';
import type { System } from '../../../transport/nat/sockets/system.ts';
import { CONSTANTS } from '../../../transport/nat/sockets/system.ts';

describe('segments to the outside', () => {
  it('are outside where nobody of ours owns the way', () => {
    for (const ip of ['5.1.2.3', '2a05:1::2', '::ffff:5.1.2.3', '100.64.0.1']) assert.ok(isOutside(ip), ip);
    for (const ip of ['127.0.0.1', '::1', '10.1.2.3', '192.168.1.10', '::ffff:192.168.1.10', 'fd00::1', 'fe80::1%eth0'])
      assert.ok(!isOutside(ip), ip);
  });

  for (const [ip, bytes] of [
    ['5.1.2.3', MAX_SEGMENT_BYTES],
    ['192.168.1.10', null],
  ] as const) {
    it(`${ip}: ${bytes ?? 'as the system has it'}, before the SYN`, async () => {
      const { linux } = CONSTANTS;
      const set: [readonly [number, number], number][] = [];
      const system = {
        constants: linux,
        socket: () => 1_000_000,
        bind: () => {},
        close: () => {},
        local: () => ({ ip: '0.0.0.0', port: 1 }),
        set: (_: number, option: readonly [number, number], value: number) => set.push([option, value]),
      } as unknown as System;
      const bound = new FfiSockets(system, '').bind({ ip: '0.0.0.0', port: 0 });
      // No such file descriptor: it goes no further.
      await assert.rejects(bound.connect({ ip, port: 1 }, new AbortController().signal));
      const [value = null] = set.filter(([option]) => option === linux?.maxSegment).map(([, one]) => one);
      assert.equal(value, bytes);
    });
  }
});
