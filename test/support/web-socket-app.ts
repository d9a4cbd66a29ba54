// SPDX-License-Identifier: Apache-2.0
// A web app with a WebSocket, and the ways to it: directly, by the gateway of `open`, and by the suite's.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';
import { openGateway } from '../../client-runtime/visit/local-gateway.ts';
import { type AppConnectOptions, appConnect } from '../../host-agent/app/upgrade.ts';
import type { SuiteOptions } from '../../signaling/suite.ts';
import { type Served, serveSession } from '../../transport/session/host.ts';
import type { Asking } from '../../transport/session/http.ts';
import type { Site } from '../../transport/session/site.ts';
import { openSession, type Session } from '../../transport/session/visitor.ts';
import { host, openSuite } from '../unit/signaling/helper.ts';
import { Resumables, realSeal } from './resumables.ts';

/** An app that listens, and what came to it. */
export interface App {
  readonly origin: string;
  readonly server: Server;
  readonly sockets: WebSocket[];
  readonly requests: IncomingMessage[];
  close(): Promise<void>;
}

/** An app whose WebSocket says back whatever it hears, unless `onSocket` is given. */
export async function socketApp(
  options: ServerOptions & { readonly onSocket?: (socket: WebSocket, request: IncomingMessage) => void; readonly tls?: TlsOptions } = {},
): Promise<App> {
  const { onSocket = echo, tls, ...rest } = options;
  const answer = (request: IncomingMessage, response: import('node:http').ServerResponse): void => {
    response.statusCode = request.url === '/' ? 200 : 404;
    response.end('an app');
  };
  const server = tls ? createTlsServer(tls, answer) : createServer(answer);
  const sockets: WebSocket[] = [];
  const requests: IncomingMessage[] = [];
  const webSockets = new WebSocketServer({ server, ...rest });
  webSockets.on('connection', (socket, request) => {
    sockets.push(socket);
    requests.push(request);
    socket.on('error', () => {});
    onSocket(socket, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    server,
    sockets,
    requests,
    async close() {
      for (const socket of webSockets.clients) socket.terminate();
      webSockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function echo(socket: WebSocket): void {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
}

/** An app's site and a visitor's session with it, over paths that a test adds and drops. */
export class AppSession {
  readonly resumables = new Resumables({ seal: realSeal() });
  readonly session: Session;
  served: Served | null = null;

  constructor(app: string, options: AppConnectOptions = {}) {
    const site: Site = Object.assign(async () => new Response('a site'), { connect: appConnect(app, options) });
    this.resumables.answer = (resumable) => {
      this.served = serveSession(resumable, site, { session: '1', via: resumable.via });
    };
    this.session = openSession(this.resumables.visitor);
    this.resumables.add('first');
  }

  async end(): Promise<void> {
    await this.session.close();
    this.resumables.end();
  }
}

/** How a client comes to a site: where it connects to, and the Host it says. */
export interface Way {
  readonly port: number;
  readonly host: string;
}

/** By `open`'s gateway. */
export async function byOpen(visit: Parameters<typeof openGateway>[0], closes: (close: () => Promise<void>) => void): Promise<Way> {
  const gateway = await openGateway(visit, { port: 0, authority: 'demo.example', label: 'demo' });
  closes(() => gateway.close());
  return { port: gateway.port, host: `localhost:${gateway.port}` };
}

/** By the suite's gateway. Its tests' own clean-up closes it. */
export async function bySuite(session: Pick<Session, 'fetch' | 'connect'>, options: Partial<SuiteOptions> = {}): Promise<Way> {
  const gateway = Object.assign((_site: string, request: Asking) => session.fetch(request), {
    connect: (_site: string, request: Parameters<Session['connect']>[0]) => session.connect(request),
  });
  const suite = await openSuite({ gateway, ...options });
  await host(suite, 'demo');
  return { port: suite.port, host: `demo.localhost:${suite.port}` };
}

/** A client's WebSocket, opened. */
export async function opened(
  { port, host: dialled }: Way,
  path = '/',
  protocols: string[] = [],
  options: ConstructorParameters<typeof WebSocket>[2] = {},
): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, {
    ...options,
    headers: { host: dialled, ...(options as { headers?: object }).headers },
  } as never);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return socket;
}
