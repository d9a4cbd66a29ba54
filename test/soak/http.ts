// SPDX-License-Identifier: Apache-2.0
// Long transfers by the gateways, by hand: `npm run soak:http -- 1 10` sends 1 GiB and fetches 10, and prints what memory each end took.

import { LargeStage } from '../support/http-large.ts';

const [up = 1, down = 10] = process.argv.slice(2).map(Number);
const stage = await LargeStage.start();
for (const by of ['suite', 'open'] as const) {
  for (const [what, gib] of [
    ['upload', up],
    ['download', down],
  ] as const) {
    const { bytes, seconds, memory } = await stage[what](by, gib * 2 ** 30);
    const ends = Object.entries(memory).map(
      ([end, [before, peak]]) => `${end} ${before.toFixed(0)} to ${peak.toFixed(0)} MiB (+${(peak - before).toFixed(0)})`,
    );
    console.log(`${what} of ${bytes} bytes by ${by}: ${seconds.toFixed(0)} s; ${ends.join(', ')}`);
  }
}
await stage.stop();
