// SPDX-License-Identifier: Apache-2.0
// Pages in Chromium: a first visit on a slow machine, up to what is seen; and whole pages, loaded for the first time and again.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FIRST_PAINT_MS, FIRST_VISIT_BYTES } from '../../test/support/first-visit.ts';
import { Porthole, scratch } from '../../test/support/porthole.ts';
import type { PageWorkload } from '../lib/page.ts';
import { manual, many } from '../lib/sites.ts';
import { fastifyDirectly, fastifyTunnelled } from '../ways/page-servers.ts';

const TYPES: Readonly<Record<string, string>> = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8' };

const page: PageWorkload = {
  slower: 6,
  limits: { bytes: FIRST_VISIT_BYTES, paintMs: FIRST_PAINT_MS },
  site: {
    'index.html':
      '<!doctype html><html lang="en"><meta charset="utf-8"><title>Small</title><link rel="stylesheet" href="style.css"><h1>A small site</h1><p>Two files.</p></html>\n',
    'style.css': 'body { font: 1.1rem/1.5 system-ui; margin: 10vh auto; max-width: 30rem }\n',
  },
  stages: [
    { name: 'here', title: 'the line as fast as the machine' },
    { name: 'slow-line', title: '1 Mbit/s, 100 ms to the suite or the server', line: { latencyMs: 100, kbitPerSecond: 1000 } },
  ],
  ours: {
    name: 'Porthole',
    framed: true,
    async open(folder) {
      const home = await scratch();
      const host = new Porthole(['up', folder, '--port', '0'], home.path);
      const close = async (): Promise<void> => {
        host.process.kill('SIGTERM');
        await host.ended;
        await home.drop();
      };
      try {
        const { link } = await host.waitFor('ready', 60_000);
        return { url: String(link), close };
      } catch (error) {
        await close();
        throw error;
      }
    },
  },
  peers: [
    {
      name: 'node:http',
      framed: false,
      async open(folder) {
        const server = createServer(async (request, response) => {
          const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
          const content = await readFile(join(folder, name)).catch(() => null);
          const type = TYPES[name.split('.').pop() ?? ''];
          if (content && type) response.writeHead(200, { 'Content-Type': type, 'Content-Length': content.length }).end(content);
          else response.writeHead(404).end();
        });
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        return {
          url: `http://localhost:${(server.address() as AddressInfo).port}/`,
          close: () =>
            new Promise<void>((resolve) => {
              server.close(() => resolve());
              server.closeAllConnections();
            }),
        };
      },
    },
  ],
  loads: {
    sites: [many, manual],
    peers: [fastifyDirectly, fastifyTunnelled],
    goals: [
      { moment: 'cold', peer: fastifyDirectly.name, times: 2, andMs: 1500 },
      { moment: 'warm', peer: fastifyDirectly.name, times: 1.3, andMs: 0 },
      { moment: 'cold', peer: fastifyTunnelled.name, times: 1, andMs: 0 },
      { moment: 'warm', peer: fastifyTunnelled.name, times: 1, andMs: 0 },
    ],
  },
};

export default page;
