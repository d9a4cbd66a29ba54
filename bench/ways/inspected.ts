// SPDX-License-Identifier: Apache-2.0
// Porthole's own way over TCP with something in front of the site: the inspector, or nothing.

import { createServer } from 'node:net';
import type { Inspector } from '../../host-agent/inspect/inspector.ts';
import { listening } from '../lib/loopback.ts';
import { serveOurs } from '../lib/ours.ts';
import type { Way } from '../lib/workload.ts';
import { overTcp } from './porthole.ts';

/** The site as it is. */
export const plain: Way = { ...overTcp, name: 'inspector off' };

/** The site with an inspector in front that keeps what it keeps when nobody says how much. */
export const inspected: Way = {
  ...overTcp,
  name: 'inspector on',
  ends: {
    async server({ folder }) {
      const { tcpConnection } = await import('../../transport/channel/tcp.ts');
      const { inspect } = await import('../../host-agent/inspect/inspector.ts');
      let inspector: Inspector | undefined;
      const host = await serveOurs(folder, async (site) => {
        inspector = await inspect(site);
        return inspector.site;
      });
      const server = createServer({ allowHalfOpen: true }, (socket) => host.serve(tcpConnection(socket)));
      const { tells, close } = await listening(server, { key: host.key });
      return {
        tells,
        async close() {
          await close();
          await inspector?.close();
        },
      };
    },
  },
};
