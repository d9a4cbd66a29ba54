// SPDX-License-Identifier: Apache-2.0
// The exams against kernel NATs: what each kind of the lab is found to be, its truth says.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatProfile } from '../../transport/strategy.ts';
import { findings, verdictOf } from '../lab/exam.ts';
import { KINDS, kindOf } from '../lab/kinds.ts';
import { type Lab, lacksFor, noLabReason, openLab } from '../lab/lab.ts';
import { startSuite } from '../lab/stage.ts';
import { Porthole } from '../support/porthole.ts';

const RTT_MS = 40;
/** Without those that need what is not installed. */
const names = Object.keys(KINDS).filter((name) => lacksFor(name) === null);
const missing = noLabReason();

describe('exams in the lab', function () {
  this.timeout(60_000);
  let lab: Lab;
  let suite: Porthole;

  before(async function () {
    if (missing) {
      console.log(`      skipped: ${missing}`);
      return this.skip();
    }
    const others = Object.fromEntries(names.map((name) => [`at-${name}`, name]));
    lab = await openLab({ host: 'home', visitor: 'same-lan', others, rttMs: RTT_MS });
    suite = await startSuite(lab);
  });
  after(async () => {
    await suite?.stop();
    await lab?.close();
  });

  for (const name of names) {
    const kind = kindOf(name);
    it(name, async () => {
      const home = join(lab.folder, name);
      await mkdir(home);
      const exam = new Porthole(['exam', '--suite', `http://${lab.address('suite')}:443`], home, { within: lab.enter(`at-${name}`) });
      const { profile } = (await exam.waitFor('exam', 30_000)) as unknown as { profile: NatProfile };
      assert.equal(await exam.ended, 0, exam.stderr);
      assert.deepEqual(
        findings(kind, profile).filter((finding) => verdictOf(finding) !== 'right'),
        [],
      );
    });
  }
});
