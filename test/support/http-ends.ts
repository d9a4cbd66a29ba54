// SPDX-License-Identifier: Apache-2.0
// Every way that a client has to a web app of a host, each as a function that asks: and the app itself, asked directly.

import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { protocolHandler } from '../../client-runtime/shell/protocol-handler.ts';
import { nodeSite } from '../../host-agent/app/node-site.ts';
import { type AppSite, appSite } from '../../host-agent/app/site.ts';
import { memoryPair } from '../../transport/channel/memory.ts';
import { anyResponse } from '../../transport/session/any-response.ts';
import { serveSession } from '../../transport/session/host.ts';
import { openSession, type Session } from '../../transport/session/visitor.ts';
import { bare } from './bare.ts';
import { byOpen, bySuite, type Way } from './web-socket-app.ts';

/** What the site is called where no gateway calls it otherwise. */
const SITE = 'demo.example';

/** A request, to be asked anywhere. */
export interface EndAsked {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: ReadableStream<Uint8Array> | null;
  readonly signal?: AbortSignal;
}

/** A way to the app. */
export interface HttpEnd {
  readonly name: 'direct' | 'suite' | 'open' | 'client' | 'handler' | 'node';
  /** Resolves with the head; the content streams. */
  ask(asked: EndAsked): Promise<Response>;
  /** Where it listens, if it speaks HTTP. */
  readonly at: Way | null;
}

/** The app, and all ways to it. */
export interface HttpEnds {
  readonly ends: readonly HttpEnd[];
  /** Ends the app, as a crash would. */
  away(): Promise<void>;
  /** Starts it again, where it was. */
  back(): Promise<void>;
  close(): Promise<void>;
}

/** Brings an app up, and every way to it. Who calls it cleans up what the suite's tests have opened (`cleanUp`), too. */
export async function httpEnds(app: RequestListener): Promise<HttpEnds> {
  const closes: (() => Promise<unknown>)[] = [];
  let listening = await listen(app);
  closes.push(() => listening.close());
  const way = (site: AppSite): Session => {
    const pair = memoryPair();
    const served = serveSession(bare(pair.b), site, { session: '7', via: 'memory' });
    const session = openSession(bare(pair.a), { agent: 'tests' });
    closes.push(async () => {
      await Promise.all([session.close(), served.close()]);
      await site.close();
    });
    return session;
  };
  const session = way(appSite(`http://127.0.0.1:${listening.port}`));
  const inMemory = way(nodeSite(app));
  const handler = protocolHandler({
    fetch: (request) => session.fetch(request),
    known: async () => ({ id: 'x', name: 'demo', title: '', link: `http://${SITE}/` }),
  });
  const overHttp = (name: HttpEnd['name'], at: Way): HttpEnd => ({ name, at, ask: (asked) => askOverHttp(at, asked) });
  const bySession = (name: HttpEnd['name'], one: Session): HttpEnd => ({
    name,
    at: null,
    ask: ({ target, ...asked }) => one.fetch({ ...asked, url: `http://${SITE}${target}` }),
  });
  const ends: HttpEnd[] = [
    overHttp('direct', { port: listening.port, host: `127.0.0.1:${listening.port}` }),
    overHttp('suite', await bySuite(session)),
    overHttp('open', await byOpen(session, (close) => closes.push(close))),
    bySession('client', session),
    bySession('node', inMemory),
    {
      name: 'handler',
      at: null,
      ask: ({ target, method, headers, body, signal }) => {
        const init = { method, headers: headers as [string, string][], body, signal: signal ?? null, duplex: 'half', credentials: 'omit' };
        return handler(new Request(`site://app${target}`, init as RequestInit));
      },
    },
  ];
  return {
    ends,
    away: () => listening.close(),
    back: async () => {
      listening = await listen(app, listening.port);
    },
    close: async () => {
      for (const close of closes.reverse()) await close();
    },
  };
}

async function listen(app: RequestListener, port = 0): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer(app);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { port: (server.address() as AddressInfo).port, close };
}

/** One request over HTTP, with its fields as they stand. Rejects when it breaks before its head. */
export function askOverHttp({ port, host }: Way, { method, target, headers, body, signal }: EndAsked): Promise<Response> {
  return new Promise((resolve, reject) => {
    const framed = headers.some(([name]) => name === 'content-length' || name === 'transfer-encoding');
    const framing = body === null || framed ? [] : ['transfer-encoding', 'chunked'];
    const lines = ['host', host, ...headers.flat(), ...framing];
    const asking = ask({
      host: '127.0.0.1',
      port,
      path: target,
      method,
      agent: false,
      maxHeaderSize: 65_536,
      headers: lines as never,
      signal,
    });
    asking.on('response', (response: IncomingMessage) => {
      const { statusCode: status = 0 } = response;
      const empty = method === 'HEAD' || [204, 205, 304].includes(status);
      if (empty) response.resume();
      resolve(
        anyResponse(empty ? null : (Readable.toWeb(response) as ReadableStream<Uint8Array<ArrayBuffer>>), {
          status,
          headers: fieldsOf(response),
        }),
      );
    });
    asking.on('error', reject);
    if (body === null) asking.end();
    else
      Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
        .on('error', () => {})
        .pipe(asking);
  });
}

function fieldsOf({ rawHeaders }: IncomingMessage): [string, string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, at) => [rawHeaders[2 * at] as string, rawHeaders[2 * at + 1] as string]);
}
