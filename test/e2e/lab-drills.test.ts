// SPDX-License-Identifier: Apache-2.0
// Networks that fail under a transfer: it is back on some path soon, on a direct one not much later, and nothing is lost.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type Drilled, Transfer, type Trouble } from '../lab/drill.ts';
import { noLabReason, openLab } from '../lab/lab.ts';
import { openStage } from '../lab/stage.ts';

/** Without a byte, on any path. */
const STALL_MS = 3000;
/** Direct again. */
const DIRECT_MS = 10_000;
/** What a busy machine may take to show it, in milliseconds. */
const MOST_MS = 40_000;
/** A transfer lasts longer than its drill. */
const BYTES = 48_000_000;
const RATE_MBIT = 6;
const RTT_MS = 40;

const pulled = (place: string, ms: number): Trouble => ({
  name: `the cable of the ${place} is pulled for ${ms / 1000} s`,
  happen: async (lab) => {
    await lab.unplug(place);
    await pause(ms);
    await lab.plug(place);
  },
});
const restarted = (place: string): Trouble => ({ name: `the NAT of the ${place} restarts`, happen: (lab) => lab.flush(place) });
const moved = (place: string): Trouble => ({
  name: `the ${place} gets another address`,
  happen: async (lab) => void (await lab.readdress(place)),
});

const ALL = [restarted('host'), restarted('visitor'), moved('host'), moved('visitor'), pulled('host', 2000), pulled('host', 8000)];

interface Pair {
  readonly host: string;
  readonly visitor: string;
  readonly via?: string;
  /** Those that trouble this pair; all with LAB_DRILLS=all. */
  readonly troubles: readonly Trouble[];
}

/** A NAT without a pattern gives another port after it was restarted: what stood is gone. */
const PAIRS: readonly Pair[] = [
  { host: 'home', visitor: 'home', troubles: [moved('visitor'), pulled('host', 8000)] },
  { host: 'random', visitor: 'home', via: 'tcp-punch,relay', troubles: [restarted('host'), pulled('host', 2000)] },
  { host: 'restricted', visitor: 'random', via: 'data-channel,relay', troubles: [restarted('visitor'), pulled('host', 8000)] },
];

/** Drills one after the other, each with a visitor of its own. */
async function drill({ host, visitor, via, troubles }: Pair): Promise<Map<Trouble, Drilled>> {
  const lab = await openLab({ host, visitor, rttMs: RTT_MS, rateMbit: RATE_MBIT });
  try {
    const stage = await openStage(lab, BYTES);
    const drilled = new Map<Trouble, Drilled>();
    for (const trouble of process.env.LAB_DRILLS === 'all' ? ALL : troubles) {
      const transfer = await Transfer.begin(lab, stage, via);
      await transfer.well(MOST_MS);
      drilled.set(trouble, await transfer.meets(lab, trouble, MOST_MS));
    }
    await stage.close();
    return drilled;
  } finally {
    await lab.close();
  }
}

describe('a transfer goes on when networks fail', function () {
  this.timeout(300_000);
  /** They drill side by side: most of it is waiting. */
  let drills: (Promise<Map<Trouble, Drilled>> | null)[] = [];
  before(function () {
    const reason = noLabReason();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    drills = PAIRS.map(drill);
    for (const one of drills) one?.catch(() => {});
  });

  for (const [at, { host, visitor, via }] of PAIRS.entries())
    it(`host ${host}, visitor ${visitor}${via ? `, by ${via}` : ''}`, async () => {
      const pair = PAIRS[at] as Pair;
      const drilling = drills[at] ?? drill(pair);
      drills[at] = null; // who tries again drills again
      const drilled = [...(await drilling)];
      for (const [{ name }, { stallMs, directMs, story }] of drilled) {
        console.log(`      ${name}: at most ${stallMs} ms without a byte, direct after ${directMs} ms`);
        if (process.env.LAB_DRILLS) console.log(story.map((line) => `        ${line}`).join('\n'));
      }
      for (const [{ name }, { stallMs, directMs, intact, story }] of drilled) {
        const told = `\n${story.join('\n')}`;
        assert.ok(intact, `${name}: what came is not what was sent`);
        assert.ok(stallMs <= STALL_MS, `${name}: ${stallMs} ms without a byte${told}`);
        assert.ok(directMs <= DIRECT_MS, `${name}: direct after ${directMs} ms${told}`);
      }
    });

  it('a first visit, to a host that is being examined, is soon direct where a punch predicts ports', async () => {
    await Promise.allSettled(drills);
    const lab = await openLab({ host: 'step2', visitor: 'step1', rttMs: RTT_MS, rateMbit: RATE_MBIT });
    try {
      const stage = await openStage(lab, BYTES);
      const transfer = await Transfer.begin(lab, stage, 'tcp-punch,relay');
      const directMs = await transfer.well(MOST_MS);
      await transfer.stop();
      await stage.close();
      console.log(`      direct ${Math.round(directMs)} ms after the program was started`);
      assert.ok(directMs <= DIRECT_MS, `direct after ${directMs} ms\n${transfer.story.join('\n')}`);
    } finally {
      await lab.close();
    }
  });
});
