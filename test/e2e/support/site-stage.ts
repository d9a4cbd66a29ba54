// SPDX-License-Identifier: Apache-2.0
// A suite, and a host whose site is a function of the test's: the whole way, for browsers of any kind.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { newIdentity, type Site, serve } from '../../../host-agent/index.ts';
import { Porthole, type Scratch, scratch } from '../../support/porthole.ts';

/** A site online. */
export interface SiteStage {
  readonly origin: string;
  /** A folder of the test's own. */
  readonly folder: Scratch;
  close(): Promise<void>;
}

/** Brings a site online at a suite of its own, with a relay. */
export async function siteStage(name: string, site: Site): Promise<SiteStage> {
  const folder = await scratch();
  const home = join(folder.path, 'suite');
  await mkdir(home);
  const suite = new Porthole(['suite', '--port', '0', '--address', '127.0.0.1'], home);
  const url = String((await suite.waitFor('ready')).suite);
  const host = await serve({ suite: url, name, site, identity: newIdentity(), home: folder.path });
  return {
    origin: new URL((await host.ready).link).origin,
    folder,
    async close() {
      await host.close(0);
      await suite.stop();
      await folder.drop();
    },
  };
}
