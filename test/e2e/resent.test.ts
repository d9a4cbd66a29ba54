// SPDX-License-Identifier: Apache-2.0
// What the system tells of a socket's losses, on a line of the kernel's with a queue of two packets.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { noNamespaceReason } from '../support/no-udp.ts';

const SENDER = join(import.meta.dirname, '..', 'support', 'lossy-sender.ts');
const LINE = 'tc qdisc add dev lo root tbf rate 2mbit burst 1600 limit 3200';

describe('what a TCP socket has sent again', () => {
  /** What a transfer over this loopback tells: packets sent again as the pipe says, and as a socket that is closed does. */
  const transfer = (line: string): number[] => {
    const script = `ip link set lo mtu 1500 && ip link set lo up && ${line} && exec "$@"`;
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
    const out = execFileSync('unshare', ['-Urn', 'sh', '-ec', script, 'sh', process.execPath, SENDER], { env, timeout: 60_000 });
    return JSON.parse(String(out)) as number[];
  };

  it('is counted where packets are lost, and 0 where none are', function () {
    const reason = noNamespaceReason();
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    const [lossy, closed] = transfer(LINE) as [number, number];
    assert.ok(lossy > 0, `${lossy}`);
    assert.equal(closed, 0);
    assert.deepEqual(transfer('true'), [0, 0]);
  });
});
