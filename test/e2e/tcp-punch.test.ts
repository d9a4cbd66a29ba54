// SPDX-License-Identifier: Apache-2.0
// TCP hole punching through real kernel NATs: a site is fetched straight from its host, by the technique the networks call for.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, lacksFor, noLabReason, openLab } from '../lab/lab.ts';
import { SAME_LAN } from '../lab/plan.ts';
import { makeFolder, openStage, startHost, startSuite, under } from '../lab/stage.ts';
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

/** Where a host of a kind is, and a visitor; each in a network of its own. The host `home` has a second machine in its network. */
const hostOf = (kind: string): string => (kind === 'home' ? 'host' : `host-${kind}`);
const visitorOf = (kind: string): string => (kind === SAME_LAN ? 'visitor' : `from-${kind}`);

describe('TCP hole punching through kernel NATs', function () {
  this.timeout(120_000);
  /** One lab of all of them; a pair that needs a line of its own has a lab of its own. */
  let lab: Lab;
  let site: { folder: string; digest: string };
  const links = new Map<string, Promise<string>>();

  before(async function () {
    const reason = noLabReason();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    const near = PAIRS.filter(([host, visitor, , , rttMs]) => !rttMs && lacksFor(host) === null && lacksFor(visitor) === null);
    const others = near.flatMap(([host, visitor]) => [[hostOf(host), host] as const, [visitorOf(visitor), visitor] as const]);
    lab = await openLab({ host: 'home', visitor: SAME_LAN, others: Object.fromEntries(others.filter(([place]) => place !== 'host')) });
    site = await makeFolder(lab, BYTES);
    await startSuite(lab);
  });
  after(() => lab?.close());

  /** The link of a file at a host, which is started when it is first wanted. */
  function fileAt(place: string): Promise<string> {
    const link = links.get(place) ?? startHost(lab, place, site.folder, place).then(({ link }) => under(link, 'file.bin'));
    links.set(place, link);
    return link;
  }

  /** Gets a file, as a visitor whom nobody has seen before. */
  async function get(here: Lab, place: string, file: string, digest: string, technique: RegExp): Promise<void> {
    const home = await mkdtemp(join(here.folder, `${place}-`));
    const to = join(home, 'file.bin');
    const visitor = new Porthole(['get', file, '-o', to, '--via', 'tcp-punch'], home, { within: here.enter(place) });
    const path = await visitor.waitFor('path', VISIT_MS);
    await visitor.waitFor('done', VISIT_MS);
    assert.equal(path.via, 'tcp-punch');
    assert.match(String(path.reason), technique);
    const hash = createHash('sha256').update(await readFile(to));
    assert.equal(hash.digest('hex'), digest);
    await visitor.stop();
  }

  for (const [host, visitor, technique, why, rttMs = 0] of PAIRS)
    it(`host ${host}, visitor ${visitor}: ${why}`, async function () {
      const lacking = lacksFor(host) ?? lacksFor(visitor);
      if (lacking !== null) {
        console.log(`      skipped: ${lacking}`);
        return this.skip();
      }
      if (rttMs === 0) return get(lab, visitorOf(visitor), await fileAt(hostOf(host)), site.digest, technique);
      const own = await openLab({ host, visitor, rttMs });
      try {
        const stage = await openStage(own, BYTES);
        await get(own, 'visitor', stage.file, stage.digest, technique);
        await stage.close();
      } finally {
        await own.close();
      }
    });

  it('two ends in one network meet inside it', async () =>
    get(lab, visitorOf(SAME_LAN), await fileAt(hostOf('home')), site.digest, /direct/));
});
