// SPDX-License-Identifier: Apache-2.0
// Tests that buffers which pass do not gather, young or old, and would otherwise.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const collectors = pathToFileURL(join(import.meta.dirname, '../../../cli/running/collector.ts')).href;
const BYTES = 512 * 1024 * 1024;

/** Makes buffers, holds as many of them as `held` says, and prints the most that all of them had together. */
const transfer = (collector: string, held: number): number => {
  const program = `
import { collector, passingCollector } from ${JSON.stringify(collectors)};
const told = ${collector};
const queue = [];
let most = 0;
for (let at = 0; at < ${BYTES}; at += 65536) {
  queue.push(Buffer.allocUnsafeSlow(65536));
  if (queue.length > ${held}) queue.shift();
  told(at, 65536);
  if (at % 4194304 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers);
  if (at % 1048576 === 0) await new Promise(setImmediate);
}
console.log(most);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }));
};

describe('cli/collector', () => {
  const MIB = 1024 * 1024;
  const nothing = '() => {}';

  it('collects what passes', () => {
    const most = transfer('((collect) => (at, bytes) => collect(bytes))(passingCollector())', 1);
    assert.ok(most < 16 * MIB, `${most / MIB} MiB`);
    assert.ok(transfer(nothing, 1) > most);
  });

  it('collects what a long transfer leaves behind', () => {
    const most = transfer('collector()', 1);
    assert.ok(most < 64 * MIB, `${most / MIB} MiB`);
  });

  it('collects what grew old before it was done with', () => {
    const held = 256; // 16 MiB
    const most = transfer('collector()', held);
    assert.ok(most < 80 * MIB, `${most / MIB} MiB`);
    assert.ok(transfer(nothing, held) > most);
  });
});
