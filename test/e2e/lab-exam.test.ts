// SPDX-License-Identifier: Apache-2.0
// The exams against kernel NATs: what each kind of the lab is found to be, its truth says.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatProfile } from '../../transport/nat/profile.ts';
import { type Finding, findings, verdictOf } from '../lab/exam.ts';
import { type Box, KINDS, type Kind, kindOf } from '../lab/kinds.ts';
import { type Lab, lacksFor, noLabReason, openLab } from '../lab/lab.ts';
import { rulesOf } from '../lab/rules.ts';
import { startSuite, suiteUrlOf } from '../lab/stage.ts';
import { Porthole } from '../support/porthole.ts';

const RTT_MS = 40;
/** Without those that need what is not installed. */
const names = Object.keys(KINDS).filter((name) => lacksFor(name) === null);
const missing = noLabReason();

describe('exams in the lab', function () {
  this.timeout(60_000);
  let lab: Lab;
  let suite: Porthole;

  /** What `porthole exam` finds in a place. */
  async function examine(place: string): Promise<NatProfile> {
    const home = join(lab.folder, place);
    await mkdir(home);
    const exam = new Porthole(['exam', '--suite', suiteUrlOf(lab)], home, { within: lab.enter(place) });
    const { profile } = (await exam.waitFor('exam', 30_000)) as unknown as { profile: NatProfile };
    assert.equal(await exam.ended, 0, exam.stderr);
    return profile;
  }

  const amiss = (kind: Kind, profile: NatProfile): Finding[] => findings(kind, profile).filter((finding) => verdictOf(finding) !== 'right');

  before(async function () {
    if (missing) {
      console.log(`      skipped: ${missing}`);
      return this.skip();
    }
    const others = Object.fromEntries(names.map((name) => [`at-${name}`, name]));
    lab = await openLab({ host: 'home', visitor: 'same-lan', others: { ...others, moved: 'home', 'open-v6': 'v6' }, rttMs: RTT_MS });
    suite = await startSuite(lab);
  });
  after(async () => {
    await suite?.stop();
    await lab?.close();
  });

  for (const name of names) it(name, async () => assert.deepEqual(amiss(kindOf(name), await examine(`at-${name}`)), []));

  it('one outside port for each inside port, and another one: all that is found in a home', async () => {
    const home = kindOf('home');
    await lab.nft(lab.place('moved').boxes[0] as string, rulesOf({ ...(home.boxes[0] as Box), ports: 'moved' }, 20_000));
    assert.deepEqual(amiss(home, await examine('moved')), []);
  });

  it('IPv6 without a firewall: whoever knows the address comes in', async () => {
    const wall = 'chain ip6 wall passing { type filter hook forward priority filter; policy accept; }; flush chain ip6 wall passing';
    await lab.nft(lab.place('open-v6').boxes[0] as string, `add ${wall}`);
    const { ipv6, ipv6Unsolicited } = await examine('open-v6');
    assert.deepEqual([ipv6?.ip, ipv6Unsolicited], [lab.place('open-v6').ipv6[0], 'accepted']);
  });
});
