// SPDX-License-Identifier: Apache-2.0
// Porthole in the lab: its suite, a host of a small site, and a visit that fetches a file of it.

import { setTimeout as pause } from 'node:timers/promises';
import { openStage } from '../../test/lab/stage.ts';
import { type Outcome, visit } from '../../test/lab/visit.ts';
import type { Rung, System } from '../lib/reach.ts';

/** Bytes that are fetched: more than lies in pipes while nobody reads, for the visit is held open by that. */
const FILE_BYTES = 1_000_000;
/** How long the host has to examine its network, in milliseconds: it is online for hours, not for a moment. */
const EXAMS_MS = 5000;
/** How long a direct way is waited for, in milliseconds: no technique is tried for longer. */
const SETTLE_MS = 8000;

/** Paths of the program by what they run over. */
const RUNGS: Readonly<Record<string, Rung>> = { 'tcp-punch': 'tcp', 'data-channel': 'udp', relay: 'relay' };

function rungOf({ whole, via }: Outcome): Rung {
  if (!whole || via === null) return 'none';
  const rung = RUNGS[via];
  if (!rung) throw new Error(`nobody knows what ${via} runs over`);
  return rung;
}

export const porthole: System = {
  name: 'porthole',
  packages: [],
  async reach(lab) {
    const stage = await openStage(lab, FILE_BYTES);
    await pause(EXAMS_MS);
    const outcome = await visit(lab, stage, 'visitor', SETTLE_MS);
    return { rung: rungOf(outcome), directMs: outcome.directMs, joinMs: 0, why: outcome.error };
  },
};
