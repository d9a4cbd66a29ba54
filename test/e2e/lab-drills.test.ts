// SPDX-License-Identifier: Apache-2.0
// Networks that fail under a transfer: it is back on some path soon, on a direct one not much later, and nothing is lost.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type Drilled, Transfer, type Trouble } from '../lab/drill.ts';
import { noLabReason, openLab } from '../lab/lab.ts';
import { openStage } from '../lab/stage.ts';

/** Back on some path. */
const BACK_MS = 3000;
/** Direct again. */
const DIRECT_MS = 10_000;
/** How long a machine that is busy may take for all of it, in milliseconds. */
const MOST_MS = 30_000;
/** The transfer lasts longer than the drills. */
const BYTES = 32_000_000;
const RATE_MBIT = 6;
const RTT_MS = 40;

const TROUBLES: readonly Trouble[] = [
  { name: 'the visitor’s NAT restarts', happen: (lab) => lab.flush('visitor') },
  { name: 'the host’s NAT restarts', happen: (lab) => lab.flush('host') },
  { name: 'the visitor gets another address', happen: async (lab) => void (await lab.readdress('visitor')) },
  {
    name: 'the host’s cable is pulled for two seconds',
    happen: async (lab) => {
      await lab.unplug('host');
      await pause(2000);
      await lab.plug('host');
    },
  },
  {
    name: 'the host’s cable is pulled until the path is given up',
    happen: async (lab) => {
      await lab.unplug('host');
      await pause(8000);
      await lab.plug('host');
    },
  },
];

/** Who drills, and by which ways. */
const PAIRS: readonly (readonly [host: string, visitor: string, via: string | undefined])[] = [
  ['home', 'home', undefined],
  ['random', 'home', 'tcp-punch,relay'],
  ['home', 'home', 'data-channel,relay'],
];

describe('a transfer goes on when networks fail', function () {
  this.timeout(180_000);
  /** What became of each pair; they drill side by side, since most of it is waiting. */
  let drills: Promise<{ drilled: Drilled[]; whole: boolean }>[] = [];
  before(function () {
    const reason = noLabReason();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    drills = PAIRS.map(([host, visitor, via]) => drill(host, visitor, via));
    for (const one of drills) one.catch(() => {});
  });

  for (const [at, [host, visitor, via]] of PAIRS.entries())
    it(`host ${host}, visitor ${visitor}${via ? `, by ${via}` : ''}`, async () => {
      const { drilled, whole } = await (drills[at] as (typeof drills)[number]);
      for (const { trouble, backMs, directMs, story } of drilled) {
        console.log(`      ${trouble}: back after ${backMs} ms, direct after ${directMs} ms`);
        if (process.env.DRILL_STORY) console.log(story.map((line) => `        ${line}`).join('\n'));
      }
      for (const { trouble, backMs, directMs, story } of drilled) {
        assert.ok(backMs <= BACK_MS, `${trouble}: back after ${backMs} ms\n${story.join('\n')}`);
        assert.ok(directMs <= DIRECT_MS, `${trouble}: direct after ${directMs} ms\n${story.join('\n')}`);
      }
      assert.equal(drilled.length, TROUBLES.length);
      assert.ok(whole, 'the file came whole');
    });
});

async function drill(host: string, visitor: string, via: string | undefined): Promise<{ drilled: Drilled[]; whole: boolean }> {
  const lab = await openLab({ host, visitor, rttMs: RTT_MS, rateMbit: RATE_MBIT });
  try {
    const stage = await openStage(lab, BYTES);
    const transfer = await Transfer.begin(lab, stage, via);
    await transfer.well(MOST_MS);
    const drilled: Drilled[] = [];
    for (const trouble of TROUBLES) drilled.push(await transfer.meets(lab, trouble, MOST_MS));
    const whole = await transfer.whole;
    await stage.close();
    return { drilled, whole };
  } finally {
    await lab.close();
  }
}
