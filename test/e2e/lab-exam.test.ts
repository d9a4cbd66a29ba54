// SPDX-License-Identifier: Apache-2.0
// The exams against kernel NATs: what each kind of the lab is found to be, its truth says.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatProfile } from '../../transport/strategy.ts';
import { KINDS, type Truth } from '../lab/kinds.ts';
import { type Lab, lacksFor, noLabReason, openLab } from '../lab/lab.ts';
import { startSuite } from '../lab/stage.ts';
import { Porthole } from '../support/porthole.ts';

const RTT_MS = 40;
/** Without those that need what is not installed. */
const names = Object.keys(KINDS).filter((name) => lacksFor(name) === null);
const missing = noLabReason();

/** What of the truth an exam sees: the patent's order stops where the answer is known, and what then stays unknown is absent. */
function visible({ tcp, udp, behindNat }: Truth): Pick<NatProfile, 'behindNat' | 'tcp' | 'udp'> {
  if (!tcp) return { behindNat, udp };
  const { mapping, filtering, unsolicited, hairpin, synOutSynIn, freshSequence, timeExceededCloses, resetCloses, hops } = tcp;
  const always = { mapping, filtering, unsolicited, hairpin };
  // No pattern: nobody can be told where to knock.
  if (mapping.step === null) return { behindNat, udp, tcp: always };
  if (!synOutSynIn) return { behindNat, udp, tcp: { ...always, synOutSynIn } };
  // Every SYN that dies closes the mapping: none shows how far away the NAT is.
  const near = timeExceededCloses ? {} : { hops };
  return { behindNat, udp, tcp: { ...always, synOutSynIn, freshSequence, timeExceededCloses, resetCloses, ...near } };
}

/** The fields that are there, and no more. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

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
    const { truth } = KINDS[name] as { truth: Truth };
    it(name, async () => {
      const home = join(lab.folder, name);
      await mkdir(home);
      const exam = new Porthole(['exam', '--suite', `http://${lab.address('suite')}:443`], home, { within: lab.enter(`at-${name}`) });
      const { profile } = (await exam.waitFor('exam', 30_000)) as unknown as { profile: NatProfile };
      assert.equal(await exam.ended, 0, exam.stderr);
      assert.equal(Boolean(profile.ipv6), truth.ipv6);
      if (name === 'only-443') return assert.deepEqual([profile.tcp, profile.udp], [undefined, null], 'no port for exams is let out');
      const { behindNat, tcp, udp } = profile;
      const { tcp: wanted, ...rest } = plain(visible(truth)) as NatProfile;
      // Beyond the truth's own fields nothing is claimed of an end that has no NAT.
      const found = truth.behindNat ? tcp : Object.fromEntries(Object.entries(tcp ?? {}).filter(([field]) => field in (wanted ?? {})));
      assert.deepEqual({ behindNat, tcp: found, udp }, { ...rest, tcp: wanted });
    });
  }
});
