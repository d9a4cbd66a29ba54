// SPDX-License-Identifier: Apache-2.0
// The inspector's page: an HTTP server on this machine alone, for whoever has its link.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PortholeError } from '../../proto/errors.ts';
import { listen } from '../../transport/system/listen.ts';
import { type Clock, systemClock } from '../../transport/time/clock.ts';
import { admit, GUARDS, newToken } from './door.ts';
import type { Inspector } from './inspector.ts';
import { Live } from './live.ts';
import { pageFiles } from './page-files.ts';

/** The address it has: `localhost` may be another program's at ::1, which would be told the secret in the link. */
const LOOPBACK = '127.0.0.1';
/** Where the page is when nobody says where. */
export const INSPECT_PORT = 4040;

/** How the page is served. */
export interface InspectorPageOptions {
  /** The port to listen on; 0 takes a free one. INSPECT_PORT, or a free one where that is used, when left out. */
  readonly port?: number;
  /** Whether the page begins with secrets shown. */
  readonly secrets?: boolean;
  /** The way that a request came by in a word or two, by its strategy's name; the name itself when left out. */
  readonly wayWords?: (via: string) => string;
  /** Time; the machine's own when left out. */
  readonly clock?: Clock;
}

/** A page that can be opened. */
export interface InspectorPage {
  /** With the secret in its path: whoever has it sees everything. */
  readonly url: string;
  /** The TCP port that it listens on. */
  readonly port: number;
  /** Tells the pages that something beside exchanges has changed: trouble with the disk. */
  poke(): void;
  /** Ends it; what pages ask is broken off. */
  close(): Promise<void>;
}

/**
 * Serves the page.
 * @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN, SOCKET_FAILED
 */
export async function serveInspector(inspector: Inspector, options: InspectorPageOptions = {}): Promise<InspectorPage> {
  const { clock = systemClock } = options;
  const files = await pageFiles();
  const { answerApi } = await import('./api.ts'); // what checks requests is for those alone who have the page
  const live = new Live(inspector, { clock, secrets: options.secrets ?? false, wayWords: options.wayWords ?? ((via) => via) });
  const token = newToken();
  let port = 0;
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(GUARDS)) response.setHeader(name, value);
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const admission = admit(request, port, token);
    if ('words' in admission) return refuse(response, admission.status, admission.words);
    const { path, query } = admission;
    // Relative links lead on from a slash.
    if (path === '') return void response.writeHead(308, { location: `/${token}/` }).end();
    if (path.startsWith('/api/')) return answerApi(inspector, live, { request, response, path: path.slice('/api'.length), query });
    const file = files.get(path.slice(1) || 'index.html');
    if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) return refuse(response, 404, 'There is no such thing here.');
    response.writeHead(200, { 'content-type': file.type }).end(request.method === 'HEAD' ? undefined : file.content);
  };
  port = await listenNear(server, options.port);
  return {
    url: `http://${LOOPBACK}:${port}/${token}/`,
    port,
    poke: () => live.poke(),
    close: () =>
      new Promise((resolve) => {
        live.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${words}\n`);
}

/** @param port undefined: the usual one, else any */
async function listenNear(server: Server, port: number | undefined): Promise<number> {
  try {
    return await listen(server, { host: LOOPBACK, port: port ?? INSPECT_PORT });
  } catch (error) {
    if (port !== undefined || !(error instanceof PortholeError) || error.code !== 'PORT_IN_USE') throw error;
    return await listen(server, { host: LOOPBACK, port: 0 });
  }
}
