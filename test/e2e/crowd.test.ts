// SPDX-License-Identifier: Apache-2.0
// Two hundred visitors at once on one host: none fails, none starves.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type Visit } from '../../client-runtime/index.ts';
import { shortOrLong } from '../support/long.ts';
import { Porthole, scratch } from '../support/porthole.ts';

const LOOPS = 150;
const HELD = 50;
const RUN_MS = shortOrLong(4000, 10_000);

describe('a crowd', () => {
  for (const ways of [['relay'], ['data-channel', 'relay']]) {
    it(`${LOOPS} visitors who get in a loop and ${HELD} who stay, by ${ways.join(' or ')}`, async function () {
      this.timeout(180_000);
      const folder = await scratch();
      const site = join(folder.path, 'site');
      await mkdir(site);
      const content = randomBytes(48_000);
      await writeFile(join(site, 'page.bin'), content);
      const host = new Porthole(['up', site, '--port', '0'], folder.path);
      const { link } = await host.waitFor('ready');
      const url = new URL('/page.bin', link as string).href;
      const visits: Visit[] = [];
      try {
        const visit = async (): Promise<Visit> => {
          const made = await connect(link as string, { via: ways });
          visits.push(made);
          return made;
        };
        // All of them, so that none comes after the end.
        const came = await Promise.allSettled(Array.from({ length: LOOPS + HELD }, visit));
        for (const one of came) if (one.status === 'rejected') throw one.reason;
        const counts = new Array<number>(LOOPS).fill(0);
        const until = Date.now() + RUN_MS;
        await Promise.all(
          visits.slice(0, LOOPS).map(async (one, index) => {
            while (Date.now() < until) {
              const response = await one.fetch({ method: 'GET', url, headers: [] });
              assert.equal(response.status, 200);
              assert.ok(Buffer.from(await response.arrayBuffer()).equals(content));
              counts[index] = (counts[index] as number) + 1;
            }
          }),
        );
        const sorted = counts.toSorted((a, b) => a - b);
        const [least, median] = [sorted[0] as number, sorted[LOOPS / 2] as number];
        assert.ok(least > 0 && least >= median / 4, `one got ${least} answers where the median got ${median}`);
        // Those who stayed are still served.
        for (const one of visits.slice(LOOPS)) {
          const response = await one.fetch({ method: 'HEAD', url, headers: [] });
          assert.equal(response.status, 200);
          assert.ok(one.status.state === 'connected' && ways.includes(one.status.path.via));
        }
        assert.ok((await host.peakMiB()) < 1024);
      } finally {
        await Promise.all(visits.map((one) => one.close()));
        await host.stop();
        await folder.drop();
      }
    });
  }
});
