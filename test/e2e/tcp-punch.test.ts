// SPDX-License-Identifier: Apache-2.0
// TCP hole punching through real kernel NATs: a site is fetched straight from its host, by the technique the networks call for.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lacksFor, noLabReason, openLab } from '../lab/lab.ts';
import { openStage } from '../lab/stage.ts';
import { Porthole } from '../support/porthole.ts';

const BYTES = 200_000;
/** How long one visit may take on a busy machine, in milliseconds. */
const VISIT_MS = 30_000;

/** Two kinds of network, what stands between them, and why. */
const PAIRS: readonly (readonly [host: string, visitor: string, technique: RegExp, why: string, rttMs?: number])[] = [
  ['home', 'home-rst', /guarded/, 'the guard outlasts what comes back, and keeps the sequence number'],
  ['ttl-close', 'home-rst', /guarded/, 'the visitor opens, for a Time Exceeded closes the host’s NAT'],
  ['home-rst', 'step1', /guarded|predicted/, 'the visitor’s next port is told before it is used'],
  ['step2', 'step1', /guarded|predicted/, 'the next ports of both are'],
  ['random', 'home', /birthday/, 'the visitor opens many, the host tries many'],
  ['home', 'carrier-grade', /birthday/, 'two NATs at the visitor, one of them without a pattern'],
  ['random', 'cgn', /birthday/, 'nobody has counted the visitor’s NATs yet; its SYN goes all the way'],
  ['step1', 'random', /birthday/, 'few low ports to try on the one side, the next port known on the other'],
  ['random', 'no-syn-in', /birthday/, 'the visitor lets no SYN in, so the host opens'],
  ['ttl-close-rst', 'ttl-close-rst', /simultaneous/, 'each NAT closes when a SYN dies or is answered: both have to cross', 40],
  ['upnp-alone', 'no-syn-in', /mapped/, 'no SYN comes in at either, but to a port that the host’s router was asked for'],
  ['open', 'random', /direct|low-ttl-listen|guarded/, 'the host is reached as it is'],
];

describe('TCP hole punching through kernel NATs', function () {
  this.timeout(120_000);
  before(function () {
    const reason = noLabReason();
    if (reason === null) return;
    console.log(`      skipped: ${reason}`);
    this.skip();
  });

  for (const [host, visitor, technique, why, rttMs = 0] of PAIRS)
    it(`host ${host}, visitor ${visitor}: ${why}`, async function () {
      const lacking = lacksFor(host) ?? lacksFor(visitor);
      if (lacking !== null) {
        console.log(`      skipped: ${lacking}`);
        return this.skip();
      }
      const lab = await openLab({ host, visitor, rttMs });
      try {
        const stage = await openStage(lab, BYTES);
        const home = join(lab.folder, 'visitor');
        await mkdir(home);
        const file = join(home, 'file.bin');
        const get = new Porthole(['get', stage.file, '-o', file, '--via', 'tcp-punch'], home, { within: lab.enter('visitor') });
        const path = await get.waitFor('path', VISIT_MS);
        await get.waitFor('done', VISIT_MS);
        assert.equal(path.via, 'tcp-punch');
        assert.match(String(path.reason), technique);
        assert.equal(
          createHash('sha256')
            .update(await readFile(file))
            .digest('hex'),
          stage.digest,
        );
        await get.stop();
        await stage.close();
      } finally {
        await lab.close();
      }
    });

  it('two ends in one network meet inside it', async () => {
    const lab = await openLab({ host: 'home', visitor: 'same-lan' });
    try {
      const stage = await openStage(lab, BYTES);
      const home = join(lab.folder, 'visitor');
      await mkdir(home);
      const get = new Porthole(['get', stage.file, '-o', join(home, 'f'), '--via', 'tcp-punch'], home, { within: lab.enter('visitor') });
      assert.match(String((await get.waitFor('path', VISIT_MS)).reason), /direct/);
      await get.stop();
      await stage.close();
    } finally {
      await lab.close();
    }
  });
});
